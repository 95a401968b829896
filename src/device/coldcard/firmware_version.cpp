// See firmware_version.h.
#include <charconv>

#include "device/coldcard/firmware_version.h"

namespace hwbak::coldcard {
namespace {

// Takes a number of at most four digits from the front.
std::optional<unsigned> take_number(std::string_view& text) {
  constexpr std::size_t most_digits = 4;
  unsigned value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto used = static_cast<std::size_t>(end - text.data());
  if (failed != std::errc{} || used > most_digits) return std::nullopt;
  text.remove_prefix(used);
  return value;
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

FirmwareFamily family_of(unsigned major, bool q, bool x) noexcept {
  if (x || major >= 6) return q ? FirmwareFamily::edge_q : FirmwareFamily::edge;
  if (q) return FirmwareFamily::q;
  if (major <= 3) return FirmwareFamily::mk1_3;
  return major == 4 ? FirmwareFamily::mk2_3_v4 : FirmwareFamily::mk4_5;
}

}  // namespace

std::optional<FirmwareVersion> parse_firmware(std::string_view text) {
  const auto major = take_number(text);
  if (!major || !take(text, ".")) return std::nullopt;
  const auto minor = take_number(text);
  if (!minor || !take(text, ".")) return std::nullopt;
  const auto patch = take_number(text);
  if (!patch) return std::nullopt;
  FirmwareVersion version{{*major, *minor, *patch}, FirmwareFamily::mk4_5, false};
  if (take(text, "b") || take(text, "r")) {
    if (!take_number(text)) return std::nullopt;
    version.prerelease = true;
  }
  const bool q = take(text, "Q"), x = take(text, "X");
  if (!text.empty()) return std::nullopt;
  version.family = family_of(*major, q, x);
  return version;
}

std::string text(const FirmwareVersion& version) {
  const auto [major, minor, patch] = version.release;
  std::string out = std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
  switch (version.family) {
    case FirmwareFamily::mk1_3:
    case FirmwareFamily::mk2_3_v4:
    case FirmwareFamily::mk4_5: return out;
    case FirmwareFamily::q: return out + "Q";
    case FirmwareFamily::edge: return out + "X";
    case FirmwareFamily::edge_q: return out + "QX";
  }
  return out;
}

}  // namespace hwbak::coldcard
