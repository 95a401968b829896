// Which SHA-256 kernels may be used; see sevenzip_kdf_engines.h.
#include "crypto/sevenzip_kdf_engines.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "crypto/kernels.h"
#include "crypto/openssl.h"

namespace hwbak::crypto {

namespace {

// Of one lane; half compressed and half replayed, as in a derivation. The best of a few times: others use this processor too.
double seconds_a_block(const Sha256Lanes& kernel) {
  constexpr std::size_t blocks = 4;
  alignas(64) std::uint32_t state[8 * sha256_most_lanes]{}, words[16 * blocks * sha256_most_lanes]{};
  alignas(64) std::uint32_t schedule[64 * blocks * sha256_most_lanes]{};
  const std::array<Sha256Step, 2> steps{{{Sha256Use::compress, blocks, words, nullptr}, {Sha256Use::replay, blocks, schedule, nullptr}}};
  double best = 1;
  for (int i = 0; i < 30; ++i) {
    const auto start = std::chrono::steady_clock::now();
    kernel.run(state, steps);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best / static_cast<double>(2 * blocks * kernel.lanes);
}

}  // namespace

std::span<const Sha256Lanes* const> sha256_kernels() noexcept {
#if defined(__x86_64__)
  // AVX2 without rotations comes after four streams of the SHA instructions.
  static constexpr const Sha256Lanes* all[] = {&sha256_avx512, &sha256_sha_ni, &sha256_avx2};
  return all;
#else
  return {};
#endif
}

bool agrees_with_openssl(const Sha256Lanes& kernel) {
  constexpr std::size_t blocks = 3;
  alignas(64) std::uint32_t start[8 * sha256_most_lanes], state[8 * sha256_most_lanes];
  alignas(64) std::uint32_t words[16 * blocks * sha256_most_lanes], schedule[64 * blocks * sha256_most_lanes];
  if (kernel.lanes > sha256_most_lanes) return false;
  // Any bits that differ from word to word will do.
  const auto message = [](std::size_t lane, std::size_t i) {
    return static_cast<std::uint32_t>((lane * 16 * blocks + i + 1) * 0x9E3779B9u);
  };
  SHA256_CTX expected[sha256_most_lanes];
  for (std::size_t lane = 0; lane < kernel.lanes; ++lane) {
    SHA256_Init(&expected[lane]);
    for (std::size_t i = 0; i < 8; ++i) start[kernel.state_at(i, lane)] = sha256_start[i];
    for (std::size_t i = 0; i < 16 * blocks; ++i) {
      const std::uint32_t word = message(lane, i);
      const std::uint8_t bytes[4] = {static_cast<std::uint8_t>(word >> 24), static_cast<std::uint8_t>(word >> 16),
                                     static_cast<std::uint8_t>(word >> 8), static_cast<std::uint8_t>(word)};
      SHA256_Update(&expected[lane], bytes, sizeof bytes);
      words[kernel.word_at(i, lane)] = word;
    }
  }
  const auto right = [&](auto&& use) {
    std::ranges::copy(start, state);
    use();
    for (std::size_t lane = 0; lane < kernel.lanes; ++lane) {
      // After whole blocks the chaining value is the state; no padding has been added yet.
      for (std::size_t i = 0; i < 8; ++i) {
        if (state[kernel.state_at(i, lane)] != expected[lane].h[i]) return false;
      }
    }
    return true;
  };
  const auto step = [&](Sha256Use use, std::size_t count, const std::uint32_t* from, std::uint32_t* to) {
    const Sha256Step one{use, count, from, to};
    kernel.run(state, {&one, 1});
  };
  if (!right([&] { step(Sha256Use::compress, blocks, words, nullptr); }) ||
      !right([&] { step(Sha256Use::record, blocks, words, schedule); }) ||
      !right([&] { step(Sha256Use::replay, blocks, schedule, nullptr); }))
    return false;
  // The blocks of every lane become blocks that all lanes have in common: all must end as each lane did before.
  std::ranges::fill(schedule, 0u);
  std::ranges::copy(start, state);
  step(Sha256Use::schedule, blocks, words, schedule);
  if (!std::ranges::equal(start, state)) return false;
  for (std::size_t from = 0; from < kernel.lanes; ++from) {
    std::ranges::copy(start, state);
    for (std::size_t i = 0; i < blocks; ++i)
      step(Sha256Use::shared, 1, schedule + i * kernel.schedule_words() + kernel.shared_at(from), nullptr);
    for (std::size_t lane = 0; lane < kernel.lanes; ++lane)
      for (std::size_t i = 0; i < 8; ++i)
        if (state[kernel.state_at(i, lane)] != expected[from].h[i]) return false;
  }
  return true;
}

std::span<const Sha256Lanes* const> usable_sha256_kernels() {
  static const auto usable = usable_kernels<Sha256Lanes>(sha256_kernels(), agrees_with_openssl);
  return usable;
}

std::span<const Sha256Lanes* const> fastest_sha256_kernels() {
  static const auto sorted = fastest_first(usable_sha256_kernels(), seconds_a_block);
  return sorted;
}

}  // namespace hwbak::crypto
