// Hexadecimal, both ways. The decoder accepts either case and nothing else (no blanks,
// no prefix, an even count of digits).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak {

[[nodiscard]] std::string to_hex(ByteView bytes);          // lower case
[[nodiscard]] std::string to_hex_upper(ByteView bytes);
[[nodiscard]] SecretString to_hex_secret(ByteView bytes);  // lower case
[[nodiscard]] std::optional<Bytes> from_hex(std::string_view digits);
[[nodiscard]] std::optional<SecretBytes> from_hex_secret(std::string_view digits);
[[nodiscard]] bool is_hex(std::string_view text) noexcept;  // nothing but digits, of either case; any number of them

}  // namespace hwbak
