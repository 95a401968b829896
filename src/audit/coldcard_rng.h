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

namespace hwbak::audit {

enum class AdvisoryLevel { ok, note, unknown, high, critical };
[[nodiscard]] std::string_view name(AdvisoryLevel level) noexcept;

enum class Family { mk1_3, mk2_3_v4, mk4_5, q, edge, edge_q };
struct FirmwareVersion {
  unsigned major = 0, minor = 0, patch = 0;
  Family family = Family::mk4_5;
  bool prerelease = false;     // b<n> or r<n>
  friend constexpr bool operator==(const FirmwareVersion&, const FirmwareVersion&) = default;
};
// "5.5.1", "1.4.1Q", "6.5.0X", "6.5.0QX", "4.0.0b2"; nullopt for SIM, S.M, ?.?? and what is not a version.
[[nodiscard]] std::optional<FirmwareVersion> parse_firmware(std::string_view text);
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
