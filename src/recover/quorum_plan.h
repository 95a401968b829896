// The plan for a quorum in which digits may be wrong (docs/recover.md, "Quorums").
#pragma once

#include "recover/plan.h"
#include "recover/quorum_corrections.h"

namespace hwbak::recover {

class QuorumPlan final : public Plan {
 public:
  // Throws what QuorumCandidates throws.
  explicit QuorumPlan(const TypedQuorum& typed);

  // as-typed, one-digit, ...: the index of a class is the number of its edits.
  [[nodiscard]] std::span<const PlannedClass> classes() const override { return classes_; }
  [[nodiscard]] std::span<const std::string> not_offered() const override { return not_offered_; }
  // Bytes, at most 8.
  void candidate(std::size_t of_class, std::uint64_t index, SecretString& out) const override;
  void describe(SecretBytes& out) const override { out.append(description_.expose()); }

 private:
  QuorumCandidates candidates_;
  std::vector<PlannedClass> classes_;
  std::vector<std::string> not_offered_;
  SecretBytes description_;
};

}  // namespace hwbak::recover
