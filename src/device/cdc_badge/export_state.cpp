// See export_state.h.
#include "device/cdc_badge/export_state.h"

#include "device/cdc_badge/json_writer.h"

namespace hwbak::cdc_badge {
namespace {

void put(JsonWriter& out, std::string_view key, double value) {
  out.key(key);
  out.number(value);
}

void put(JsonWriter& out, std::string_view key, const SecretString& bytes) {
  out.key(key);
  out.text(bytes.expose());
}

void put_if_any(JsonWriter& out, std::string_view key, const SecretString& bytes) {
  if (!bytes.empty()) put(out, key, bytes);
}

void put_switch(JsonWriter& out, std::string_view key, bool value) {
  out.key(key);
  out.boolean(value);
}

void begin_section(JsonWriter& out, std::string_view name) {
  out.key(name);
  out.begin_object();
  put(out, "schema_ver", 1);
}

void put_accounts(JsonWriter& out, const BadgeState& state) {
  begin_section(out, "mod_2fa");
  out.key("entries");
  out.begin_list();
  for (const StoredTwoFactor& one : state.twofa)
    put_twofa(out, {one.name.expose(), one.issuer.expose(), one.type, one.hash, one.digits, one.period, one.counter, one.flags,
                    one.secret.expose()});
  out.end_list();
  out.end_object();
}

void put_logins(JsonWriter& out, const BadgeState& state) {
  begin_section(out, "mod_password");
  out.key("entries");
  out.begin_list();
  for (const StoredLogin& one : state.logins)
    put_login(out, {one.title.expose(), one.username.expose(), one.password.expose(), one.url.expose(), one.notes.expose(),
                    one.totp_slot});
  out.end_list();
  out.end_object();
}

void put_cards(JsonWriter& out, const BadgeState& state) {
  begin_section(out, "mod_vcard");
  if (state.own) put(out, "own", *state.own);
  out.key("received");
  out.begin_list();
  for (const SecretString& card : state.received) out.text(card.expose());
  out.end_list();
  out.end_object();
}

void put_wifi(JsonWriter& out, const StoredWifi& wifi) {
  out.key("wifi");
  out.begin_object();
  put(out, "ssid", wifi.ssid);
  put_if_any(out, "pass", wifi.password);
  put(out, "sec", wifi.security);
  put_switch(out, "dhcp", wifi.dhcp);
  if (!wifi.dhcp) {
    put(out, "ip", wifi.ip);
    put(out, "gw", wifi.gateway);
    put(out, "nm", wifi.netmask);
  }
  out.end_object();
}

void put_settings(JsonWriter& out, const StoredSettings& settings) {
  begin_section(out, "system");
  put(out, "language", settings.language);
  put(out, "backlight", settings.backlight);
  put(out, "sleep_interval", settings.sleep_interval);
  put(out, "tz_offset", settings.tz_offset);
  put_if_any(out, "badge_name", settings.badge_name);
  put_if_any(out, "badge_info", settings.badge_info);
  put_if_any(out, "badge_info2", settings.badge_info2);
  if (settings.wifi) put_wifi(out, *settings.wifi);
  put(out, "wifi_timeout", settings.wifi_timeout);
  put_switch(out, "wifi_enabled", settings.wifi_enabled);
  out.key("modules_enabled");
  out.begin_object();
  for (std::size_t i = 0; i < badge_modules.size(); ++i) put_switch(out, badge_modules[i], settings.modules_enabled[i]);
  out.end_object();
  out.end_object();
}

}  // namespace

SecretBytes export_state(const BadgeState& state, const Level& level, std::string_view firmware) {
  JsonWriter out;
  out.begin_object();
  out.key("host_api_level");
  out.text(text(level));
  out.key("fw_version");
  out.text(firmware);
  out.key("modules");
  out.begin_object();
  if (!state.twofa.empty()) put_accounts(out, state);
  if (!state.logins.empty()) put_logins(out, state);
  if (state.own || !state.received.empty()) put_cards(out, state);
  out.end_object();
  put_settings(out, state.settings);
  out.end_object();
  return out.take();
}

}  // namespace hwbak::cdc_badge
