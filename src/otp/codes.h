// One-time codes: HOTP (RFC 4226) and TOTP (RFC 6238) over SHA-1, SHA-256 and SHA-512.
#pragma once

#include <cstdint>

#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak::otp {

enum class Hash { sha1, sha256, sha512 };

// The code for one moving factor, with leading zeros; `digits` is 1 to 9, or Error(internal).
[[nodiscard]] SecretString hotp(ByteView secret, Hash hash, std::uint64_t counter, unsigned digits);
// The code at a time in seconds since 1970; `period` in seconds, not 0.
[[nodiscard]] SecretString totp(ByteView secret, Hash hash, std::uint64_t unix_time, unsigned period, unsigned digits);

}  // namespace hwbak::otp
