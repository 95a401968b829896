// The level of the host interface that a badge compares before a restore (docs/formats/cdc-badge.md, "Restore").
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "device/cdc_badge/restore.h"

namespace hwbak::cdc_badge {

// Strictly "major.minor", at most 65535 each, as people write it.
[[nodiscard]] std::optional<Level> parse_level(std::string_view text) noexcept;
[[nodiscard]] std::uint32_t packed(const Level& level) noexcept;
// The value a badge makes of any text: C's scanf("%u.%u") in 32 bits, 0 when it finds no two numbers.
[[nodiscard]] std::uint32_t packed_as_badge(std::string_view text) noexcept;

}  // namespace hwbak::cdc_badge
