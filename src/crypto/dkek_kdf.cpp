// The key derivation of DKEK share files, alone and side by side; see dkek_kdf.h.
#include "crypto/dkek_kdf.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "crypto/dkek_kdf_engines.h"
#include "crypto/openssl.h"
#include "hwbak/secret.h"

namespace hwbak::crypto {
namespace {

constexpr std::size_t chains = 3, digest_size = 16;
constexpr std::uint32_t stretch = 1 << 16;  // rounds between two looks at the clock: some milliseconds

// Tells the caller how far the work is, at most five times a second.
class Ticker final {
 public:
  Ticker(const std::function<bool(double)>& progress, double all) : progress_(progress), all_(all) {}
  // False when the caller wants no more.
  [[nodiscard]] bool done(double part) {
    done_ += part;
    const auto now = std::chrono::steady_clock::now();
    if (!progress_ || (now - last_ < std::chrono::milliseconds(200) && done_ < all_)) return true;
    last_ = now;
    return progress_(done_ / all_);
  }

 private:
  const std::function<bool(double)>& progress_;
  double all_, done_ = 0;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// The first digest of a chain: that before it (none for the first), password, salt.
void hash_once(const DkekKdfJob& job, ByteView before, FixedSpan<digest_size> out) {
  MD5_CTX context;
  MD5_Init(&context);
  MD5_Update(&context, before.data(), before.size());
  MD5_Update(&context, job.password.data(), job.password.size());
  MD5_Update(&context, job.salt.data(), job.salt.size());
  MD5_Final(out.data(), &context);
  wipe(&context, sizeof context);
}

std::uint32_t word_at(ByteView bytes, std::size_t i) noexcept {
  return bytes[4 * i] | std::uint32_t{bytes[4 * i + 1]} << 8 | std::uint32_t{bytes[4 * i + 2]} << 16 |
         std::uint32_t{bytes[4 * i + 3]} << 24;
}

// Jobs of one count of rounds, no more than there are lanes; a lane without a job runs on zeros. The digests lie where the keys
// will be until a chain is done with them.
bool derive_together(const Md5Lanes& kernel, std::span<const DkekKdfJob* const> jobs, Ticker& ticker) {
  SecretBytes memory(kernel.lanes * digest_size);
  auto* const words = static_cast<std::uint32_t*>(static_cast<void*>(memory.expose().data()));
  for (std::size_t chain = 0; chain < chains; ++chain) {
    const std::size_t at = chain * digest_size;
    for (std::size_t lane = 0; lane < jobs.size(); ++lane) {
      const DkekKdfJob& job = *jobs[lane];
      const auto digest = job.key.subspan(at).first<digest_size>();
      hash_once(job, chain == 0 ? ByteView() : ByteView(job.key.subspan(at - digest_size, digest_size)), digest);
      for (std::size_t i = 0; i < md5_digest_words; ++i) words[i * kernel.lanes + lane] = word_at(digest, i);
    }
    for (std::uint32_t left = jobs.front()->rounds - 1; left != 0;) {
      const std::uint32_t rounds = std::min(left, stretch);
      kernel.run(words, rounds);
      left -= rounds;
      if (!ticker.done(rounds)) return false;
    }
    for (std::size_t lane = 0; lane < jobs.size(); ++lane)
      for (std::size_t i = 0; i < digest_size; ++i)
        jobs[lane]->key[at + i] = static_cast<std::uint8_t>(words[i / 4 * kernel.lanes + lane] >> 8 * (i % 4));
  }
  return true;
}

}  // namespace

bool derive_dkek_share_keys_with(std::span<const Md5Lanes* const> kernels, std::span<const DkekKdfJob> jobs,
                                 const std::function<bool(double)>& progress) {
  std::vector<const DkekKdfJob*> order;
  for (const DkekKdfJob& job : jobs) {
    check(job.rounds != 0, "DKEK key derivation: no rounds");
    order.push_back(&job);
  }
  std::ranges::stable_sort(order, {}, [](const DkekKdfJob* job) { return job->rounds; });
  struct Batch {
    const Md5Lanes* kernel;
    std::span<const DkekKdfJob* const> jobs;
  };
  std::vector<Batch> batches;
  double all = 0;
  for (std::span<const DkekKdfJob* const> rest = order; !rest.empty();) {
    const auto end = std::ranges::find_if(rest, [&](const DkekKdfJob* job) { return job->rounds != rest.front()->rounds; });
    const auto alike = static_cast<std::size_t>(end - rest.begin());
    const Md5Lanes& kernel = md5_kernel_for(kernels, alike);
    const std::size_t taken = std::min(alike, kernel.lanes);
    batches.push_back({&kernel, rest.first(taken)});
    all += chains * static_cast<double>(rest.front()->rounds - 1);
    rest = rest.subspan(taken);
  }
  Ticker ticker(progress, all);
  const bool finished =
      std::ranges::all_of(batches, [&](const Batch& batch) { return derive_together(*batch.kernel, batch.jobs, ticker); });
  if (!finished) {
    for (const DkekKdfJob& job : jobs) wipe(job.key.data(), job.key.size());
  }
  secret::scrub_stack(16 * 1024);
  return finished;
}

bool derive_dkek_share_keys(std::span<const DkekKdfJob> jobs, const std::function<bool(double)>& progress) {
  return derive_dkek_share_keys_with(usable_md5_kernels(), jobs, progress);
}

}  // namespace hwbak::crypto
