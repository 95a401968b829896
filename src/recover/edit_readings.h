// What may have happened to the words so far: every reading of the first places, and what each becomes with the next word
// (docs/recover.md, "How the candidates are counted").
#pragma once

#include "recover/edit_automaton.h"

namespace hwbak::recover {

class EditReadings final {
 public:
  // Readings that are possible together, packed and sorted.
  using State = std::vector<std::uint64_t>;
  struct StateHash {
    std::size_t operator()(const State& state) const noexcept {
      std::uint64_t h = 0xcbf29ce484222325;
      for (const std::uint64_t one : state) h = (h ^ one) * 0x9E3779B97F4A7C15, h ^= h >> 29;
      return h;
    }
  };

  EditReadings(const std::vector<EditAutomaton::Slot>& slots, const std::vector<EditAutomaton::Loose>& loose, const std::vector<Edits>& rules,
               std::size_t kinds, std::size_t length);

  // Before the first place.
  [[nodiscard]] State beginning();
  // Kinds that none of these readings tells apart have the same number.
  [[nodiscard]] std::uint64_t telling(const State& state, std::size_t kind);
  // After one more word of this kind; `left`: places behind it. Throws Error(refused) when they are too many to be looked at.
  [[nodiscard]] State after(const State& state, std::size_t kind, std::size_t left);
  // The first rule that explains a whole sequence; the number of rules when none does.
  [[nodiscard]] std::size_t rule_of(const State& state) const;
  [[noreturn]] static void refuse();

 private:
  struct Reading;
  [[nodiscard]] std::size_t run_at(const Reading& r) const;
  [[nodiscard]] std::size_t unused(const Reading& r) const;
  [[nodiscard]] std::uint64_t looked_at(const Reading& r) const;
  [[nodiscard]] bool free(const Reading& r, std::size_t i) const;
  void keep(Reading r, std::size_t left);
  void take(Reading next, const EditAutomaton::Slot& slot, std::size_t kind, std::size_t left);
  void step(const Reading& r, std::size_t kind, std::size_t left);
  void step_loose(const Reading& r, std::size_t kind, std::size_t left);
  void step_fixed(const Reading& r, std::size_t kind, std::size_t left);
  [[nodiscard]] State taken();

  const std::vector<EditAutomaton::Slot>& slots_;
  const std::vector<Edits>& rules_;
  std::size_t length_;
  std::vector<std::size_t> runs_;          // by slot that begins one: how many slots are of one loose run; 1: a place of its own
  std::vector<bool> fixed_;                // by slot: not one of a loose run
  std::vector<std::size_t> alike_;         // by slot: the last one before it with the same sets, or itself
  std::vector<std::uint64_t> stands_in_;   // by kind: two bits for each slot
  const State* told_ = nullptr;
  std::uint64_t looked_at_ = 0;
  State out_;
  std::uint64_t steps_ = 0;
};

}  // namespace hwbak::recover
