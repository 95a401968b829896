// See aes_ctr_ni.h. Eight blocks are under way at a time: one round of a block must wait for the round before it.
#include "crypto/aes_ctr_ni.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include <algorithm>
#include <array>

namespace hwbak::crypto {
namespace {

constexpr int rounds = 14;  // of AES-256
constexpr std::size_t block_size = 16, together = 8;

[[gnu::target("aes,sse4.1,ssse3")]]
void encrypt_counters(const unsigned char* in, unsigned char* out, std::size_t blocks, const void* schedule, const unsigned char* first) {
  const auto* const keys = reinterpret_cast<const __m128i*>(static_cast<const AES_KEY*>(schedule)->rd_key);
  __m128i key[rounds + 1];
  for (int i = 0; i <= rounds; ++i) key[i] = _mm_loadu_si128(keys + i);
  // The last four bytes count, big-endian; reversed, they are the lowest word.
  const __m128i reversed = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  __m128i counter = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(first)), reversed);
  const __m128i one = _mm_setr_epi32(1, 0, 0, 0);
  while (blocks != 0) {
    const std::size_t count = std::min(blocks, together);
    __m128i state[together];
    for (std::size_t i = 0; i < together; ++i) {
      state[i] = _mm_xor_si128(_mm_shuffle_epi8(counter, reversed), key[0]);
      counter = _mm_add_epi32(counter, one);
    }
    for (int round = 1; round < rounds; ++round)
      for (std::size_t i = 0; i < together; ++i) state[i] = _mm_aesenc_si128(state[i], key[round]);
    for (std::size_t i = 0; i < count; ++i) {
      const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + block_size * i));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + block_size * i), _mm_xor_si128(text, _mm_aesenclast_si128(state[i], key[rounds])));
    }
    in += block_size * count;
    out += block_size * count;
    blocks -= count;
  }
}

// Nine blocks whose counter runs over, so that both a full pass and a short one are looked at.
bool agrees_with_openssl() noexcept {
  if (!__builtin_cpu_supports("aes") || !__builtin_cpu_supports("ssse3")) return false;
  std::array<unsigned char, 32> key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(7 * i + 1);
  AES_KEY schedule;
  if (AES_set_encrypt_key(key.data(), 256, &schedule) != 0 || schedule.rounds != rounds) return false;
  std::array<unsigned char, 16> counter{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0xFF, 0xFF, 0xFF, 0xFC};
  std::array<unsigned char, block_size * (together + 1)> text{}, ours{}, theirs{};
  encrypt_counters(text.data(), ours.data(), together + 1, &schedule, counter.data());
  for (std::size_t i = 0; i <= together; ++i) {
    AES_encrypt(counter.data(), theirs.data() + block_size * i, &schedule);
    for (std::size_t byte = 16; byte-- > 12;)
      if (++counter[byte] != 0) break;
  }
  return ours == theirs;
}

}  // namespace

ctr128_f aes256_ctr_kernel() noexcept {
  static const bool good = agrees_with_openssl();
  return good ? encrypt_counters : nullptr;
}

}  // namespace hwbak::crypto
#else
namespace hwbak::crypto {

ctr128_f aes256_ctr_kernel() noexcept { return nullptr; }

}  // namespace hwbak::crypto
#endif
