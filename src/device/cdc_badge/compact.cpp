// See compact.h. The depth of the calls is that of the layout below, not that of the document.
#include "device/cdc_badge/compact.h"

#include "base/as_bytes.h"

namespace hwbak::cdc_badge {
namespace {

using Kind = JsonNode::Kind;

// What a badge knows; everything else is `raw`.
enum class Shape { raw, root, modules, entries_section, cards_section, records, texts, flat, system };

Shape shape_of(Shape parent, JsonSpans::Ref child) {
  const auto is = [&](std::string_view key) { return child.has_key(key); };
  switch (parent) {
    case Shape::root: return is("modules") ? Shape::modules : is("system") ? Shape::system : Shape::raw;
    case Shape::modules:
      return is("mod_2fa") || is("mod_password") ? Shape::entries_section : is("mod_vcard") ? Shape::cards_section : Shape::raw;
    case Shape::entries_section: return is("entries") ? Shape::records : Shape::raw;
    case Shape::cards_section: return is("received") ? Shape::texts : Shape::raw;
    case Shape::system: return is("wifi") || is("modules_enabled") ? Shape::flat : Shape::raw;
    case Shape::records: return Shape::flat;
    case Shape::raw:
    case Shape::texts:
    case Shape::flat: return Shape::raw;
  }
  return Shape::raw;
}

bool fits(Shape shape, Kind kind) {
  if (shape == Shape::raw) return false;
  return kind == (shape == Shape::records || shape == Shape::texts ? Kind::array : Kind::object);
}

// A section of another layout is nothing that a badge knows.
bool is_known_layout(Shape shape, JsonSpans::Ref value) {
  if (shape != Shape::entries_section && shape != Shape::cards_section && shape != Shape::system) return true;
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
    if (object) {
      out.append(as_bytes(text.substr(child->node().key_begin, child->node().key_end - child->node().key_begin)));
      out.append(static_cast<std::uint8_t>(':'));
    }
    put(out, text, *child, shape_of(shape, *child));
  }
  out.append(static_cast<std::uint8_t>(object ? '}' : ']'));
}

}  // namespace

SecretBytes compact(const JsonSpans& document) {
  SecretBytes out;
  out.reserve(document.text().size());
  put(out, document.text(), document.root(), Shape::root);
  return out;
}

}  // namespace hwbak::cdc_badge
