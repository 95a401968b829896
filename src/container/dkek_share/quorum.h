// The password of one share file, split among custodians: Shamir's scheme over the integers modulo a 64-bit prime, exactly as
// sc-hsm-tool does it (docs/formats/pico-hsm.md, "A quorum for the password").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hwbak/error.h"
#include "hwbak/random.h"
#include "hwbak/secret.h"

namespace hwbak::dkek {

inline constexpr unsigned max_custodians = 255;

// One custodian's point. The value is secret; the memory is wiped.
struct QuorumShare {
  std::uint64_t id = 0;             // as printed: decimal
  std::string id_text;              // as typed, for the hexadecimal reading
  SecretBytes value;                // 8 bytes, big-endian
  [[nodiscard]] QuorumShare clone() const;
};
struct Quorum {
  SecretBytes prime;                // 8 bytes, big-endian
  std::vector<QuorumShare> shares;
  bool weak_prime = false;          // is_weak_prime: an old or foreign tool made it (a finding, no refusal)
  [[nodiscard]] Quorum clone() const;
};

// Lines `prime=ee:b1:...`, `share=ID:VALUE` in any order; blank lines and lines that begin with # are skipped; also sc-hsm-tool's own
// printed form (`Prime : ..`, `Share ID : 5`, `Share value : ..`). Colons, blanks and case in numbers are forgiven. Throws
// Error(refused) with the line and what to do: no prime or two that differ (each custodian has it), even or composite prime, more than 64 bits, value not below the prime,
// ID 0, an ID twice, fewer than two shares, anything else that is no such line (what sc-hsm-tool prints around a share is skipped).
// An ID with a letter is taken as hexadecimal.
[[nodiscard]] Quorum parse_quorum(std::string_view lines);
// The same lines as they stand, for those in which digits may be wrong. The views are parts of `lines`. Throws as parse_quorum for a line that is
// neither a prime nor a share, and for more than max_custodians of either.
struct QuorumPieces {
  struct Prime {
    std::string_view text;
    std::size_t line;
  };
  struct Point {
    std::string_view id, value;
    std::size_t line;
  };
  std::vector<Prime> primes;
  std::vector<Point> points;
};
[[nodiscard]] QuorumPieces split_quorum(std::string_view lines);
// The same from parts typed one by one; each throws as above, so that a prompt can ask that part again.
[[nodiscard]] SecretBytes parse_prime(std::string_view typed);
[[nodiscard]] QuorumShare parse_share(std::string_view id, std::string_view value, ByteView prime);
void check_quorum(const Quorum& quorum);
// Below 2^63, which sc-hsm-tool has not made since 2016.
[[nodiscard]] bool is_weak_prime(ByteView prime);

// How a password came out of the shares.
enum class Reading {
  padded,        // left-padded to 8 bytes: what sc-hsm-tool encrypted with
  stripped,      // without leading zero bytes: what it would try itself
  hex_ids,       // the IDs read as hexadecimal, as sc-hsm-tool does on entry
  above_prime,   // s + p, s + 2p, ...: a prime below the secret (OpenSC before 0.16)
};
struct QuorumPassword {
  Reading reading = Reading::padded;
  SecretBytes password;
};
// In the order in which they are worth trying (a password's top bit is clear), each once; every one costs a key derivation. At most 8.
[[nodiscard]] std::vector<QuorumPassword> passwords_of(const Quorum& quorum);

// Splits a fresh password: 8 bytes, top bit clear, first byte not 00 (so that sc-hsm-tool can open it), and a random 64-bit safe
// prime above it. 2 <= threshold <= total, 3 <= total <= max_custodians; else Error(usage).
struct FreshQuorum {
  SecretBytes password;             // 8 bytes
  Quorum quorum;                    // all `total` shares, IDs 1 to total
};
[[nodiscard]] FreshQuorum fresh_quorum(unsigned threshold, unsigned total, RandomSource& random);

// As printed by sc-hsm-tool: lower-case hex joined by colons, leading zero bytes left out.
[[nodiscard]] SecretString printed(ByteView number);

}  // namespace hwbak::dkek
