// A quorum of which some digits were mistyped: all passwords that a few corrections lead to (docs/recover-engine.md, "Quorums").
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "hwbak/bytes.h"
#include "recover/number_corrections.h"

namespace hwbak::recover {

inline constexpr unsigned most_edits = 3;
inline constexpr std::size_t most_quorum_candidates = 4'000'000;

// Goes through all corrections of prime and values that need a number of edits together, at most most_edits_each of them in one number. The prime
// must be a prime, and no value reaches it; shares beyond the threshold must agree.
class QuorumSolver final {
 public:
  struct Corrected {
    std::uint64_t prime;
    std::span<const std::uint64_t> values;   // of the shares, in their order
    std::uint64_t password;
    bool stripped;                           // without its leading zero bytes
  };
  // False ends it.
  using Take = std::function<bool(const Corrected&)>;

  explicit QuorumSolver(const TypedQuorum& typed);
  // With exactly so many edits. False: there is more to go through than in a sensible time, and nothing was done.
  [[nodiscard]] bool run(unsigned edits, const Take& take);

 private:
  using Ids = std::vector<std::uint64_t>;     // of the shares
  [[nodiscard]] bool is_countable(unsigned edits) const;
  [[nodiscard]] bool run_with(std::uint64_t prime, const Ids& ids, unsigned edits, const Take& take);
  [[nodiscard]] bool choose(std::size_t share, std::uint64_t sum, unsigned left);
  [[nodiscard]] bool read(std::uint64_t secret);
  [[nodiscard]] std::uint64_t most_above(std::uint64_t secret);
  [[nodiscard]] std::span<std::uint64_t> values() noexcept;

  std::vector<Ids> readings_;                // decimal, hexadecimal: those that can be, the likelier first
  std::size_t threshold_;
  NumberCorrections primes_;
  std::vector<NumberCorrections> shares_;
  SecretBytes values_;
  // Of the prime that is tried now.
  std::uint64_t prime_ = 0;
  bool is_first_ = true;                     // of the readings
  const Take* take_ = nullptr;
  std::vector<std::uint64_t> at_zero_;
  std::vector<std::vector<std::uint64_t>> checks_;
  std::vector<std::uint64_t> other_at_zero_; // of the other reading, with all shares; empty: there is none
};

// The passwords by the fewest edits that lead to them, each once. Each corrected quorum is read in the ways in which any command reads one
// (dkek::passwords_of).
class QuorumCandidates final {
 public:
  // Throws Error(refused) when not even those without an edit can be counted.
  explicit QuorumCandidates(const TypedQuorum& typed, unsigned max_edits = most_edits);
  // How many numbers of edits could be counted, from 0 on.
  [[nodiscard]] std::size_t levels() const noexcept { return levels_.size(); }
  [[nodiscard]] std::size_t size(std::size_t edits) const noexcept { return levels_[edits].padded.size() + levels_[edits].stripped.size(); }
  [[nodiscard]] SecretBytes password(std::size_t edits, std::size_t index) const;

 private:
  struct Passwords {
    Numbers padded, stripped;
  };
  std::vector<Passwords> levels_;
};

}  // namespace hwbak::recover
