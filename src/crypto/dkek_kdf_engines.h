// The ways to run MD5 chains, and which of them this machine can be trusted with. Internal to crypto/; tests choose one by hand.
#pragma once

#include "crypto/dkek_kdf.h"
#include "crypto/md5_lanes.h"

namespace hwbak::crypto {

// Every kernel built in, in order of preference.
[[nodiscard]] std::span<const Md5Lanes* const> md5_kernels() noexcept;

// Runs a few rounds that differ in every lane and compares each lane with OpenSSL.
[[nodiscard]] bool agrees_with_openssl(const Md5Lanes& kernel);

// The kernels this processor has and that agree with OpenSSL, in order of preference; found out once. The last is OpenSSL itself.
[[nodiscard]] std::span<const Md5Lanes* const> usable_md5_kernels();

// The same kernels, the one first whose lane takes least: measured, once, in a few milliseconds. For a search.
[[nodiscard]] std::span<const Md5Lanes* const> fastest_md5_kernels();

// The first of these that so many jobs are worth.
[[nodiscard]] const Md5Lanes& md5_kernel_for(std::span<const Md5Lanes* const> kernels, std::size_t jobs);

// derive_dkek_share_keys with these kernels and no other.
[[nodiscard]] bool derive_dkek_share_keys_with(std::span<const Md5Lanes* const> kernels, std::span<const DkekKdfJob> jobs,
                                               const std::function<bool(double)>& progress = {});

}  // namespace hwbak::crypto
