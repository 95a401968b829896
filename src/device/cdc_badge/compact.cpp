// See compact.h. The depth of the calls is that of the layout below, not that of the document.
#include "device/cdc_badge/compact.h"

#include <algorithm>

#include "base/as_bytes.h"
#include "device/cdc_badge/limits.h"

namespace hwbak::cdc_badge {
namespace {

using Kind = JsonNode::Kind;

// A key that a badge knows, and the shape of its value.
struct Known {
  Shape parent;
  std::string_view key;
  Shape value = Shape::raw;
};
constexpr Known known_keys[] = {
    {Shape::root, "host_api_level"}, {Shape::root, "fw_version"}, {Shape::root, "modules", Shape::modules}, {Shape::root, "system", Shape::system},
    {Shape::modules, "mod_2fa", Shape::accounts_section}, {Shape::modules, "mod_password", Shape::logins_section},
    {Shape::modules, "mod_vcard", Shape::cards_section},
    {Shape::accounts_section, "schema_ver"}, {Shape::accounts_section, "entries", Shape::accounts},
    {Shape::logins_section, "schema_ver"}, {Shape::logins_section, "entries", Shape::logins},
    {Shape::cards_section, "schema_ver"}, {Shape::cards_section, "own"}, {Shape::cards_section, "received", Shape::texts},
    {Shape::account, "name"}, {Shape::account, "issuer"}, {Shape::account, "type"}, {Shape::account, "algorithm"}, {Shape::account, "digits"},
    {Shape::account, "period"}, {Shape::account, "counter"}, {Shape::account, "flags"}, {Shape::account, "secret"},
    {Shape::login, "title"}, {Shape::login, "username"}, {Shape::login, "password"}, {Shape::login, "url"}, {Shape::login, "notes"},
    {Shape::login, "totp_slot"},
    {Shape::system, "schema_ver"}, {Shape::system, "language"}, {Shape::system, "backlight"}, {Shape::system, "sleep_interval"},
    {Shape::system, "tz_offset"}, {Shape::system, "badge_name"}, {Shape::system, "badge_info"}, {Shape::system, "badge_info2"},
    {Shape::system, "wifi", Shape::wifi}, {Shape::system, "wifi_timeout"}, {Shape::system, "wifi_enabled"},
    {Shape::system, "modules_enabled", Shape::switches},
    {Shape::wifi, "ssid"}, {Shape::wifi, "pass"}, {Shape::wifi, "sec"}, {Shape::wifi, "dhcp"}, {Shape::wifi, "ip"}, {Shape::wifi, "gw"},
    {Shape::wifi, "nm"},
};

const Known* known(Shape shape, JsonSpans::Ref member) {
  const auto found = std::ranges::find_if(known_keys, [&](const Known& one) { return one.parent == shape && member.has_key(one.key); });
  return found == std::end(known_keys) ? nullptr : found;
}

bool is_list(Shape shape) { return shape == Shape::accounts || shape == Shape::logins || shape == Shape::texts; }

Shape shape_of(Shape parent, JsonSpans::Ref child) {
  if (is_list(parent)) return parent == Shape::accounts ? Shape::account : parent == Shape::logins ? Shape::login : Shape::raw;
  const Known* const found = known(parent, child);
  return found != nullptr ? found->value : Shape::raw;
}

bool fits(Shape shape, Kind kind) { return shape != Shape::raw && kind == (is_list(shape) ? Kind::array : Kind::object); }

// A section of another layout is nothing that a badge knows.
bool is_known_layout(Shape shape, JsonSpans::Ref value) {
  if (shape != Shape::accounts_section && shape != Shape::logins_section && shape != Shape::cards_section && shape != Shape::system) return true;
  const auto schema = value.first_member("schema_ver");
  return !schema || schema->raw() == "1";
}

void put(SecretBytes& out, std::string_view text, JsonSpans::Ref value, Shape shape) {
  if (!fits(shape, value.kind()) || !is_known_layout(shape, value)) {
    out.append(as_bytes(value.raw()));
    return;
  }
  const bool object = value.kind() == Kind::object;
  out.append(static_cast<std::uint8_t>(object ? '{' : '['));
  bool first = true;
  for (auto child = value.first_child(); child; child = child->next_sibling()) {
    if (!first) out.append(static_cast<std::uint8_t>(','));
    first = false;
    const JsonNode& node = child->node();
    if (object && !is_known_key(shape, *child)) {
      out.append(as_bytes(text.substr(node.key_begin, node.end - node.key_begin)));
      continue;
    }
    if (object) {
      out.append(as_bytes(text.substr(node.key_begin, node.key_end - node.key_begin)));
      out.append(static_cast<std::uint8_t>(':'));
    }
    put(out, text, *child, shape_of(shape, *child));
  }
  out.append(static_cast<std::uint8_t>(object ? '}' : ']'));
}

}  // namespace

bool is_known_key(Shape shape, JsonSpans::Ref member) {
  return known(shape, member) != nullptr || (shape == Shape::switches && is_module(member.key()->expose()));
}

SecretBytes compact(const JsonSpans& document) {
  SecretBytes out;
  out.reserve(document.text().size());
  put(out, document.text(), document.root(), Shape::root);
  return out;
}

}  // namespace hwbak::cdc_badge
