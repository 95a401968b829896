// MD5 chains in the sixteen lanes of AVX-512, or in two times sixteen. Three-operand logic and rotation are one instruction each, so that
// a step takes four cycles: less than the integer registers need, even for one message.
#if defined(__x86_64__)
#include <immintrin.h>

#include <cstring>
#include <utility>

#include "crypto/md5_lanes.h"

#define HWBAK_MD5_TARGET [[gnu::target("avx512f")]]

namespace hwbak::crypto {
namespace {

typedef std::uint32_t SixteenWords __attribute__((vector_size(64)));
HWBAK_MD5_TARGET [[gnu::always_inline]] inline void settle(SixteenWords& x) noexcept { asm("" : "+v"(x)); }

#include "crypto/md5_chain.h"

struct Avx512Ops {
  using Vec = SixteenWords;
  // The form with a mask of ones, because g++ 12 warns of its own header in the plain one.
  template <int N>
  HWBAK_MD5_TARGET [[gnu::always_inline]] static Vec rotate(Vec x) noexcept {
    return (Vec)_mm512_maskz_rol_epi32(0xFFFF, (__m512i)x, N);
  }
  template <int Quarter>
  HWBAK_MD5_TARGET [[gnu::always_inline]] static Vec mix(Vec t, Vec b, Vec c, Vec d) noexcept {
    // Truth tables, the first operand the highest bit of the index: `d`, which the result may replace first.
    constexpr int tables[4] = {0xD8, 0xAC, 0x96, 0x63};
    return t + (Vec)_mm512_ternarylogic_epi32((__m512i)d, (__m512i)c, (__m512i)b, tables[Quarter]);
  }
};

bool available() noexcept { return __builtin_cpu_supports("avx512f"); }

}  // namespace

const Md5Lanes md5_avx512_x32{"avx512-x32", 32, 17, available, md5_chain<Avx512Ops, 2>};
const Md5Lanes md5_avx512{"avx512-x16", 16, 1, available, md5_chain<Avx512Ops, 1>};

}  // namespace hwbak::crypto
#endif
