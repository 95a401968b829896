// The July 2026 random-number advisory, judged from what one backup shows
// (docs/formats/coldcard.md, "The July 2026 advisory"). Never "affected for certain", never "safe"
// because firmware is new.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "device/coldcard/backup.h"
#include "device/coldcard/firmware_version.h"

namespace hwbak::audit {

enum class AdvisoryLevel { ok, note, unknown, high, critical };
[[nodiscard]] std::string_view name(AdvisoryLevel level) noexcept;

using coldcard::FirmwareFamily;
using coldcard::FirmwareVersion;
using coldcard::Release;
// Made by firmware from before the faulty code (before 4.0.0).
[[nodiscard]] bool predates_fault(const FirmwareVersion& version);

struct Advisory {
  AdvisoryLevel level = AdvisoryLevel::unknown;  // of the contents
  std::string text;                              // one or two sentences: possibly affected, or why unknown
  std::vector<std::string> advice;               // steps one can take, in order
  AdvisoryLevel envelope = AdvisoryLevel::ok;    // of the password and container
  std::string envelope_text;
  struct PerEntry {
    std::string label;                           // Seed Vault label, untrusted text
    AdvisoryLevel level;
    std::string text;
  };
  std::vector<PerEntry> vault;
};

struct Evidence {
  const coldcard::Backup* backup = nullptr;  // nullptr: without the password
  bool clone = false;
  bool encrypted = true;                     // false: cleartext backup.txt
  std::string_view inner_name = {};          // empty when not known
  // fw_version of other backups of the same fingerprint, when several files are judged together.
  std::span<const std::string> same_fingerprint_versions = {};
};
[[nodiscard]] Advisory judge(const Evidence& evidence);

}  // namespace hwbak::audit
