// Firmware versions as backups write them (docs/formats/coldcard.md, "The July 2026 advisory").
#include <charconv>

#include "audit/coldcard_rng.h"

namespace hwbak::audit {
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

Family family_of(unsigned major, bool q, bool x) noexcept {
  if (x || major >= 6) return q ? Family::edge_q : Family::edge;
  if (q) return Family::q;
  if (major <= 3) return Family::mk1_3;
  return major == 4 ? Family::mk2_3_v4 : Family::mk4_5;
}

}  // namespace

std::optional<FirmwareVersion> parse_firmware(std::string_view text) {
  const auto major = take_number(text);
  if (!major || !take(text, ".")) return std::nullopt;
  const auto minor = take_number(text);
  if (!minor || !take(text, ".")) return std::nullopt;
  const auto patch = take_number(text);
  if (!patch) return std::nullopt;
  FirmwareVersion version{*major, *minor, *patch, Family::mk4_5, false};
  if (take(text, "b") || take(text, "r")) {
    if (!take_number(text)) return std::nullopt;
    version.prerelease = true;
  }
  const bool q = take(text, "Q"), x = take(text, "X");
  if (!text.empty()) return std::nullopt;
  version.family = family_of(*major, q, x);
  return version;
}

}  // namespace hwbak::audit
