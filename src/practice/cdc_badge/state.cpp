// See state.h.
#include "practice/cdc_badge/state.h"

#include "base/base32.h"
#include "device/cdc_badge/badge_json.h"
#include "device/cdc_badge/export_state.h"
#include "device/cdc_badge/json_writer.h"
#include "hwbak/error.h"

namespace hwbak::practice::cdc_badge {
namespace {

using Ref = JsonSpans::Ref;
using Kind = JsonNode::Kind;

Error damaged(std::string_view key) {
  return Error(Outcome::damaged,
               "the state of the practice badge opens with this PIN but its `" + std::string(key) + "` is damaged",
               std::nullopt, "remove its file to start with an empty badge");
}

Ref of_kind(Ref object, std::string_view key, Kind kind) {
  const auto member = object.first_member(key);
  if (!member || member->kind() != kind) throw damaged(key);
  return *member;
}

SecretString text_of(Ref object, std::string_view key) { return cb::badge_text(of_kind(object, key, Kind::string)).value(); }
SecretString text_if_any(Ref object, std::string_view key) {
  return object.first_member(key) ? text_of(object, key) : SecretString();
}
bool switch_of(Ref object, std::string_view key) { return of_kind(object, key, Kind::boolean).boolean().value(); }

double number_of(Ref object, std::string_view key, double largest) {
  const double value = cb::reads_as_double(of_kind(object, key, Kind::number));
  if (!(value >= 0 && value <= largest)) throw damaged(key);
  return value;
}
std::uint32_t whole_of(Ref object, std::string_view key) {
  return static_cast<std::uint32_t>(number_of(object, key, 4294967295.0));
}

// A counter that was the largest is printed as 2^64.
std::uint64_t counter_of(Ref object) {
  constexpr double top = 18446744073709551616.0;
  const double value = number_of(object, "counter", top);
  return value >= top ? UINT64_MAX : static_cast<std::uint64_t>(value);
}

cb::StoredTwoFactor account_of(Ref entry) {
  cb::StoredTwoFactor out;
  out.name = text_of(entry, "name");
  out.issuer = text_of(entry, "issuer");
  out.type = whole_of(entry, "type");
  out.hash = whole_of(entry, "algorithm");
  out.digits = whole_of(entry, "digits");
  out.period = whole_of(entry, "period");
  out.counter = counter_of(entry);
  out.flags = whole_of(entry, "flags");
  auto secret = from_base32_lenient(text_of(entry, "secret").expose());
  if (!secret) throw damaged("secret");
  out.secret = std::move(*secret);
  return out;
}

cb::StoredLogin login_of(Ref entry) {
  cb::StoredLogin out;
  out.title = text_of(entry, "title");
  out.username = text_of(entry, "username");
  out.password = text_of(entry, "password");
  out.url = text_of(entry, "url");
  out.notes = text_of(entry, "notes");
  out.totp_slot = whole_of(entry, "totp_slot");
  return out;
}

cb::StoredWifi wifi_of(Ref wifi) {
  cb::StoredWifi out;
  out.ssid = text_of(wifi, "ssid");
  out.password = text_if_any(wifi, "pass");
  out.security = whole_of(wifi, "sec");
  out.dhcp = switch_of(wifi, "dhcp");
  if (out.dhcp) return out;
  out.ip = whole_of(wifi, "ip");
  out.gateway = whole_of(wifi, "gw");
  out.netmask = whole_of(wifi, "nm");
  return out;
}

cb::StoredSettings settings_of(Ref system) {
  cb::StoredSettings out;
  out.language = text_of(system, "language");
  out.backlight = whole_of(system, "backlight");
  out.sleep_interval = whole_of(system, "sleep_interval");
  out.tz_offset = cb::reads_as_int(of_kind(system, "tz_offset", Kind::number));
  out.badge_name = text_if_any(system, "badge_name");
  out.badge_info = text_if_any(system, "badge_info");
  out.badge_info2 = text_if_any(system, "badge_info2");
  if (system.first_member("wifi")) out.wifi = wifi_of(of_kind(system, "wifi", Kind::object));
  out.wifi_timeout = whole_of(system, "wifi_timeout");
  out.wifi_enabled = switch_of(system, "wifi_enabled");
  const Ref switches = of_kind(system, "modules_enabled", Kind::object);
  for (std::size_t i = 0; i < out.modules_enabled.size(); ++i) out.modules_enabled[i] = switch_of(switches, cb::badge_modules[i]);
  return out;
}

template <class Take>
void each(Ref modules, std::string_view name, std::string_view key, Take take) {
  const auto section = modules.first_member(name);
  if (!section) return;
  for (auto item = of_kind(*section, key, Kind::array).first_child(); item; item = item->next_sibling()) take(*item);
}

cb::BadgeState contents_of(Ref payload) {
  cb::BadgeState out;
  out.settings = settings_of(of_kind(payload, "system", Kind::object));
  const Ref modules = of_kind(payload, "modules", Kind::object);
  each(modules, "mod_2fa", "entries", [&](Ref entry) { out.twofa.push_back(account_of(entry)); });
  each(modules, "mod_password", "entries", [&](Ref entry) { out.logins.push_back(login_of(entry)); });
  each(modules, "mod_vcard", "received", [&](Ref card) {
    auto text = cb::badge_text(card);
    if (!text) throw damaged("received");
    out.received.push_back(std::move(*text));
  });
  if (const auto cards = modules.first_member("mod_vcard"); cards && cards->first_member("own")) out.own = text_of(*cards, "own");
  return out;
}

}  // namespace

SecretBytes serialise(const State& state) {
  cb::JsonWriter out;
  out.begin_object();
  out.key("wrong_pins");
  out.number(state.wrong_pins);
  out.key("locked_until");
  out.number(static_cast<double>(state.locked_until));
  out.key("contents");
  const SecretBytes contents = cb::export_state(state.contents, badge_level, badge_firmware);
  out.raw({reinterpret_cast<const char*>(contents.expose().data()), contents.size()});
  out.end_object();
  return out.take();
}

State parse_state(ByteView bytes) {
  const auto document = cb::read_as_badge({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!document) throw damaged("JSON");
  const Ref root = document->root();
  State state;
  state.wrong_pins = whole_of(root, "wrong_pins");
  state.locked_until = static_cast<std::int64_t>(number_of(root, "locked_until", 9e15));
  state.contents = contents_of(of_kind(root, "contents", Kind::object));
  return state;
}

}  // namespace hwbak::practice::cdc_badge
