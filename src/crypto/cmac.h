// AES-256-CMAC (NIST SP 800-38B), full 16-byte tag.
#pragma once

#include <array>

#include "hwbak/bytes.h"

namespace hwbak::crypto {

[[nodiscard]] std::array<std::uint8_t, 16> aes256_cmac(FixedView<32> key, ByteView data);

}  // namespace hwbak::crypto
