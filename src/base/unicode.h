// UTF-8 and UTF-16LE, strictly (no overlong forms, no lone surrogates), and the escaping
// of untrusted text before a terminal sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak {

// Length of the valid UTF-8 sequence at the front of `text` (1 to 4), 0 when there is none.
// `code` receives the code point.
[[nodiscard]] std::size_t utf8_front(std::string_view text, char32_t& code) noexcept;
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;
[[nodiscard]] bool is_ascii(std::string_view text) noexcept;
void append_utf8(std::string& out, char32_t code);
void append_utf8(SecretString& out, char32_t code);

// UTF-16LE bytes of UTF-8 text; nullopt when the text is not UTF-8.
[[nodiscard]] std::optional<SecretBytes> utf8_to_utf16le(std::string_view text);
// Each byte widened to 16 bits, as the Coldcard firmware does (docs/formats/coldcard.md).
[[nodiscard]] SecretBytes bytes_to_utf16le(std::string_view text);
// UTF-8 of UTF-16LE bytes (even length); a lone surrogate becomes U+FFFD.
[[nodiscard]] std::string utf16le_to_utf8(ByteView bytes);

// Text safe to print: control, bidi, zero-width, line-separator and noncharacters become \u{XXXX},
// bytes that are not UTF-8 become \xXX, a backslash stays as it is.
[[nodiscard]] std::string printable(std::string_view text);
[[nodiscard]] std::string printable_list(std::span<const std::string> names);  // "a, b, c"
// Nothing of it is escaped by that.
[[nodiscard]] bool prints_as_it_is(std::string_view text) noexcept;
[[nodiscard]] bool is_printable(char32_t code) noexcept;
// Characters of ASCII that print as they are: nearly all of what is ever printed.
[[nodiscard]] constexpr bool is_plain(char c) noexcept { return c >= 0x20 && c < 0x7F; }
// How many of them stand at the front of `text`.
[[nodiscard]] std::size_t plain_length(std::string_view text) noexcept;

}  // namespace hwbak
