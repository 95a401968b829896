// The page for people: the same answer as the facts, in words and in the order a person asks.
#include <algorithm>

#include "base/counted.h"
#include "base/hex.h"
#include "base/unicode.h"
#include "tasks/badge_description.h"

namespace hwbak::tasks {
namespace {

constexpr const char* hidden = "hidden (--reveal shows it)";

SecretString joined(std::initializer_list<std::string_view> parts) {
  SecretString out;
  for (const std::string_view part : parts) out.append(part);
  return out;
}

// To be read to the byte: as it stands, or in quotes where its ends, or an escape in it, could be taken for something else.
// The report escapes what is not shown as \u{XXXX}; in quotes a backslash of the text itself is doubled.
SecretString exactly(const cdc_badge::Text& value) {
  const std::string_view text = value.text.expose();
  const auto is_end = [](char c) { return c == ' ' || c == '"'; };
  if (text.empty() || (!is_end(text.front()) && !is_end(text.back()) && prints_as_it_is(text))) return SecretString::copy_of(text);
  SecretString out;
  out.append('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') out.append('\\');
    out.append(c);
  }
  out.append('"');
  return out;
}

// "code 123456, for 12 seconds more", "next code 123456 (counter 41)"
SecretString code_words(const cdc_badge::TwoFactor& account) {
  const CurrentCode now = current_code(account);
  if (now.seconds_left != 0) return joined({now.code.expose(), ", for ", counted(now.seconds_left, "second"), " more"});
  return joined({now.code.expose(), " (counter ", std::to_string(account.counter), "); the badge has counted on since the backup"});
}

std::string kind_words(const cdc_badge::TwoFactor& account) {
  const std::string hash(name(account.hash)), digits = std::to_string(account.digits) + " digits";
  std::string out;
  switch (account.type) {
    case cdc_badge::OathType::totp: out = "TOTP, " + hash + ", " + digits + ", every " + std::to_string(account.period) + " s"; break;
    case cdc_badge::OathType::hotp: out = "HOTP, " + hash + ", " + digits + ", next counter " + std::to_string(account.counter); break;
    case cdc_badge::OathType::challenge_response: out = "challenge-response, HMAC-" + hash; break;
  }
  if ((account.flags & 1) != 0) out += ", on touch";
  if ((account.flags & 2) != 0) out += ", answers on USB slot 2";
  return out;
}

}  // namespace

Value BadgeDescription::secret(const cdc_badge::Text& text) const {
  if (reveal_) return exactly(text);
  return hidden;
}

void BadgeDescription::container_section() {
  if (!x_.survey_) return;
  const cdcbak::Survey& survey = *x_.survey_;
  Section section{"The container", {}};
  section.row("form", survey.form == cdcbak::Form::raw ? "the container itself, without base64"
                      : survey.badge_decodes           ? "base64, as a badge reads it"
                                                       : "base64, but not as a badge reads it");
  section.row("size", counted(x_.file_.bytes.size(), "byte") + "; contents of " + counted(survey.payload_size, "byte"));
  section.row("encryption", "AES-256-GCM; the key from the passphrase by PBKDF2-HMAC-SHA256, " + counted(survey.iterations, "iteration"));
  section.row("salt", to_hex(survey.salt));
  section.row("nonce", to_hex(survey.nonce));
  if (!x_.unlocked() && !x_.dead_end_)
    section.row("", "Nothing else lies open. Without the passphrase nobody can know whether the file is whole or what it holds.");
  report_.page.push_back(std::move(section));
}

void BadgeDescription::summary_section() {
  const cdc_badge::Payload& payload = *x_.payload_;
  Section section{"The backup", {}};
  section.row("holds", records_words(payload));
  if (!payload.fw_version.empty()) section.row("made by", "firmware " + printable(payload.fw_version));
  section.row("level of the badge", payload.host_api_level.empty() ? "not given" : printable(payload.host_api_level));
  if (*x_.form_ != cdcbak::PassphraseForm::utf8 || !x_.badge_types_passphrase_)
    section.row("passphrase", "opened it in this form: " + std::string(name(*x_.form_)));
  for (const cdc_badge::Section& part : payload.sections)
    if (!part.read) section.row("not read", printable(part.name.substr(0, 60)) + ": " + counted(part.records, "record"));
  report_.page.push_back(std::move(section));
}

void BadgeDescription::flaws_section() {
  constexpr std::size_t most = 40;
  const auto& flaws = x_.payload_->flaws;
  if (flaws.empty()) return;
  Section section{"Places that are not good", {}};
  for (std::size_t i = 0; i < flaws.size() && i < most; ++i) section.row(flaws[i].path, flaws[i].sentence);
  if (flaws.size() > most) section.row("", std::to_string(flaws.size() - most) + " more; --json lists them all");
  report_.page.push_back(std::move(section));
}

void BadgeDescription::records_sections() {
  const cdc_badge::Payload& payload = *x_.payload_;
  const auto push = [&](Section section) {
    if (!section.rows.empty()) report_.page.push_back(std::move(section));
  };
  Section accounts{"2FA accounts", {}};
  for (const auto& account : payload.twofa) {
    const SecretString issuer = exactly(account.issuer), name = exactly(account.name);
    accounts.row("account", joined({issuer.expose(), issuer.empty() ? "" : ": ", name.expose(), " - ", kind_words(account)}));
    if (!reveal_) continue;
    if (account.type == cdc_badge::OathType::challenge_response) accounts.row("  key", to_hex_secret(account.secret.expose()));
    else accounts.row(account.type == cdc_badge::OathType::totp ? "  code now" : "  next code", code_words(account));
  }
  if (!accounts.rows.empty() && !reveal_)
    accounts.row("", "--reveal shows the current codes: one that the service takes proves the secret. `--json --reveal` has the secrets as well.");
  push(std::move(accounts));
  Section vault{"Password vault", {}};
  for (const auto& login : payload.logins) {
    vault.row("login", exactly(login.title));
    const auto row = [&](const char* label, const cdc_badge::Text& text) {
      if (!text.bytes.empty()) vault.row(label, exactly(text));
    };
    row("  user", login.username);
    row("  URL", login.url);
    if (!login.password.bytes.empty()) vault.row("  password", secret(login.password));
    if (!login.notes.bytes.empty()) vault.row("  notes", secret(login.notes));
    if (!login.totp_slot) continue;
    const auto* const account = probably_linked(*login.totp_slot);
    vault.row("  2FA slot", joined({std::to_string(*login.totp_slot), account != nullptr ? ", probably " : "",
                                    account != nullptr ? account->name.text.expose() : "", " (not certain: the backup does not say which account it is)"}));
  }
  push(std::move(vault));
  Section cards{"vCards", {}};
  for (const auto& card : payload.cards) {
    const SecretString name = card_name(card);
    cards.row(card.own ? "own card" : "received", joined({name.empty() ? "(no name)" : name.expose(), ", ", counted(card.text.bytes.size(), "byte")}));
    if (reveal_) cards.row("  text", exactly(card.text));
  }
  push(std::move(cards));
}

void BadgeDescription::system_section() {
  const cdc_badge::System& system = *x_.payload_->system;
  Section section{"Settings", {}};
  const auto text = [&](const char* label, const std::optional<cdc_badge::Text>& value) {
    if (value) section.row(label, exactly(*value));
  };
  const auto number = [&](const char* label, const std::optional<std::int64_t>& value, const char* unit) {
    if (value) section.row(label, std::to_string(*value) + unit);
  };
  text("language", system.language);
  number("backlight", system.backlight, " of 1023");
  number("sleep after", system.sleep_interval, " s");
  number("time zone", system.tz_offset, " hours");
  text("badge name", system.badge_name);
  text("badge info", system.badge_info);
  text("second line", system.badge_info2);
  if (system.wifi) {
    const cdc_badge::Wifi& wifi = *system.wifi;
    section.row("WiFi", joined({exactly(wifi.ssid).expose(), ", ", wifi_security_name(wifi.security)}));
    if (!wifi.password.bytes.empty()) section.row("  password", secret(wifi.password));
    std::string address = wifi.dhcp ? "by DHCP" : "fixed";
    for (const auto& [label, part] : {std::pair{" ", wifi.ip}, std::pair{", gateway ", wifi.gateway}, std::pair{", netmask ", wifi.netmask}})
      if (part) address += label + dotted(*part);
    section.row("  address", address);
  }
  number("WiFi waits", system.wifi_timeout, " ms");
  if (system.wifi_enabled) section.row("WiFi", *system.wifi_enabled ? "on" : "off");
  std::string on, off;
  for (const auto& [module, enabled] : system.modules_enabled) (enabled ? on : off) += ((enabled ? on : off).empty() ? "" : ", ") + module;
  if (!on.empty()) section.row("modules on", on);
  if (!off.empty()) section.row("modules off", off);
  if (!section.rows.empty()) report_.page.push_back(std::move(section));
}

void BadgeDescription::absent_section() {
  Section section{"Not in any backup, by design", {}};
  section.row("", "Keys of the secure element: FIDO2 and WebAuthn, GPG and SSH, PIV, CA and attestation keys. They cannot be copied: keep a second "
                  "key registered wherever you use them.");
  section.row("", "The PIN, the duress PIN, pairing keys, plugins and files.");
  section.row("", "That no section for them is there was checked; a key that somebody typed into a note would still be one.");
  report_.page.push_back(std::move(section));
}

void BadgeDescription::page() {
  const bool contents = detail_ == Detail::contents;
  if (detail_ == Detail::container || contents || (detail_ == Detail::summary && !x_.unlocked())) container_section();
  if (!x_.payload_) return;
  summary_section();
  flaws_section();
  if (!contents) return;
  records_sections();
  if (x_.payload_->system) system_section();
  absent_section();
}

}  // namespace hwbak::tasks
