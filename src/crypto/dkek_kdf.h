// From the password of a DKEK share file to its key: three dependent chains of MD5, OpenSSL's old derivation with a count
// (docs/formats/pico-hsm.md, "From password to key"). A chain cannot be shortened; several shares run side by side.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "hwbak/bytes.h"

namespace hwbak::crypto {

struct DkekKdfJob {
  ByteView password;          // any bytes, any length
  FixedView<8> salt;
  std::uint32_t rounds = 0;   // MD5 runs of each of the three chains, at least 1
  FixedSpan<48> key;          // written: AES-256 key, then the IV
};

// One job after the other would take as long as all lanes together: jobs of equal rounds run side by side in one thread
// (sixteen AVX-512 lanes or a multiple, eight AVX2 lanes, four portable ones, one; chosen at run time by the number of jobs). A kernel is
// compared with OpenSSL before its first use, and never used when it differs. `progress` gets the part done, 0 to 1, a few
// times a second; when it returns false the work stops and the function returns false (the keys are then not to be used).
[[nodiscard]] bool derive_dkek_share_keys(std::span<const DkekKdfJob> jobs, const std::function<bool(double)>& progress = {});

// The kernel that so many jobs would be given to: "avx512-x16", "avx2-x8", "portable-x4", "scalar".
[[nodiscard]] std::string_view dkek_kdf_engine(std::size_t jobs);

}  // namespace hwbak::crypto
