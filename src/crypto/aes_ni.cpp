// See aes_ni.h. Eight blocks are under way at a time: one round of a block must wait for the round before it.
#include "crypto/aes_ni.h"

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

[[gnu::target("aes,sse4.1,ssse3")]]
void decrypt_chain(const AES_KEY& schedule, const unsigned char* iv, const unsigned char* in, unsigned char* out, std::size_t blocks) {
  const auto* const keys = reinterpret_cast<const __m128i*>(schedule.rd_key);
  __m128i before = _mm_loadu_si128(reinterpret_cast<const __m128i*>(iv));
  while (blocks != 0) {
    const std::size_t count = std::min(blocks, together);
    __m128i sealed[together], state[together];
    for (std::size_t i = 0; i < together; ++i) {
      sealed[i] = i < count ? _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + block_size * i)) : _mm_setzero_si128();
      state[i] = _mm_xor_si128(sealed[i], _mm_loadu_si128(keys));
    }
    for (int round = 1; round < rounds; ++round)
      for (std::size_t i = 0; i < together; ++i) state[i] = _mm_aesdec_si128(state[i], _mm_loadu_si128(keys + round));
    for (std::size_t i = 0; i < count; ++i) {
      const __m128i text = _mm_xor_si128(_mm_aesdeclast_si128(state[i], _mm_loadu_si128(keys + rounds)), before);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + block_size * i), text);
      before = sealed[i];
    }
    in += block_size * count;
    out += block_size * count;
    blocks -= count;
  }
}

bool has_instructions() noexcept { return __builtin_cpu_supports("aes") && __builtin_cpu_supports("ssse3"); }

constexpr std::array<unsigned char, 32> sample_key = [] {
  std::array<unsigned char, 32> key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(7 * i + 1);
  return key;
}();

// Nine blocks, so that both a full pass and a short one are looked at; here their counter runs over.
bool counting_agrees_with_openssl() noexcept {
  AES_KEY schedule;
  if (!has_instructions() || AES_set_encrypt_key(sample_key.data(), 256, &schedule) != 0 || schedule.rounds != rounds) return false;
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

bool chaining_agrees_with_openssl() noexcept {
  AES_KEY schedule;
  if (!has_instructions() || AES_set_decrypt_key(sample_key.data(), 256, &schedule) != 0 || schedule.rounds != rounds) return false;
  std::array<unsigned char, block_size * (together + 1)> sealed, ours, theirs;
  for (std::size_t i = 0; i < sealed.size(); ++i) sealed[i] = static_cast<unsigned char>(i);
  std::array<unsigned char, block_size> iv{3};
  decrypt_chain(schedule, iv.data(), sealed.data(), ours.data(), together + 1);
  AES_cbc_encrypt(sealed.data(), theirs.data(), sealed.size(), &schedule, iv.data(), AES_DECRYPT);
  return ours == theirs;
}

}  // namespace

ctr128_f aes256_ctr_kernel() noexcept {
  static const bool good = counting_agrees_with_openssl();
  return good ? encrypt_counters : nullptr;
}

CbcDecryptKernel aes256_cbc_decrypt_kernel() noexcept {
  static const bool good = chaining_agrees_with_openssl();
  return good ? decrypt_chain : nullptr;
}

}  // namespace hwbak::crypto
#else
namespace hwbak::crypto {

ctr128_f aes256_ctr_kernel() noexcept { return nullptr; }
CbcDecryptKernel aes256_cbc_decrypt_kernel() noexcept { return nullptr; }

}  // namespace hwbak::crypto
#endif
