// Four SHA-256 streams through the SHA instructions. One stream waits for each pair of rounds before
// it can start the next; four in turn keep the unit busy. Registers hold a state as the instructions want
// it: words A B E F in one, C D G H in the other (Intel SDM, SHA256RNDS2).
#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#include "crypto/sha256_lanes.h"

namespace hwbak::crypto {
namespace {

constexpr int streams = 4;

bool available() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  // g++ 12 has no name for this bit in __builtin_cpu_supports: leaf 7, EBX, bit 29.
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b >> 29 & 1) != 0 && __builtin_cpu_supports("sse4.1") &&
         __builtin_cpu_supports("ssse3");
}

#define HWBAK_SHA_NI [[gnu::target("sha,sse4.1,ssse3")]]

// `words` is the schedule in replay; `schedule` is written by record.
template <Sha256Use Use>
HWBAK_SHA_NI
void run(std::uint32_t* state, const std::uint32_t* words, std::size_t blocks, std::uint32_t* schedule) noexcept {
  constexpr int step = Use == Sha256Use::replay ? 16 : 4;  // vectors per block and stream
  auto* const states = reinterpret_cast<__m128i*>(state);
  const auto* const constants = reinterpret_cast<const __m128i*>(sha256_constants);
  __m128i abef[streams], cdgh[streams];
  HWBAK_UNROLL
  for (int s = 0; s < streams; ++s) {
    const __m128i cdab = _mm_shuffle_epi32(_mm_load_si128(states + 2 * s), 0xB1);
    const __m128i efgh = _mm_shuffle_epi32(_mm_load_si128(states + 2 * s + 1), 0x1B);
    abef[s] = _mm_alignr_epi8(cdab, efgh, 8);
    cdgh[s] = _mm_blend_epi16(efgh, cdab, 0xF0);
  }
  const auto* in = reinterpret_cast<const __m128i*>(words);
  auto* out = reinterpret_cast<__m128i*>(schedule);
  for (; blocks != 0; --blocks, in += step * streams) {
    __m128i before_abef[streams], before_cdgh[streams];
    [[maybe_unused]] __m128i w[streams][4];
    HWBAK_UNROLL
    for (int s = 0; s < streams; ++s) {
      before_abef[s] = abef[s];
      before_cdgh[s] = cdgh[s];
    }
    HWBAK_UNROLL
    for (int four = 0; four < 16; ++four) {  // four rounds at a time
      HWBAK_UNROLL
      for (int s = 0; s < streams; ++s) {
        __m128i keyed;
        if constexpr (Use == Sha256Use::replay) {
          keyed = _mm_load_si128(in + 16 * s + four);
        } else {
          __m128i& now = w[s][four & 3];
          if (four < 4) {
            now = _mm_load_si128(in + 4 * s + four);
          } else {
            const __m128i last = w[s][(four + 3) & 3];
            const __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(now, w[s][(four + 1) & 3]),
                                              _mm_alignr_epi8(last, w[s][(four + 2) & 3], 4));
            now = _mm_sha256msg2_epu32(sum, last);
          }
          keyed = _mm_add_epi32(now, _mm_load_si128(constants + four));
          if constexpr (Use == Sha256Use::record) _mm_store_si128(out + 16 * s + four, keyed);
        }
        cdgh[s] = _mm_sha256rnds2_epu32(cdgh[s], abef[s], keyed);
        abef[s] = _mm_sha256rnds2_epu32(abef[s], cdgh[s], _mm_shuffle_epi32(keyed, 0x0E));
      }
    }
    HWBAK_UNROLL
    for (int s = 0; s < streams; ++s) {
      abef[s] = _mm_add_epi32(abef[s], before_abef[s]);
      cdgh[s] = _mm_add_epi32(cdgh[s], before_cdgh[s]);
    }
    if constexpr (Use == Sha256Use::record) out += 16 * streams;
  }
  HWBAK_UNROLL
  for (int s = 0; s < streams; ++s) {
    const __m128i feba = _mm_shuffle_epi32(abef[s], 0x1B);
    const __m128i dchg = _mm_shuffle_epi32(cdgh[s], 0xB1);
    _mm_store_si128(states + 2 * s, _mm_blend_epi16(feba, dchg, 0xF0));
    _mm_store_si128(states + 2 * s + 1, _mm_alignr_epi8(dchg, feba, 8));
  }
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

const Sha256Lanes sha256_sha_ni{"sha-ni-x4", streams, false, 4, available, compress, record, replay};

}  // namespace hwbak::crypto
#endif
