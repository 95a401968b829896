// See edit_automaton.h. What can have happened so far is a set of readings of the first places; each word that follows leads to another
// set. Equal sets are one state, so the states are few and the ways through them are counted from behind.
#include "recover/edit_automaton.h"

#include <unordered_map>

#include "recover/edit_readings.h"

namespace hwbak::recover {
namespace {

using State = EditReadings::State;
constexpr std::size_t most_states = 400'000;

}  // namespace

EditAutomaton::EditAutomaton(std::vector<Slot> slots, std::vector<Loose> loose, std::vector<Edits> rules, std::vector<std::uint32_t> kinds,
                             std::size_t length)
    : kinds_(std::move(kinds)), rules_(rules.size()), layers_(length + 1) {
  EditReadings readings(slots, loose, rules, kinds_.size(), length);
  std::vector<State> states{readings.beginning()};
  std::size_t total = 1;
  for (std::size_t place = 0; place < length; ++place) {
    std::unordered_map<State, std::uint32_t, EditReadings::StateHash> known;
    std::vector<State> following;
    for (const State& state : states) {
      std::unordered_map<std::uint64_t, std::uint32_t> told;
      for (std::size_t kind = 0; kind < kinds_.size(); ++kind) {
        const auto [same, unseen] = told.try_emplace(readings.telling(state, kind), dead);
        if (unseen) {
          State next = readings.after(state, kind, length - place - 1);
          if (!next.empty()) {
            const auto [at, fresh] = known.try_emplace(std::move(next), static_cast<std::uint32_t>(following.size()));
            if (fresh) following.push_back(at->first);
            if (fresh && ++total > most_states) EditReadings::refuse();
            same->second = at->second;
          }
        }
        layers_[place].next.push_back(same->second);
      }
    }
    states = std::move(following);
  }

  // From behind: how many ways there are from each state to the end of each rule.
  std::vector<Count> counts(states.size() * rules_), before;
  for (std::size_t i = 0; i < states.size(); ++i)
    if (const std::size_t rule = readings.rule_of(states[i]); rule < rules_) counts[i * rules_ + rule] = 1;
  for (std::size_t place = length;; --place) {
    for (const Count& count : counts) layers_[place].counts.push_back(count.clamped());
    if (place == 0) break;
    const auto& next = layers_[place - 1].next;
    before.assign(next.size() / kinds_.size() * rules_, Count());
    for (std::size_t edge = 0; edge < next.size(); ++edge) {
      if (next[edge] == dead) continue;
      for (std::size_t rule = 0; rule < rules_; ++rule)
        before[edge / kinds_.size() * rules_ + rule] += counts[next[edge] * rules_ + rule] * kinds_[edge % kinds_.size()];
    }
    counts.swap(before);
  }
  totals_ = std::move(counts);
  totals_.resize(rules_);
}

void EditAutomaton::sequence(std::size_t rule, std::uint64_t index, std::span<Pick> out) const noexcept {
  std::size_t state = 0;
  for (std::size_t place = 0; place < out.size(); ++place) {
    const Layer& layer = layers_[place];
    for (std::uint32_t kind = 0; kind < kinds_.size(); ++kind) {
      const std::uint32_t next = layer.next[state * kinds_.size() + kind];
      if (next == dead) continue;
      const std::uint64_t each = layers_[place + 1].counts[next * rules_ + rule];
      if (each == 0) continue;
      std::uint64_t all = 0;
      if (!__builtin_mul_overflow(each, kinds_[kind], &all) && index >= all) {
        index -= all;
        continue;
      }
      out[place] = {kind, static_cast<std::uint32_t>(index / each)};
      index %= each;
      state = next;
      break;
    }
  }
}

}  // namespace hwbak::recover
