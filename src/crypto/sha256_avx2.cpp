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
HWBAK_AVX2 __m256i all(std::uint32_t word) { return _mm256_set1_epi32(static_cast<int>(word)); }
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

// Four times sixteen rounds, unrolled no further: the whole stays in the processor's store of decoded instructions.
template <Sha256Use Use>
HWBAK_AVX2 void block(__m256i (&s)[8], const std::uint32_t*& from, std::uint32_t*& to) {
  constexpr bool makes = Use == Sha256Use::compress || Use == Sha256Use::record || Use == Sha256Use::schedule;
  [[maybe_unused]] __m256i w[16];
  __m256i a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
  if constexpr (makes) {
    HWBAK_UNROLL
    for (int i = 0; i < 16; ++i) w[i] = load(from + lanes * i);
  }
  for (int sixteen = 0; sixteen < 64; sixteen += 16) {
    HWBAK_UNROLL
    for (int i = 0; i < 16; ++i) {
      __m256i keyed;
      if constexpr (makes) {
        keyed = add(w[i], all(sha256_constants[sixteen + i]));
        if constexpr (Use != Sha256Use::compress) store(to + lanes * (sixteen + i), keyed);
      } else if constexpr (Use == Sha256Use::replay) {
        keyed = load(from + lanes * (sixteen + i));
      } else {
        keyed = all(from[lanes * (sixteen + i)]);
      }
      if constexpr (Use != Sha256Use::schedule) {
        const __m256i big1 = xor3(rotate<6>(e), rotate<11>(e), rotate<25>(e));
        const __m256i first = add(add(h, keyed), add(big1, choose(e, f, g)));
        const __m256i big0 = xor3(rotate<2>(a), rotate<13>(a), rotate<22>(a));
        const __m256i second = add(big0, majority(a, b, c));
        h = g, g = f, f = e, e = add(d, first), d = c, c = b, b = a, a = add(first, second);
      }
    }
    if constexpr (makes) {
      if (sixteen == 48) break;
      HWBAK_UNROLL
      for (int i = 0; i < 16; ++i) {
        const __m256i old = w[(i + 1) & 15], recent = w[(i + 14) & 15];
        const __m256i small0 = xor3(rotate<7>(old), rotate<18>(old), _mm256_srli_epi32(old, 3));
        const __m256i small1 = xor3(rotate<17>(recent), rotate<19>(recent), _mm256_srli_epi32(recent, 10));
        w[i] = add(add(w[i], small0), add(w[(i + 9) & 15], small1));
      }
    }
  }
  if constexpr (Use != Sha256Use::schedule) {
    const __m256i out[8] = {a, b, c, d, e, f, g, h};
    HWBAK_UNROLL
    for (int i = 0; i < 8; ++i) s[i] = add(s[i], out[i]);
  }
  from += Use == Sha256Use::shared ? 1 : (makes ? 16 : 64) * lanes;
  if constexpr (makes && Use != Sha256Use::compress) to += 64 * lanes;
}

[[gnu::target("avx2")]]
void run(std::uint32_t* state, std::span<const Sha256Step> steps) noexcept {
  __m256i s[8];
  HWBAK_UNROLL
  for (int i = 0; i < 8; ++i) s[i] = load(state + lanes * i);
  for (const Sha256Step& step : steps) {
    const std::uint32_t* from = step.from;
    std::uint32_t* to = step.to;
    for (std::size_t left = step.blocks; left != 0; --left) {
      switch (step.use) {
        case Sha256Use::compress: block<Sha256Use::compress>(s, from, to); break;
        case Sha256Use::record: block<Sha256Use::record>(s, from, to); break;
        case Sha256Use::replay: block<Sha256Use::replay>(s, from, to); break;
        case Sha256Use::shared: block<Sha256Use::shared>(s, from, to); break;
        case Sha256Use::schedule: block<Sha256Use::schedule>(s, from, to); break;
      }
    }
  }
  HWBAK_UNROLL
  for (int i = 0; i < 8; ++i) store(state + lanes * i, s[i]);
}

}  // namespace

const Sha256Lanes sha256_avx2{"avx2-x8", lanes, true, 3, available, run};

}  // namespace hwbak::crypto
#endif
