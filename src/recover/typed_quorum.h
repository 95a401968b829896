// A quorum as its custodians wrote it down, in which digits may be wrong (docs/recover.md, "Quorums").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hwbak/secret.h"

namespace hwbak::recover {

// Of one number; it has 16 at most, and slips may have put in two.
inline constexpr std::size_t most_typed_digits = 18;
// `?` in one number.
inline constexpr std::size_t most_unknown_digits = 3;

// Hexadecimal digits in small letters, `?` for one that cannot be read; colons and blanks are gone.
struct TypedNumber {
  SecretString digits;
  std::size_t line = 0;          // where it stands; 0: nowhere
};
struct TypedQuorum {
  struct Share {
    std::string id_text;         // decimal, or hexadecimal as it is typed into sc-hsm-tool
    TypedNumber value;
  };
  std::vector<TypedNumber> primes;   // one, or all that differ
  std::vector<Share> shares;
  std::size_t threshold = 0;     // 0: as many as there are shares
};

// Throws Error(refused) for text that holds no such number; `what`: "The prime".
[[nodiscard]] SecretString typed_digits(std::string_view typed, const std::string& what);
// Throws Error(refused), with the line: what is neither a prime nor a share; no prime; fewer than two shares or than the threshold; an ID
// that is none or there twice; other characters, too many digits. What the digits say is not looked at.
[[nodiscard]] TypedQuorum read_typed_quorum(std::string_view lines, std::size_t threshold);

}  // namespace hwbak::recover
