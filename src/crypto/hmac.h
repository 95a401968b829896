// HMAC (RFC 2104) with the three hashes of one-time codes.
#pragma once

#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak::crypto {

enum class HmacHash { sha1, sha256, sha512 };
[[nodiscard]] SecretBytes hmac(HmacHash hash, ByteView key, ByteView data);

}  // namespace hwbak::crypto
