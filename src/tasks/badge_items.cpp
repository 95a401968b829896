// See badge_items.h.
#include "tasks/badge_items.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/base32.h"
#include "base/unicode.h"
#include "device/cdc_badge/compose.h"
#include "device/cdc_badge/restore_parts.h"
#include "device/cdc_badge/text.h"
#include "tasks/badge_description.h"

namespace hwbak::tasks {
namespace {

using cdc_badge::Text;
using cdc_badge::until_nul;
using Kind = BadgeItem::Kind;

SecretString secret_text(std::string_view text) { return SecretString::copy_of(text); }

SecretString lower_case(std::string_view text) {
  SecretString out;
  for (const char c : text) out.append(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  return out;
}

// What a badge knows an account or a login by.
SecretString record_key(Kind kind, std::string_view name) {
  return kind == Kind::account ? secret_text(until_nul(name)) : lower_case(until_nul(name));
}

void put(BadgeItem& item, std::string name, std::string_view value) { item.fields.push_back({std::move(name), secret_text(value), secret_text(value)}); }
void put(BadgeItem& item, std::string name, const Text& text) {
  item.fields.push_back({std::move(name), text.bytes.clone(), text.text.clone()});
}

BadgeItem item_of(const cdc_badge::TwoFactor& account) {
  BadgeItem item{Kind::account, account.path, record_key(Kind::account, account.name.bytes.expose()), account.name.text.clone(), {}, account.good};
  put(item, "name", account.name);
  put(item, "issuer", account.issuer);
  put(item, "type", name(account.type));
  put(item, "algorithm", name(account.hash));
  put(item, "digits", std::to_string(account.digits));
  put(item, "period", std::to_string(account.period));
  put(item, "counter", std::to_string(account.counter));
  put(item, "flags", std::to_string(account.flags));
  put(item, "secret", to_base32(account.secret.expose()).expose());
  return item;
}

BadgeItem item_of(const cdc_badge::Login& login) {
  BadgeItem item{Kind::login, login.path, record_key(Kind::login, login.title.bytes.expose()), login.title.text.clone(), {}, login.good};
  put(item, "title", login.title);
  put(item, "username", login.username);
  put(item, "password", login.password);
  put(item, "url", login.url);
  put(item, "notes", login.notes);
  put(item, "totp_slot", login.totp_slot ? std::to_string(*login.totp_slot) : "none");
  return item;
}

bool same_but_cr(std::string_view a, std::string_view b) {
  const auto skip = [](std::string_view& text) {
    while (text.starts_with('\r')) text.remove_prefix(1);
  };
  for (skip(a), skip(b); !a.empty() && !b.empty() && a.front() == b.front(); skip(a), skip(b)) {
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.empty() && b.empty();
}

// One field for each property, with all its lines.
BadgeItem item_of(const cdc_badge::Card& card) {
  SecretString key = card.own ? SecretString() : cdc_badge::normalised_card(until_nul(card.text.bytes.expose()));
  BadgeItem item{card.own ? Kind::own_card : Kind::card, card.path, std::move(key), card_name(card), {}, card.good};
  std::string_view text = card.text.bytes.expose();
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::string property = printable(line.substr(0, std::min<std::size_t>(line.find_first_of(":;"), 40)));
    auto field = std::ranges::find(item.fields, property, &BadgeItem::Field::name);
    if (field == item.fields.end()) field = item.fields.insert(item.fields.end(), {property, {}, {}});
    field->bytes.append(line);
    field->bytes.append('\n');
    field->shown = field->bytes.clone();
  }
  return item;
}

class Settings final {
 public:
  explicit Settings(std::vector<BadgeItem>& out) : out_(out) {}
  void put(const std::string& field, std::string_view value) { tasks::put(add(field), "value", value); }
  void put(const std::string& field, const std::optional<Text>& value) {
    if (value) tasks::put(add(field), "value", *value);
  }
  void put(const std::string& field, const std::optional<std::int64_t>& value) {
    if (value) put(field, std::string_view(std::to_string(*value)));
  }
  void put(const std::string& field, const std::optional<bool>& value) {
    if (value) put(field, std::string_view(*value ? "on" : "off"));
  }

 private:
  BadgeItem& add(const std::string& field) {
    return out_.emplace_back(BadgeItem{Kind::setting, "system." + field, secret_text(field), secret_text(field), {}, true});
  }
  std::vector<BadgeItem>& out_;
};

void put_system(const cdc_badge::System& system, std::vector<BadgeItem>& out) {
  Settings settings(out);
  settings.put("language", system.language);
  settings.put("backlight", system.backlight);
  settings.put("sleep_interval", system.sleep_interval);
  settings.put("tz_offset", system.tz_offset);
  settings.put("badge_name", system.badge_name);
  settings.put("badge_info", system.badge_info);
  settings.put("badge_info2", system.badge_info2);
  if (system.wifi) {
    const cdc_badge::Wifi& wifi = *system.wifi;
    settings.put("wifi.ssid", std::optional<Text>(cdc_badge::Text{wifi.ssid.bytes.clone(), wifi.ssid.text.clone(), false, false}));
    settings.put("wifi.pass", std::optional<Text>(cdc_badge::Text{wifi.password.bytes.clone(), wifi.password.text.clone(), false, false}));
    settings.put("wifi.sec", wifi_security_name(wifi.security));
    settings.put("wifi.dhcp", std::optional<bool>(wifi.dhcp));
    if (wifi.ip) settings.put("wifi.ip", dotted(*wifi.ip));
    if (wifi.gateway) settings.put("wifi.gw", dotted(*wifi.gateway));
    if (wifi.netmask) settings.put("wifi.nm", dotted(*wifi.netmask));
  }
  settings.put("wifi_timeout", system.wifi_timeout);
  settings.put("wifi_enabled", system.wifi_enabled);
  for (const auto& [module, on] : system.modules_enabled) settings.put("modules_enabled." + module, std::optional<bool>(on));
}

using Key = std::pair<Kind, std::string_view>;

// Things of `all` that are still without a partner, by key.
class Waiting final {
 public:
  template <class KeyOf>
  Waiting(const std::vector<BadgeItem>& all, const std::set<const BadgeItem*>& taken, KeyOf key_of) {
    for (const BadgeItem& item : all)
      if (!taken.contains(&item)) by_key_.emplace(key_of(item), &item);
  }
  const BadgeItem* take(const Key& key) {
    const auto found = by_key_.find(key);   // of equal ones the first
    if (found == by_key_.end()) return nullptr;
    const BadgeItem* const item = found->second;
    by_key_.erase(found);
    return item;
  }

 private:
  std::multimap<Key, const BadgeItem*> by_key_;
};

}  // namespace

std::string_view name(BadgeItem::Kind kind) noexcept {
  switch (kind) {
    case Kind::account: return "account";
    case Kind::login: return "login";
    case Kind::card: return "card";
    case Kind::own_card: return "own-card";
    case Kind::setting: return "setting";
    case Kind::section: return "section";
    case Kind::key: return "key";
  }
  return "";
}

std::vector<BadgeItem> badge_items(const cdc_badge::Payload& payload) {
  std::vector<BadgeItem> out;
  for (const auto& account : payload.twofa) out.push_back(item_of(account));
  for (const auto& login : payload.logins) out.push_back(item_of(login));
  for (const auto& card : payload.cards) out.push_back(item_of(card));
  if (payload.system) put_system(*payload.system, out);
  const cdc_badge::Draft draft(payload.json.expose());   // holds what the members show
  const auto put_members = [&](Kind kind, const std::string& head, const std::vector<cdc_badge::Draft::Member>& members) {
    for (const auto& member : members) {
      const std::string shown = printable(std::string_view(member.name).substr(0, 60));
      put(out.emplace_back(BadgeItem{kind, head + shown, secret_text(member.name), secret_text(shown), {}, true}), "contents", member.json);
    }
  };
  put_members(Kind::section, "modules.", draft.other_sections());
  put_members(Kind::key, "", draft.other_members());
  return out;
}

std::optional<BadgeItem> item_as_written(Kind kind, std::string path, std::string_view json) {
  std::size_t used = 0;
  const auto record = JsonSpans::parse_front(json, used);
  const auto name = record ? record->root().first_member(kind == Kind::account ? "name" : "title") : std::nullopt;
  auto text = name ? name->string() : std::nullopt;
  if (!text || until_nul(text->expose()).empty()) return std::nullopt;
  const Text title = cdc_badge::read_text(std::move(*text));
  BadgeItem item{kind, std::move(path), record_key(kind, title.bytes.expose()), title.text.clone(), {}, false, false};
  for (auto member = record->root().first_child(); member; member = member->next_sibling()) {
    const std::string field = printable(member->key()->expose().substr(0, 60));
    if (auto value = member->string()) put(item, field, cdc_badge::read_text(std::move(*value)));
    else put(item, field, member->raw());
  }
  return item;
}

std::vector<BadgeItem> unread_records(const cdc_badge::Payload& payload) {
  std::vector<BadgeItem> out;
  std::set<std::string_view> read;
  std::set<std::string> seen;
  for (const auto& account : payload.twofa) read.insert(account.path);
  for (const auto& login : payload.logins) read.insert(login.path);
  const cdc_badge::Draft draft(payload.json.expose());
  for (const cdc_badge::Flaw& flaw : payload.flaws) {
    const auto place = flaw.kind == cdc_badge::Flaw::Kind::value ? cdc_badge::record_place(flaw.path) : std::nullopt;
    if (!place || place->list == cdc_badge::Records::received || !draft.editable(place->list)) continue;
    std::string path = cdc_badge::path_of_record(place->list, place->index);
    if (read.contains(path) || !seen.insert(path).second) continue;
    const Kind kind = place->list == cdc_badge::Records::twofa ? Kind::account : Kind::login;
    if (auto item = item_as_written(kind, std::move(path), draft.record(place->list, place->index))) out.push_back(std::move(*item));
  }
  return out;
}

Unread::Unread(const cdc_badge::Payload& payload) {
  const cdc_badge::Draft draft(payload.json.expose());
  for (const cdc_badge::Flaw& flaw : payload.flaws) {
    if (flaw.kind != cdc_badge::Flaw::Kind::value) continue;
    places_.push_back({flaw.path, flaw.sentence});
    if (const auto place = cdc_badge::record_place(flaw.path)) add_record(draft, *place);
    else if (auto setting = setting_of(flaw.path)) add_key(Kind::setting, secret_text(*setting));
    else add_whole(flaw.path);
  }
  for (const Finding& finding : payload.findings) {
    if (finding.code != "section-not-read") continue;
    places_.push_back({finding.where, "is of another layout than is known"});
    add_whole(finding.where);
  }
}

void Unread::add_record(const cdc_badge::Draft& draft, const cdc_badge::RecordPlace& place) {
  if (place.list == cdc_badge::Records::received || !draft.editable(place.list)) return;   // a card has no name but its text
  const bool account = place.list == cdc_badge::Records::twofa;
  auto item = item_as_written(account ? Kind::account : Kind::login, {}, draft.record(place.list, place.index));
  if (item) add_key(item->kind, std::move(item->key));
}

void Unread::add_key(Kind kind, SecretString key) { keys_.emplace(kind, kept_.emplace_back(std::move(key)).expose()); }

void Unread::add_whole(std::string_view path) {
  const auto all = [&](Kind kind) { whole_.insert(kind); };
  if (path == "modules.mod_2fa" || path == "modules.mod_2fa.entries") all(Kind::account);
  if (path == "modules.mod_password" || path == "modules.mod_password.entries") all(Kind::login);
  if (path == "modules.mod_vcard" || path == "modules.mod_vcard.received") all(Kind::card);
  if (path == "modules.mod_vcard" || path == "modules.mod_vcard.own") all(Kind::own_card);
  if (path == "system") all(Kind::setting);
}

bool Unread::covers(const BadgeItem& item) const {
  const std::string_view key = item.key.expose();
  if (whole_.contains(item.kind) || keys_.contains({item.kind, key})) return true;
  return item.kind == Kind::setting && keys_.contains({item.kind, key.substr(0, key.find('.'))});   // "wifi" of "wifi.ssid"
}

std::optional<std::string> setting_of(std::string_view path) {
  constexpr std::string_view head = "system.", wifi = "wifi.";
  if (!path.starts_with(head)) return std::nullopt;
  path.remove_prefix(head.size());
  return std::string(path.starts_with(wifi) ? "wifi" : path);
}

std::vector<BadgePair> paired(const std::vector<BadgeItem>& before, const std::vector<BadgeItem>& after) {
  std::vector<BadgePair> out;
  std::set<const BadgeItem*> taken;
  Waiting same(before, taken, [](const BadgeItem& item) { return Key(item.kind, item.key.expose()); });
  for (const BadgeItem& item : after) {
    const BadgeItem* const partner = same.take({item.kind, item.key.expose()});
    if (partner != nullptr) taken.insert(partner);
    out.push_back({partner, &item});
  }
  // A card that was edited has another text, but mostly the same name.
  Waiting named(before, taken, [](const BadgeItem& item) { return Key(item.kind, item.shown.expose()); });
  for (BadgePair& pair : out) {
    if (pair.before != nullptr || pair.after->kind != Kind::card || pair.after->shown.empty()) continue;
    pair.before = named.take({Kind::card, pair.after->shown.expose()});
    if (pair.before != nullptr) taken.insert(pair.before);
  }
  for (const BadgeItem& item : before)
    if (!taken.contains(&item)) out.push_back({&item, nullptr});
  return out;
}

std::vector<std::string> differing(const BadgeItem& before, const BadgeItem& after) {
  std::vector<std::string> out;
  const auto in = [](const BadgeItem& item, const std::string& field) { return std::ranges::find(item.fields, field, &BadgeItem::Field::name); };
  for (const BadgeItem::Field& field : after.fields) {
    const auto old = in(before, field.name);
    if (old == before.fields.end() || !old->bytes.equals(field.bytes.expose())) out.push_back(field.name);
  }
  for (const BadgeItem::Field& field : before.fields)
    if (in(after, field.name) == after.fields.end()) out.push_back(field.name);
  // A card that another program wrote with CR LF has changed in every line, and in none.
  const auto only_line_ends = [&](const std::string& name) {
    const auto old = in(before, name), now = in(after, name);
    return old != before.fields.end() && now != after.fields.end() && same_but_cr(old->bytes.expose(), now->bytes.expose());
  };
  const bool card = after.kind == Kind::card || after.kind == Kind::own_card;
  if (card && !out.empty() && std::ranges::all_of(out, only_line_ends)) out = {"line ends"};
  return out;
}

}  // namespace hwbak::tasks
