// Looks for end headers that are not where they should be, and reads what is left of a damaged one
// (docs/formats/coldcard.md, "Damage").
#pragma once

#include "container/sevenzip/grammar.h"

namespace hwbak::sevenzip {

// Where `size` bytes with this checksum begin as an end header does.
[[nodiscard]] std::optional<std::uint64_t> find_header_by_crc(ByteView file, std::uint64_t size, std::uint32_t crc);

// The first header in the file that reads as one, with data and names.
struct FoundHeader {
  Region place;
  EndHeader header;
};
[[nodiscard]] std::optional<FoundHeader> find_header_by_grammar(ByteView file);

// The marks of a device's encrypted folder stand somewhere in the file.
[[nodiscard]] bool has_device_marks(ByteView file) noexcept;

// What is left of a device's end header: the salt at least. `at` and `packed_size` are where it should
// begin and what it should say, when the start header tells.
struct Remains {
  Region place;
  EndHeader header;  // one folder, one file; no CRC and a text of all the packed bytes where unknown
};
[[nodiscard]] std::optional<Remains> salvage_device_header(ByteView file, std::optional<std::uint64_t> at,
                                                           std::uint64_t packed_size);

}  // namespace hwbak::sevenzip
