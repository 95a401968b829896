// MD5 (RFC 1321) of 16-byte messages, again and again, several side by side: what a kernel is. Internal to crypto/. A digest is the
// next message, so its block has four words that change and twelve of padding that never do. Each kernel lives in
// a file of its own whose functions carry their target attribute, so the rest runs on any machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hwbak::crypto {

struct Md5Lanes {
  std::string_view name;
  std::size_t lanes;
  std::size_t worth;             // from this many messages on it beats narrower ways, lanes left idle or not
  bool (*available)() noexcept;  // on this machine
  // Replaces each digest by that of itself, `rounds` times. Word `i` of a lane is at digests[i * lanes + lane], in the machine's order.
  void (*run)(std::uint32_t* digests, std::uint32_t rounds) noexcept;
};

inline constexpr std::size_t md5_digest_words = 4, md5_most_lanes = 32;

inline constexpr std::uint32_t md5_start[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

inline constexpr std::uint32_t md5_constants[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

inline constexpr int md5_rotations[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

// The word of the block that a step adds.
constexpr int md5_word(int step) noexcept {
  constexpr int factor[4] = {1, 5, 3, 7}, first[4] = {0, 1, 5, 0};
  return (factor[step / 16] * step + first[step / 16]) % 16;
}
// What is known of it beforehand: the end mark and the length in bits behind a message of 16 bytes.
constexpr std::uint32_t md5_padding(int word) noexcept { return word == 4 ? 0x80 : word == 14 ? 128 : 0; }

#if defined(__x86_64__)
extern const Md5Lanes md5_avx512_x32;  // two times sixteen lanes
extern const Md5Lanes md5_avx512;      // sixteen
extern const Md5Lanes md5_avx2_x16;    // two times eight lanes
extern const Md5Lanes md5_avx2;        // eight
#endif
extern const Md5Lanes md5_portable;    // four
extern const Md5Lanes md5_scalar;      // one
extern const Md5Lanes md5_openssl;     // one: OpenSSL itself, what the others are compared with

}  // namespace hwbak::crypto
