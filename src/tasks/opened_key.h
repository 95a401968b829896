// A wrapped key opened with a set of shares, for the verbs that need the key itself: export, rekey, and the proof of what create wrote.
#pragma once

#include "device/pico_hsm/key.h"
#include "tasks/family.h"
#include "tasks/hsm_shares.h"

namespace hwbak::tasks {

struct OpenedKey {
  wrapped_key::Survey survey;               // of the file as it was mended, where it was
  wrapped_key::Opening opening;
  std::optional<pico_hsm::Key> key;         // nullopt: a kind that is not known here; `unknown` says which
  std::optional<Error> unknown;
  pico_hsm::Beside beside;
};

// In the order of the checks. Throws Error: unsupported (no wrapped key, a type or key that cannot be used), damaged, wrong_secret (another
// DKEK), inconsistent (numbers or certificate that do not belong together). What was put right becomes a finding of the report.
[[nodiscard]] OpenedKey open_wrapped(const Context& context, Loaded file, const ShareSet& set, Report& report);

// Facts of the key.
void put_key(Report& report, const OpenedKey& opened);

}  // namespace hwbak::tasks
