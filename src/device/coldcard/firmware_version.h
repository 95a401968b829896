// Firmware versions as backups write them and as people name them
// (docs/formats/coldcard.md, "Firmware versions").
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace hwbak::coldcard {

// A release number within one line of firmware; lines are never compared with each other.
struct Release {
  unsigned major = 0, minor = 0, patch = 0;
  friend constexpr auto operator<=>(const Release&, const Release&) = default;
};

// Which hardware a version runs on: mk1_3 up to 3.x, mk2_3_v4 4.x, mk4_5 5.x, and the lines with a suffix.
enum class FirmwareFamily { mk1_3, mk2_3_v4, mk4_5, q, edge, edge_q };

struct FirmwareVersion {
  Release release;
  FirmwareFamily family = FirmwareFamily::mk4_5;
  bool prerelease = false;     // b<n> or r<n>
  friend constexpr bool operator==(const FirmwareVersion&, const FirmwareVersion&) = default;
};
// "5.5.1", "1.4.1Q", "6.5.0X", "6.5.0QX", "4.0.0b2"; nullopt for SIM, S.M, ?.?? and what is not a version.
[[nodiscard]] std::optional<FirmwareVersion> parse_firmware(std::string_view text);
// "5.5.1", "1.4.1Q"; without the number of a prerelease.
[[nodiscard]] std::string text(const FirmwareVersion& version);

}  // namespace hwbak::coldcard
