// The records of a badge backup as facts, secrets among them only when they are to be revealed (docs/json.md, "Contents of a badge
// backup").
#include <algorithm>
#include <array>
#include <chrono>

#include "base/base32.h"
#include "base/hex.h"
#include "device/cdc_badge/oath.h"
#include "otp/codes.h"
#include "tasks/badge_description.h"

namespace hwbak::tasks {
namespace {

// "FN:" or "FN;...:" at the beginning of a line; what stands behind the colon.
std::string_view full_name(std::string_view card) {
  while (!card.empty()) {
    const std::string_view line = card.substr(0, card.find('\n'));
    card.remove_prefix(std::min(line.size() + 1, card.size()));
    if (!line.starts_with("FN:") && !line.starts_with("FN;")) continue;
    std::string_view value = line.substr(line.find(':') + 1);
    while (value.ends_with('\r') || value.ends_with(' ')) value.remove_suffix(1);
    return value;
  }
  return {};
}

void put_text(Object& out, std::string_view key, const std::optional<cdc_badge::Text>& text) {
  if (text) out.put(key, text->text.clone());
}
void put_number(Object& out, std::string_view key, const std::optional<std::int64_t>& number) {
  if (number) out.put(key, *number);
}

}  // namespace

std::string_view name(cdc_badge::OathType type) noexcept {
  switch (type) {
    case cdc_badge::OathType::totp: return "TOTP";
    case cdc_badge::OathType::hotp: return "HOTP";
    case cdc_badge::OathType::challenge_response: return "CR";
  }
  return "";
}

std::string_view name(cdc_badge::Hash hash) noexcept {
  switch (hash) {
    case cdc_badge::Hash::sha1: return "SHA1";
    case cdc_badge::Hash::sha256: return "SHA256";
    case cdc_badge::Hash::sha512: return "SHA512";
  }
  return "";
}

std::string_view wifi_security_name(unsigned security) noexcept {
  constexpr std::array<std::string_view, 6> names{"open", "WEP", "WPA-PSK", "WPA2-PSK", "WPA3-PSK", "WPA2-Enterprise"};
  return security < names.size() ? names[security] : "unknown";
}

std::string dotted(std::uint32_t address) {
  std::string out;
  for (const unsigned shift : {24u, 16u, 8u, 0u}) out += std::to_string(address >> shift & 0xFF) + (shift == 0 ? "" : ".");
  return out;
}

SecretString card_name(const cdc_badge::Card& card) { return SecretString::copy_of(full_name(card.text.text.expose())); }

CurrentCode current_code(const cdc_badge::TwoFactor& account) {
  const auto oath = cdc_badge::oath_account(account);
  if (!oath) return {};
  if (oath->kind == otp::Kind::hotp) return {otp::hotp(oath->secret.expose(), oath->hash, oath->counter, oath->digits), 0};
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  const auto seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(now, 0));
  return {otp::totp(oath->secret.expose(), oath->hash, seconds, oath->period, oath->digits),
          static_cast<unsigned>(oath->period - seconds % oath->period)};
}

Object BadgeDescription::twofa_facts(const cdc_badge::TwoFactor& account) const {
  Object out;
  out.put("path", account.path).put("name", account.name.text.clone()).put("issuer", account.issuer.text.clone());
  out.put("type", name(account.type)).put("algorithm", name(account.hash)).put("digits", account.digits).put("period", account.period);
  out.put("counter", account.counter).put("flags", account.flags);
  out.put("touch", (account.flags & 1) != 0).put("usb_responder", (account.flags & 2) != 0);
  if (!reveal_) return out;
  out.put("secret_hex", to_hex_secret(account.secret.expose())).put("secret", to_base32(account.secret.expose()));
  if (const auto oath = cdc_badge::oath_account(account)) out.put("otpauth", otp::to_uri(*oath));
  if (CurrentCode now = current_code(account); !now.code.empty()) {
    out.put("code", std::move(now.code));
    if (now.seconds_left != 0) out.put("seconds_left", now.seconds_left);
  }
  return out;
}

// Entry n is slot n only where the badge that wrote the backup had no gaps.
const cdc_badge::TwoFactor* BadgeDescription::probably_linked(unsigned slot) const {
  const std::string path = "modules.mod_2fa.entries[" + std::to_string(slot) + "]";
  const auto& all = x_.payload_->twofa;
  const auto found = std::ranges::find(all, path, &cdc_badge::TwoFactor::path);
  return found == all.end() ? nullptr : &*found;
}

Object BadgeDescription::login_facts(const cdc_badge::Login& login) const {
  Object out;
  out.put("path", login.path).put("title", login.title.text.clone()).put("username", login.username.text.clone());
  out.put("url", login.url.text.clone()).put("totp_slot", login.totp_slot ? Value(*login.totp_slot) : Value());
  if (const auto* const account = login.totp_slot ? probably_linked(*login.totp_slot) : nullptr)
    out.put("totp_probably", account->name.text.clone());
  out.put("password_size", static_cast<std::uint64_t>(login.password.bytes.size()));
  out.put("notes_size", static_cast<std::uint64_t>(login.notes.bytes.size()));
  if (reveal_) out.put("password", login.password.text.clone()).put("notes", login.notes.text.clone());
  return out;
}

Object BadgeDescription::card_facts(const cdc_badge::Card& card) const {
  Object out;
  out.put("path", card.path).put("name", card_name(card)).put("size", static_cast<std::uint64_t>(card.text.bytes.size()));
  if (reveal_) out.put("text", card.text.text.clone());
  return out;
}

Object BadgeDescription::system_facts(const cdc_badge::System& system) const {
  Object out;
  put_text(out, "language", system.language);
  put_number(out, "backlight", system.backlight);
  put_number(out, "sleep_interval", system.sleep_interval);
  put_number(out, "tz_offset", system.tz_offset);
  put_text(out, "badge_name", system.badge_name);
  put_text(out, "badge_info", system.badge_info);
  put_text(out, "badge_info2", system.badge_info2);
  if (system.wifi) {
    const cdc_badge::Wifi& wifi = *system.wifi;
    Object item;
    item.put("ssid", wifi.ssid.text.clone());
    if (reveal_ && !wifi.password.bytes.empty()) item.put("pass", wifi.password.text.clone());
    item.put("sec", wifi.security).put("security", wifi_security_name(wifi.security)).put("dhcp", wifi.dhcp);
    if (wifi.ip) item.put("ip", dotted(*wifi.ip));
    if (wifi.gateway) item.put("gw", dotted(*wifi.gateway));
    if (wifi.netmask) item.put("nm", dotted(*wifi.netmask));
    out.put("wifi", std::move(item));
  }
  put_number(out, "wifi_timeout", system.wifi_timeout);
  if (system.wifi_enabled) out.put("wifi_enabled", *system.wifi_enabled);
  Object modules;
  for (const auto& [module, on] : system.modules_enabled) modules.put(module, on);
  if (!modules.empty()) out.put("modules_enabled", std::move(modules));
  return out;
}

void BadgeDescription::contents() {
  const cdc_badge::Payload& payload = *x_.payload_;
  List twofa, passwords, received;
  Value own;
  for (const auto& account : payload.twofa) twofa.emplace_back(twofa_facts(account));
  for (const auto& login : payload.logins) passwords.emplace_back(login_facts(login));
  for (const auto& card : payload.cards) {
    if (card.own) own = card_facts(card);
    else received.emplace_back(card_facts(card));
  }
  report_.facts.put("twofa", std::move(twofa)).put("passwords", std::move(passwords));
  report_.facts.put("own", std::move(own)).put("received", std::move(received));
  report_.facts.put("system", payload.system ? Value(system_facts(*payload.system)) : Value());
  List never;
  for (const char* what : {"FIDO2 and WebAuthn keys", "GPG and SSH keys", "PIV, CA and attestation keys", "keys of plugins", "the PIN and the duress PIN",
                           "pairing keys", "plugins and files"})
    never.emplace_back(what);
  report_.facts.put("never_in_a_backup", std::move(never));
}

}  // namespace hwbak::tasks
