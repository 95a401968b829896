// AES-256-GCM: encryption that notices a changed byte (NIST SP 800-38D). A nonce is never used twice with
// one key.
#pragma once

#include "hwbak/bytes.h"

namespace hwbak::crypto {

// `out` has the length of `plain` and may be the same memory. `associated` is authenticated, not encrypted.
void aes256_gcm_seal(FixedView<32> key, FixedView<12> nonce, ByteView associated, ByteView plain, ByteSpan out,
                     FixedSpan<16> tag);
// False when key, nonce, associated data, ciphertext or tag do not belong together; `out` is then wiped.
[[nodiscard]] bool aes256_gcm_open(FixedView<32> key, FixedView<12> nonce, ByteView associated, ByteView sealed,
                                   FixedView<16> tag, ByteSpan out);

}  // namespace hwbak::crypto
