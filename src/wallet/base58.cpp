// Base58Check; see base58.h. A plain change of base: texts are short (an extended key has 111 characters).
#include "wallet/base58.h"

#include <algorithm>

#include "crypto/digest.h"

namespace hwbak::wallet {
namespace {

constexpr std::string_view alphabet = base58_alphabet;
constexpr std::size_t max_characters = 120;
constexpr std::size_t checksum_bytes = 4;

// number = number * base + digit, big-endian in `number`, whose digits are of base `digit_base`.
void push_digit(ByteSpan number, unsigned base, unsigned digit_base, unsigned digit) {
  unsigned carry = digit;
  for (std::size_t i = number.size(); i-- > 0;) {
    carry += number[i] * base;
    number[i] = static_cast<std::uint8_t>(carry % digit_base);
    carry /= digit_base;
  }
}

std::size_t leading(ByteView digits, std::uint8_t zero) {
  const auto first = std::find_if(digits.begin(), digits.end(), [&](std::uint8_t digit) { return digit != zero; });
  return static_cast<std::size_t>(first - digits.begin());
}

}  // namespace

SecretString base58check(ByteView payload) {
  auto bytes = SecretBytes::copy_of(payload);
  bytes.append(ByteView(crypto::sha256d(payload)).first(checksum_bytes));
  SecretBytes digits(bytes.size() * 138 / 100 + 1);  // log(256) / log(58) = 1.3658
  for (const std::uint8_t byte : bytes.expose()) push_digit(digits.expose(), 256, 58, byte);
  SecretString out;
  for (std::size_t i = leading(bytes.expose(), 0); i > 0; --i) out.append(alphabet[0]);
  for (const std::uint8_t digit : digits.expose().subspan(leading(digits.expose(), 0))) out.append(alphabet[digit]);
  return out;
}

std::optional<SecretBytes> from_base58check(std::string_view text) {
  if (text.size() > max_characters) return std::nullopt;
  SecretBytes number(text.size());  // at least log(58) / log(256) = 0.7322 of it is used
  for (const char c : text) {
    const auto digit = alphabet.find(c);
    if (digit == alphabet.npos) return std::nullopt;
    push_digit(number.expose(), 58, 256, static_cast<unsigned>(digit));
  }
  // Each leading '1' stands for one zero byte.
  const std::size_t zeros = std::min(text.find_first_not_of(alphabet[0]), text.size());
  SecretBytes bytes(zeros);
  bytes.append(ByteView(number.expose()).subspan(leading(number.expose(), 0)));
  if (bytes.size() < checksum_bytes) return std::nullopt;
  const std::size_t size = bytes.size() - checksum_bytes;
  const auto checksum = crypto::sha256d(ByteView(bytes.expose()).first(size));
  if (!std::equal(checksum.begin(), checksum.begin() + checksum_bytes, bytes.expose().begin() + size)) return std::nullopt;
  bytes.resize(size);
  return bytes;
}

}  // namespace hwbak::wallet
