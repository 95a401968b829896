// The plan for a password that is remembered in parts: patterns, one on each line (docs/recover.md, "Patterns").
#pragma once

#include <optional>

#include "recover/plan.h"
#include "recover/text_automaton.h"

namespace hwbak::recover {

inline constexpr std::size_t most_pattern_bytes = 64 * 1024, most_pattern_lines = 16, most_pattern_depth = 64, most_repeats = 256;
inline constexpr std::size_t most_list_bytes = 4 * 1024 * 1024;  // of a word list for patterns

class PatternPlan final : public Plan {
 public:
  // `words`: one on each line, for `\w`. Throws Error(refused), which names the place and never what stands there.
  explicit PatternPlan(std::string_view lines, std::optional<std::string_view> words = std::nullopt);

  [[nodiscard]] std::span<const PlannedClass> classes() const override { return classes_; }
  void candidate(std::size_t of_class, std::uint64_t index, SecretString& out) const override;
  void describe(SecretBytes& out) const override { out.append(description_.expose()); }

 private:
  [[nodiscard]] TextGraph read(std::string_view lines, std::optional<std::string_view> words);

  SecretBytes alphabet_;                  // four bytes for each symbol
  std::vector<std::size_t> line_numbers_; // of the patterns
  std::vector<PlannedClass> classes_;
  std::vector<std::size_t> of_automaton_; // by class
  SecretBytes description_;
  TextAutomaton automaton_;
};

}  // namespace hwbak::recover
