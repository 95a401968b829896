// Digests of OpenSSL, and HMAC and PBKDF2 over them. Inputs and outputs may be secret: outputs are written
// into the caller's memory, nothing is kept.
#pragma once

#include <array>

#include "hwbak/bytes.h"

namespace hwbak::crypto {

[[nodiscard]] std::array<std::uint8_t, 32> sha256(ByteView data);
[[nodiscard]] std::array<std::uint8_t, 32> sha256d(ByteView data);  // twice, as in Base58Check
[[nodiscard]] std::array<std::uint8_t, 20> hash160(ByteView data);  // RIPEMD-160 of SHA-256
void sha256_into(ByteView data, FixedSpan<32> out);
void hmac_sha512(ByteView key, ByteView data, FixedSpan<64> out);
void pbkdf2_hmac_sha512(ByteView password, ByteView salt, unsigned iterations, ByteSpan out);

}  // namespace hwbak::crypto
