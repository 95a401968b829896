// Four SHA-256 streams through the SHA instructions. One stream waits for each pair of rounds before
// it can start the next; four in turn keep the unit busy.
#if defined(__x86_64__)
#include <immintrin.h>

#include "crypto/sha256_lanes.h"
#include "crypto/sha_ni.h"

namespace hwbak::crypto {
namespace {

constexpr int streams = 4;

template <Sha256Use Use>
HWBAK_SHA_NI_INLINE void block(State (&now)[streams], const std::uint32_t*& from, std::uint32_t*& to) {
  constexpr bool makes = Use == Sha256Use::compress || Use == Sha256Use::record || Use == Sha256Use::schedule;
  const auto* const constants = reinterpret_cast<const __m128i*>(sha256_constants);
  const auto* const in = reinterpret_cast<const __m128i*>(from);
  auto* const out = reinterpret_cast<__m128i*>(to);
  State before[streams];
  [[maybe_unused]] __m128i w[streams][4];
  HWBAK_UNROLL
  for (int s = 0; s < streams; ++s) before[s] = now[s];
  HWBAK_UNROLL
  for (int four = 0; four < 16; ++four) {
    HWBAK_UNROLL
    for (int s = 0; s < streams; ++s) {
      __m128i keyed;
      if constexpr (makes) {
        const __m128i word = four < 4 ? w[s][four] = _mm_load_si128(in + 4 * s + four) : next_words(w[s], four);
        keyed = _mm_add_epi32(word, _mm_load_si128(constants + four));
        if constexpr (Use != Sha256Use::compress) _mm_store_si128(out + 16 * s + four, keyed);
      } else {
        keyed = _mm_load_si128(in + (Use == Sha256Use::shared ? 0 : 16 * s) + four);
      }
      if constexpr (Use != Sha256Use::schedule) {
        first_two_rounds(now[s], keyed);
        last_two_rounds(now[s], keyed);
      }
    }
  }
  if constexpr (Use != Sha256Use::schedule) {
    HWBAK_UNROLL
    for (int s = 0; s < streams; ++s) now[s] = sum(now[s], before[s]);
  }
  from += Use == Sha256Use::shared ? 64 : (makes ? 16 : 64) * streams;
  if constexpr (makes && Use != Sha256Use::compress) to += 64 * streams;
}

HWBAK_SHA_NI
void run(std::uint32_t* state, std::span<const Sha256Step> steps) noexcept {
  auto* const states = reinterpret_cast<__m128i*>(state);
  State now[streams];
  HWBAK_UNROLL
  for (int s = 0; s < streams; ++s) now[s] = to_state(_mm_load_si128(states + 2 * s), _mm_load_si128(states + 2 * s + 1));
  for (const Sha256Step& step : steps) {
    const std::uint32_t* from = step.from;
    std::uint32_t* to = step.to;
    for (std::size_t left = step.blocks; left != 0; --left) {
      switch (step.use) {
        case Sha256Use::compress: block<Sha256Use::compress>(now, from, to); break;
        case Sha256Use::record: block<Sha256Use::record>(now, from, to); break;
        case Sha256Use::replay: block<Sha256Use::replay>(now, from, to); break;
        case Sha256Use::shared: block<Sha256Use::shared>(now, from, to); break;
        case Sha256Use::schedule: block<Sha256Use::schedule>(now, from, to); break;
      }
    }
  }
  HWBAK_UNROLL
  for (int s = 0; s < streams; ++s) {
    __m128i abcd, efgh;
    to_words(now[s], abcd, efgh);
    _mm_store_si128(states + 2 * s, abcd);
    _mm_store_si128(states + 2 * s + 1, efgh);
  }
}

}  // namespace

const Sha256Lanes sha256_sha_ni{"sha-ni-x4", streams, false, 4, has_sha_ni, run};

}  // namespace hwbak::crypto
#endif
