// A payload without the white space that a badge does not write (docs/formats/cdc-badge.md, "Writing a payload").
#pragma once

#include "base/json_spans.h"
#include "hwbak/secret.h"

namespace hwbak::cdc_badge {

// The parts of a payload that a badge knows; everything else is `raw`.
enum class Shape {
  raw, root, modules, accounts_section, logins_section, cards_section, accounts, logins, account, login, texts, wifi, switches, system
};
// Whether a badge knows this member of an object of that shape.
[[nodiscard]] bool is_known_key(Shape shape, JsonSpans::Ref member);

// Only between the parts that a badge knows: what it does not know is taken over to the byte.
[[nodiscard]] SecretBytes compact(const JsonSpans& document);

}  // namespace hwbak::cdc_badge
