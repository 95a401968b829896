// otpauth:// URIs both ways (docs/exports.md, "otpauth"). No limits of a device here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hwbak/error.h"
#include "otp/codes.h"

namespace hwbak::otp {

enum class Kind { totp, hotp };

struct Account {
  Kind kind = Kind::totp;
  SecretString issuer, name;     // UTF-8; the issuer may be empty
  Hash hash = Hash::sha1;
  unsigned digits = 6, period = 30;
  std::uint64_t counter = 0;
  SecretBytes secret;
};

// Every parameter is written, whether it is the usual one or not.
[[nodiscard]] SecretString to_uri(const Account& account);

inline constexpr std::size_t max_uri = 8192;
struct ParsedUri {
  Account account;
  std::vector<std::string> remarks;   // sentences: what was not understood or was assumed; no values
};
// Throws Error: damaged (no such URI; a part is missing, repeated or no number), unsupported (Steam, five digits, another
// type or hash), refused (longer than max_uri).
[[nodiscard]] ParsedUri from_uri(std::string_view uri);

}  // namespace hwbak::otp
