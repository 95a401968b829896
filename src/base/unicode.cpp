// UTF-8, UTF-16LE and escaping; see unicode.h.
#include "base/unicode.h"

#include <algorithm>
#include <cstdio>

namespace hwbak {
namespace {

// Bidirectional controls, zero-width and line separators: invisible, and able to make a
// printed name look like another one.
constexpr bool is_deceptive(char32_t c) noexcept {
  return c == 0x00AD || c == 0x061C || c == 0x180E || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

// Never characters, whatever a font draws for them.
constexpr bool is_noncharacter(char32_t c) noexcept { return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF); }

void put16(SecretBytes& out, char32_t unit) {
  const std::uint8_t bytes[2] = {static_cast<std::uint8_t>(unit), static_cast<std::uint8_t>(unit >> 8)};
  out.append(bytes);
}

template <class Put>
void put_utf8(char32_t code, Put&& byte) {
  const auto put = [&](char32_t value) { byte(static_cast<char>(value)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

}  // namespace

std::size_t utf8_front(std::string_view text, char32_t& code) noexcept {
  if (text.empty()) return 0;
  const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = at(0);
  if (first < 0x80) {
    code = first;
    return 1;
  }
  const std::size_t length = first >= 0xF0 && first <= 0xF4 ? 4 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xC2 && first < 0xE0 ? 2 : 0;
  if (length == 0 || text.size() < length) return 0;
  char32_t value = first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
    value = value << 6 | (at(i) & 0x3Fu);
  }
  constexpr char32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return 0;
  code = value;
  return length;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = utf8_front(text, code);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool is_ascii(std::string_view text) noexcept {
  for (const char c : text)
    if (static_cast<std::uint8_t>(c) >= 0x80) return false;
  return true;
}

void append_utf8(std::string& out, char32_t code) {
  put_utf8(code, [&](char byte) { out.push_back(byte); });
}
void append_utf8(SecretString& out, char32_t code) {
  put_utf8(code, [&](char byte) { out.append(byte); });
}

std::optional<SecretBytes> utf8_to_utf16le(std::string_view text) {
  SecretBytes out;
  out.reserve(text.size() * 2);
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = utf8_front(text, code);
    if (length == 0) return std::nullopt;
    text.remove_prefix(length);
    if (code >= 0x10000) {
      put16(out, 0xD800 + ((code - 0x10000) >> 10));
      put16(out, 0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
      put16(out, code);
    }
  }
  return out;
}

SecretBytes bytes_to_utf16le(std::string_view text) {
  SecretBytes out;
  out.reserve(text.size() * 2);
  for (const char c : text) put16(out, static_cast<std::uint8_t>(c));
  return out;
}

std::string utf16le_to_utf8(ByteView bytes) {
  std::string out;
  const auto unit = [&](std::size_t i) { return static_cast<char32_t>(bytes[i] | bytes[i + 1] << 8); };
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    char32_t code = unit(i);
    if (code >= 0xD800 && code <= 0xDBFF && i + 3 < bytes.size() && unit(i + 2) >= 0xDC00 && unit(i + 2) <= 0xDFFF) {
      code = 0x10000 + ((code - 0xD800) << 10) + (unit(i + 2) - 0xDC00);
      i += 2;
    } else if (code >= 0xD800 && code <= 0xDFFF) {
      code = 0xFFFD;
    }
    append_utf8(out, code);
  }
  return out;
}

std::size_t plain_length(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_plain) - text.begin());
}

bool is_printable(char32_t code) noexcept {
  return code >= 0x20 && (code < 0x7F || code >= 0xA0) && !is_deceptive(code) && !is_noncharacter(code);
}

bool prints_as_it_is(std::string_view text) noexcept {
  for (;;) {
    text.remove_prefix(plain_length(text));
    if (text.empty()) return true;
    char32_t code = 0;
    const std::size_t length = utf8_front(text, code);
    if (length == 0 || !is_printable(code)) return false;
    text.remove_prefix(length);
  }
}

std::string printable(std::string_view text) {
  std::string out;
  char escaped[16];
  while (true) {
    const std::size_t plain = plain_length(text);
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) return out;
    char32_t code = 0;
    std::size_t length = utf8_front(text, code);
    if (length == 0) {
      std::snprintf(escaped, sizeof escaped, "\\x%02X", static_cast<unsigned>(static_cast<std::uint8_t>(text[0])));
      out += escaped;
      length = 1;
    } else if (!is_printable(code)) {
      std::snprintf(escaped, sizeof escaped, "\\u{%04X}", static_cast<unsigned>(code));
      out += escaped;
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
}

std::string printable_list(std::span<const std::string> names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + printable(name);
  return out;
}

}  // namespace hwbak
