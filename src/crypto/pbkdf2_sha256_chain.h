// The iterations of PBKDF2-HMAC-SHA256 (RFC 8018, 5.2) as what they are: a chain of single blocks, two for each
// iteration. Internal to crypto/; tests choose a way by hand.
//
// HMAC hashes a digest behind one block that depends on the key alone (RFC 2104). The chaining values after that
// block are kept, so an iteration compresses two blocks: eight words of digest, and padding that never changes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "crypto/pbkdf2_sha256.h"

namespace hwbak::crypto {

// Words 8 and 15 of such a block: the end mark, and the length in bits of a block and a digest. Between them zeros.
inline constexpr std::uint32_t pbkdf2_pad_first = 0x80000000;
inline constexpr std::uint32_t pbkdf2_pad_last = (64 + 32) * 8;

// Chaining values after the block of the key.
struct Pbkdf2Midstates {
  alignas(16) std::uint32_t inner[8], outer[8];
};

// `iterations` times: `u` becomes the HMAC of itself and is added (xor) to `total`. 16-byte aligned words.
struct Pbkdf2Chain {
  std::string_view name;
  bool (*available)() noexcept;
  void (*run)(const Pbkdf2Midstates& hmac, std::uint32_t* u, std::uint32_t* total, std::uint32_t iterations) noexcept;
};

// The same for several chains side by side. Word `i` of a lane is at [i * lanes + lane] of each array; 64-byte aligned.
struct Pbkdf2Lanes {
  std::string_view name;
  std::size_t lanes;
  std::size_t worth;             // from this many chains on it beats one after the other, lanes left idle or not
  bool (*available)() noexcept;
  void (*run)(const std::uint32_t* inner, const std::uint32_t* outer, std::uint32_t* u, std::uint32_t* total, std::uint32_t iterations) noexcept;
};
inline constexpr std::size_t pbkdf2_most_lanes = 16;

extern const Pbkdf2Chain pbkdf2_portable;  // OpenSSL's compression function
#if defined(__x86_64__)
extern const Pbkdf2Chain pbkdf2_sha_ni;
extern const Pbkdf2Lanes pbkdf2_avx512;    // sixteen lanes
extern const Pbkdf2Lanes pbkdf2_sha_ni_x4; // four streams
extern const Pbkdf2Lanes pbkdf2_avx2;      // eight lanes
#endif

// Every chain built in that this processor has, the portable one last.
[[nodiscard]] std::span<const Pbkdf2Chain* const> pbkdf2_chains();
// A few iterations against the portable chain.
[[nodiscard]] bool agrees_with_portable(const Pbkdf2Chain& chain);
[[nodiscard]] bool agrees_with_portable(const Pbkdf2Lanes& kernel);

// The kernels this processor has and that agree with the portable chain, in order of preference; found out once. Then the same, the
// fastest first: measured, once, in a few milliseconds. For a search.
[[nodiscard]] std::span<const Pbkdf2Lanes* const> usable_pbkdf2_kernels();
[[nodiscard]] std::span<const Pbkdf2Lanes* const> fastest_pbkdf2_kernels();

// pbkdf2_hmac_sha256 with this chain and no other.
void pbkdf2_hmac_sha256_with(const Pbkdf2Chain& chain, const Pbkdf2Job& job);
// OpenSSL's own, from beginning to end: what all others are held against.
void pbkdf2_hmac_sha256_openssl(const Pbkdf2Job& job);
// pbkdf2_hmac_sha256_many with these kernels and no other; one after the other without any.
void pbkdf2_hmac_sha256_many_with(std::span<const Pbkdf2Lanes* const> kernels, std::span<const Pbkdf2Job> jobs);

}  // namespace hwbak::crypto
