// Text seen as bytes, without a copy.
#pragma once

#include <string_view>

#include "hwbak/bytes.h"

namespace hwbak {

[[nodiscard]] inline ByteView as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace hwbak
