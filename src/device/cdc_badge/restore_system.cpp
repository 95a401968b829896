// How a badge takes the section `system` (docs/formats/cdc-badge.md, "Restore").
#include <algorithm>
#include <tuple>
#include <utility>

#include "base/unicode.h"
#include "device/cdc_badge/badge_json.h"
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/restore_parts.h"

namespace hwbak::cdc_badge {
namespace {

using Kind = JsonNode::Kind;

// Numbers are stored unsigned; what a badge makes of others is not known, and the nearest value stands here.
std::uint32_t unsigned_of(JsonSpans::Ref number) {
  const double value = reads_as_double(number);
  return !(value > 0) ? 0 : value >= 4294967295.0 ? UINT32_MAX : static_cast<std::uint32_t>(value);
}

// A badge has a value of each setting; one that somebody chose is worth a word.
template <class Number>
void set(Number& place, Number value, Number at_first, const char* path, Restoring& run) {
  if (place != at_first && place != value) run.lossy(Loss::replaces, path, "replaces another value that the badge has");
  place = value;
}
void set(SecretString& place, SecretString value, std::string_view at_first, const char* path, Restoring& run) {
  if (!place.equals(at_first) && !place.equals(value.expose())) run.lossy(Loss::replaces, path, "replaces another text that the badge has");
  place = std::move(value);
}

bool same(const StoredWifi& a, const StoredWifi& b) {
  return a.ssid.equals(b.ssid.expose()) && a.password.equals(b.password.expose()) &&
         std::tie(a.security, a.dhcp, a.ip, a.gateway, a.netmask) == std::tie(b.security, b.dhcp, b.ip, b.gateway, b.netmask);
}

void restore_wifi(JsonSpans::Ref wifi, Restoring& run) {
  auto ssid = run.text(wifi.first_member("ssid"), "system.wifi.ssid");
  if (!ssid || ssid->empty()) return run.fail("system.wifi", "it has no ssid");
  StoredWifi stored;
  stored.ssid = run.cut(std::move(*ssid), max_ssid, "system.wifi.ssid");
  if (auto password = run.text(run.optional(wifi, "pass", Kind::string, "system.wifi"), "system.wifi.pass"))
    stored.password = run.cut(std::move(*password), max_wifi_password, "system.wifi.pass");
  if (const auto security = run.optional(wifi, "sec", Kind::number, "system.wifi")) {
    stored.security = unsigned_of(*security);
    run.whole_number(*security, 0, UINT32_MAX, "system.wifi.sec");
    if (stored.security > last_security) run.lossy(Loss::changed, "system.wifi.sec", "is stored, and is no kind of security that is known");
  }
  if (const auto dhcp = run.optional(wifi, "dhcp", Kind::boolean, "system.wifi")) stored.dhcp = *dhcp->boolean();
  const std::pair<const char*, std::uint32_t*> addresses[] = {{"ip", &stored.ip}, {"gw", &stored.gateway}, {"nm", &stored.netmask}};
  for (const auto& [key, place] : addresses)
    if (const auto number = run.optional(wifi, key, Kind::number, "system.wifi"); number && !stored.dhcp) {
      *place = unsigned_of(*number);
      run.whole_number(*number, 0, UINT32_MAX, "system.wifi." + std::string(key));
    }
  auto& present = run.state.settings.wifi;
  if (present && !same(*present, stored)) run.lossy(Loss::replaces, "system.wifi", "replaces another network that the badge has");
  present = std::move(stored);
  ++run.imported;
}

void restore_switches(JsonSpans::Ref switches, Restoring& run) {
  for (auto child = switches.first_child(); child; child = child->next_sibling()) {
    const SecretString key = *child->key();
    const std::string_view name = key.expose().substr(0, key.expose().find('\0'));
    const std::string path = "system.modules_enabled." + printable(name.substr(0, 60));
    const auto module = std::find(badge_modules.begin(), badge_modules.end(), name);
    if (module == badge_modules.end()) {
      run.fail(path, "the badge has no such module");
    } else if (child->kind() != Kind::boolean) {
      run.fail(path, "it is not true or false");
    } else {
      run.state.settings.modules_enabled[static_cast<std::size_t>(module - badge_modules.begin())] = *child->boolean();
      ++run.imported;
    }
  }
}

}  // namespace

void restore_system(JsonSpans::Ref system, Restoring& run) {
  StoredSettings& settings = run.state.settings;
  const StoredSettings fresh;
  const auto member = [&](std::string_view key, Kind kind) { return run.optional(system, key, kind, "system"); };
  if (auto language = run.text(member("language", Kind::string), "system.language")) {
    set(settings.language, std::move(*language), fresh.language.expose(), "system.language", run);
    ++run.imported;
  }
  if (const auto backlight = member("backlight", Kind::number)) {
    ++run.imported;
    const int value = reads_as_int(*backlight);
    if (value > 1023) run.lossy(Loss::changed, "system.backlight", "becomes 1023, the largest");
    else run.whole_number(*backlight, 0, 1023, "system.backlight");
    set(settings.backlight, static_cast<std::uint32_t>(std::clamp(value, 0, 1023)), fresh.backlight, "system.backlight", run);
  }
  if (const auto sleep = member("sleep_interval", Kind::number)) {
    ++run.imported;
    set(settings.sleep_interval, unsigned_of(*sleep), fresh.sleep_interval, "system.sleep_interval", run);
    run.whole_number(*sleep, 0, UINT32_MAX, "system.sleep_interval");
  }
  if (const auto offset = member("tz_offset", Kind::number)) {
    ++run.imported;
    const int hours = reads_as_int(*offset);
    if (hours < -12 || hours > 14) run.lossy(Loss::not_read, "system.tz_offset", "is ignored (not -12 to 14), but counted as imported");
    else {
      run.whole_number(*offset, -12, 14, "system.tz_offset");
      set(settings.tz_offset, hours, fresh.tz_offset, "system.tz_offset", run);
    }
  }
  const std::pair<const char*, SecretString*> texts[] = {
      {"system.badge_name", &settings.badge_name}, {"system.badge_info", &settings.badge_info}, {"system.badge_info2", &settings.badge_info2}};
  for (const auto& [path, place] : texts) {
    auto text = run.text(member(std::string_view(path).substr(sizeof "system." - 1), Kind::string), path);
    if (!text || text->empty()) continue;
    set(*place, std::move(*text), "", path, run);
    ++run.imported;
  }
  if (const auto wifi = member("wifi", Kind::object)) restore_wifi(*wifi, run);
  if (const auto timeout = member("wifi_timeout", Kind::number)) {
    const int value = reads_as_int(*timeout);
    if (value < 3000 || value > 60000) {
      run.fail("system.wifi_timeout", "it is not 3000 to 60000");
    } else {
      run.whole_number(*timeout, 3000, 60000, "system.wifi_timeout");
      set(settings.wifi_timeout, static_cast<std::uint32_t>(value), fresh.wifi_timeout, "system.wifi_timeout", run);
      ++run.imported;
    }
  }
  if (const auto enabled = member("wifi_enabled", Kind::boolean)) {
    set(settings.wifi_enabled, *enabled->boolean(), fresh.wifi_enabled, "system.wifi_enabled", run);
    ++run.imported;
  }
  if (const auto switches = member("modules_enabled", Kind::object)) restore_switches(*switches, run);
}

}  // namespace hwbak::cdc_badge
