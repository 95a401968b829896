// Numbers of 64 bits as bytes and as digits, for quorums. Internal to container/dkek_share.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>

#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak::dkek {

// Big-endian, at most 8 bytes.
[[nodiscard]] inline std::uint64_t to_number(ByteView bytes) noexcept {
  std::uint64_t out = 0;
  for (const std::uint8_t byte : bytes) out = out << 8 | byte;
  return out;
}
[[nodiscard]] inline SecretBytes to_bytes(std::uint64_t number) {
  SecretBytes out(8);
  for (std::size_t i = 0; i < 8; ++i) out.expose()[i] = static_cast<std::uint8_t>(number >> (56 - 8 * i));
  return out;
}
// Without its leading zero bytes.
[[nodiscard]] inline ByteView significant(ByteView bytes) noexcept {
  return bytes.subspan(static_cast<std::size_t>(std::ranges::find_if(bytes, [](std::uint8_t b) { return b != 0; }) - bytes.begin()));
}

// -1 for a character that is no hexadecimal digit.
[[nodiscard]] constexpr int digit_of(char c) noexcept {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
// nullopt without digits, with any other character, and above 64 bits.
[[nodiscard]] constexpr std::optional<std::uint64_t> read_digits(std::string_view digits, unsigned base) noexcept {
  std::uint64_t out = 0;
  for (const char c : digits) {
    const int digit = digit_of(c);
    if (digit < 0 || digit >= static_cast<int>(base)) return std::nullopt;
    if (out > (~std::uint64_t{0} - static_cast<unsigned>(digit)) / base) return std::nullopt;
    out = out * base + static_cast<unsigned>(digit);
  }
  return digits.empty() ? std::nullopt : std::optional(out);
}

}  // namespace hwbak::dkek
