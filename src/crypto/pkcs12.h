// PKCS#12 files (RFC 7292), read; internal to crypto/.
#pragma once

#include <vector>

#include "crypto/private_key.h"

namespace hwbak::crypto {

struct Pkcs12Contents {
  std::vector<PrivateKey> keys;        // at most 2: a second one is only counted
  std::vector<Bytes> certificates;     // DER
};
// Throws Error: wrong_secret, damaged, unsupported, refused.
[[nodiscard]] Pkcs12Contents read_pkcs12(ByteView file, ByteView password);

}  // namespace hwbak::crypto
