// See number.h.
#include "container/sevenzip/number.h"

namespace hwbak::sevenzip {

std::uint64_t read_number(ByteReader& in) {
  const unsigned first = in.u8();
  unsigned extra = 0;
  while (extra < 8 && (first & 0x80u >> extra) != 0) ++extra;
  const std::uint64_t low = in.little(extra);
  // With seven or eight extra bytes the first holds no value bits.
  if (extra >= 7) return low;
  return static_cast<std::uint64_t>(first & (0x7Fu >> extra)) << 8 * extra | low;
}

unsigned shortest_number_size(std::uint64_t value) noexcept {
  unsigned size = 1;
  while (size < 9 && value >> 7 * size != 0) ++size;
  return size;
}

unsigned device_number_size(std::uint64_t value) noexcept {
  return value < 0x7F ? 1 : value <= 0xFFFF ? 3 : value <= 0xFFFFFFFF ? 5 : 9;
}

void write_device_number(ByteWriter& out, std::uint64_t value) {
  switch (device_number_size(value)) {
    case 1: out.u8(static_cast<std::uint8_t>(value)); break;
    case 3: out.u8(0xC0).le16(static_cast<std::uint16_t>(value)); break;
    case 5: out.u8(0xF0).le32(static_cast<std::uint32_t>(value)); break;
    default: out.u8(0xFF).le64(value); break;
  }
}

}  // namespace hwbak::sevenzip
