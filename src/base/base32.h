// Base32 (RFC 4648): written in upper case without padding; read as the CDC Badge reads it
// (docs/formats/cdc-badge.md, "The payload").
#pragma once

#include <optional>
#include <string_view>

#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak {

[[nodiscard]] SecretString to_base32(ByteView bytes);
// Either case; `=`, space, tab, CR and LF count for nothing anywhere; left-over bits are dropped.
// nullopt on any other character.
[[nodiscard]] std::optional<SecretBytes> from_base32_lenient(std::string_view text);

}  // namespace hwbak
