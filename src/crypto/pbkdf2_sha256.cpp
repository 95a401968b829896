// PBKDF2-HMAC-SHA256, alone and side by side; see pbkdf2_sha256.h and pbkdf2_sha256_chain.h.
#include "crypto/pbkdf2_sha256.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

#include "crypto/digest.h"
#include "crypto/openssl.h"
#include "crypto/pbkdf2_sha256_chain.h"
#include "crypto/sevenzip_kdf_engines.h"
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

// `group`: indices of jobs of one iteration count.
void derive_group(std::span<const Pbkdf2Job> jobs, std::span<const std::size_t> group) {
  while (!group.empty()) {
    const auto kernels = usable_sha256_kernels();
    const auto kernel = std::ranges::find_if(kernels, [&](const Sha256Lanes* k) { return group.size() >= k->worth; });
    const std::size_t taken = kernel == kernels.end() ? 1 : std::min(group.size(), (*kernel)->lanes);
    std::vector<Pbkdf2Job> together;
    for (const std::size_t i : group.first(taken)) together.push_back(jobs[i]);
    if (kernel == kernels.end()) {
      pbkdf2_hmac_sha256_with(best_chain(), together.front());
    } else {
      pbkdf2_hmac_sha256_side_by_side(**kernel, together);
    }
    group = group.subspan(taken);
  }
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

// A block of every lane is its digest and padding; a state goes back to its midstate before each block.
void pbkdf2_hmac_sha256_side_by_side(const Sha256Lanes& kernel, std::span<const Pbkdf2Job> jobs) {
  check(!jobs.empty() && jobs.size() <= kernel.lanes, "PBKDF2-HMAC-SHA256: lanes");
  const std::size_t state_words = digest_words * kernel.lanes, words_size = kernel.block_words();
  SecretBytes memory((4 * state_words + words_size) * sizeof(std::uint32_t) + 64);
  void* at = memory.expose().data();
  std::size_t space = memory.size();
  auto* const state = static_cast<std::uint32_t*>(std::align(64, space - 64, at, space));
  auto* const inner = state + state_words;
  auto* const outer = inner + state_words;
  auto* const total = outer + state_words;
  auto* const words = total + state_words;
  for (std::size_t lane = 0; lane < kernel.lanes; ++lane) {
    const Running running(jobs[lane < jobs.size() ? lane : 0]);
    for (std::size_t i = 0; i < digest_words; ++i) {
      inner[kernel.state_at(i, lane)] = running.hmac.inner[i];
      outer[kernel.state_at(i, lane)] = running.hmac.outer[i];
      state[kernel.state_at(i, lane)] = total[kernel.state_at(i, lane)] = running.u[i];
    }
    words[kernel.word_at(digest_words, lane)] = pbkdf2_pad_first;
    words[kernel.word_at(15, lane)] = pbkdf2_pad_last;
  }
  // Transposed, all digests lie together; otherwise each lane's do.
  const std::size_t pieces = kernel.transposed ? 1 : kernel.lanes, piece = state_words / pieces;
  const std::size_t step = kernel.transposed ? 0 : kernel.word_at(0, 1);
  const auto compress = [&](const std::uint32_t* from) {
    for (std::size_t i = 0; i < pieces; ++i) std::copy_n(state + i * piece, piece, words + i * step);
    std::copy_n(from, state_words, state);
    kernel.compress(state, words, 1);
  };
  for (std::uint32_t i = 1; i < jobs.front().iterations; ++i) {
    compress(inner);
    compress(outer);
    for (std::size_t word = 0; word < state_words; ++word) total[word] ^= state[word];
  }
  for (std::size_t lane = 0; lane < jobs.size(); ++lane) {
    std::uint32_t key[digest_words];
    for (std::size_t i = 0; i < digest_words; ++i) key[i] = total[kernel.state_at(i, lane)];
    to_bytes(key, jobs[lane].key);
    wipe(key, sizeof key);
  }
}

void pbkdf2_hmac_sha256(const Pbkdf2Job& job) {
  pbkdf2_hmac_sha256_with(best_chain(), job);
  secret::scrub_stack(4096);
}

void pbkdf2_hmac_sha256_many(std::span<const Pbkdf2Job> jobs) {
  std::vector<std::size_t> order(jobs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto iterations = [&](std::size_t i) { return jobs[i].iterations; };
  std::ranges::stable_sort(order, {}, iterations);
  for (std::span<const std::size_t> rest = order; !rest.empty();) {
    const auto end = std::ranges::find_if(rest, [&](std::size_t i) { return iterations(i) != iterations(rest.front()); });
    const auto size = static_cast<std::size_t>(end - rest.begin());
    derive_group(jobs, rest.first(size));
    rest = rest.subspan(size);
  }
  secret::scrub_stack(16 * 1024);
}

std::string_view pbkdf2_sha256_engine() { return best_chain().name; }

}  // namespace hwbak::crypto
