// SHA-256 through the SHA instructions of x86-64: what the kernels share. Registers hold a state as the instructions
// want it: words A B E F in one, C D G H in the other (Intel SDM, SHA256RNDS2). Internal to crypto/.
#pragma once

#include <cpuid.h>
#include <immintrin.h>

#define HWBAK_SHA_NI [[gnu::target("sha,sse4.1,ssse3")]]
#define HWBAK_SHA_NI_INLINE [[gnu::target("sha,sse4.1,ssse3"), gnu::always_inline]] inline

namespace hwbak::crypto {

inline bool has_sha_ni() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  // g++ 12 has no name for this bit in __builtin_cpu_supports: leaf 7, EBX, bit 29.
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b >> 29 & 1) != 0 && __builtin_cpu_supports("sse4.1") &&
         __builtin_cpu_supports("ssse3");
}

// A state, or the sum of two.
struct State {
  __m128i abef, cdgh;
};

// Of words A B C D and E F G H, and back.
HWBAK_SHA_NI_INLINE State to_state(__m128i abcd, __m128i efgh) {
  const __m128i cdab = _mm_shuffle_epi32(abcd, 0xB1);
  const __m128i hgfe = _mm_shuffle_epi32(efgh, 0x1B);
  return {_mm_alignr_epi8(cdab, hgfe, 8), _mm_blend_epi16(hgfe, cdab, 0xF0)};
}
HWBAK_SHA_NI_INLINE void to_words(const State& state, __m128i& abcd, __m128i& efgh) {
  const __m128i feba = _mm_shuffle_epi32(state.abef, 0x1B);
  const __m128i dchg = _mm_shuffle_epi32(state.cdgh, 0xB1);
  abcd = _mm_blend_epi16(feba, dchg, 0xF0);
  efgh = _mm_alignr_epi8(dchg, feba, 8);
}

// The next four words of a schedule into w[four % 4], from the sixteen before them.
HWBAK_SHA_NI_INLINE __m128i next_words(__m128i (&w)[4], int four) {
  __m128i& now = w[four & 3];
  const __m128i last = w[(four + 3) & 3];
  const __m128i sum =
      _mm_add_epi32(_mm_sha256msg1_epu32(now, w[(four + 1) & 3]), _mm_alignr_epi8(last, w[(four + 2) & 3], 4));
  return now = _mm_sha256msg2_epu32(sum, last);
}

// Four rounds; `keyed`: their words with the constants added.
HWBAK_SHA_NI_INLINE void first_two_rounds(State& state, __m128i keyed) {
  state.cdgh = _mm_sha256rnds2_epu32(state.cdgh, state.abef, keyed);
}
HWBAK_SHA_NI_INLINE void last_two_rounds(State& state, __m128i keyed) {
  state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, _mm_shuffle_epi32(keyed, 0x0E));
}

HWBAK_SHA_NI_INLINE State sum(const State& a, const State& b) {
  return {_mm_add_epi32(a.abef, b.abef), _mm_add_epi32(a.cdgh, b.cdgh)};
}

}  // namespace hwbak::crypto
