// The payloads of several badge backups joined: the newest as it is, and what only older ones have behind it
// (docs/cdc-badge-contents.md, "Comparing and merging").
#pragma once

#include <string>
#include <vector>

#include "device/cdc_badge/compose.h"
#include "hwbak/report.h"
#include "tasks/badge_sources.h"

namespace hwbak::tasks {

struct MergeSource {
  std::string name;                        // printable
  const cdc_badge::Payload* payload = nullptr;
};
struct MergedBadges {
  SecretBytes payload;
  List conflicts;                          // facts: kind, where, identity, fields, kept, dropped; values with `reveal`
  std::size_t kept_newer = 0, kept_older = 0, kept_of_one = 0;   // of the conflicts; the last: between records of one file
  List counters;                           // facts: where, identity, from: HOTP counters that another record had higher
  std::vector<Refusal> refused;            // what could not be taken over
  std::vector<std::size_t> taken;          // records of each source in the result
  bool slots_in_doubt = false;             // a login of an older file names an account by its slot there
};
// The last source is the newest. Its bytes stay, but for the places that are added to, counters that are raised, and records
// that are no good behind a good one of the same name: those two change places, as a badge keeps the last.
[[nodiscard]] MergedBadges merge_payloads(const std::vector<MergeSource>& sources, bool reveal);

}  // namespace hwbak::tasks
