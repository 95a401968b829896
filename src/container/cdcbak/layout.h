// Where the fields of a badge's container stand (docs/formats/cdc-badge.md, "The container").
#pragma once

#include <array>

#include "container/cdcbak/cdcbak.h"

namespace hwbak::cdcbak {

inline constexpr std::array<std::uint8_t, 6> magic{'C', 'D', 'C', 'B', 'A', 'K'};
inline constexpr std::array<std::uint8_t, 8> magic_base64{'Q', '0', 'R', 'D', 'Q', 'k', 'F', 'L'};  // the same six bytes
inline constexpr std::uint8_t known_version = 1;
inline constexpr std::size_t version_at = 6, iterations_at = 7;

// What the badge's own decoder would make of the file is what the file holds. If not, `why` says so.
[[nodiscard]] bool badge_takes(ByteView file, std::string& why);

}  // namespace hwbak::cdcbak
