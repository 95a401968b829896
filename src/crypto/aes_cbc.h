// AES-CBC without padding. `in` and `out` have the same length, a multiple of 16, and may be
// the same memory.
#pragma once

#include "hwbak/bytes.h"

namespace hwbak::crypto {

// A key of 16, 24 or 32 bytes.
void aes_cbc_encrypt(ByteView key, FixedView<16> iv, ByteView in, ByteSpan out);
void aes_cbc_decrypt(ByteView key, FixedView<16> iv, ByteView in, ByteSpan out);
void aes256_cbc_encrypt(FixedView<32> key, FixedView<16> iv, ByteView in, ByteSpan out);
void aes256_cbc_decrypt(FixedView<32> key, FixedView<16> iv, ByteView in, ByteSpan out);

}  // namespace hwbak::crypto
