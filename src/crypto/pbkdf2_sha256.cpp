// PBKDF2-HMAC-SHA256, alone and side by side; see pbkdf2_sha256.h and pbkdf2_sha256_chain.h.
#include "crypto/pbkdf2_sha256.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <numeric>
#include <vector>

#include "crypto/digest.h"
#include "crypto/kernels.h"
#include "crypto/openssl.h"
#include "crypto/pbkdf2_sha256_chain.h"
#include "hwbak/secret.h"

namespace hwbak::crypto {
namespace {

constexpr std::size_t block_size = 64, digest_words = 8;

void to_bytes(const std::uint32_t* words, FixedSpan<32> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(words[i / 4] >> (24 - 8 * (i % 4)));
}

// The state of one job: wiped when done with.
struct Running {
  Pbkdf2Midstates hmac;
  alignas(16) std::uint32_t u[digest_words], total[digest_words];

  explicit Running(const Pbkdf2Job& job);
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { wipe(this, sizeof *this); }
};

void midstate(const std::array<std::uint8_t, block_size>& key, std::uint8_t pad, std::uint32_t* out) {
  SHA256_CTX context;
  std::array<std::uint8_t, block_size> block;
  std::ranges::transform(key, block.begin(), [&](std::uint8_t byte) { return static_cast<std::uint8_t>(byte ^ pad); });
  SHA256_Init(&context);
  SHA256_Transform(&context, block.data());
  std::copy_n(context.h, digest_words, out);
  wipe(block.data(), block.size());
  wipe(&context, sizeof context);
}

// Up to the first HMAC, that of salt and block number.
Running::Running(const Pbkdf2Job& job) {
  check(job.iterations != 0, "PBKDF2-HMAC-SHA256: no iterations");
  std::array<std::uint8_t, block_size> key{};
  if (job.password.size() > key.size()) {
    sha256_into(job.password, FixedSpan<32>(key.data(), 32));
  } else {
    std::ranges::copy(job.password, key.begin());
  }
  midstate(key, 0x36, hmac.inner);
  midstate(key, 0x5C, hmac.outer);

  static constexpr std::uint8_t first_block[4] = {0, 0, 0, 1};
  std::array<std::uint8_t, 32> digest;
  SHA256_CTX context;
  const auto resume = [&](const std::uint32_t* from) {
    SHA256_Init(&context);
    std::copy_n(from, digest_words, context.h);
    context.Nl = block_size * 8;
  };
  resume(hmac.inner);
  SHA256_Update(&context, job.salt.data(), job.salt.size());
  SHA256_Update(&context, first_block, sizeof first_block);
  SHA256_Final(digest.data(), &context);
  resume(hmac.outer);
  SHA256_Update(&context, digest.data(), digest.size());
  SHA256_Final(digest.data(), &context);
  std::copy_n(context.h, digest_words, u);
  std::copy_n(context.h, digest_words, total);
  wipe(digest.data(), digest.size());
  wipe(&context, sizeof context);
  wipe(key.data(), key.size());
}

void run_portable(const Pbkdf2Midstates& hmac, std::uint32_t* u, std::uint32_t* total, std::uint32_t iterations) noexcept {
  SHA256_CTX context{};
  std::array<std::uint8_t, block_size> block{};
  block[32] = pbkdf2_pad_first >> 24;
  block[62] = pbkdf2_pad_last >> 8;
  const FixedSpan<32> digest(block.data(), 32);
  const auto compress = [&](const std::uint32_t* from) {
    std::copy_n(from, digest_words, context.h);
    SHA256_Transform(&context, block.data());
    to_bytes(context.h, digest);
  };
  std::copy_n(u, digest_words, context.h);
  to_bytes(u, digest);
  for (; iterations != 0; --iterations) {
    compress(hmac.inner);
    compress(hmac.outer);
    for (std::size_t i = 0; i < digest_words; ++i) total[i] ^= context.h[i];
  }
  std::copy_n(context.h, digest_words, u);
  wipe(block.data(), block.size());
  wipe(&context, sizeof context);
}

const Pbkdf2Chain& best_chain() {
  static const Pbkdf2Chain* const best = *std::ranges::find_if(pbkdf2_chains(), [](const Pbkdf2Chain* chain) {
    return chain == &pbkdf2_portable || agrees_with_portable(*chain);
  });
  return *best;
}

// Memory for one kernel: midstates, digests and sums of all lanes.
class Side final {
 public:
  explicit Side(const Pbkdf2Lanes& kernel) : kernel_(kernel), size_(digest_words * kernel.lanes), memory_(parts * size_ * sizeof(std::uint32_t) + 64) {
    void* at = memory_.expose().data();
    std::size_t space = memory_.size();
    words_ = static_cast<std::uint32_t*>(std::align(64, space - 64, at, space));
  }
  // Jobs of one iteration count, no more than there are lanes; lanes without a job repeat the first one.
  void run(std::span<const Pbkdf2Job> jobs, std::span<const std::size_t> chosen);

 private:
  static constexpr std::size_t parts = 4;
  const Pbkdf2Lanes& kernel_;
  std::size_t size_;
  SecretBytes memory_;
  std::uint32_t* words_ = nullptr;
};

void Side::run(std::span<const Pbkdf2Job> jobs, std::span<const std::size_t> chosen) {
  std::uint32_t* const inner = words_;
  std::uint32_t* const outer = inner + size_;
  std::uint32_t* const u = outer + size_;
  std::uint32_t* const total = u + size_;
  for (std::size_t lane = 0; lane < kernel_.lanes; ++lane) {
    const Running running(jobs[chosen[lane < chosen.size() ? lane : 0]]);
    for (std::size_t i = 0; i < digest_words; ++i) {
      const std::size_t at = i * kernel_.lanes + lane;
      inner[at] = running.hmac.inner[i];
      outer[at] = running.hmac.outer[i];
      u[at] = total[at] = running.u[i];
    }
  }
  kernel_.run(inner, outer, u, total, jobs[chosen.front()].iterations - 1);
  for (std::size_t lane = 0; lane < chosen.size(); ++lane) {
    std::uint32_t key[digest_words];
    for (std::size_t i = 0; i < digest_words; ++i) key[i] = total[i * kernel_.lanes + lane];
    to_bytes(key, jobs[chosen[lane]].key);
    wipe(key, sizeof key);
  }
}

// `group`: indices of jobs of one iteration count.
void derive_group(std::span<const Pbkdf2Lanes* const> kernels, std::span<const Pbkdf2Job> jobs, std::span<const std::size_t> group) {
  while (!group.empty()) {
    const auto kernel = std::ranges::find_if(kernels, [&](const Pbkdf2Lanes* k) { return group.size() >= k->worth; });
    const std::size_t taken = kernel == kernels.end() ? 1 : std::min(group.size(), (*kernel)->lanes);
    if (kernel == kernels.end()) {
      pbkdf2_hmac_sha256_with(best_chain(), jobs[group.front()]);
    } else {
      Side(**kernel).run(jobs, group.first(taken));
    }
    group = group.subspan(taken);
  }
}

// Numbers for a trial of a kernel: any bits that differ from word to word will do.
struct Sample {
  static constexpr std::size_t words = digest_words * pbkdf2_most_lanes;
  alignas(64) std::uint32_t inner[words], outer[words], u[words], total[words];

  explicit Sample(std::size_t lanes) {
    for (std::size_t i = 0; i < digest_words; ++i) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const auto seed = static_cast<std::uint32_t>(32 * lane + i + 1);
        const std::size_t at = i * lanes + lane;
        inner[at] = seed * 0x9E3779B9u;
        outer[at] = (seed + 8) * 0x9E3779B9u;
        u[at] = (seed + 16) * 0x9E3779B9u;
        total[at] = (seed + 24) * 0x9E3779B9u;
      }
    }
  }
};

// Of one lane: the best of a few times, because others use this processor too.
double seconds_an_iteration(const Pbkdf2Lanes& kernel) {
  constexpr std::uint32_t iterations = 50;
  Sample sample(kernel.lanes);
  double best = 1;
  for (int i = 0; i < 20; ++i) {
    const auto start = std::chrono::steady_clock::now();
    kernel.run(sample.inner, sample.outer, sample.u, sample.total, iterations);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best / static_cast<double>(kernel.lanes);
}

std::span<const Pbkdf2Lanes* const> pbkdf2_kernels() {
#if defined(__x86_64__)
  static constexpr const Pbkdf2Lanes* all[] = {&pbkdf2_avx512, &pbkdf2_sha_ni_x4, &pbkdf2_avx2};
  return all;
#else
  return {};
#endif
}

}  // namespace

const Pbkdf2Chain pbkdf2_portable{"portable", []() noexcept { return true; }, run_portable};

std::span<const Pbkdf2Chain* const> pbkdf2_chains() {
#if defined(__x86_64__)
  static constexpr const Pbkdf2Chain* all[] = {&pbkdf2_sha_ni, &pbkdf2_portable};
  return std::span<const Pbkdf2Chain* const>(all).subspan(pbkdf2_sha_ni.available() ? 0 : 1);
#else
  static constexpr const Pbkdf2Chain* all[] = {&pbkdf2_portable};
  return all;
#endif
}

bool agrees_with_portable(const Pbkdf2Chain& chain) {
  Pbkdf2Midstates hmac;
  alignas(16) std::uint32_t u[2][digest_words], total[2][digest_words];
  // Any bits that differ from word to word will do.
  for (std::uint32_t i = 0; i < digest_words; ++i) {
    hmac.inner[i] = (i + 1) * 0x9E3779B9u;
    hmac.outer[i] = (i + 9) * 0x9E3779B9u;
    u[0][i] = u[1][i] = (i + 17) * 0x9E3779B9u;
    total[0][i] = total[1][i] = (i + 25) * 0x9E3779B9u;
  }
  for (const std::uint32_t iterations : {1u, 2u, 3u}) {
    pbkdf2_portable.run(hmac, u[0], total[0], iterations);
    chain.run(hmac, u[1], total[1], iterations);
    if (!std::ranges::equal(u[0], u[1]) || !std::ranges::equal(total[0], total[1])) return false;
  }
  return true;
}

void pbkdf2_hmac_sha256_with(const Pbkdf2Chain& chain, const Pbkdf2Job& job) {
  Running running(job);
  chain.run(running.hmac, running.u, running.total, job.iterations - 1);
  to_bytes(running.total, job.key);
}

bool agrees_with_portable(const Pbkdf2Lanes& kernel) {
  if (kernel.lanes > pbkdf2_most_lanes) return false;
  for (const std::uint32_t iterations : {1u, 2u, 3u}) {
    const Sample start(kernel.lanes);
    Sample done(kernel.lanes);
    kernel.run(done.inner, done.outer, done.u, done.total, iterations);
    for (std::size_t lane = 0; lane < kernel.lanes; ++lane) {
      Pbkdf2Midstates hmac;
      alignas(16) std::uint32_t u[digest_words], total[digest_words];
      for (std::size_t i = 0; i < digest_words; ++i) {
        const std::size_t at = i * kernel.lanes + lane;
        hmac.inner[i] = start.inner[at], hmac.outer[i] = start.outer[at], u[i] = start.u[at], total[i] = start.total[at];
      }
      pbkdf2_portable.run(hmac, u, total, iterations);
      for (std::size_t i = 0; i < digest_words; ++i) {
        const std::size_t at = i * kernel.lanes + lane;
        if (done.u[at] != u[i] || done.total[at] != total[i]) return false;
      }
    }
  }
  return true;
}

std::span<const Pbkdf2Lanes* const> usable_pbkdf2_kernels() {
  static const auto usable = usable_kernels<Pbkdf2Lanes>(pbkdf2_kernels(), agrees_with_portable);
  return usable;
}

std::span<const Pbkdf2Lanes* const> fastest_pbkdf2_kernels() {
  static const auto sorted = fastest_first(usable_pbkdf2_kernels(), seconds_an_iteration);
  return sorted;
}

void pbkdf2_hmac_sha256(const Pbkdf2Job& job) {
  pbkdf2_hmac_sha256_with(best_chain(), job);
  secret::scrub_stack(4096);
}

void pbkdf2_hmac_sha256_many_with(std::span<const Pbkdf2Lanes* const> kernels, std::span<const Pbkdf2Job> jobs) {
  std::vector<std::size_t> order(jobs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto iterations = [&](std::size_t i) { return jobs[i].iterations; };
  std::ranges::stable_sort(order, {}, iterations);
  for (std::span<const std::size_t> rest = order; !rest.empty();) {
    const auto end = std::ranges::find_if(rest, [&](std::size_t i) { return iterations(i) != iterations(rest.front()); });
    const auto size = static_cast<std::size_t>(end - rest.begin());
    derive_group(kernels, jobs, rest.first(size));
    rest = rest.subspan(size);
  }
  secret::scrub_stack(16 * 1024);
}

void pbkdf2_hmac_sha256_many(std::span<const Pbkdf2Job> jobs) { pbkdf2_hmac_sha256_many_with(usable_pbkdf2_kernels(), jobs); }

std::string_view pbkdf2_sha256_engine() { return best_chain().name; }

}  // namespace hwbak::crypto
