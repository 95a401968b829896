// What one version of Coldcard firmware answered to a file, and how people are told of it
// (docs/formats/coldcard.md, "Restoring on a device").
#pragma once

#include <string>
#include <vector>

#include "device/coldcard/rehearsal.h"
#include "hwbak/report.h"
#include "hwbak/tasks.h"

namespace hwbak::tasks {

[[nodiscard]] std::string version_text(const coldcard::Firmware& firmware);   // "5.5.1"
// The last release that behaves the same, spelt like the version itself.
[[nodiscard]] std::string through_text(const coldcard::Firmware& firmware);
[[nodiscard]] std::string era_text(const coldcard::Firmware& firmware);       // "5.5.1 to 5.6.0"

// One firmware and what it answers.
struct Played {
  coldcard::Firmware firmware;
  coldcard::DeviceAnswer verify;
  coldcard::Restored restore;

  [[nodiscard]] bool verifies() const { return verify.verdict == coldcard::Verdict::accept; }
  [[nodiscard]] bool restores() const { return restore.answer.verdict == coldcard::Verdict::accept; }
  [[nodiscard]] std::string fingerprint() const { return restore.fingerprint ? wallet::to_text(*restore.fingerprint) : ""; }
  [[nodiscard]] bool accepts(bool container) const { return restores() && (!container || verifies()); }
  // Of Restore, then of Verify where it is another.
  [[nodiscard]] std::string mend() const {
    const std::string& first = restore.answer.mend;
    if (verify.mend.empty() || verify.mend == first) return first;
    return first.empty() ? verify.mend : first + " For Verify: " + verify.mend;
  }
};

// One sentence, or a few, about all of them. `container`: the file is an archive, which Verify knows.
[[nodiscard]] std::string message_of(const std::vector<Played>& all, DrillState state, bool container);
// A section for each; of many, one for neighbours that answer alike.
[[nodiscard]] std::vector<Section> page_of(const std::vector<Played>& all);

}  // namespace hwbak::tasks
