// JSON as the badge's own parser (cJSON) reads it: what it forgives, what it refuses, and its numbers
// (docs/formats/cdc-badge.md, "The badge's own reader").
#pragma once

#include "base/json_spans.h"

namespace hwbak::cdc_badge {

// The value at the front of `json`, up to the first NUL; nullopt when a badge refuses it. `json` must outlive the result.
[[nodiscard]] std::optional<JsonSpans> read_as_badge(std::string_view json);
// A text as the badge sees it: it ends at a NUL. nullopt when the value is none.
[[nodiscard]] std::optional<SecretString> badge_text(JsonSpans::Ref value);
[[nodiscard]] double reads_as_double(JsonSpans::Ref number);
// Cut towards zero and held within an int, as cJSON does.
[[nodiscard]] int reads_as_int(JsonSpans::Ref number);

}  // namespace hwbak::cdc_badge
