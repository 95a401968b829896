// Candidates for the password of a DKEK share (docs/recover-engine.md, "What counts as a hit"; docs/formats/pico-hsm.md, "Padding, KCV and damage").
#include "recover/trials.h"

namespace hwbak::recover {
namespace {

// What all threads read.
struct Share {
  dkek::Survey survey;
  TrialOptions options;
  std::span<const crypto::Md5Lanes* const> kernels;
};

class DkekTrial final : public Trial {
 public:
  explicit DkekTrial(std::shared_ptr<const Share> share) : share_(std::move(share)) {}

  [[nodiscard]] std::size_t batch_size() const noexcept override { return lanes(); }
  [[nodiscard]] Tried try_all(const Batch& candidates, const std::atomic<bool>& stop) override;
  [[nodiscard]] double measure(std::size_t length, std::chrono::milliseconds time) override;
  [[nodiscard]] std::string_view engine() const noexcept override { return crypto::md5_kernel_for(share_->kernels, lanes()).name; }
  // The padding holds by accident for one key in 2^128, or beside a KCV that holds too.
  [[nodiscard]] std::uint64_t false_hits() const noexcept override { return 0; }
  [[nodiscard]] std::unique_ptr<Trial> clone() const override { return std::make_unique<DkekTrial>(share_); }

 private:
  // Two vectors of the widest kernel take hardly longer than one.
  [[nodiscard]] static std::size_t lanes() noexcept { return crypto::md5_most_lanes; }
  [[nodiscard]] bool derive(const Batch& candidates, std::size_t from, std::size_t count, std::uint32_t rounds, const std::atomic<bool>& stop);
  [[nodiscard]] FixedSpan<48> key(std::size_t i) noexcept { return FixedSpan<48>(keys_.expose().data() + 48 * i, 48); }
  [[nodiscard]] bool opens(FixedView<48> key) const;

  std::shared_ptr<const Share> share_;
  SecretBytes keys_;
};

bool DkekTrial::derive(const Batch& candidates, std::size_t from, std::size_t count, std::uint32_t rounds, const std::atomic<bool>& stop) {
  if (keys_.size() < 48 * count) keys_.resize(48 * count);
  std::vector<crypto::DkekKdfJob> jobs;
  for (std::size_t i = 0; i < count; ++i) jobs.push_back({candidates[from + i], share_->survey.salt, rounds, key(i)});
  return crypto::derive_dkek_share_keys_with(share_->kernels, jobs, [&](double) { return !stop; });
}

Tried DkekTrial::try_all(const Batch& candidates, const std::atomic<bool>& stop) {
  for (std::size_t from = 0; from < candidates.size();) {
    const std::size_t count = std::min(lanes(), candidates.size() - from);
    if (stop || !derive(candidates, from, count, share_->options.dkek_rounds, stop)) return {std::nullopt, false};
    for (std::size_t i = 0; i < count; ++i)
      if (opens(key(i))) return {from + i, true};
    from += count;
  }
  return {};
}

// The whole padding proves the password. Where a damaged byte leaves half of it, a KCV must agree when there is one.
bool DkekTrial::opens(FixedView<48> key) const {
  const auto opening = dkek::open(share_->survey, key);
  if (!opening) return false;
  const TrialOptions& options = share_->options;
  if (opening->mended.empty() || options.kcvs.empty()) return true;
  const SecretBytes dkek = options.other_shares.empty() ? opening->share.clone()
                                                        : dkek::combine(std::array<const SecretBytes*, 2>{&opening->share, &options.other_shares});
  const dkek::Kcv kcv = dkek::kcv_of(FixedView<32>(dkek.expose().data(), dkek::share_size));
  return std::ranges::find(options.kcvs, kcv) != options.kcvs.end();
}

double DkekTrial::measure(std::size_t length, std::chrono::milliseconds time) {
  constexpr std::uint32_t quick = 20'000;
  const std::atomic<bool> never = false;
  Batch batch;
  fill_alike(batch, lanes(), length);
  const std::uint32_t rounds = std::min(quick, share_->options.dkek_rounds);
  const double rate = rate_of(batch.size(), time, [&] { (void)derive(batch, 0, batch.size(), rounds, never); });
  return rate * rounds / share_->options.dkek_rounds;
}

}  // namespace

void check_kernels(std::span<const crypto::Md5Lanes* const> kernels) {
  constexpr std::uint32_t rounds = 20;
  const std::array<std::uint8_t, 8> salt{7};
  for (const crypto::Md5Lanes* kernel : kernels) {
    Batch batch;
    fill_alike(batch, kernel->lanes, 16);
    SecretBytes keys(48 * kernel->lanes), expected(48);
    std::vector<crypto::DkekKdfJob> jobs;
    for (std::size_t i = 0; i < kernel->lanes; ++i)
      jobs.push_back({batch[i], salt, rounds, FixedSpan<48>(keys.expose().data() + 48 * i, 48)});
    const bool derived = crypto::derive_dkek_share_keys_with({&kernel, 1}, jobs);
    for (const crypto::DkekKdfJob& job : jobs) {
      const crypto::DkekKdfJob alone{job.password, job.salt, rounds, FixedSpan<48>(expected.expose().data(), 48)};
      const crypto::Md5Lanes* const openssl = &crypto::md5_openssl;
      if (!derived || !crypto::derive_dkek_share_keys_with({&openssl, 1}, {&alone, 1}) || !expected.equals(job.key)) refuse_kernel(kernel->name);
    }
  }
}

std::unique_ptr<Trial> dkek_trial(ByteView file, TrialOptions options) {
  auto survey = dkek::survey(file);
  const auto kernels = crypto::fastest_md5_kernels();
  check_kernels(kernels);
  return std::make_unique<DkekTrial>(std::make_shared<const Share>(Share{std::move(survey), std::move(options), kernels}));
}

}  // namespace hwbak::recover
