// Base64; see base64.h.
#include "base/base64.h"

#include "base/as_bytes.h"

namespace hwbak {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_value = 0xFF;

constexpr std::array<std::uint8_t, 256> values = [] {
  std::array<std::uint8_t, 256> out{};
  out.fill(no_value);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    out[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return out;
}();

template <class Put>
void encode(ByteView bytes, Put put) {
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) bits = bits << 8 | (j < count ? bytes[i + j] : 0u);
    for (unsigned j = 0; j < 4; ++j) put(j <= count ? alphabet[bits >> (18 - 6 * j) & 63] : '=');
  }
}

template <class Put>
Base64Reading decode(ByteView text, Base64Blanks blanks, Put put) {
  Base64Reading out;
  std::uint32_t bits = 0;
  unsigned held = 0, padding = 0;  // characters of the group, `=` among them
  const auto fault = [&](Base64Trouble trouble, std::size_t at) {
    out.fault = {trouble, at, trouble == Base64Trouble::cut ? 4 - held : 0};
    return out;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Whole groups of four plain characters: nearly all of a file.
    while (held == 0 && padding == 0 && text.size() - i >= 4) {
      const std::uint32_t a = values[text[i]], b = values[text[i + 1]], c = values[text[i + 2]], d = values[text[i + 3]];
      if ((a | b | c | d) > 63) break;
      put(static_cast<std::uint8_t>(a << 2 | b >> 4));
      put(static_cast<std::uint8_t>(b << 4 | c >> 2));
      put(static_cast<std::uint8_t>(c << 6 | d));
      i += 4;
    }
    if (i == text.size()) break;
    const std::uint8_t c = text[i];
    if (blanks == Base64Blanks::skipped && is_blank(c)) continue;
    if (c != '=' && values[c] == no_value) return fault(Base64Trouble::character, i);
    if (padding != 0 && (held == 0 || c != '=')) return fault(Base64Trouble::after_padding, i);
    if (c == '=' && held < 2) return fault(Base64Trouble::padding, i);
    padding += c == '=';
    bits = bits << 6 | (c == '=' ? 0u : values[c]);
    if (++held != 4) continue;
    held = 0;
    for (unsigned j = 0; j < 3 - padding; ++j) put(static_cast<std::uint8_t>(bits >> (16 - 8 * j)));
    out.spare_bits = padding != 0 && (bits & (padding == 1 ? 0xFFu : 0xFFFFu)) != 0;
  }
  if (held != 0) return fault(Base64Trouble::cut, text.size());
  return out;
}

}  // namespace

Bytes to_base64(ByteView bytes) {
  Bytes out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  encode(bytes, [&](char c) { out.push_back(static_cast<std::uint8_t>(c)); });
  return out;
}

SecretString to_base64_secret(ByteView bytes) {
  SecretString out;
  encode(bytes, [&](char c) { out.append(c); });
  return out;
}

Base64Reading from_base64(ByteView text, Base64Blanks blanks, Bytes& out) {
  const std::size_t before = out.size();
  out.resize(before + text.size() / 4 * 3);
  std::uint8_t* at = out.data() + before;
  const Base64Reading reading = decode(text, blanks, [&](std::uint8_t byte) { *at++ = byte; });
  out.resize(static_cast<std::size_t>(at - out.data()));
  return reading;
}

std::optional<SecretBytes> from_base64_secret(std::string_view text, Base64Blanks blanks) {
  SecretBytes out;
  out.reserve(text.size() / 4 * 3);
  const Base64Reading reading = decode(as_bytes(text), blanks, [&](std::uint8_t byte) { out.append(byte); });
  if (reading.fault || reading.spare_bits) return std::nullopt;
  return out;
}

}  // namespace hwbak
