// Eight SHA-256 messages in the eight lanes of AVX2: each step of FIPS 180-4, 6.2.2 is done for all
// lanes at once.
#if defined(__x86_64__)
#include <immintrin.h>

#include "crypto/sha256_lanes.h"

#define HWBAK_AVX2 [[gnu::target("avx2"), gnu::always_inline]] inline

namespace hwbak::crypto {
namespace {

constexpr int lanes = 8;

bool available() noexcept { return __builtin_cpu_supports("avx2"); }

HWBAK_AVX2 __m256i load(const std::uint32_t* at) { return _mm256_load_si256(reinterpret_cast<const __m256i*>(at)); }
HWBAK_AVX2 void store(std::uint32_t* at, __m256i value) { _mm256_store_si256(reinterpret_cast<__m256i*>(at), value); }
HWBAK_AVX2 __m256i add(__m256i a, __m256i b) { return _mm256_add_epi32(a, b); }
HWBAK_AVX2 __m256i xor3(__m256i a, __m256i b, __m256i c) { return _mm256_xor_si256(_mm256_xor_si256(a, b), c); }
template <int N>
HWBAK_AVX2 __m256i rotate(__m256i x) {
  return _mm256_or_si256(_mm256_srli_epi32(x, N), _mm256_slli_epi32(x, 32 - N));
}
HWBAK_AVX2 __m256i choose(__m256i e, __m256i f, __m256i g) {
  return _mm256_xor_si256(g, _mm256_and_si256(e, _mm256_xor_si256(f, g)));
}
HWBAK_AVX2 __m256i majority(__m256i a, __m256i b, __m256i c) {
  return _mm256_or_si256(_mm256_and_si256(a, b), _mm256_and_si256(c, _mm256_or_si256(a, b)));
}

// `words` is the schedule in replay; `schedule` is written by record.
template <Sha256Use Use>
[[gnu::target("avx2")]]
void run(std::uint32_t* state, const std::uint32_t* words, std::size_t blocks, std::uint32_t* schedule) noexcept {
  constexpr int step = Use == Sha256Use::replay ? 64 : 16;  // vectors per block
  __m256i s[8];
  for (int i = 0; i < 8; ++i) s[i] = load(state + lanes * i);
  for (; blocks != 0; --blocks, words += step * lanes) {
    [[maybe_unused]] __m256i w[16];
    __m256i a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
    HWBAK_UNROLL
    for (int i = 0; i < 64; ++i) {
      __m256i keyed;
      if constexpr (Use == Sha256Use::replay) {
        keyed = load(words + lanes * i);
      } else {
        __m256i& now = w[i & 15];
        if (i < 16) {
          now = load(words + lanes * i);
        } else {
          const __m256i old = w[(i + 1) & 15], recent = w[(i + 14) & 15];
          const __m256i small0 = xor3(rotate<7>(old), rotate<18>(old), _mm256_srli_epi32(old, 3));
          const __m256i small1 = xor3(rotate<17>(recent), rotate<19>(recent), _mm256_srli_epi32(recent, 10));
          now = add(add(now, small0), add(w[(i + 9) & 15], small1));
        }
        keyed = add(now, _mm256_set1_epi32(static_cast<int>(sha256_constants[i])));
        if constexpr (Use == Sha256Use::record) store(schedule + lanes * i, keyed);
      }
      const __m256i big1 = xor3(rotate<6>(e), rotate<11>(e), rotate<25>(e));
      const __m256i first = add(add(h, keyed), add(big1, choose(e, f, g)));
      const __m256i big0 = xor3(rotate<2>(a), rotate<13>(a), rotate<22>(a));
      const __m256i second = add(big0, majority(a, b, c));
      h = g, g = f, f = e, e = add(d, first), d = c, c = b, b = a, a = add(first, second);
    }
    const __m256i out[8] = {a, b, c, d, e, f, g, h};
    for (int i = 0; i < 8; ++i) s[i] = add(s[i], out[i]);
    if constexpr (Use == Sha256Use::record) schedule += 64 * lanes;
  }
  for (int i = 0; i < 8; ++i) store(state + lanes * i, s[i]);
}

void compress(std::uint32_t* state, const std::uint32_t* words, std::size_t blocks) noexcept {
  run<Sha256Use::compress>(state, words, blocks, nullptr);
}
void record(std::uint32_t* state, const std::uint32_t* words, std::size_t blocks, std::uint32_t* schedule) noexcept {
  run<Sha256Use::record>(state, words, blocks, schedule);
}
void replay(std::uint32_t* state, const std::uint32_t* schedule, std::size_t blocks) noexcept {
  run<Sha256Use::replay>(state, schedule, blocks, nullptr);
}

}  // namespace

const Sha256Lanes sha256_avx2{"avx2-x8", lanes, true, 3, available, compress, record, replay};

}  // namespace hwbak::crypto
#endif
