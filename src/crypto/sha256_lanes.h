// SHA-256 of several messages side by side: what a kernel is. Internal to crypto/. A kernel only
// compresses whole blocks; preparing, padding and choosing is sevenzip_kdf's work. Each lives in a file of
// its own whose functions carry their target attribute, so the rest runs on any machine.
//
// A third of the work on a block is its message schedule, which depends on the block alone. Where the same blocks come
// again and again it is recorded once and replayed, and where all lanes have the same block it is made once for all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "hwbak/bytes.h"

#if defined(__clang__)
#define HWBAK_UNROLL _Pragma("clang loop unroll(full)")
#else
#define HWBAK_UNROLL _Pragma("GCC unroll 64")
#endif

namespace hwbak::crypto {

// What is done with a few blocks. The words of `from`:
//   compress  of each block, in every lane its own
//   record    the same; the schedules are written to `to`
//   replay    the schedules written by record
//   shared    one schedule for all lanes: one of those that `schedule` wrote (see shared_at)
//   schedule  as for compress, and the schedules are all that is wanted: written to `to`, the state stays as it is
enum class Sha256Use { compress, record, replay, shared, schedule };

struct Sha256Step {
  Sha256Use use = Sha256Use::compress;
  std::size_t blocks = 0;
  const std::uint32_t* from = nullptr;
  std::uint32_t* to = nullptr;
};

// Words are in the machine's order (the kernel swaps no bytes), 64-byte aligned. The i-th word of a lane:
//   transposed:      state[i * lanes + lane]   words[(block * 16 + i) * lanes + lane]
//   not transposed:  state[lane * 8 + i]       words[(block * lanes + lane) * 16 + i]
// A schedule is 64 words per block and lane, constants added, in whatever order its kernel likes.
struct Sha256Lanes {
  std::string_view name;
  std::size_t lanes;
  bool transposed;
  std::size_t worth;             // from this many messages on it beats narrower ways, lanes left idle or not
  bool (*available)() noexcept;  // on this machine
  void (*run)(std::uint32_t* state, std::span<const Sha256Step> steps) noexcept;

  void compress(std::uint32_t* state, const std::uint32_t* words, std::size_t blocks) const noexcept {
    const Sha256Step step{Sha256Use::compress, blocks, words, nullptr};
    run(state, {&step, 1});
  }
  [[nodiscard]] constexpr std::size_t state_at(std::size_t i, std::size_t lane) const noexcept {
    return transposed ? i * lanes + lane : lane * 8 + i;
  }
  // Where word `i` of the lane's message stands; `i` counts over all blocks.
  [[nodiscard]] constexpr std::size_t word_at(std::size_t i, std::size_t lane) const noexcept {
    return transposed ? i * lanes + lane : (i / 16 * lanes + lane) * 16 + i % 16;
  }
  [[nodiscard]] constexpr std::size_t block_words() const noexcept { return 16 * lanes; }
  [[nodiscard]] constexpr std::size_t schedule_words() const noexcept { return 64 * lanes; }
  // Where a shared block begins in what `schedule` wrote for one block of every lane: one block a step.
  [[nodiscard]] constexpr std::size_t shared_at(std::size_t lane) const noexcept { return transposed ? lane : 64 * lane; }
};

inline constexpr std::size_t sha256_most_lanes = 16;

inline constexpr std::uint32_t sha256_start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

alignas(64) inline constexpr std::uint32_t sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

#if defined(__x86_64__)
extern const Sha256Lanes sha256_avx512;  // sixteen lanes
extern const Sha256Lanes sha256_sha_ni;  // four streams
extern const Sha256Lanes sha256_avx2;    // eight lanes
#endif

}  // namespace hwbak::crypto
