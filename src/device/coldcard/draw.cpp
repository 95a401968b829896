// See draw.h. Values that would favour small numbers are thrown away.
#include "device/coldcard/draw.h"

namespace hwbak::coldcard {

unsigned draw(RandomSource& random, unsigned limit) {
  const unsigned fair = 65536 - 65536 % limit;
  for (;;) {
    std::uint8_t bytes[2];
    random.fill(bytes);
    const unsigned value = bytes[0] | static_cast<unsigned>(bytes[1]) << 8;
    if (value < fair) return value % limit;
  }
}

}  // namespace hwbak::coldcard
