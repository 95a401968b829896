// PBKDF2-HMAC-SHA256 for keys of 32 bytes (RFC 8018, 5.2): the key derivation of docs/formats/cdc-badge.md,
// "The iteration count".
#pragma once

#include <span>
#include <string_view>

#include "hwbak/bytes.h"

namespace hwbak::crypto {

struct Pbkdf2Job {
  ByteView password, salt;       // any length
  std::uint32_t iterations = 1;  // at least 1: the caller bounds them
  FixedSpan<32> key;             // written
};

// One after the other at the speed of a single SHA-256 stream: two compressions for each iteration.
void pbkdf2_hmac_sha256(const Pbkdf2Job& job);

// Many: jobs of one iteration count run side by side in one thread where that is faster.
void pbkdf2_hmac_sha256_many(std::span<const Pbkdf2Job> jobs);

// What runs a single job: "sha-ni" or "portable". Checked against OpenSSL before its first use; one that differs
// is never used.
[[nodiscard]] std::string_view pbkdf2_sha256_engine();

}  // namespace hwbak::crypto
