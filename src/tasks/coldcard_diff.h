// hwbak diff for backups of a Coldcard: the same wallet, and what came, went and changed (docs/coldcard.md, "Comparing two backups").
#pragma once

#include "tasks/family.h"

namespace hwbak::tasks {

// Both judged. Fills message, facts (same_wallet, same, came, went, changed, not_compared), findings and page; values only with `reveal`.
void compare_coldcards(const Examination& before, const Examination& after, bool reveal, Report& report);

}  // namespace hwbak::tasks
