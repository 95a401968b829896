// The counter mode of AES-256 through the AES instructions of x86-64, for GCM. Internal to crypto/.
#pragma once

#include "crypto/openssl.h"

namespace hwbak::crypto {

// For CRYPTO_gcm128_encrypt_ctr32 and its reverse; nullptr where this processor has no such instructions, or where they do not
// give what OpenSSL's AES gives (looked at once).
[[nodiscard]] ctr128_f aes256_ctr_kernel() noexcept;

}  // namespace hwbak::crypto
