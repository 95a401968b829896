// A quorum of which some digits were mistyped: all secrets that a few corrections lead to (docs/recover-engine.md, "Quorums").
#pragma once

#include <cstdint>
#include <vector>

#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak::recover {

// As written down: hexadecimal digits, colons and blanks forgiven. IDs are decimal.
struct TypedQuorum {
  struct Share {
    std::uint64_t id = 0;
    SecretString value;
  };
  SecretString prime;
  std::vector<Share> shares;
  std::size_t threshold = 0;   // 0: as many as there are shares. With more shares only corrections on which all agree are left
};

inline constexpr unsigned most_edits = 3;
inline constexpr std::size_t most_quorum_candidates = 4'000'000;

// Digits substituted, missing, doubled (or put in), neighbours swapped: up to `max_edits` of these in prime and values together, no more than
// two of them in one number, fewest first. The prime must be a prime, and no value reaches it. Each password of 8 bytes comes once.
class QuorumCandidates final {
 public:
  // Throws Error(refused): fewer than two shares or than the threshold, an ID that is 0 or there twice, other characters, more than 18 digits, more candidates
  // than most_quorum_candidates (with the number).
  QuorumCandidates(const TypedQuorum& typed, unsigned max_edits);
  [[nodiscard]] std::size_t size() const noexcept { return passwords_.size() / 8; }
  [[nodiscard]] ByteView operator[](std::size_t i) const noexcept { return passwords_.expose().subspan(8 * i, 8); }
  // How many of them, from the first on, need no more than so many edits.
  [[nodiscard]] std::size_t size_within(unsigned edits) const noexcept { return ends_[edits]; }

 private:
  SecretBytes passwords_;
  std::vector<std::size_t> ends_;
};

}  // namespace hwbak::recover
