// Hexadecimal; see hex.h.
#include "base/hex.h"

#include <algorithm>

namespace hwbak {
namespace {

constexpr std::string_view lower = "0123456789abcdef";
constexpr std::string_view upper = "0123456789ABCDEF";

int digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

template <class Out>
void encode(ByteView bytes, std::string_view alphabet, Out put) {
  for (const auto b : bytes) {
    put(alphabet[b >> 4]);
    put(alphabet[b & 15]);
  }
}

bool decode(std::string_view digits, std::uint8_t* out) noexcept {
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    const int high = digit(digits[i]), low = digit(digits[i + 1]);
    if (high < 0 || low < 0) return false;
    *out++ = static_cast<std::uint8_t>(high << 4 | low);
  }
  return digits.size() % 2 == 0;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string out;
  encode(bytes, lower, [&](char c) { out.push_back(c); });
  return out;
}

std::string to_hex_upper(ByteView bytes) {
  std::string out;
  encode(bytes, upper, [&](char c) { out.push_back(c); });
  return out;
}

SecretString to_hex_secret(ByteView bytes) {
  SecretString out;
  encode(bytes, lower, [&](char c) { out.append(c); });
  return out;
}

std::optional<Bytes> from_hex(std::string_view digits) {
  Bytes out(digits.size() / 2);
  if (!decode(digits, out.data())) return std::nullopt;
  return out;
}

std::optional<SecretBytes> from_hex_secret(std::string_view digits) {
  SecretBytes out(digits.size() / 2);
  if (!decode(digits, out.expose().data())) return std::nullopt;
  return out;
}

bool is_hex(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return digit(c) >= 0; });
}

}  // namespace hwbak
