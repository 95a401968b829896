// The strings of a payload: CP437 where they were typed on the badge, UTF-8 elsewhere, told apart one by one
// (docs/formats/cdc-badge.md, "The payload").
#pragma once

#include <string_view>

#include "device/cdc_badge/payload.h"

namespace hwbak::cdc_badge {

[[nodiscard]] Text read_text(SecretString bytes);
// What a badge sees of a text: it ends at a NUL.
[[nodiscard]] inline std::string_view until_nul(const SecretString& text) noexcept { return text.expose().substr(0, text.expose().find('\0')); }
// As a badge compares titles: the case of ASCII letters does not count.
[[nodiscard]] bool same_title(std::string_view a, std::string_view b) noexcept;

}  // namespace hwbak::cdc_badge
