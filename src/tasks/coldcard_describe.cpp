// Puts the parts of a description together.
#include "tasks/coldcard_description.h"

namespace hwbak::tasks {

void ColdcardExamination::describe(Report& report, Detail detail, bool reveal) const {
  ColdcardDescription description(*this, report, detail, reveal);
  description.verdict();
  description.facts();
  description.findings();
  if (detail != Detail::facts) description.page();
}

}  // namespace hwbak::tasks
