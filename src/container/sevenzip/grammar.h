// The end header's grammar: property ids, any order of optional ones, unknown ones skipped
// by their size (docs/formats/coldcard.md, "The end header").
#pragma once

#include "base/byte_reader.h"
#include "container/sevenzip/survey.h"

namespace hwbak::sevenzip {

struct EndHeader {
  bool packed = false;          // an EncodedHeader: the first folder gives the real one
  std::vector<Folder> folders;  // `packed` regions count from the start of the packed area
  std::vector<Entry> entries;
  std::vector<Flaw> flaws;       // names that cannot be read; the rest is usable
  std::uint64_t packed_end = 0;  // bytes of the packed area that are spoken for
  bool shortest_numbers = true;  // every number in the form that 7-Zip writes
  bool has_attributes = false;   // times or attributes, which the device does not write
};

// Reads one header and leaves `in` after it. Throws Error(damaged) where the bytes do not fit the
// grammar, Error(unsupported) for the few features that no known program writes.
[[nodiscard]] EndHeader parse_end_header(ByteReader& in);

// 7zAES coder properties; throws Error(damaged) at `place` when they contradict themselves.
[[nodiscard]] Aes parse_aes(ByteView properties, Region place);

}  // namespace hwbak::sevenzip
