// A badge's restore, rule by rule (docs/formats/cdc-badge.md, "Restore"): what it would import, count and store, from
// the exact bytes of a payload onto its present state.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "device/cdc_badge/limits.h"
#include "hwbak/secret.h"

namespace hwbak::cdc_badge {

struct Level {
  unsigned major = 0, minor = 7;
};
[[nodiscard]] std::string text(const Level& level);

struct Counts {
  bool ok = false;
  unsigned imported = 0, failed = 0, modules = 0, skipped = 0;   // as the badge prints them: wrapped at 16 and 8 bits
  bool system = false;
};

// What the badge holds, in slot order. Values as stored (cut, normalised).
struct StoredTwoFactor {
  SecretString name, issuer;
  unsigned type = 0, hash = 0, digits = 6, period = 30;
  std::uint64_t counter = 0;
  std::uint32_t flags = 0;
  SecretBytes secret;
};
struct StoredLogin {
  SecretString title, username, password, url, notes;
  unsigned totp_slot = 255;
};
struct StoredWifi {
  SecretString ssid, password;
  unsigned security = 3;
  bool dhcp = true;
  std::uint32_t ip = 0, gateway = 0, netmask = 0;   // when dhcp is false; the first octet is the most significant
};
// A badge has a value for each of them from the start.
struct StoredSettings {
  SecretString language = SecretString::copy_of("en"), badge_name, badge_info, badge_info2;
  std::uint32_t backlight = 512, sleep_interval = 60, wifi_timeout = 15000;
  int tz_offset = 0;
  std::optional<StoredWifi> wifi;
  bool wifi_enabled = false;
  std::array<bool, badge_modules.size()> modules_enabled = modules_at_first();
};
struct BadgeState {
  StoredSettings settings;
  std::vector<StoredTwoFactor> twofa;
  std::vector<StoredLogin> logins;
  std::vector<SecretString> received;
  std::optional<SecretString> own;
};

enum class Loss {
  not_stored,   // the record fails
  not_read,     // a section, or a setting, that is passed over
  cut,          // shortened to `after` bytes
  changed,      // stored as another value
  doubles,      // every restore adds one more copy
  replaces,     // something that the badge has, or that came earlier in the same backup, is overwritten
  repeats,      // the same once more in this backup: counted again, stored once
  counter_back, // a HOTP counter moves back
  slot,         // a totp_slot, which may mean another account on this badge
  lost_later,   // stored, but not found again after a restart
};
[[nodiscard]] std::string_view name(Loss loss) noexcept;   // "not-stored", ...
struct Lossy {
  Loss kind = Loss::not_stored;
  std::string path, what;     // "is cut to 63 bytes (64 before)", ...; never values
  std::size_t before = 0, after = 0;   // of `cut`, in bytes
};
struct Restored {
  bool accepted = false;      // container opened, JSON parsed, level gate passed
  std::string refusal;        // why not, in our words
  enum class Gate { open, size, reader, level } gate = Gate::open;   // which one did not let it in
  std::vector<std::string> lines;   // what the console prints
  Counts counts;
  std::vector<Lossy> lossy;   // what the counts hide
};
// Applies `json` to `state`. The badge's own JSON parser is modelled: depth 1000, first of duplicate keys, ends at a NUL.
[[nodiscard]] Restored restore(ByteView json, const Level& badge, BadgeState& state);

}  // namespace hwbak::cdc_badge
