// hwbak diff for badge backups: what came, went and changed, by identity (docs/cdc-badge-contents.md, "Comparing and merging").
#pragma once

#include "tasks/badge_items.h"
#include "tasks/family.h"

namespace hwbak::tasks {

// Both judged. Fills message, facts (same, came, went, changed, not_compared), findings and page; values only with `reveal`.
void compare_badges(const Examination& before, const Examination& after, bool reveal, Report& report);

// For a list of facts: kind, where, identity.
[[nodiscard]] Object item_fact(const BadgeItem& item);

}  // namespace hwbak::tasks
