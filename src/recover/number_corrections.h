// A number of up to 64 bits that was copied by hand: all numbers that a few slips made it of (docs/recover-engine.md, "Quorums").
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "hwbak/secret.h"
#include "recover/typed_quorum.h"

namespace hwbak::recover {

// Slips of one number that are looked for.
inline constexpr unsigned most_edits_each = 2;

// A growing list of secret numbers.
class Numbers final {
 public:
  void add(std::uint64_t number) { bytes_.append(ByteView(reinterpret_cast<const std::uint8_t*>(&number), sizeof number)); }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size() / sizeof(std::uint64_t); }
  // The pages of secrets are aligned for any number.
  [[nodiscard]] std::span<const std::uint64_t> all() const noexcept {
    return {static_cast<const std::uint64_t*>(static_cast<const void*>(bytes_.expose().data())), size()};
  }
  void sort_and_make_unique();
  // Both sorted.
  [[nodiscard]] bool holds(std::uint64_t number) const noexcept;
  void remove(const Numbers& other);

 private:
  [[nodiscard]] std::span<std::uint64_t> mine() noexcept { return {static_cast<std::uint64_t*>(static_cast<void*>(bytes_.expose().data())), size()}; }
  SecretBytes bytes_;
};

// The numbers at each distance from what was written, each at its smallest distance: a digit replaced, put in, taken out, or two neighbours
// swapped is one. `?` is any digit.
class NumberCorrections final {
 public:
  // `written`: one spelling or several, all of the same number.
  explicit NumberCorrections(std::span<const TypedNumber> written);
  // Makes the lists up to this distance; false when they are too large.
  [[nodiscard]] bool grow_to(unsigned edits, bool (*wanted)(std::uint64_t));
  // Empty above most_edits_each.
  [[nodiscard]] std::span<const std::uint64_t> at(unsigned edits) const noexcept { return edits < made_.size() ? made_[edits].all() : std::span<const std::uint64_t>(); }
  [[nodiscard]] bool has(unsigned edits, std::uint64_t number) const noexcept { return edits < made_.size() && made_[edits].holds(number); }

 private:
  SecretBytes spellings_;        // without `?`
  std::vector<Numbers> made_;    // by edits
};

}  // namespace hwbak::recover
