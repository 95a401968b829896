// Base64 (RFC 4648, section 4): written in one line with padding; read strictly, with the place of what is wrong.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak {

enum class Base64Trouble {
  character,      // none of the alphabet
  padding,        // `=` where a character must stand
  after_padding,  // something follows the end
  cut,            // ends within a group of four
};
struct Base64Fault {
  Base64Trouble trouble;
  std::size_t offset;       // in the text, blanks counted
  unsigned missing = 0;     // cut: characters until the group is whole
};
struct Base64Reading {
  std::optional<Base64Fault> fault;
  bool spare_bits = false;  // the last character has bits set that belong to no byte
};

enum class Base64Blanks { fault, skipped };  // ASCII white space, anywhere
[[nodiscard]] constexpr bool is_blank(std::uint8_t c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

[[nodiscard]] Bytes to_base64(ByteView bytes);
[[nodiscard]] SecretString to_base64_secret(ByteView bytes);

// Appends to `out` all whole groups before the fault, if there is one.
[[nodiscard]] Base64Reading from_base64(ByteView text, Base64Blanks blanks, Bytes& out);
// nullopt with any fault or spare bits.
[[nodiscard]] std::optional<SecretBytes> from_base64_secret(std::string_view text, Base64Blanks blanks);

}  // namespace hwbak
