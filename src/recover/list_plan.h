// The plan for a list of whole passwords: each line is a candidate, in the order of the list, and each text once
// (docs/recover.md, "Word lists").
#pragma once

#include <array>

#include "hwbak/error.h"
#include "recover/plan.h"

namespace hwbak::recover {

class ListPlan final : public Plan {
 public:
  static constexpr std::size_t most_bytes = 256 * 1024 * 1024, longest_line = 1024;

  // Lines are bytes: what is no UTF-8 is tried as it stands. `list` outlives the plan. Throws Error(refused), which names the line and never
  // what stands there.
  explicit ListPlan(std::string_view list);

  // For a list that is read: there is more than that of it.
  [[nodiscard]] static Error too_long();

  [[nodiscard]] std::span<const PlannedClass> classes() const override { return classes_; }
  void candidate(std::size_t of_class, std::uint64_t index, SecretString& out) const override;
  void describe(SecretBytes& out) const override;

 private:
  std::string_view list_;
  std::vector<std::uint32_t> starts_;   // in the list, of each text's first line
  std::array<PlannedClass, 1> classes_{PlannedClass{"as-written", {}}};
};

}  // namespace hwbak::recover
