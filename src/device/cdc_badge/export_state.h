// The payload that a badge writes of what it holds (docs/formats/cdc-badge.md, "The payload").
#pragma once

#include <string_view>

#include "device/cdc_badge/restore.h"

namespace hwbak::cdc_badge {

// One line, keys in the badge's order, texts as the bytes that are stored; a module without records has no section.
[[nodiscard]] SecretBytes export_state(const BadgeState& state, const Level& level, std::string_view firmware);

}  // namespace hwbak::cdc_badge
