// Public keys as OpenSSL's ASN.1 types hold them; internal to crypto/.
#pragma once

#include <optional>

#include "crypto/openssl_keys.h"
#include "crypto/private_key.h"

namespace hwbak::crypto {

// Of an algorithm identifier with parameters of RFC 5480: a name, or explicit ones that a named curve has.
[[nodiscard]] std::optional<Curve> curve_of(const X509_ALGOR* algorithm);
// 04 || x || y of a point as it is encoded, compressed or not; nullopt when it is not on the curve, or infinity.
[[nodiscard]] std::optional<Bytes> ec_point_of(Curve curve, ByteView encoded);
[[nodiscard]] std::optional<PublicKey> public_key_of(const X509_PUBKEY* info);
// OpenSSL's name of the hash with that many bits; 1: SHA-1. nullptr for others.
[[nodiscard]] const char* digest_name(unsigned bits);

}  // namespace hwbak::crypto
