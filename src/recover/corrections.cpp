// See corrections.h.
#include "recover/corrections.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

namespace hwbak::recover {
namespace {

constexpr std::size_t most = 32;

// Shortest way from what was typed to what is right: words replaced, put in, left out, and neighbours changed over.
class Alignment final {
 public:
  Alignment(const WordTemplate& remembered, std::span<const std::size_t> right) : remembered_(remembered), right_(right) {
    const std::size_t typed = remembered.slots.size();
    for (std::size_t i = 0; i <= typed; ++i)
      for (std::size_t j = 0; j <= right.size(); ++j) {
        if (i == 0 || j == 0) {
          cost_[i][j] = static_cast<unsigned>(i + j);
          continue;
        }
        cost_[i][j] = std::min({cost_[i - 1][j] + 1, cost_[i][j - 1] + 1, cost_[i - 1][j - 1] + (same(i - 1, j - 1) ? 0u : 1u)});
        if (changed_over(i, j)) cost_[i][j] = std::min(cost_[i][j], cost_[i - 2][j - 2] + 1);
      }
  }
  enum class Step { same, replaced, missing, spare, changed_over };
  struct Move {
    Step step;
    std::size_t typed, right;
  };
  [[nodiscard]] std::vector<Move> moves() const {
    std::vector<Move> out;
    std::size_t i = remembered_.slots.size(), j = right_.size();
    while (i > 0 || j > 0) {
      if (i > 0 && j > 0 && cost_[i][j] == cost_[i - 1][j - 1] + (same(i - 1, j - 1) ? 0u : 1u)) {
        --i, --j;
        out.push_back({same(i, j) ? Step::same : Step::replaced, i, j});
      } else if (changed_over(i, j) && cost_[i][j] == cost_[i - 2][j - 2] + 1) {
        i -= 2, j -= 2;
        out.push_back({Step::changed_over, i, j});
      } else if (j > 0 && cost_[i][j] == cost_[i][j - 1] + 1) {
        out.push_back({Step::missing, i, --j});
      } else {
        out.push_back({Step::spare, --i, j});
      }
    }
    std::reverse(out.begin(), out.end());
    return out;
  }

 private:
  // Of the words of a lost order, any may stand here.
  [[nodiscard]] bool same(std::size_t typed, std::size_t right) const {
    std::size_t first = typed, end = typed + 1;
    for (const WordTemplate::Loose& loose : remembered_.loose)
      if (typed >= loose.first && typed < loose.first + loose.size) first = loose.first, end = loose.first + loose.size;
    for (std::size_t i = first; i < end; ++i)
      if (remembered_.slots[i].typed.has(right_[right])) return true;
    return false;
  }
  [[nodiscard]] bool changed_over(std::size_t i, std::size_t j) const { return i > 1 && j > 1 && same(i - 1, j - 2) && same(i - 2, j - 1); }

  const WordTemplate& remembered_;
  std::span<const std::size_t> right_;
  unsigned cost_[most][most] = {};
};

// Numbers of the words of a password.
struct Numbers {
  std::size_t of[most] = {};
  std::size_t size = 0;
  ~Numbers() { wipe(of, sizeof of); }
};

Numbers numbers_of(std::string_view found, WordList words) {
  Numbers out;
  while (!found.empty() && out.size < most) {
    const std::string_view one = found.substr(0, found.find(' '));
    out.of[out.size++] = static_cast<std::size_t>(std::lower_bound(words.begin(), words.end(), one) - words.begin());
    found.remove_prefix(std::min(one.size() + 1, found.size()));
  }
  return out;
}

SecretString sentence(const std::string& before, std::string_view word, std::string_view between = {}, std::string_view other = {}) {
  SecretString out = SecretString::copy_of(before);
  out.append(word);
  out.append(between);
  out.append(other);
  return out;
}

// Can these typed words be put in these places, each into one? Returns false when they cannot. Alternating paths, a few words.
bool same_words(const WordTemplate& remembered, const Numbers& right, std::span<const std::size_t> places) {
  std::vector<std::size_t> taken_by(places.size(), most);
  for (std::size_t slot = 0; slot < places.size(); ++slot) {
    std::vector<std::size_t> queue{slot}, from(places.size(), most);
    bool placed = false;
    for (std::size_t at = 0; at < queue.size() && !placed; ++at)
      for (std::size_t place = 0; place < places.size() && !placed; ++place) {
        if (from[place] != most || !remembered.slots[places[queue[at]]].typed.has(right.of[places[place]])) continue;
        from[place] = queue[at];
        if (taken_by[place] != most) {
          queue.push_back(taken_by[place]);
          continue;
        }
        // Back along the path: each word moves on by one place.
        for (std::size_t now = place; now != most;) {
          const std::size_t mover = from[now];
          const auto old = static_cast<std::size_t>(std::find(taken_by.begin(), taken_by.end(), mover) - taken_by.begin());
          taken_by[now] = mover;
          now = mover == slot ? most : old;
        }
        placed = true;
      }
    if (!placed) return false;
  }
  return true;
}

// "words 3, 4 and 6 stand in this order: ..."
SecretString order_line(std::span<const std::size_t> places, const Numbers& right, WordList words) {
  std::string where;
  for (std::size_t i = 0; i < places.size(); ++i)
    where += (i == 0 ? "" : i + 1 == places.size() ? " and " : ", ") + std::to_string(places[i] + 1);
  SecretString out = SecretString::copy_of("words " + where + " stand in this order:");
  for (const std::size_t place : places) {
    out.append(' ');
    out.append(words[right.of[place]]);
  }
  return out;
}

enum class Written { as_it_is, open, misspelt };
// What was typed for a word that fits it: itself or its beginning; something with several readings; or a word that is not on the list.
Written how_written(std::string_view typed, std::string_view word) {
  if (typed.find_first_of("?*|") != std::string_view::npos) return Written::open;
  return word.starts_with(typed) ? Written::as_it_is : Written::misspelt;
}

SecretString too_many(const WordTemplate& remembered, std::size_t slot) {
  return sentence("one word too many: ", remembered.slots[slot].written.expose(), ", written as word ", std::to_string(slot + 1));
}

// Words between braces that stand in none of the places: which of equal ones is no matter.
std::vector<std::size_t> spare_of(const WordTemplate& remembered, const WordTemplate::Loose& loose, std::span<const std::size_t> places,
                                  const Numbers& right, WordList words) {
  std::vector<std::size_t> left(loose.size);
  std::iota(left.begin(), left.end(), loose.first);
  for (const std::size_t place : places) {
    const auto takes = [&](std::size_t slot, bool exact) {
      const WordSlot& one = remembered.slots[slot];
      return one.typed.has(right.of[place]) && (!exact || how_written(one.written.expose(), words[right.of[place]]) == Written::as_it_is);
    };
    auto at = std::ranges::find_if(left, [&](std::size_t slot) { return takes(slot, true); });
    if (at == left.end()) at = std::ranges::find_if(left, [&](std::size_t slot) { return takes(slot, false); });
    if (at != left.end()) left.erase(at);
  }
  return left;
}

}  // namespace

Corrections corrections(const WordTemplate& remembered, std::string_view found, WordList words) {
  Corrections out;
  const Numbers right = numbers_of(found, words);
  if (right.size > remembered.slots.size() + most || remembered.slots.size() >= most) return out;
  const auto in_loose = [&](std::size_t slot) {
    return std::ranges::any_of(remembered.loose, [&](const auto& one) { return slot >= one.first && slot < one.first + one.size; });
  };
  std::vector<std::size_t> wrong;
  if (right.size == remembered.slots.size())
    for (std::size_t i = 0; i < right.size; ++i)
      if (!remembered.slots[i].typed.has(right.of[i])) wrong.push_back(i);
  // Between braces the order was never claimed: the alignment below knows of them.
  std::erase_if(wrong, [&](std::size_t i) { return in_loose(i); });
  const auto fits = [&](std::size_t slot, std::size_t place) { return remembered.slots[slot].typed.has(right.of[place]); };
  if (wrong.size() == 2 && fits(wrong[0], wrong[1]) && fits(wrong[1], wrong[0])) {
    out.places = {static_cast<unsigned>(wrong[0] + 1), static_cast<unsigned>(wrong[1] + 1)};
    out.lines.push_back(sentence("words " + std::to_string(wrong[0] + 1) + " and " + std::to_string(wrong[1] + 1) + " were changed over: ",
                                 words[right.of[wrong[0]]], " comes first, then ", words[right.of[wrong[1]]]));
    return out;
  }
  if (wrong.size() > 2 && same_words(remembered, right, wrong)) {
    for (const std::size_t place : wrong) out.places.push_back(static_cast<unsigned>(place + 1));
    out.lines.push_back(order_line(wrong, right, words));
    return out;
  }
  const auto moves = Alignment(remembered, std::span(right.of, right.size)).moves();
  // A lost order is told once, and is no slip.
  for (const WordTemplate::Loose& loose : remembered.loose) {
    std::vector<std::size_t> places;
    for (const auto& move : moves)
      if (move.step == Alignment::Step::same && move.typed >= loose.first && move.typed < loose.first + loose.size) places.push_back(move.right);
    if (places.size() > 1) out.lines.push_back(order_line(places, right, words));
    for (const std::size_t slot : spare_of(remembered, loose, places, right, words)) out.lines.push_back(too_many(remembered, slot));
  }
  for (const auto& move : moves) {
    const std::string place = std::to_string(move.right + 1);
    const auto& slots = remembered.slots;
    switch (move.step) {
      case Alignment::Step::same:
        if (in_loose(move.typed)) continue;
        switch (how_written(slots[move.typed].written.expose(), words[right.of[move.right]])) {
          case Written::as_it_is: continue;
          case Written::open:
            out.lines.push_back(sentence("word " + place + " is ", words[right.of[move.right]]));
            continue;
          case Written::misspelt:
            out.lines.push_back(sentence("word " + place + ": you wrote ", slots[move.typed].written.expose(), ", it is ", words[right.of[move.right]]));
            break;
        }
        break;
      case Alignment::Step::changed_over:
        out.lines.push_back(sentence("words " + place + " and " + std::to_string(move.right + 2) + " were changed over: ",
                                     words[right.of[move.right]], " comes first, then ", words[right.of[move.right + 1]]));
        out.places.push_back(static_cast<unsigned>(move.right + 1));
        out.places.push_back(static_cast<unsigned>(move.right + 2));
        continue;
      case Alignment::Step::replaced:
        out.lines.push_back(sentence("word " + place + ": you wrote ", slots[move.typed].written.expose(), ", it is ", words[right.of[move.right]]));
        break;
      case Alignment::Step::missing: out.lines.push_back(sentence("word " + place + " was missing: it is ", words[right.of[move.right]])); break;
      case Alignment::Step::spare:
        if (!in_loose(move.typed)) out.lines.push_back(too_many(remembered, move.typed));
        continue;
    }
    out.places.push_back(static_cast<unsigned>(move.right + 1));
  }
  return out;
}

}  // namespace hwbak::recover
