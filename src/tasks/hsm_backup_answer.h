// What a device backup says when it is over (docs/json.md, "Facts of `device`").
#pragma once

#include "tasks/hsm_backup_folder.h"
#include "tasks/hsm_device_verbs.h"

namespace hwbak::tasks {

// facts.keys[].status; pending: not reached so far
namespace backup_status {
inline constexpr std::string_view written = "written", present = "present", not_exportable = "not-exportable", failed = "failed",
                                  pending = "pending";
}

struct BackupEnd {
  std::vector<pcsc::DomainStatus> domains;
  std::vector<unsigned> proven;                  // references of keys that were opened with the DKEK
  bool differs = false;                          // something beside a key is of another one
  std::optional<Error> stop;                     // it ended early
};
// Facts, findings, levels, page, outcome, message and next of the report, of the keys in the folder's manifest.
void tell_backup(const BackupFolder& folder, const BackupEnd& end, const std::shared_ptr<HsmShares>& shares, Report& report);

}  // namespace hwbak::tasks
