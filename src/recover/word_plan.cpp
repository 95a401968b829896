// See word_plan.h.
#include "recover/word_plan.h"

#include <array>
#include <map>

#include "hwbak/error.h"

namespace hwbak::recover {
namespace {

using Swap = Edits::Swap;
struct Rule {
  std::string_view name;
  Edits edits;
};
// From likely to unlikely, and from few to many. Their order decides which class a candidate belongs to.
constexpr std::array all_rules{
    Rule{"as-typed", {}},
    Rule{"spelling", {1, 0, Swap::none, 0, false}},
    Rule{"one-wrong", {0, 1, Swap::none, 0, false}},
    Rule{"neighbours-swapped", {0, 0, Swap::neighbours, 0, false}},
    Rule{"missing-or-doubled", {0, 0, Swap::none, 1, false}},
    Rule{"swapped", {0, 0, Swap::any, 0, false}},
    Rule{"two-spelling", {2, 0, Swap::none, 0, false}},
    Rule{"wrong-and-swapped", {0, 1, Swap::any, 0, false}},
    Rule{"two-wrong", {0, 2, Swap::none, 0, false}},
    Rule{"any-order", {0, 0, Swap::none, 0, true}},
};
constexpr std::size_t missing_or_doubled = 4;

// Which sets a word stands in.
std::uint64_t signature(const WordTemplate& remembered, std::size_t word) {
  std::uint64_t out = 0;
  for (const WordSlot& slot : remembered.slots) out = out << 2 | (slot.typed.has(word) ? 2u : 0u) | (slot.slips.has(word) ? 1u : 0u);
  return out;
}

}  // namespace

WordPlan::WordPlan(const WordTemplate& remembered, WordList words, std::size_t length)
    : words_(words), length_(length), automaton_(count(remembered)) {
  for (std::size_t i = classes_.size(); i-- > automaton_.totals().size();) not_offered_.insert(not_offered_.begin(), classes_[i].name);
  classes_.resize(automaton_.totals().size());
  for (std::size_t i = 0; i < classes_.size(); ++i) classes_[i].candidates = automaton_.totals()[i];
  for (const WordSlot& slot : remembered.slots) {
    description_.append(slot.typed.bits());
    description_.append(slot.slips.bits());
  }
  for (const WordTemplate::Loose& loose : remembered.loose) {
    description_.append(static_cast<std::uint8_t>(loose.first));
    description_.append(static_cast<std::uint8_t>(loose.size));
  }
}

EditAutomaton WordPlan::count(const WordTemplate& remembered) {
  std::map<std::uint64_t, std::size_t> kinds;
  std::vector<std::uint32_t> sizes;
  SecretBytes kind_of(2 * words_.size());
  for (std::size_t word = 0; word < words_.size(); ++word) {
    const auto [kind, fresh] = kinds.try_emplace(signature(remembered, word), kinds.size());
    if (fresh) sizes.push_back(0);
    ++sizes[kind->second];
    kind_of.expose()[2 * word] = static_cast<std::uint8_t>(kind->second >> 8);
    kind_of.expose()[2 * word + 1] = static_cast<std::uint8_t>(kind->second);
  }
  by_kind_.resize(2 * words_.size());
  std::vector<std::uint32_t> ends;
  for (const std::uint32_t size : sizes) {
    starts_.push_back(ends.empty() ? 0 : ends.back());
    ends.push_back(starts_.back() + size);
  }
  ends = starts_;
  for (std::size_t word = 0; word < words_.size(); ++word) {
    const std::size_t kind = static_cast<std::size_t>(kind_of.expose()[2 * word]) << 8 | kind_of.expose()[2 * word + 1];
    const std::size_t at = 2 * std::size_t{ends[kind]++};
    by_kind_.expose()[at] = static_cast<std::uint8_t>(word >> 8);
    by_kind_.expose()[at + 1] = static_cast<std::uint8_t>(word);
  }

  std::vector<EditAutomaton::Slot> slots(remembered.slots.size());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const unsigned shift = 2 * static_cast<unsigned>(slots.size() - 1 - i);
    slots[i].typed.resize(sizes.size());
    slots[i].slips.resize(sizes.size());
    for (const auto& [bits, kind] : kinds) {
      slots[i].typed[kind] = (bits >> shift & 2) != 0;
      slots[i].slips[kind] = (bits >> shift & 1) != 0;
    }
  }
  std::vector<EditAutomaton::Loose> loose;
  for (const WordTemplate::Loose& one : remembered.loose) loose.push_back({one.first, one.size});

  const std::vector<Edits> rules = rules_for(slots.size());
  // What is unlikely needs the most room. Classes that cannot be counted are not offered.
  for (const std::size_t offered : {rules.size(), std::size_t{7}, std::size_t{3}}) {
    try {
      return EditAutomaton(slots, loose, {rules.begin(), rules.begin() + static_cast<std::ptrdiff_t>(offered)}, sizes, length_);
    } catch (const Error&) {
      continue;
    }
  }
  return EditAutomaton(std::move(slots), std::move(loose), {rules.front()}, std::move(sizes), length_);
}

std::vector<Edits> WordPlan::rules_for(std::size_t typed) {
  // With another number of words, that one is missing or too many is what is certain, and every class makes up for it.
  const bool right_count = typed == length_;
  std::vector<Edits> rules;
  const auto add = [&](const Rule& rule, const Edits& edits) {
    classes_.push_back({std::string(rule.name), {}});
    rules.push_back(edits);
  };
  if (!right_count) add(all_rules[missing_or_doubled], {});
  for (std::size_t i = right_count ? 0 : 1; i < all_rules.size(); ++i) {
    if (!right_count && i == missing_or_doubled) continue;
    if (all_rules[i].edits.any_order && typed > most_loose_words) not_offered_.emplace_back(all_rules[i].name);
    else add(all_rules[i], all_rules[i].edits);
  }
  return rules;
}

std::size_t WordPlan::word(const EditAutomaton::Pick& pick) const noexcept {
  const std::size_t at = 2 * (std::size_t{starts_[pick.kind]} + pick.of_kind);
  return static_cast<std::size_t>(by_kind_.expose()[at]) << 8 | by_kind_.expose()[at + 1];
}

void WordPlan::candidate(std::size_t of_class, std::uint64_t index, SecretString& out) const {
  std::array<EditAutomaton::Pick, 32> picks;
  const std::span<EditAutomaton::Pick> used = std::span(picks).first(length_);
  automaton_.sequence(of_class, index, used);
  for (std::size_t place = 0; place < used.size(); ++place) {
    if (place != 0) out.append(' ');
    out.append(words_[word(used[place])]);
  }
}

}  // namespace hwbak::recover
