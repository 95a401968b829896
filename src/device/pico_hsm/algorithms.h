// The algorithm ids of a key's allowed list (docs/formats/pico-hsm.md, "Allowed algorithms").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hwbak/bytes.h"

namespace hwbak::pico_hsm {

inline constexpr std::uint8_t algorithm_wrap = 0x92;
inline constexpr std::size_t known_algorithms = 36;   // ids that have a name here
[[nodiscard]] std::string algorithm_name(std::uint8_t id);  // "92 wrap", "73 ECDSA SHA-256", "77 unknown"
[[nodiscard]] std::optional<std::uint8_t> algorithm_named(std::string_view text);   // "92", "0x92", "wrap"
[[nodiscard]] inline bool exportable(ByteView allowed) noexcept {
  for (const std::uint8_t id : allowed)
    if (id == algorithm_wrap) return true;
  return allowed.empty();
}

}  // namespace hwbak::pico_hsm
