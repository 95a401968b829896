// From a badge's records to those of other programs (docs/exports.md, "What is kept").
#pragma once

#include <string>
#include <vector>

#include "device/cdc_badge/payload.h"
#include "foreign/foreign.h"
#include "hwbak/report.h"

namespace hwbak::tasks {

struct BadgeExport {
  foreign::Contents contents;
  // Where each record of `contents` stands in the payload.
  std::vector<std::string> account_paths, login_paths, card_paths;
  std::vector<const cdc_badge::TwoFactor*> challenge_response;   // no other program's format has them
  // Logins with a totp_slot, and the account that has this index in the list: mostly, but not surely, the one that is meant.
  struct Link {
    const cdc_badge::Login* login;
    const cdc_badge::TwoFactor* account;   // nullptr: there is none, or none with codes
  };
  std::vector<Link> links;
};
// `link`: logins take the accounts that their totp_slot leads to, which are not listed on their own then.
[[nodiscard]] BadgeExport badge_export(const cdc_badge::Payload& payload, bool link);

// The records as JSON for people, strings decoded, secrets in it: the facts of `open --reveal` without what changes with the
// time (docs/cdc-badge-contents.md, "Exporting").
[[nodiscard]] SecretBytes people_json(const Object& facts);

}  // namespace hwbak::tasks
