// The plan for the words of a password: twelve words that were remembered with mistakes (docs/recover.md, "Classes").
#pragma once

#include "recover/edit_automaton.h"
#include "recover/plan.h"
#include "recover/word_template.h"

namespace hwbak::recover {

class WordPlan final : public Plan {
 public:
  // `length`: words of the password. Throws Error(refused) when too much is open to be counted.
  WordPlan(const WordTemplate& remembered, WordList words, std::size_t length);

  [[nodiscard]] std::span<const PlannedClass> classes() const override { return classes_; }
  [[nodiscard]] std::span<const std::string> not_offered() const override { return not_offered_; }
  void candidate(std::size_t of_class, std::uint64_t index, SecretString& out) const override;
  void describe(SecretBytes& out) const override { out.append(description_.expose()); }

 private:
  [[nodiscard]] EditAutomaton count(const WordTemplate& remembered);
  [[nodiscard]] std::vector<Edits> rules_for(std::size_t typed);
  [[nodiscard]] std::size_t word(const EditAutomaton::Pick& pick) const noexcept;

  WordList words_;
  std::size_t length_;
  std::vector<PlannedClass> classes_;
  std::vector<std::string> not_offered_;
  SecretBytes by_kind_;                              // numbers of words, two bytes each, ordered by kind
  std::vector<std::uint32_t> starts_;                // of each kind in it
  SecretBytes description_;
  EditAutomaton automaton_;
};

}  // namespace hwbak::recover
