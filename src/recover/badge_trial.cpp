// Candidates for the passphrase of a CDC Badge backup (docs/recover-engine.md, "What counts as a hit"; docs/formats/cdc-badge.md, "Passphrase bytes").
#include "recover/trials.h"

namespace hwbak::recover {
namespace {

class BadgeTrial final : public Trial {
 public:
  BadgeTrial(std::shared_ptr<const cdcbak::Survey> survey, std::span<const crypto::Pbkdf2Lanes* const> kernels)
      : survey_(std::move(survey)), kernels_(kernels) {}

  [[nodiscard]] std::size_t batch_size() const noexcept override { return lanes(); }
  [[nodiscard]] Tried try_all(const Batch& candidates, const std::atomic<bool>& stop) override;
  [[nodiscard]] double measure(std::size_t length, std::chrono::milliseconds time) override;
  [[nodiscard]] std::string_view engine() const noexcept override { return kernels_.empty() ? crypto::pbkdf2_sha256_engine() : kernels_.front()->name; }
  // The tag of AES-GCM holds by accident for one key in 2^128.
  [[nodiscard]] std::uint64_t false_hits() const noexcept override { return 0; }
  [[nodiscard]] std::unique_ptr<Trial> clone() const override { return std::make_unique<BadgeTrial>(survey_, kernels_); }

 private:
  [[nodiscard]] std::size_t lanes() const noexcept { return kernels_.empty() ? 1 : kernels_.front()->lanes; }
  void make_forms(const Batch& candidates);
  void derive(std::span<const Forms::Form> forms, std::uint32_t iterations);
  [[nodiscard]] FixedSpan<32> key(std::size_t i) noexcept { return FixedSpan<32>(keys_.expose().data() + 32 * i, 32); }

  std::shared_ptr<const cdcbak::Survey> survey_;
  std::span<const crypto::Pbkdf2Lanes* const> kernels_;
  Forms forms_;
  SecretBytes keys_;
};

// One after the other as typed; lengths do not matter here.
void BadgeTrial::make_forms(const Batch& candidates) {
  forms_.clear();
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i].empty()) continue;  // a badge takes none such
    for (const cdcbak::PassphraseBytes& form : cdcbak::passphrase_forms(candidates[i]))
      std::ranges::copy(form.bytes.expose(), forms_.add(i, form.bytes.size()).begin());
  }
}

void BadgeTrial::derive(std::span<const Forms::Form> forms, std::uint32_t iterations) {
  if (keys_.size() < 32 * forms.size()) keys_.resize(32 * forms.size());
  std::vector<crypto::Pbkdf2Job> jobs;
  for (std::size_t i = 0; i < forms.size(); ++i) jobs.push_back({forms_.bytes(forms[i]), survey_->salt, iterations, key(i)});
  crypto::pbkdf2_hmac_sha256_many_with(kernels_, jobs);
}

Tried BadgeTrial::try_all(const Batch& candidates, const std::atomic<bool>& stop) {
  make_forms(candidates);
  for (std::span<const Forms::Form> rest = forms_.all(); !rest.empty();) {
    if (stop) return {std::nullopt, false};
    const auto now = rest.first(std::min(lanes(), rest.size()));
    derive(now, survey_->iterations);
    for (std::size_t i = 0; i < now.size(); ++i)
      if (cdcbak::open(*survey_, key(i))) return {now[i].candidate, true};
    rest = rest.subspan(now.size());
  }
  return {};
}

double BadgeTrial::measure(std::size_t length, std::chrono::milliseconds time) {
  constexpr std::uint32_t quick = 10'000;
  Batch batch;
  fill_alike(batch, lanes(), std::max<std::size_t>(length, 1));
  make_forms(batch);
  const std::uint32_t iterations = std::min(survey_->iterations, quick);
  const double rate = rate_of(batch.size(), time, [&] { derive(forms_.all(), iterations); });
  // Opening costs the same however many iterations there are.
  const auto start = std::chrono::steady_clock::now();
  (void)cdcbak::open(*survey_, key(0));
  const std::chrono::duration<double> opening = std::chrono::steady_clock::now() - start;
  return 1 / (static_cast<double>(survey_->iterations) / iterations / rate + opening.count());
}

}  // namespace

void check_kernels(std::span<const crypto::Pbkdf2Lanes* const> kernels) {
  constexpr std::uint32_t iterations = 20;
  const std::array<std::uint8_t, 16> salt{7};
  for (const std::size_t length : {7u, 28u, 64u, 100u}) {  // longer than a block: hashed first
    const auto check = [&](std::size_t count, std::string_view name, const auto& derive) {
      Batch batch;
      fill_alike(batch, count, length);
      SecretBytes keys(32 * count), expected(32);
      std::vector<crypto::Pbkdf2Job> jobs;
      for (std::size_t i = 0; i < count; ++i) jobs.push_back({batch[i], salt, iterations, FixedSpan<32>(keys.expose().data() + 32 * i, 32)});
      derive(jobs);
      for (const crypto::Pbkdf2Job& job : jobs) {
        crypto::pbkdf2_hmac_sha256_openssl({job.password, salt, iterations, FixedSpan<32>(expected.expose().data(), 32)});
        if (!expected.equals(job.key)) refuse_kernel(name);
      }
    };
    for (const crypto::Pbkdf2Lanes* kernel : kernels)
      check(kernel->lanes, kernel->name, [&](const auto& jobs) { crypto::pbkdf2_hmac_sha256_many_with({&kernel, 1}, jobs); });
    // One after the other: what is left over, where that is faster.
    check(1, crypto::pbkdf2_sha256_engine(), [](const auto& jobs) { crypto::pbkdf2_hmac_sha256(jobs.front()); });
  }
}

std::unique_ptr<Trial> badge_trial(ByteView file, const TrialOptions& options) {
  auto survey = std::make_shared<cdcbak::Survey>(cdcbak::survey(file, options.cdcbak));
  if (survey->dead_end) throw *survey->dead_end;
  const auto kernels = crypto::fastest_pbkdf2_kernels();
  check_kernels(kernels);
  return std::make_unique<BadgeTrial>(std::move(survey), kernels);
}

}  // namespace hwbak::recover
