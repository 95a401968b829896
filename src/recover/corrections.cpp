// See corrections.h.
#include "recover/corrections.h"

#include <algorithm>
#include <string>

namespace hwbak::recover {
namespace {

constexpr std::size_t most = 32;

// Shortest way from what was typed to what is right: words replaced, put in and left out.
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
      }
  }
  enum class Step { same, replaced, missing, spare };
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
  [[nodiscard]] bool same(std::size_t typed, std::size_t right) const { return remembered_.slots[typed].typed.has(right_[right]); }

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

}  // namespace

Corrections corrections(const WordTemplate& remembered, std::string_view found, WordList words) {
  Corrections out;
  const Numbers right = numbers_of(found, words);
  if (right.size > remembered.slots.size() + most || remembered.slots.size() >= most) return out;
  std::vector<std::size_t> wrong;
  if (right.size == remembered.slots.size())
    for (std::size_t i = 0; i < right.size; ++i)
      if (!remembered.slots[i].typed.has(right.of[i])) wrong.push_back(i);
  const auto fits = [&](std::size_t slot, std::size_t place) { return remembered.slots[slot].typed.has(right.of[place]); };
  if (wrong.size() == 2 && fits(wrong[0], wrong[1]) && fits(wrong[1], wrong[0])) {
    out.places = {static_cast<unsigned>(wrong[0] + 1), static_cast<unsigned>(wrong[1] + 1)};
    out.lines.push_back(sentence("words " + std::to_string(wrong[0] + 1) + " and " + std::to_string(wrong[1] + 1) + " were changed over: ",
                                 words[right.of[wrong[0]]], " comes first, then ", words[right.of[wrong[1]]]));
    return out;
  }
  const auto moves = Alignment(remembered, std::span(right.of, right.size)).moves();
  for (const auto& move : moves) {
    const std::string place = std::to_string(move.right + 1);
    const auto& slots = remembered.slots;
    switch (move.step) {
      case Alignment::Step::same: continue;
      case Alignment::Step::replaced:
        out.lines.push_back(sentence("word " + place + ": you wrote ", slots[move.typed].written.expose(), ", it is ", words[right.of[move.right]]));
        break;
      case Alignment::Step::missing: out.lines.push_back(sentence("word " + place + " was missing: it is ", words[right.of[move.right]])); break;
      case Alignment::Step::spare:
        out.lines.push_back(sentence("one word too many: ", slots[move.typed].written.expose(), ", written as word ", std::to_string(move.typed + 1)));
        continue;
    }
    out.places.push_back(static_cast<unsigned>(move.right + 1));
  }
  return out;
}

}  // namespace hwbak::recover
