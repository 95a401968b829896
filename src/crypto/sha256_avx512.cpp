// Sixteen SHA-256 messages in the sixteen lanes of AVX-512. Rotations and three-operand logic are one instruction each here, which makes
// this the fastest way even beside the SHA instructions.
#if defined(__x86_64__)
#include <immintrin.h>

#include "crypto/pbkdf2_sha256_chain.h"
#include "crypto/sha256_lanes.h"

#define HWBAK_VECTORS [[gnu::target("avx512f")]]
#define HWBAK_AVX512 HWBAK_VECTORS [[gnu::always_inline]] inline

namespace hwbak::crypto {
namespace {

using Vec = __m512i;
constexpr int lanes = 16;

bool available() noexcept { return __builtin_cpu_supports("avx512f"); }

HWBAK_AVX512 Vec load(const std::uint32_t* at) { return _mm512_load_si512(at); }
HWBAK_AVX512 void store(std::uint32_t* at, Vec value) { _mm512_store_si512(at, value); }
HWBAK_AVX512 Vec all(std::uint32_t word) { return _mm512_set1_epi32(static_cast<int>(word)); }
HWBAK_AVX512 Vec add(Vec a, Vec b) { return _mm512_add_epi32(a, b); }
HWBAK_AVX512 Vec exclusive(Vec a, Vec b) { return _mm512_xor_si512(a, b); }
HWBAK_AVX512 Vec settled(Vec x) {
  asm("" : "+v"(x));
  return x;
}

// Truth tables of three-operand logic, the first operand the highest bit of the index.
HWBAK_AVX512 Vec xor3(Vec a, Vec b, Vec c) { return _mm512_ternarylogic_epi32(a, b, c, 0x96); }
HWBAK_AVX512 Vec choose(Vec e, Vec f, Vec g) { return _mm512_ternarylogic_epi32(e, f, g, 0xCA); }
HWBAK_AVX512 Vec majority(Vec a, Vec b, Vec c) { return _mm512_ternarylogic_epi32(a, b, c, 0xE8); }
// The forms with a mask of ones, because g++ 12 warns of its own header in the plain ones.
template <int N>
HWBAK_AVX512 Vec rotate(Vec x) {
  return _mm512_maskz_ror_epi32(0xFFFF, x, N);
}
template <int N>
HWBAK_AVX512 Vec shift(Vec x) {
  return _mm512_maskz_srli_epi32(0xFFFF, x, N);
}
HWBAK_AVX512 Vec big0(Vec x) { return xor3(rotate<2>(x), rotate<13>(x), rotate<22>(x)); }
HWBAK_AVX512 Vec big1(Vec x) { return xor3(rotate<6>(x), rotate<11>(x), rotate<25>(x)); }
HWBAK_AVX512 Vec small0(Vec x) { return xor3(rotate<7>(x), rotate<18>(x), shift<3>(x)); }
HWBAK_AVX512 Vec small1(Vec x) { return xor3(rotate<17>(x), rotate<19>(x), shift<10>(x)); }

#include "crypto/sha256_vectors.h"

}  // namespace

const Sha256Lanes sha256_avx512{"avx512-x16", lanes, true, 7, available, run};
const Pbkdf2Lanes pbkdf2_avx512{"avx512-x16", lanes, 5, available, pbkdf2};

}  // namespace hwbak::crypto
#endif
