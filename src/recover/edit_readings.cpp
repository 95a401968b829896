// See edit_readings.h.
#include "recover/edit_readings.h"

#include <algorithm>
#include <bit>

#include "hwbak/error.h"

namespace hwbak::recover {
namespace {

constexpr std::size_t most_loose = 16;           // bits of Reading::used
constexpr std::uint64_t most_steps = 8'000'000;  // readings looked at; about a second

enum class Swapping : std::uint8_t { done, owed, neighbours, any };  // the last two: may still begin

constexpr Swapping swapping_of(Edits::Swap swap) noexcept {
  switch (swap) {
    case Edits::Swap::none: return Swapping::done;
    case Edits::Swap::neighbours: return Swapping::neighbours;
    case Edits::Swap::any: return Swapping::any;
  }
  return Swapping::done;
}

}  // namespace

// One way in which the first places may have come about.
struct EditReadings::Reading {
  std::uint8_t at = 0;          // slots before this one are used up
  std::uint16_t used = 0;       // of the loose run that begins at `at`
  std::uint8_t skipped = 0;     // so many of that run are not in the sequence, whichever is left over
  std::uint8_t first = 0, second = 0;  // of a swap whose second half is owed
  Swapping swapping = Swapping::done;
  bool any_order = false;
  std::uint8_t rule = 0;
  std::uint8_t slips = 0, wrongs = 0, missing = 0, spare = 0;  // left

  // Readings of one place in the template stand together, those of the first rule in front.
  static constexpr unsigned place_shift = 18;
  [[nodiscard]] std::uint64_t packed() const noexcept {
    const std::uint64_t place = ((((((std::uint64_t{at} << 16 | used) << 5 | skipped) << 5 | first) << 5 | second) << 2 |
                                  static_cast<std::uint8_t>(swapping)) << 1 | (any_order ? 1u : 0u));
    return place << place_shift | ((((std::uint64_t{rule} << 2 | slips) << 2 | wrongs) << 5 | missing) << 5 | spare);
  }
  [[nodiscard]] static Reading of(std::uint64_t bits) noexcept {
    const auto take = [&bits](unsigned size) {
      const auto out = static_cast<std::uint16_t>(bits & ((1u << size) - 1));
      bits >>= size;
      return out;
    };
    const auto small = [&take](unsigned size) { return static_cast<std::uint8_t>(take(size)); };
    Reading out;
    out.spare = small(5);
    out.missing = small(5);
    out.wrongs = small(2);
    out.slips = small(2);
    out.rule = small(4);
    out.any_order = small(1) != 0;
    out.swapping = static_cast<Swapping>(small(2));
    out.second = small(5);
    out.first = small(5);
    out.skipped = small(5);
    out.used = take(16);
    out.at = small(5);
    return out;
  }
  // Whatever follows, this one explains it too, and by no later rule. Of the same place.
  [[nodiscard]] bool covers(const Reading& other) const noexcept {
    return rule <= other.rule && slips >= other.slips && wrongs >= other.wrongs && missing >= other.missing && spare >= other.spare;
  }
};

EditReadings::EditReadings(const std::vector<EditAutomaton::Slot>& slots, const std::vector<EditAutomaton::Loose>& loose, const std::vector<Edits>& rules, std::size_t kinds, std::size_t length)
    : slots_(slots), rules_(rules), length_(length), runs_(slots.size(), 1), fixed_(slots.size(), true), stands_in_(kinds) {
  for (const EditAutomaton::Loose& one : loose) {
    runs_[one.first] = one.size;
    for (std::size_t i = 0; i < one.size; ++i) fixed_[one.first + i] = false;
  }
  for (std::size_t i = 0; i < slots.size(); ++i) {
    std::size_t same = i;
    while (same > 0 && (slots[same - 1].typed != slots[i].typed || slots[same - 1].slips != slots[i].slips)) --same;
    alike_.push_back(same == 0 ? i : same - 1);
    for (std::size_t kind = 0; kind < kinds; ++kind)
      stands_in_[kind] |= std::uint64_t{slots[i].typed[kind] ? 2u : slots[i].slips[kind] ? 1u : 0u} << 2 * i;
  }
}

// Readings before the first place.
EditReadings::State EditReadings::beginning() {
  out_.clear();
  const bool may_swap = std::count(fixed_.begin(), fixed_.end(), true) > 1;
  for (std::size_t rule = 0; rule < rules_.size(); ++rule) {
    const Edits& edits = rules_[rule];
    if (edits.any_order && slots_.size() > most_loose) continue;
    const std::size_t short_of = length_ > slots_.size() ? length_ - slots_.size() : 0;
    const std::size_t too_many = slots_.size() > length_ ? slots_.size() - length_ : 0;
    Reading reading;
    reading.rule = static_cast<std::uint8_t>(rule);
    reading.any_order = edits.any_order;
    reading.slips = static_cast<std::uint8_t>(edits.slips);
    reading.wrongs = static_cast<std::uint8_t>(edits.wrongs);
    reading.missing = static_cast<std::uint8_t>(short_of + edits.shifts);
    reading.spare = static_cast<std::uint8_t>(too_many + edits.shifts);
    reading.swapping = !may_swap ? Swapping::done : swapping_of(edits.swap);
    keep(reading, length_);
  }
  return taken();
}

// Kinds that none of these readings tells apart have the same number.
std::uint64_t EditReadings::telling(const State& state, std::size_t kind) {
  if (&state != told_) {
    told_ = &state;
    looked_at_ = 0;
    for (const std::uint64_t bits : state) looked_at_ |= looked_at(Reading::of(bits));
  }
  return stands_in_[kind] & looked_at_;
}

// Readings after one more word of this kind; `left`: places behind it.
EditReadings::State EditReadings::after(const State& state, std::size_t kind, std::size_t left) {
  out_.clear();
  for (const std::uint64_t bits : state) step(Reading::of(bits), kind, left);
  if ((steps_ += state.size() + out_.size()) > most_steps) refuse();
  return taken();
}

// The first rule that explains a whole sequence; the number of rules when none does.
std::size_t EditReadings::rule_of(const State& state) const {
  std::size_t best = rules_.size();
  for (const std::uint64_t bits : state) {
    const Reading reading = Reading::of(bits);
    if (reading.at == slots_.size() && reading.swapping != Swapping::owed) best = std::min<std::size_t>(best, reading.rule);
  }
  return best;
}

void EditReadings::refuse() {
  throw Error(Outcome::refused, "too much is open in these words for their candidates to be counted", std::nullopt,
              "say more: fewer unknown words, fewer words between `{` and `}`, no fewer than ten of the twelve");
}

std::size_t EditReadings::run_at(const Reading& r) const { return r.any_order ? slots_.size() : runs_[r.at]; }

// Slots that this reading has not used yet.
std::size_t EditReadings::unused(const Reading& r) const {
  return slots_.size() - r.at - static_cast<std::size_t>(std::popcount(r.used)) - r.skipped;
}

// Slots whose sets decide what becomes of this reading, two bits each.
std::uint64_t EditReadings::looked_at(const Reading& r) const {
  const auto from = [](std::size_t slot) { return slot >= 32 ? 0 : ~std::uint64_t{0} << 2 * slot; };
  if (r.at == slots_.size()) return 0;
  std::uint64_t out = from(r.at) & ~from(r.at + run_at(r));
  if (r.swapping == Swapping::owed) out |= from(r.first) & ~from(r.first + 1u);
  if (r.swapping == Swapping::neighbours) out |= from(r.at) & ~from(r.at + 2u);
  if (r.swapping == Swapping::any) out = from(r.at);
  return out;
}

// A reading that can still come to an end, and what it becomes when words are left out. `left`: places to come.
void EditReadings::keep(Reading r, std::size_t left) {
  while (true) {
    if (r.at < slots_.size() && static_cast<std::size_t>(std::popcount(r.used)) + r.skipped == run_at(r)) {
      r.at = static_cast<std::uint8_t>(r.at + run_at(r));
      r.used = 0;
      r.skipped = 0;
    }
    const std::size_t slots = unused(r);
    if (left <= slots + r.missing && slots <= left + r.spare) out_.push_back(r.packed());
    const bool wanted = r.swapping == Swapping::owed && r.second == r.at;
    if (r.spare == 0 || r.at == slots_.size() || wanted) return;
    --r.spare;
    ++r.skipped;
  }
}

// Slot `i` of a loose run is not used, and no slot like it before it is free too.
bool EditReadings::free(const Reading& r, std::size_t i) const {
  const std::size_t same = alike_[r.at + i];
  const bool in_turn = same == r.at + i || same < r.at || (r.used >> (same - r.at) & 1) != 0;
  return (r.used >> i & 1) == 0 && in_turn;
}

void EditReadings::step(const Reading& r, std::size_t kind, std::size_t left) {
  if (r.missing > 0) {
    Reading other = r;
    --other.missing;
    keep(other, left);
  }
  if (r.at == slots_.size()) return;
  if (run_at(r) == 1) step_fixed(r, kind, left);
  else step_loose(r, kind, left);
}

// The word of a slot, a slip of it, or another word in its place.
void EditReadings::take(Reading next, const EditAutomaton::Slot& slot, std::size_t kind, std::size_t left) {
  if (slot.typed[kind]) return keep(next, left);
  if (next.slips > 0 && slot.slips[kind]) {
    Reading slipped = next;
    --slipped.slips;
    keep(slipped, left);
  }
  if (next.wrongs == 0) return;
  --next.wrongs;
  keep(next, left);
}

// A wrong word need not say which of the run it stands for: one is left over in the end.
void EditReadings::step_loose(const Reading& r, std::size_t kind, std::size_t left) {
  for (std::size_t i = 0; i < run_at(r); ++i) {
    const EditAutomaton::Slot& slot = slots_[r.at + i];
    if (!free(r, i) || (!slot.typed[kind] && (r.slips == 0 || !slot.slips[kind]))) continue;
    Reading next = r;
    next.used = static_cast<std::uint16_t>(r.used | 1u << i);
    if (!slot.typed[kind]) --next.slips;
    keep(next, left);
  }
  if (r.wrongs == 0) return;
  Reading next = r;
  --next.wrongs;
  ++next.skipped;
  keep(next, left);
}

void EditReadings::step_fixed(const Reading& r, std::size_t kind, std::size_t left) {
  Reading next = r;
  ++next.at;
  if (r.swapping == Swapping::owed && r.second == r.at) {
    next.swapping = Swapping::done;
    next.first = next.second = 0;
    return take(next, slots_[r.first], kind, left);
  }
  take(next, slots_[r.at], kind, left);
  if (r.swapping == Swapping::done || r.swapping == Swapping::owed) return;
  const bool neighbours = r.swapping == Swapping::neighbours;
  for (std::size_t other = r.at + 1u; other < slots_.size() && (!neighbours || other == r.at + 1u); ++other) {
    if (!fixed_[other]) continue;
    next.swapping = Swapping::owed;
    next.first = r.at;
    next.second = static_cast<std::uint8_t>(other);
    take(next, slots_[other], kind, left);
  }
}

// Without those that another one covers: fewer readings, and more states that are equal.
EditReadings::State EditReadings::taken() {
  std::sort(out_.begin(), out_.end());
  out_.erase(std::unique(out_.begin(), out_.end()), out_.end());
  State kept;
  std::size_t group = 0;
  for (const std::uint64_t bits : out_) {
    if (!kept.empty() && kept.back() >> Reading::place_shift != bits >> Reading::place_shift) group = kept.size();
    const Reading reading = Reading::of(bits);
    const bool covered = std::any_of(kept.begin() + static_cast<std::ptrdiff_t>(group), kept.end(),
                                     [&](std::uint64_t other) { return Reading::of(other).covers(reading); });
    if (!covered) kept.push_back(bits);
  }
  return kept;
}

}  // namespace hwbak::recover
