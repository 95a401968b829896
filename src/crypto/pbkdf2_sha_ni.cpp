// The chain of PBKDF2-HMAC-SHA256 through the SHA instructions; see pbkdf2_sha256_chain.h. State, digest and sum stay
// in registers.
#if defined(__x86_64__)
#include "crypto/pbkdf2_sha256_chain.h"
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

}  // namespace

const Pbkdf2Chain pbkdf2_sha_ni{"sha-ni", has_sha_ni, chain};

}  // namespace hwbak::crypto
#endif
