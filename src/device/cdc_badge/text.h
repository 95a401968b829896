// The strings of a payload: CP437 where they were typed on the badge, UTF-8 elsewhere, told apart one by one
// (docs/formats/cdc-badge.md, "The payload").
#pragma once

#include <string_view>

#include "device/cdc_badge/payload.h"

namespace hwbak::cdc_badge {

[[nodiscard]] Text read_text(HeldText bytes);
// What a node of kind string holds, escapes undone; it points into the document where there are none.
[[nodiscard]] HeldText held_text(JsonSpans::Ref string);
// What a badge sees of a text: it ends at a NUL.
[[nodiscard]] inline std::string_view until_nul(std::string_view text) noexcept { return text.substr(0, text.find('\0')); }
// As a badge compares titles: the case of ASCII letters does not count.
[[nodiscard]] bool same_title(std::string_view a, std::string_view b) noexcept;

}  // namespace hwbak::cdc_badge
