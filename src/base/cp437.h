// Code page 437 as a CDC Badge has it (docs/formats/cdc-badge.md, "Passphrase bytes"). The badge keeps what is typed on
// it in these bytes. Texts may be secret.
#pragma once

#include <optional>
#include <string_view>

#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak {

// nullopt for a character that the badge drops.
[[nodiscard]] std::optional<std::uint8_t> to_cp437(char32_t code) noexcept;
// The reverse. Bytes below 0x20 are pictographs, but for NUL, tab, LF and CR.
[[nodiscard]] char32_t from_cp437(std::uint8_t byte) noexcept;

// nullopt when `text` is no UTF-8 or a character has no byte.
[[nodiscard]] std::optional<SecretBytes> utf8_to_cp437(std::string_view text);
// Leaves out what has no byte, as the badge's console does; nullopt when `text` is no UTF-8.
[[nodiscard]] std::optional<SecretBytes> utf8_to_cp437_dropping(std::string_view text);
[[nodiscard]] SecretString cp437_to_utf8(ByteView bytes);

}  // namespace hwbak
