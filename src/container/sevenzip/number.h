// 7z numbers: one byte that says by its leading one bits how many bytes follow, and holds the
// high bits itself (docs/formats/coldcard.md, "Numbers").
#pragma once

#include "base/byte_reader.h"
#include "base/byte_writer.h"

namespace hwbak::sevenzip {

[[nodiscard]] std::uint64_t read_number(ByteReader& in);
// Bytes of the shortest form, which 7-Zip writes and the device misreads.
[[nodiscard]] unsigned shortest_number_size(std::uint64_t value) noexcept;
// The device's form: 1, 3, 5 or 9 bytes, never value bits in the first of several.
[[nodiscard]] unsigned device_number_size(std::uint64_t value) noexcept;
void write_device_number(ByteWriter& out, std::uint64_t value);

}  // namespace hwbak::sevenzip
