// The section `system`: language, lock screen, WiFi, switches (docs/formats/cdc-badge.md, "The payload").
#include "base/unicode.h"
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/parts.h"

namespace hwbak::cdc_badge {
namespace {

using Need = Fields::Need;
constexpr std::int64_t max_u32 = 0xFFFFFFFF;

std::optional<Wifi> read_wifi(JsonSpans::Ref object, Notes& notes) {
  Fields fields(object, "system.wifi", notes);
  fields.only({"ssid", "pass", "sec", "dhcp", "ip", "gw", "nm"});
  Wifi out;
  auto ssid = fields.text("ssid", Need::required);
  if (ssid) fields.stored_bytes("ssid", *ssid, max_ssid);
  if (auto password = fields.text("pass", Need::optional)) {
    fields.stored_bytes("pass", *password, max_wifi_password);
    out.password = std::move(*password);
  }
  if (const auto number = fields.whole("sec", Need::optional)) {
    const auto security = number->within(0, max_u32);
    if (!security || *security > last_security) fields.flaw("sec", "is not between 0 and " + std::to_string(last_security));
    if (security) out.security = static_cast<unsigned>(*security);
  }
  out.dhcp = fields.boolean("dhcp").value_or(true);
  const auto address = [&](std::string_view key) -> std::optional<std::uint32_t> {
    const auto value = fields.number(key, 0, max_u32, Need::optional);
    return value ? std::optional(static_cast<std::uint32_t>(*value)) : std::nullopt;
  };
  out.ip = address("ip");
  out.gateway = address("gw");
  out.netmask = address("nm");
  if (!ssid) return std::nullopt;   // as on a badge; any other wrong value leaves the rest as it is
  out.ssid = std::move(*ssid);
  return out;
}

void read_switches(JsonSpans::Ref object, Notes& notes, System& out) {
  for (auto child = object.first_child(); child; child = child->next_sibling()) {
    const SecretString key = *child->key();
    std::string name = printable(key.expose().substr(0, 60));
    const auto on = child->boolean();
    if (!on) notes.flaw("system.modules_enabled." + name, "is " + std::string(name_of(child->kind())) + ", not true or false");
    else if (!is_module(key.expose()) && key.expose() != "mod_piv")
      notes.flaw("system.modules_enabled." + name, "is no module of a badge known here");
    else out.modules_enabled.emplace_back(std::move(name), *on);
  }
}

}  // namespace

System read_system(JsonSpans::Ref system, Notes& notes) {
  Fields fields(system, "system", notes);
  fields.only({"schema_ver", "language", "backlight", "sleep_interval", "tz_offset", "badge_name", "badge_info", "badge_info2",
               "wifi", "wifi_timeout", "wifi_enabled", "modules_enabled"});
  System out;
  out.language = fields.text("language", Need::optional);
  out.badge_name = fields.text("badge_name", Need::optional);
  out.badge_info = fields.text("badge_info", Need::optional);
  out.badge_info2 = fields.text("badge_info2", Need::optional);
  out.backlight = fields.number("backlight", 0, 1023, Need::optional);
  out.sleep_interval = fields.number("sleep_interval", 0, max_u32, Need::optional);
  out.tz_offset = fields.number("tz_offset", -12, 14, Need::optional);
  out.wifi_timeout = fields.number("wifi_timeout", 3000, 60000, Need::optional);
  out.wifi_enabled = fields.boolean("wifi_enabled");
  if (const auto wifi = fields.of_kind("wifi", JsonNode::Kind::object, Need::optional)) out.wifi = read_wifi(*wifi, notes);
  if (const auto switches = fields.of_kind("modules_enabled", JsonNode::Kind::object, Need::optional)) read_switches(*switches, notes, out);
  return out;
}

}  // namespace hwbak::cdc_badge
