// See pattern_plan.h.
#include "recover/pattern_plan.h"

#include <array>

#include "base/unicode.h"
#include "hwbak/error.h"
#include "recover/pattern.h"

namespace hwbak::recover {
namespace {

constexpr std::size_t classes_each = TextGraph::most_slips + 1;

ByteView bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

}  // namespace

PatternPlan::PatternPlan(std::string_view lines, std::string_view words) : automaton_(read(lines, words)) {
  constexpr std::array<std::string_view, classes_each> names{"as-written", "one-slip", "two-slips", "three-slips"};
  const auto& totals = automaton_.totals();
  Count all;
  for (std::size_t i = 0; i < totals.size(); ++i) {
    const std::size_t line = i / classes_each, slips = i % classes_each;
    if (slips != 0 && totals[i] == Count()) continue;
    const std::string of_line = totals.size() == classes_each ? "" : "line-" + std::to_string(line + 1) + "-";
    classes_.push_back({of_line + std::string(names[slips]), totals[i]});
    of_automaton_.push_back(i);
    all += totals[i];
  }
  if (all.is_largest())
    throw Error(Outcome::refused, "there are more than 10^57 candidates", std::nullopt, "say more: fewer and shorter repeats, fewer words of the list");
  description_.append(bytes_of(lines));
  description_.append(std::uint8_t{0});
  description_.append(bytes_of(words));
}

TextGraph PatternPlan::read(std::string_view lines, std::string_view words) {
  if (lines.size() > most_pattern_bytes) throw Error(Outcome::refused, "the patterns are longer than 64 KiB", std::nullopt, "write shorter ones, and words into a --wordlist");
  if (words.size() > most_list_bytes) throw Error(Outcome::refused, "the word list is longer than 4 MiB", std::nullopt, "leave out words that are not likely");
  TextGraph graph;
  Alphabet alphabet;
  std::size_t number = 0;
  while (!lines.empty()) {
    std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (++number > most_pattern_lines) throw Error(Outcome::refused, "there are more than 16 patterns", std::nullopt, "put some of them into one: (this|that)");
    add_pattern(graph, alphabet, line, number, words);
  }
  if (number == 0) throw Error(Outcome::refused, "there is no pattern", std::nullopt, "write what is remembered of the password, as in docs/recover.md, \"Patterns\"");
  alphabet_ = alphabet.take();
  return graph;
}

void PatternPlan::candidate(std::size_t of_class, std::uint64_t index, SecretString& out) const {
  thread_local std::vector<Symbol> text;
  automaton_.text(of_automaton_[of_class], index, text);
  for (const Symbol one : text) append_utf8(out, code_in(alphabet_.expose(), one));
}

}  // namespace hwbak::recover
