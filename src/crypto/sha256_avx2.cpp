// Eight SHA-256 messages in the eight lanes of AVX2.
#if defined(__x86_64__)
#include <immintrin.h>

#include "crypto/pbkdf2_sha256_chain.h"
#include "crypto/sha256_lanes.h"

#define HWBAK_VECTORS [[gnu::target("avx2")]]
#define HWBAK_AVX2 HWBAK_VECTORS [[gnu::always_inline]] inline

namespace hwbak::crypto {
namespace {

using Vec = __m256i;
constexpr int lanes = 8;

bool available() noexcept { return __builtin_cpu_supports("avx2"); }

HWBAK_AVX2 Vec load(const std::uint32_t* at) { return _mm256_load_si256(reinterpret_cast<const Vec*>(at)); }
HWBAK_AVX2 void store(std::uint32_t* at, Vec value) { _mm256_store_si256(reinterpret_cast<Vec*>(at), value); }
HWBAK_AVX2 Vec all(std::uint32_t word) { return _mm256_set1_epi32(static_cast<int>(word)); }
HWBAK_AVX2 Vec add(Vec a, Vec b) { return _mm256_add_epi32(a, b); }
HWBAK_AVX2 Vec exclusive(Vec a, Vec b) { return _mm256_xor_si256(a, b); }
HWBAK_AVX2 Vec settled(Vec x) {
  asm("" : "+x"(x));
  return x;
}
HWBAK_AVX2 Vec xor3(Vec a, Vec b, Vec c) { return exclusive(exclusive(a, b), c); }
HWBAK_AVX2 Vec choose(Vec e, Vec f, Vec g) { return exclusive(g, _mm256_and_si256(e, exclusive(f, g))); }
HWBAK_AVX2 Vec majority(Vec a, Vec b, Vec c) { return _mm256_or_si256(_mm256_and_si256(a, b), _mm256_and_si256(c, _mm256_or_si256(a, b))); }
template <int N>
HWBAK_AVX2 Vec shift(Vec x) {
  return _mm256_srli_epi32(x, N);
}
template <int N>
HWBAK_AVX2 Vec rotate(Vec x) {
  return _mm256_or_si256(shift<N>(x), _mm256_slli_epi32(x, 32 - N));
}
HWBAK_AVX2 Vec big0(Vec x) { return xor3(rotate<2>(x), rotate<13>(x), rotate<22>(x)); }
HWBAK_AVX2 Vec big1(Vec x) { return xor3(rotate<6>(x), rotate<11>(x), rotate<25>(x)); }
HWBAK_AVX2 Vec small0(Vec x) { return xor3(rotate<7>(x), rotate<18>(x), shift<3>(x)); }
HWBAK_AVX2 Vec small1(Vec x) { return xor3(rotate<17>(x), rotate<19>(x), shift<10>(x)); }

#include "crypto/sha256_vectors.h"

}  // namespace

const Sha256Lanes sha256_avx2{"avx2-x8", lanes, true, 3, available, run};
const Pbkdf2Lanes pbkdf2_avx2{"avx2-x8", lanes, 5, available, pbkdf2};

}  // namespace hwbak::crypto
#endif
