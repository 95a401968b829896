// The 7z key derivation: one SHA-256 over 2^n records of salt, password and counter
// (docs/formats/coldcard.md, "From password to key").
#pragma once

#include <string_view>
#include <vector>

#include "hwbak/bytes.h"

namespace hwbak::crypto {

struct SevenZipKdfJob {
  ByteView salt;              // 0 to 16 bytes
  ByteView password_utf16le;  // no terminator
  unsigned cycles_pow = 0;    // n, 0 to 62: 2^n records; 63: salt and password as they are, no hash
  ByteSpan key;               // 32 bytes, written
};

// One stream, as fast as single-stream SHA-256 of the machine.
void derive_sevenzip_key(const SevenZipKdfJob& job);

// Many: jobs whose records have the same length and count run side by side in one thread
// (sixteen AVX-512 lanes, four SHA-NI streams, eight AVX2 lanes, or one portable stream, chosen at run time).
void derive_sevenzip_keys(std::span<const SevenZipKdfJob> jobs);

// The engine in use: "avx512-x16", "sha-ni-x4", "avx2-x8" or "portable". Checked against OpenSSL before its
// first batch; a kernel that differs is never used.
[[nodiscard]] std::string_view sevenzip_kdf_engine();

}  // namespace hwbak::crypto
