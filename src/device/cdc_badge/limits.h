// What a CDC Badge stores of each field, in bytes, and how many records (docs/formats/cdc-badge.md, "The payload").
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace hwbak::cdc_badge {

inline constexpr std::size_t max_payload = 262144;
inline constexpr std::size_t max_name = 15, max_issuer = 31, max_oath_secret = 64;
inline constexpr std::size_t max_title = 23, max_username = 63, max_password = 63, max_url = 95, max_notes = 172;
inline constexpr std::size_t title_index = 15;                       // bytes of a title that identify a login
inline constexpr std::size_t max_card = 768, max_card_after_reboot = 767;
inline constexpr std::size_t max_ssid = 32, max_wifi_password = 64;
inline constexpr unsigned last_security = 5;                          // of a WiFi network: WPA2-Enterprise
inline constexpr std::size_t twofa_slots = 100, login_slots = 364, card_slots = 100;
inline constexpr unsigned no_totp_slot = 255;

// The modules a badge of level 0.7 has.
inline constexpr std::array<std::string_view, 13> badge_modules{
    "mod_2fa",        "mod_fido2",   "mod_password", "mod_gpg",    "mod_sao",    "mod_vcard", "mod_ble_serial",
    "mod_nvsedit",    "mod_blehid",  "mod_usbhid",   "mod_otphid", "mod_vfat",   "mod_msc"};
[[nodiscard]] constexpr bool is_module(std::string_view name) noexcept {
  for (const auto module : badge_modules)
    if (module == name) return true;
  return false;
}

// Whether each of them runs on a new badge.
[[nodiscard]] constexpr std::array<bool, badge_modules.size()> modules_at_first() noexcept {
  std::array<bool, badge_modules.size()> out{};
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = badge_modules[i] != "mod_usbhid" && badge_modules[i] != "mod_otphid" && badge_modules[i] != "mod_msc";
  return out;
}

// The own or a received card that a badge takes at all: its length, and three marks anywhere in it.
[[nodiscard]] constexpr bool has_card_marks(std::string_view text) noexcept {
  for (const std::string_view mark : {"BEGIN:VCARD", "VERSION:4.0", "END:VCARD"})
    if (text.find(mark) == std::string_view::npos) return false;
  return true;
}

}  // namespace hwbak::cdc_badge
