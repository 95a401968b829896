// The difference of the two checksums is rolled back over the data, byte by byte from the end. Where
// it becomes the checksum of a single byte, that byte is the one. See crc_mend.h.
#include "container/sevenzip/crc_mend.h"

#include <lzma.h>

#include "container/sevenzip/survey.h"

namespace hwbak::sevenzip {
namespace {

struct Tables {
  std::array<std::uint32_t, 256> forward{};  // one byte into an empty register
  std::array<std::uint8_t, 256> by_high{};   // the byte whose entry has this high byte: they all differ
};

constexpr Tables make_tables() noexcept {
  Tables tables;
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? value >> 1 ^ 0xEDB88320u : value >> 1;
    tables.forward[byte] = value;
    tables.by_high[value >> 24] = static_cast<std::uint8_t>(byte);
  }
  return tables;
}

constexpr Tables tables = make_tables();

}  // namespace

std::uint32_t crc32(ByteView data) noexcept { return lzma_crc32(data.data(), data.size(), 0); }

std::optional<MendedByte> mend_single_byte(ByteView data, std::uint32_t wanted) noexcept {
  std::uint32_t difference = crc32(data) ^ wanted;
  std::optional<MendedByte> found;
  if (difference == 0) return found;
  for (std::size_t at = data.size(); at-- > 0;) {
    const std::uint8_t byte = tables.by_high[difference >> 24];
    if (tables.forward[byte] == difference) {
      if (found) return std::nullopt;
      found = MendedByte{at, byte};
    }
    difference = (difference ^ tables.forward[byte]) << 8 | byte;
  }
  return found;
}

}  // namespace hwbak::sevenzip
