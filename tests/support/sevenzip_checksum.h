// An archive that says another checksum of its contents than they have.
#pragma once

#include <gtest/gtest.h>

#include "container/sevenzip/survey.h"

namespace hwbak::test {

inline void put_le32(Bytes& file, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 4; ++i) file[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

// The archive with its checksum replaced, the headers' own put right.
inline Bytes with_checksum(Bytes file, std::uint32_t crc) {
  const sevenzip::Survey survey = sevenzip::survey(file, {});
  put_le32(file, static_cast<std::size_t>(survey.folders.at(0).crc_place.offset), crc);
  put_le32(file, 28, sevenzip::crc32(ByteView(file).subspan(static_cast<std::size_t>(survey.end_header.offset), static_cast<std::size_t>(survey.end_header.length))));
  put_le32(file, 8, sevenzip::crc32(ByteView(file).subspan(12, 20)));
  EXPECT_TRUE(sevenzip::survey(file, {}).flaws.empty());
  return file;
}

}  // namespace hwbak::test
