// See apdu.h.
#include "practice/pico_hsm/apdu.h"

namespace hwbak::practice::pico_hsm {
namespace {

std::size_t be16(ByteView bytes) noexcept { return static_cast<std::size_t>(bytes[0] << 8 | bytes[1]); }

}  // namespace

std::optional<Command> parse_command(ByteView bytes) noexcept {
  if (bytes.size() < 4) return std::nullopt;
  Command out{bytes[0], bytes[1], bytes[2], bytes[3], {}, 256};
  bytes = bytes.subspan(4);
  if (bytes.empty()) return out;
  const auto short_expected = [](std::uint8_t le) { return le == 0 ? std::size_t{256} : std::size_t{le}; };
  if (bytes.size() == 1) {
    out.expected = short_expected(bytes[0]);
    return out;
  }
  const auto long_expected = [](ByteView le) { return be16(le) == 0 ? std::size_t{65536} : be16(le); };
  if (bytes[0] == 0 && bytes.size() >= 3) {
    bytes = bytes.subspan(1);
    if (bytes.size() == 2) {
      out.expected = long_expected(bytes);
      return out;
    }
    const std::size_t size = be16(bytes);
    bytes = bytes.subspan(2);
    if (size == 0 || (bytes.size() != size && bytes.size() != size + 2)) return std::nullopt;
    out.data = bytes.first(size);
    out.expected = bytes.size() == size ? 65536 : long_expected(bytes.subspan(size));
    return out;
  }
  const std::size_t size = bytes[0];
  bytes = bytes.subspan(1);
  if (size == 0 || (bytes.size() != size && bytes.size() != size + 1)) return std::nullopt;
  out.data = bytes.first(size);
  if (bytes.size() > size) out.expected = short_expected(bytes[size]);
  return out;
}

}  // namespace hwbak::practice::pico_hsm
