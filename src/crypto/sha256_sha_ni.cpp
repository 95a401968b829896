// Four SHA-256 streams through the SHA instructions. One stream waits for each pair of rounds before
// it can start the next; four in turn keep the unit busy.
#if defined(__x86_64__)
#include <immintrin.h>

#include "crypto/sha256_lanes.h"
#include "crypto/sha_ni.h"

namespace hwbak::crypto {
namespace {

constexpr int streams = 4;

// `words` is the schedule in replay; `schedule` is written by record.
template <Sha256Use Use>
HWBAK_SHA_NI
void run(std::uint32_t* state, const std::uint32_t* words, std::size_t blocks, std::uint32_t* schedule) noexcept {
  constexpr int step = Use == Sha256Use::replay ? 16 : 4;  // vectors per block and stream
  auto* const states = reinterpret_cast<__m128i*>(state);
  const auto* const constants = reinterpret_cast<const __m128i*>(sha256_constants);
  State now[streams];
  HWBAK_UNROLL
  for (int s = 0; s < streams; ++s) now[s] = to_state(_mm_load_si128(states + 2 * s), _mm_load_si128(states + 2 * s + 1));
  const auto* in = reinterpret_cast<const __m128i*>(words);
  auto* out = reinterpret_cast<__m128i*>(schedule);
  for (; blocks != 0; --blocks, in += step * streams) {
    State before[streams];
    [[maybe_unused]] __m128i w[streams][4];
    HWBAK_UNROLL
    for (int s = 0; s < streams; ++s) before[s] = now[s];
    HWBAK_UNROLL
    for (int four = 0; four < 16; ++four) {
      HWBAK_UNROLL
      for (int s = 0; s < streams; ++s) {
        __m128i keyed;
        if constexpr (Use == Sha256Use::replay) {
          keyed = _mm_load_si128(in + 16 * s + four);
        } else {
          const __m128i word = four < 4 ? w[s][four] = _mm_load_si128(in + 4 * s + four) : next_words(w[s], four);
          keyed = _mm_add_epi32(word, _mm_load_si128(constants + four));
          if constexpr (Use == Sha256Use::record) _mm_store_si128(out + 16 * s + four, keyed);
        }
        first_two_rounds(now[s], keyed);
        last_two_rounds(now[s], keyed);
      }
    }
    HWBAK_UNROLL
    for (int s = 0; s < streams; ++s) now[s] = sum(now[s], before[s]);
    if constexpr (Use == Sha256Use::record) out += 16 * streams;
  }
  HWBAK_UNROLL
  for (int s = 0; s < streams; ++s) {
    __m128i abcd, efgh;
    to_words(now[s], abcd, efgh);
    _mm_store_si128(states + 2 * s, abcd);
    _mm_store_si128(states + 2 * s + 1, efgh);
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

const Sha256Lanes sha256_sha_ni{"sha-ni-x4", streams, false, 4, has_sha_ni, compress, record, replay};

}  // namespace hwbak::crypto
#endif
