// The end header byte for byte as a Coldcard writes it (docs/formats/coldcard.md, "The end
// header"): for the writer, for telling who wrote a file, and as the template for a damaged one.
#pragma once

#include <string_view>

#include "container/sevenzip/survey.h"
#include "container/sevenzip/write.h"

namespace hwbak::sevenzip {

inline constexpr std::array<std::uint8_t, 6> signature = {0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C};
inline constexpr std::size_t start_header_size = 32;
inline constexpr std::size_t block_size = 16;
inline constexpr std::size_t device_properties_size = 34;  // rounds, sizes, salt, IV

// The bytes before the coder properties, of the text's length, and between length and CRC.
[[nodiscard]] Bytes device_front(std::uint64_t packed_size);
inline constexpr std::array<std::uint8_t, 3> device_filler = {0x01, 0x00, 0x0C};
inline constexpr std::array<std::uint8_t, 4> device_before_crc = {0x00, 0x08, 0x0A, 0x01};
inline constexpr std::array<std::uint8_t, 5> device_after_crc = {0x00, 0x00, 0x05, 0x01, 0x11};

[[nodiscard]] Bytes device_end_header(std::uint64_t packed_size, std::uint64_t text_size, std::uint32_t text_crc,
                                      const DeviceLayout& layout);

// True when `header`, which reads as this folder and these entries, is what a device would have written.
[[nodiscard]] bool is_device_layout(ByteView header, const std::vector<Folder>& folders, const std::vector<Entry>& entries);

// The blind search over an end header alone, whose layout is the device's.
[[nodiscard]] BlindSearch blind_search_header(ByteView header, std::uint64_t packed_size, std::uint64_t text_size);

[[nodiscard]] constexpr std::uint64_t whole_blocks(std::uint64_t size) noexcept { return size / block_size * block_size; }
[[nodiscard]] constexpr std::uint64_t padded(std::uint64_t size) noexcept {
  return size / block_size * block_size + (size % block_size == 0 ? 0 : block_size);
}

}  // namespace hwbak::sevenzip
