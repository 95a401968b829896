// Finds the one wrong byte behind a CRC-32 that does not hold. CRC-32 is linear: the difference
// of two checksums depends on the difference of the bytes alone.
#pragma once

#include <optional>

#include "hwbak/bytes.h"

namespace hwbak::sevenzip {

struct MendedByte {
  std::size_t at = 0;
  std::uint8_t flip = 0;  // to be XORed into the byte
};

// The only change of a single byte of `data` that gives `wanted`; nullopt when there is none or
// more than one.
[[nodiscard]] std::optional<MendedByte> mend_single_byte(ByteView data, std::uint32_t wanted) noexcept;

}  // namespace hwbak::sevenzip
