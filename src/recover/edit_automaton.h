// All sequences that a few edits make of a template, sorted into rules and counted. It knows words by the number of their kind alone: words
// that stand in the same sets are of one kind (docs/recover.md, "How the candidates are counted").
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "recover/count.h"

namespace hwbak::recover {

// What may have happened to what was remembered, all of it together.
struct Edits {
  enum class Swap : std::uint8_t { none, neighbours, any };
  unsigned slips = 0;       // up to so many places hold a word of their slips
  unsigned wrongs = 0;      // up to so many places hold any word
  Swap swap = Swap::none;   // up to one pair of places changed over
  unsigned shifts = 0;      // up to so many words are not in the sequence, and as many others are missing
  bool any_order = false;   // no place is certain
};

class EditAutomaton final {
 public:
  struct Slot {
    std::vector<bool> typed, slips;  // by kind
  };
  struct Loose {
    std::size_t first = 0, size = 0;
  };

  // A sequence belongs to the first rule that explains it. Too few or too many slots are made up for in every rule. `kinds` are the
  // numbers of words of each kind. Throws Error(refused) when that is too much to count.
  EditAutomaton(std::vector<Slot> slots, std::vector<Loose> loose, std::vector<Edits> rules, std::vector<std::uint32_t> kinds, std::size_t length);

  // Sequences of each rule.
  [[nodiscard]] std::span<const Count> totals() const noexcept { return totals_; }
  // Sequence `index` of a rule, in an order in which the last place changes fastest: for each place its kind, and which of that kind.
  struct Pick {
    std::uint32_t kind = 0, of_kind = 0;
  };
  void sequence(std::size_t rule, std::uint64_t index, std::span<Pick> out) const noexcept;

 private:
  static constexpr std::uint32_t dead = 0xFFFF'FFFF;
  struct Layer {
    std::vector<std::uint32_t> next;     // by state and kind
    std::vector<std::uint64_t> counts;   // by state and rule: how many ways lead to its end from here, clamped
  };

  std::vector<std::uint32_t> kinds_;
  std::size_t rules_ = 0;
  std::vector<Layer> layers_;            // one more than places; the last has no `next`
  std::vector<Count> totals_;
};

}  // namespace hwbak::recover
