// See codes.h.
#include "otp/codes.h"

#include <array>

#include "crypto/hmac.h"
#include "hwbak/error.h"

namespace hwbak::otp {
namespace {

crypto::HmacHash hmac_hash(Hash hash) {
  switch (hash) {
    case Hash::sha1: return crypto::HmacHash::sha1;
    case Hash::sha256: return crypto::HmacHash::sha256;
    case Hash::sha512: return crypto::HmacHash::sha512;
  }
  throw Error(Outcome::internal, "a one-time code was asked for with an unknown hash");
}

}  // namespace

SecretString hotp(ByteView secret, Hash hash, std::uint64_t counter, unsigned digits) {
  if (digits < 1 || digits > 9) throw Error(Outcome::internal, "a one-time code has 1 to 9 digits");
  std::array<std::uint8_t, 8> factor;
  for (unsigned i = 0; i < 8; ++i) factor[i] = static_cast<std::uint8_t>(counter >> (56 - 8 * i));
  const SecretBytes mac = crypto::hmac(hmac_hash(hash), secret, factor);
  const ByteView bytes = mac.expose();
  const std::size_t at = bytes.back() & 0x0F;  // dynamic truncation
  std::uint32_t number = static_cast<std::uint32_t>(bytes[at] & 0x7F) << 24 | static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
                         static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
  SecretBytes code(digits);
  for (std::size_t i = digits; i-- > 0; number /= 10) code.expose()[i] = static_cast<std::uint8_t>('0' + number % 10);
  return SecretString(std::move(code));
}

SecretString totp(ByteView secret, Hash hash, std::uint64_t unix_time, unsigned period, unsigned digits) {
  if (period == 0) throw Error(Outcome::internal, "a time-based code has a period of at least one second");
  return hotp(secret, hash, unix_time / period, digits);
}

}  // namespace hwbak::otp
