// Sixteen SHA-256 messages in the sixteen lanes of AVX-512: each step of FIPS 180-4, 6.2.2 is done for
// all lanes at once. Rotations and three-operand logic are one instruction each here, which makes
// this the fastest way even beside the SHA instructions.
#if defined(__x86_64__)
#include <immintrin.h>

#include "crypto/sha256_lanes.h"

#define HWBAK_AVX512 [[gnu::target("avx512f"), gnu::always_inline]] inline

namespace hwbak::crypto {
namespace {

constexpr int lanes = 16;

bool available() noexcept { return __builtin_cpu_supports("avx512f"); }

// Truth tables of three-operand logic, the first operand the highest bit of the index.
constexpr int table_xor = 0x96, table_choose = 0xCA, table_majority = 0xE8;

HWBAK_AVX512 __m512i load(const std::uint32_t* at) { return _mm512_load_si512(at); }
HWBAK_AVX512 void store(std::uint32_t* at, __m512i value) { _mm512_store_si512(at, value); }
HWBAK_AVX512 __m512i all(std::uint32_t word) { return _mm512_set1_epi32(static_cast<int>(word)); }
HWBAK_AVX512 __m512i add(__m512i a, __m512i b) { return _mm512_add_epi32(a, b); }
template <int Table>
HWBAK_AVX512 __m512i logic(__m512i a, __m512i b, __m512i c) {
  return _mm512_ternarylogic_epi32(a, b, c, Table);
}
// The forms with a mask of ones, because g++ 12 warns of its own header in the plain ones.
template <int N>
HWBAK_AVX512 __m512i rotate(__m512i x) {
  return _mm512_maskz_ror_epi32(0xFFFF, x, N);
}
template <int N>
HWBAK_AVX512 __m512i shift(__m512i x) {
  return _mm512_maskz_srli_epi32(0xFFFF, x, N);
}

// Four times sixteen rounds, unrolled no further: the whole stays in the processor's store of decoded instructions.
template <Sha256Use Use>
HWBAK_AVX512 void block(__m512i (&s)[8], const std::uint32_t*& from, std::uint32_t*& to) {
  constexpr bool makes = Use == Sha256Use::compress || Use == Sha256Use::record || Use == Sha256Use::schedule;
  [[maybe_unused]] __m512i w[16];
  __m512i a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
  if constexpr (makes) {
    HWBAK_UNROLL
    for (int i = 0; i < 16; ++i) w[i] = load(from + lanes * i);
  }
  for (int sixteen = 0; sixteen < 64; sixteen += 16) {
    HWBAK_UNROLL
    for (int i = 0; i < 16; ++i) {
      __m512i keyed;
      if constexpr (makes) {
        keyed = add(w[i], all(sha256_constants[sixteen + i]));
        if constexpr (Use != Sha256Use::compress) store(to + lanes * (sixteen + i), keyed);
      } else if constexpr (Use == Sha256Use::replay) {
        keyed = load(from + lanes * (sixteen + i));
      } else {
        keyed = all(from[lanes * (sixteen + i)]);
      }
      if constexpr (Use != Sha256Use::schedule) {
        const __m512i big1 = logic<table_xor>(rotate<6>(e), rotate<11>(e), rotate<25>(e));
        const __m512i first = add(add(h, keyed), add(big1, logic<table_choose>(e, f, g)));
        const __m512i big0 = logic<table_xor>(rotate<2>(a), rotate<13>(a), rotate<22>(a));
        const __m512i second = add(big0, logic<table_majority>(a, b, c));
        h = g, g = f, f = e, e = add(d, first), d = c, c = b, b = a, a = add(first, second);
      }
    }
    if constexpr (makes) {
      if (sixteen == 48) break;
      HWBAK_UNROLL
      for (int i = 0; i < 16; ++i) {
        const __m512i old = w[(i + 1) & 15], recent = w[(i + 14) & 15];
        const __m512i small0 = logic<table_xor>(rotate<7>(old), rotate<18>(old), shift<3>(old));
        const __m512i small1 = logic<table_xor>(rotate<17>(recent), rotate<19>(recent), shift<10>(recent));
        w[i] = add(add(w[i], small0), add(w[(i + 9) & 15], small1));
      }
    }
  }
  if constexpr (Use != Sha256Use::schedule) {
    const __m512i out[8] = {a, b, c, d, e, f, g, h};
    HWBAK_UNROLL
    for (int i = 0; i < 8; ++i) s[i] = add(s[i], out[i]);
  }
  from += Use == Sha256Use::shared ? 1 : (makes ? 16 : 64) * lanes;
  if constexpr (makes && Use != Sha256Use::compress) to += 64 * lanes;
}

[[gnu::target("avx512f")]]
void run(std::uint32_t* state, std::span<const Sha256Step> steps) noexcept {
  __m512i s[8];
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

const Sha256Lanes sha256_avx512{"avx512-x16", lanes, true, 7, available, run};

}  // namespace hwbak::crypto
#endif
