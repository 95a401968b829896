// Where things lie in a share file (docs/formats/pico-hsm.md, "The share file"). Internal to container/dkek_share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace hwbak::dkek {

// 0: "Salted__"; 8: salt; 16: three blocks of AES-256-CBC, of which the last is padding.
inline constexpr std::array<std::uint8_t, 8> magic{'S', 'a', 'l', 't', 'e', 'd', '_', '_'};
inline constexpr std::size_t salt_at = 8, sealed_at = 16;
// What base64 of the magic begins with; the character behind it holds bits of the salt too.
inline constexpr std::array<std::uint8_t, 10> magic_base64{'U', '2', 'F', 's', 'd', 'G', 'V', 'k', 'X', '1'};

}  // namespace hwbak::dkek
