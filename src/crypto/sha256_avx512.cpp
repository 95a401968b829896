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

// `words` is the schedule in replay; `schedule` is written by record.
template <Sha256Use Use>
[[gnu::target("avx512f")]]
void run(std::uint32_t* state, const std::uint32_t* words, std::size_t blocks, std::uint32_t* schedule) noexcept {
  constexpr int step = Use == Sha256Use::replay ? 64 : 16;  // vectors per block
  __m512i s[8];
  for (int i = 0; i < 8; ++i) s[i] = load(state + lanes * i);
  for (; blocks != 0; --blocks, words += step * lanes) {
    [[maybe_unused]] __m512i w[16];
    __m512i a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
    HWBAK_UNROLL
    for (int i = 0; i < 64; ++i) {
      __m512i keyed;
      if constexpr (Use == Sha256Use::replay) {
        keyed = load(words + lanes * i);
      } else {
        __m512i& now = w[i & 15];
        if (i < 16) {
          now = load(words + lanes * i);
        } else {
          const __m512i old = w[(i + 1) & 15], recent = w[(i + 14) & 15];
          const __m512i small0 = logic<table_xor>(rotate<7>(old), rotate<18>(old), shift<3>(old));
          const __m512i small1 = logic<table_xor>(rotate<17>(recent), rotate<19>(recent), shift<10>(recent));
          now = add(add(now, small0), add(w[(i + 9) & 15], small1));
        }
        keyed = add(now, _mm512_set1_epi32(static_cast<int>(sha256_constants[i])));
        if constexpr (Use == Sha256Use::record) store(schedule + lanes * i, keyed);
      }
      const __m512i big1 = logic<table_xor>(rotate<6>(e), rotate<11>(e), rotate<25>(e));
      const __m512i first = add(add(h, keyed), add(big1, logic<table_choose>(e, f, g)));
      const __m512i big0 = logic<table_xor>(rotate<2>(a), rotate<13>(a), rotate<22>(a));
      const __m512i second = add(big0, logic<table_majority>(a, b, c));
      h = g, g = f, f = e, e = add(d, first), d = c, c = b, b = a, a = add(first, second);
    }
    const __m512i out[8] = {a, b, c, d, e, f, g, h};
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

const Sha256Lanes sha256_avx512{"avx512-x16", lanes, true, 7, available, compress, record, replay};

}  // namespace hwbak::crypto
#endif
