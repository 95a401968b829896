// What a restore to a device says when it is over (docs/json.md, "Facts of `device`").
#pragma once

#include "tasks/hsm_restore_item.h"

namespace hwbak::tasks {

// facts.keys[].status
namespace restore_status {
inline constexpr const char *restored = "restored", *present = "present", *failed = "failed";
}

struct RestoreEnd {
  std::optional<Error> stop;                     // it ended early
  const RestoreItem* at = nullptr;               // the one that was being sent then
  std::string reader;                            // printable
};
// Facts, findings, levels, page, outcome, message and next of the report.
void tell_restore(const RestoreFiles& files, const RestoreEnd& end, Report& report);

}  // namespace hwbak::tasks
