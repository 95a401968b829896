// See base32.h.
#include "base/base32.h"

namespace hwbak {
namespace {

int value_of(char c) noexcept {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a';
  if (c >= '2' && c <= '7') return c - '2' + 26;
  return -1;
}

}  // namespace

SecretString to_base32(ByteView bytes) {
  SecretBytes out((bytes.size() * 8 + 4) / 5);
  std::uint32_t held = 0;
  unsigned bits = 0;
  std::size_t at = 0;
  const auto put = [&](std::uint32_t value) {
    out.expose()[at++] = static_cast<std::uint8_t>("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[value & 31]);
  };
  for (const std::uint8_t byte : bytes) {
    held = held << 8 | byte;
    for (bits += 8; bits >= 5; bits -= 5) put(held >> (bits - 5));
  }
  if (bits != 0) put(held << (5 - bits));
  return SecretString(std::move(out));
}

std::optional<SecretBytes> from_base32_lenient(std::string_view text) {
  SecretBytes out(text.size() * 5 / 8);
  std::uint32_t held = 0;
  unsigned bits = 0;
  std::size_t at = 0;
  for (const char c : text) {
    if (std::string_view("= \t\r\n").find(c) != std::string_view::npos) continue;
    const int value = value_of(c);
    if (value < 0) return std::nullopt;
    held = held << 5 | static_cast<std::uint32_t>(value);
    if ((bits += 5) >= 8) out.expose()[at++] = static_cast<std::uint8_t>(held >> (bits -= 8));
  }
  out.resize(at);
  return out;
}

}  // namespace hwbak
