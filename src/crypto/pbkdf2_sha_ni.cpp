// The chain of PBKDF2-HMAC-SHA256 through the SHA instructions; see pbkdf2_sha256_chain.h. State, digest and sum stay
// in registers.
#if defined(__x86_64__)
#include "crypto/pbkdf2_sha256_chain.h"
#include "crypto/sha256_lanes.h"
#include "crypto/sha_ni.h"

namespace hwbak::crypto {
namespace {

// The padding, words 8 to 15, with the constants added.
alignas(16) constexpr std::uint32_t keyed_padding[8] = {
    sha256_constants[8] + pbkdf2_pad_first, sha256_constants[9],  sha256_constants[10], sha256_constants[11],
    sha256_constants[12],                   sha256_constants[13], sha256_constants[14], sha256_constants[15] + pbkdf2_pad_last};

// The upper half of words in memory. By a load, because a shuffle takes the port that the rounds wait for; the empty
// assembler keeps a compiler from making a shuffle of it again.
HWBAK_SHA_NI_INLINE __m128i upper_half(const __m128i& words) {
  asm volatile("" : : "m"(words));
  return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(reinterpret_cast<const std::uint64_t*>(&words) + 1));
}

// One block: a digest in `abcd` and `efgh`, then what pads it. The digest of that replaces it.
HWBAK_SHA_NI_INLINE void digest_of_digest(const State& start, __m128i& abcd, __m128i& efgh) {
  const auto* const constants = reinterpret_cast<const __m128i*>(sha256_constants);
  const auto* const padding = reinterpret_cast<const __m128i*>(keyed_padding);
  __m128i w[4] = {abcd, efgh, _mm_setr_epi32(static_cast<int>(pbkdf2_pad_first), 0, 0, 0),
                  _mm_setr_epi32(0, 0, 0, pbkdf2_pad_last)};
  State state = start;
  __m128i keyed[16];  // words with their constants added
  keyed[0] = _mm_add_epi32(abcd, _mm_load_si128(constants));
  HWBAK_UNROLL
  for (int four = 0; four < 16; ++four) {
    first_two_rounds(state, keyed[four]);
    // Words of the next rounds are made while these run: everything waits for the rounds.
    if (four == 0) keyed[1] = _mm_add_epi32(efgh, _mm_load_si128(constants + 1));
    else if (four < 3) keyed[four + 1] = _mm_load_si128(padding + four - 1);
    else if (four < 15) keyed[four + 1] = _mm_add_epi32(next_words(w, four + 1), _mm_load_si128(constants + four + 1));
    // The first words come too late for the way through memory.
    const __m128i upper = four < 2 ? _mm_shuffle_epi32(keyed[four], 0x0E) : upper_half(four < 4 ? padding[four - 2] : keyed[four]);
    state.abef = _mm_sha256rnds2_epu32(state.abef, state.cdgh, upper);
  }
  to_words(sum(state, start), abcd, efgh);
}

HWBAK_SHA_NI_INLINE __m128i load(const std::uint32_t* at) { return _mm_load_si128(reinterpret_cast<const __m128i*>(at)); }
HWBAK_SHA_NI_INLINE void store(std::uint32_t* at, __m128i value) {
  _mm_store_si128(reinterpret_cast<__m128i*>(at), value);
}

HWBAK_SHA_NI
void chain(const Pbkdf2Midstates& hmac, std::uint32_t* u, std::uint32_t* total, std::uint32_t iterations) noexcept {
  const State inner = to_state(load(hmac.inner), load(hmac.inner + 4));
  const State outer = to_state(load(hmac.outer), load(hmac.outer + 4));
  __m128i abcd = load(u), efgh = load(u + 4);
  __m128i total_abcd = load(total), total_efgh = load(total + 4);
  for (; iterations != 0; --iterations) {
    digest_of_digest(inner, abcd, efgh);
    digest_of_digest(outer, abcd, efgh);
    total_abcd = _mm_xor_si128(total_abcd, abcd);
    total_efgh = _mm_xor_si128(total_efgh, efgh);
  }
  store(u, abcd);
  store(u + 4, efgh);
  store(total, total_abcd);
  store(total + 4, total_efgh);
}

// Four in turn keep the unit busy, so nothing has to be done to shorten the wait of one.
constexpr int streams = 4;

HWBAK_SHA_NI_INLINE void digests_of_digests(const State (&start)[streams], __m128i (&abcd)[streams], __m128i (&efgh)[streams]) {
  const auto* const constants = reinterpret_cast<const __m128i*>(sha256_constants);
  const auto* const padding = reinterpret_cast<const __m128i*>(keyed_padding);
  __m128i w[streams][4];
  State state[streams];
  HWBAK_UNROLL
  for (int s = 0; s < streams; ++s) {
    state[s] = start[s];
    w[s][0] = abcd[s], w[s][1] = efgh[s];
    w[s][2] = _mm_setr_epi32(static_cast<int>(pbkdf2_pad_first), 0, 0, 0), w[s][3] = _mm_setr_epi32(0, 0, 0, pbkdf2_pad_last);
  }
  HWBAK_UNROLL
  for (int four = 0; four < 16; ++four) {
    HWBAK_UNROLL
    for (int s = 0; s < streams; ++s) {
      const __m128i keyed = four == 2 || four == 3 ? _mm_load_si128(padding + four - 2)
                                                   : _mm_add_epi32(four < 2 ? w[s][four] : next_words(w[s], four), _mm_load_si128(constants + four));
      first_two_rounds(state[s], keyed);
      last_two_rounds(state[s], keyed);
    }
  }
  HWBAK_UNROLL
  for (int s = 0; s < streams; ++s) to_words(sum(state[s], start[s]), abcd[s], efgh[s]);
}

// Words of one stream out of an array in which those of all streams lie together, and back.
HWBAK_SHA_NI_INLINE __m128i gather(const std::uint32_t* at) {
  return _mm_setr_epi32(static_cast<int>(at[0]), static_cast<int>(at[streams]), static_cast<int>(at[2 * streams]), static_cast<int>(at[3 * streams]));
}
HWBAK_SHA_NI_INLINE void scatter(std::uint32_t* at, __m128i words) {
  alignas(16) std::uint32_t four[4];
  store(four, words);
  for (int i = 0; i < 4; ++i) at[i * streams] = four[i];
}

HWBAK_SHA_NI
void chains(const std::uint32_t* inner_words, const std::uint32_t* outer_words, std::uint32_t* u, std::uint32_t* total,
            std::uint32_t iterations) noexcept {
  constexpr int half = 4 * streams;  // words E to H behind A to D
  State inner[streams], outer[streams];
  __m128i abcd[streams], efgh[streams], total_abcd[streams], total_efgh[streams];
  for (int s = 0; s < streams; ++s) {
    inner[s] = to_state(gather(inner_words + s), gather(inner_words + half + s));
    outer[s] = to_state(gather(outer_words + s), gather(outer_words + half + s));
    abcd[s] = gather(u + s), efgh[s] = gather(u + half + s);
    total_abcd[s] = gather(total + s), total_efgh[s] = gather(total + half + s);
  }
  for (; iterations != 0; --iterations) {
    digests_of_digests(inner, abcd, efgh);
    digests_of_digests(outer, abcd, efgh);
    for (int s = 0; s < streams; ++s) {
      total_abcd[s] = _mm_xor_si128(total_abcd[s], abcd[s]);
      total_efgh[s] = _mm_xor_si128(total_efgh[s], efgh[s]);
    }
  }
  for (int s = 0; s < streams; ++s) {
    scatter(u + s, abcd[s]), scatter(u + half + s, efgh[s]);
    scatter(total + s, total_abcd[s]), scatter(total + half + s, total_efgh[s]);
  }
}

}  // namespace

const Pbkdf2Lanes pbkdf2_sha_ni_x4{"sha-ni-x4", streams, 2, has_sha_ni, chains};
const Pbkdf2Chain pbkdf2_sha_ni{"sha-ni", has_sha_ni, chain};

}  // namespace hwbak::crypto
#endif
