// See pattern_plan.h.
#include "recover/pattern_plan.h"

#include <array>

#include "base/as_bytes.h"
#include "base/unicode.h"
#include "hwbak/error.h"
#include "recover/pattern.h"
#include "recover/text_lines.h"

namespace hwbak::recover {
namespace {

constexpr std::size_t classes_each = TextGraph::most_slips + 1;

}  // namespace

PatternPlan::PatternPlan(std::string_view lines, std::optional<std::string_view> words, std::uint64_t most_work)
    : automaton_(read(lines, words, most_work)) {
  constexpr std::array<std::string_view, classes_each> names{"as-written", "one-slip", "two-slips", "three-slips"};
  const auto& totals = automaton_.totals();
  Count all;
  for (std::size_t i = 0; i < totals.size(); ++i) {
    const std::size_t line = i / classes_each, slips = i % classes_each;
    if (slips != 0 && totals[i] == Count()) continue;
    const std::string of_line = totals.size() == classes_each ? "" : "line-" + std::to_string(line_numbers_[line]) + "-";
    classes_.push_back({of_line + std::string(names[slips]), totals[i]});
    of_automaton_.push_back(i);
    all += totals[i];
  }
  if (all.is_largest())
    throw Error(Outcome::refused, "there are more than 10^57 candidates", std::nullopt, "say more: fewer and shorter repeats, fewer words of the list");
  description_.append(as_bytes(lines));
  description_.append(std::uint8_t{0});
  if (words) description_.append(as_bytes(*words));
}

TextGraph PatternPlan::read(std::string_view lines, std::optional<std::string_view> words, std::uint64_t most_work) {
  if (lines.size() > most_pattern_bytes) throw Error(Outcome::refused, "the patterns are longer than 64 KiB", std::nullopt, "write shorter ones, and words into a --wordlist");
  if (words && words->size() > most_list_bytes)
    throw Error(Outcome::refused, "the word list is longer than 4 MiB, and a pattern takes no longer one", std::nullopt,
                "leave out words that are not likely; or try the list alone, without --pattern-from: then it may have 256 MiB");
  TextGraph graph(most_work);
  Alphabet alphabet;
  bool takes_words = false;
  each_line(lines, [&](std::string_view line, std::size_t number, std::size_t) {
    if (line_numbers_.size() == most_pattern_lines) throw Error(Outcome::refused, "there are more than 16 patterns", std::nullopt, "put some of them into one: (this|that)");
    line_numbers_.push_back(number);
    if (add_pattern(graph, alphabet, line, number, words)) takes_words = true;
  });
  if (line_numbers_.empty()) throw Error(Outcome::refused, "there is no pattern", std::nullopt, "write what is remembered of the password, as in docs/recover.md, \"Patterns\"");
  if (words && !takes_words)
    throw Error(Outcome::refused, "there is a word list, and the pattern takes no word of it", std::nullopt,
                "write \\w where a word of the list stands; or leave away --wordlist, or --pattern-from to try the words alone");
  alphabet_ = alphabet.take();
  return graph;
}

void PatternPlan::candidate(std::size_t of_class, std::uint64_t index, SecretString& out) const {
  automaton_.text(of_automaton_[of_class], index, [&](Symbol one) { append_utf8(out, code_in(alphabet_.expose(), one)); });
}

}  // namespace hwbak::recover
