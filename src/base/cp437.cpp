// Code page 437; see cp437.h.
#include "base/cp437.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/unicode.h"

namespace hwbak {
namespace {

// The pictographs of bytes 0x00 to 0x1F; 0 where there is none.
constexpr std::array<char16_t, 0x20> pictographs{
    0x0000, 0x263A, 0x263B, 0x2665, 0x2666, 0x2663, 0x2660, 0x2022,
    0x25D8, 0x25CB, 0x0000, 0x2642, 0x2640, 0x0000, 0x266B, 0x263C,
    0x25BA, 0x25C4, 0x2195, 0x203C, 0x00B6, 0x00A7, 0x25AC, 0x21A8,
    0x2191, 0x2193, 0x2192, 0x2190, 0x221F, 0x2194, 0x25B2, 0x25BC,
};

// Bytes 0x80 to 0xFF.
constexpr std::array<char16_t, 0x80> upper_half{
    0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7,
    0x00EA, 0x00EB, 0x00E8, 0x00EF, 0x00EE, 0x00EC, 0x00C4, 0x00C5,
    0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9,
    0x00FF, 0x00D6, 0x00DC, 0x00A2, 0x00A3, 0x00A5, 0x20A7, 0x0192,
    0x00E1, 0x00ED, 0x00F3, 0x00FA, 0x00F1, 0x00D1, 0x00AA, 0x00BA,
    0x00BF, 0x2310, 0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556,
    0x2555, 0x2563, 0x2551, 0x2557, 0x255D, 0x255C, 0x255B, 0x2510,
    0x2514, 0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x255E, 0x255F,
    0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256C, 0x2567,
    0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256B,
    0x256A, 0x2518, 0x250C, 0x2588, 0x2584, 0x258C, 0x2590, 0x2580,
    0x03B1, 0x00DF, 0x0393, 0x03C0, 0x03A3, 0x03C3, 0x00B5, 0x03C4,
    0x03A6, 0x0398, 0x03A9, 0x03B4, 0x221E, 0x03C6, 0x03B5, 0x2229,
    0x2261, 0x00B1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00F7, 0x2248,
    0x00B0, 0x2219, 0x00B7, 0x221A, 0x207F, 0x00B2, 0x25A0, 0x00A0,
};

// Characters that the badge takes for a similar one.
constexpr std::pair<char32_t, std::uint8_t> similar[] = {{0x00A6, 0x7C}, {0x00E3, 0x83}};

// False when `text` is not UTF-8 or `each` says no to a byte.
template <class Each>
bool convert(std::string_view text, Each each) {
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = utf8_front(text, code);
    if (length == 0 || !each(to_cp437(code))) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

std::optional<std::uint8_t> to_cp437(char32_t code) noexcept {
  if (code < 0x80) return static_cast<std::uint8_t>(code);
  for (const auto& [like, byte] : similar)
    if (code == like) return byte;
  const auto find = [&](const auto& table, std::size_t first) -> std::optional<std::uint8_t> {
    const auto at = std::ranges::find(table, code, [](char16_t c) { return static_cast<char32_t>(c); });
    if (at == table.end()) return std::nullopt;
    return static_cast<std::uint8_t>(first + static_cast<std::size_t>(at - table.begin()));
  };
  if (const auto byte = find(upper_half, 0x80)) return byte;
  return find(pictographs, 0);
}

char32_t from_cp437(std::uint8_t byte) noexcept {
  if (byte >= 0x80) return upper_half[byte - 0x80];
  if (byte < 0x20 && byte != '\t' && pictographs[byte] != 0) return pictographs[byte];
  return byte;
}

std::optional<SecretBytes> utf8_to_cp437(std::string_view text) {
  SecretBytes out;
  const bool whole = convert(text, [&](std::optional<std::uint8_t> byte) {
    if (byte) out.append(*byte);
    return byte.has_value();
  });
  if (!whole) return std::nullopt;
  return out;
}

std::optional<SecretBytes> utf8_to_cp437_dropping(std::string_view text) {
  SecretBytes out;
  const bool read = convert(text, [&](std::optional<std::uint8_t> byte) {
    if (byte) out.append(*byte);
    return true;
  });
  if (!read) return std::nullopt;
  return out;
}

SecretString cp437_to_utf8(ByteView bytes) {
  SecretString out;
  for (const std::uint8_t byte : bytes) append_utf8(out, from_cp437(byte));
  return out;
}

}  // namespace hwbak
