// How a badge takes the section `system` (docs/formats/cdc-badge.md, "Restore"). Settings are counted, not kept: the
// model's state holds records only.
#include "base/unicode.h"
#include "device/cdc_badge/badge_json.h"
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/restore_parts.h"

namespace hwbak::cdc_badge {
namespace {

using Kind = JsonNode::Kind;

std::optional<JsonSpans::Ref> member_of(JsonSpans::Ref object, std::string_view key, Kind kind) {
  const auto member = object.first_member(key);
  return member && member->kind() == kind ? member : std::nullopt;
}

void restore_wifi(JsonSpans::Ref wifi, Restoring& run) {
  const auto member = wifi.first_member("ssid");
  const auto ssid = member ? badge_text(*member) : std::nullopt;
  if (!ssid || ssid->empty()) return run.fail("system.wifi", "it has no ssid");
  (void)run.cut(*ssid, max_ssid, "system.wifi.ssid");
  if (const auto password = wifi.first_member("pass"))
    if (const auto text = badge_text(*password)) (void)run.cut(*text, max_wifi_password, "system.wifi.pass");
  ++run.imported;
}

void restore_switches(JsonSpans::Ref switches, Restoring& run) {
  for (auto child = switches.first_child(); child; child = child->next_sibling()) {
    const SecretString key = *child->key();
    const std::string_view name = key.expose().substr(0, key.expose().find('\0'));
    const std::string path = "system.modules_enabled." + printable(name.substr(0, 60));
    if (!is_module(name)) run.fail(path, "the badge has no such module");
    else if (child->kind() != Kind::boolean) run.fail(path, "is not true or false");
    else ++run.imported;
  }
}

}  // namespace

void restore_system(JsonSpans::Ref system, Restoring& run) {
  if (member_of(system, "language", Kind::string)) ++run.imported;
  if (const auto backlight = member_of(system, "backlight", Kind::number)) {
    ++run.imported;
    if (const int value = reads_as_int(*backlight); value < 0) run.lossy(Loss::changed, "system.backlight", "is out of range; what a badge stores is not known");
    else if (value > 1023) run.lossy(Loss::changed, "system.backlight", "becomes 1023, the largest");
  }
  if (const auto sleep = member_of(system, "sleep_interval", Kind::number)) {
    ++run.imported;
    const double value = reads_as_double(*sleep);
    if (value < 0 || value > 4294967295.0) run.lossy(Loss::changed, "system.sleep_interval", "is out of range; what a badge stores is not known");
    else if (value != static_cast<double>(static_cast<std::uint32_t>(value))) run.lossy(Loss::changed, "system.sleep_interval", "loses its fraction");
  }
  if (const auto offset = member_of(system, "tz_offset", Kind::number)) {
    ++run.imported;
    if (const int hours = reads_as_int(*offset); hours < -12 || hours > 14)
      run.lossy(Loss::not_read, "system.tz_offset", "is ignored (not -12 to 14), but counted as imported");
  }
  for (const std::string_view key : {"badge_name", "badge_info", "badge_info2"})
    if (const auto text = member_of(system, key, Kind::string); text && !badge_text(*text)->empty()) ++run.imported;
  if (const auto wifi = member_of(system, "wifi", Kind::object)) restore_wifi(*wifi, run);
  if (const auto timeout = member_of(system, "wifi_timeout", Kind::number)) {
    const int value = reads_as_int(*timeout);
    if (value < 3000 || value > 60000) run.fail("system.wifi_timeout", "is not 3000 to 60000");
    else ++run.imported;
  }
  if (member_of(system, "wifi_enabled", Kind::boolean)) ++run.imported;
  if (const auto switches = member_of(system, "modules_enabled", Kind::object)) restore_switches(*switches, run);
}

}  // namespace hwbak::cdc_badge
