// The ways to run many 7z key derivations, and which of them this machine can be trusted with.
// Internal to crypto/; tests choose one by hand.
#pragma once

#include <span>

#include "crypto/sevenzip_kdf.h"
#include "crypto/sha256_lanes.h"

namespace hwbak::crypto {

// Every kernel built in, in order of preference. Empty on other processors than x86-64.
[[nodiscard]] std::span<const Sha256Lanes* const> sha256_kernels() noexcept;

// Compresses a few blocks that differ in every lane and compares each lane with OpenSSL.
[[nodiscard]] bool agrees_with_openssl(const Sha256Lanes& kernel);

// The kernels this processor has and that agree with OpenSSL, in order of preference; found out once.
[[nodiscard]] std::span<const Sha256Lanes* const> usable_sha256_kernels();

// The same kernels, the fastest first: measured, once, in about a millisecond. For a search.
[[nodiscard]] std::span<const Sha256Lanes* const> fastest_sha256_kernels();

// derive_sevenzip_keys with these kernels and no other; one after the other without any.
void derive_sevenzip_keys_with(std::span<const Sha256Lanes* const> kernels, std::span<const SevenZipKdfJob> jobs);

}  // namespace hwbak::crypto
