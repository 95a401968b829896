// AES-256 through the AES instructions of x86-64, eight blocks at a time, for modes in which blocks do not wait for each other.
// Internal to crypto/. Each is nullptr where this processor has no such instructions, or where they do not give what OpenSSL's AES
// gives (looked at once).
#pragma once

#include "crypto/openssl.h"

namespace hwbak::crypto {

// Counter mode, for CRYPTO_gcm128_encrypt_ctr32 and its reverse.
[[nodiscard]] ctr128_f aes256_ctr_kernel() noexcept;

// Decrypts CBC: `schedule` of AES_set_decrypt_key. `in` and `out` may be the same memory.
using CbcDecryptKernel = void (*)(const AES_KEY& schedule, const unsigned char* iv, const unsigned char* in, unsigned char* out,
                                  std::size_t blocks);
[[nodiscard]] CbcDecryptKernel aes256_cbc_decrypt_kernel() noexcept;

}  // namespace hwbak::crypto
