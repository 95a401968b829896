// The part of the end header that tells where data lies and what turns it into files: packed streams, folders
// of coders, files within folders (docs/formats/coldcard.md, "The end header"). Internal to the grammar.
#pragma once

#include "base/byte_reader.h"
#include "container/sevenzip/survey.h"

namespace hwbak::sevenzip {

enum HeaderId : std::uint64_t {
  id_end = 0x00, id_header = 0x01, id_archive_properties = 0x02, id_additional_streams = 0x03,
  id_main_streams = 0x04, id_files = 0x05, id_pack_info = 0x06, id_unpack_info = 0x07,
  id_substreams = 0x08, id_size = 0x09, id_crc = 0x0A, id_folder = 0x0B, id_unpack_size = 0x0C,
  id_num_unpack_streams = 0x0D, id_empty_stream = 0x0E, id_empty_file = 0x0F, id_names = 0x11,
  id_creation_time = 0x12, id_attributes = 0x15, id_encoded_header = 0x17,
};

// Reads numbers and notes whether all had their shortest form.
class HeaderReader final {
 public:
  explicit HeaderReader(ByteReader& bytes) : bytes_(bytes) {}
  [[nodiscard]] ByteReader& bytes() noexcept { return bytes_; }
  [[nodiscard]] std::uint64_t number();
  // A count of things that take at least `each` bytes of the header.
  [[nodiscard]] std::size_t count(std::string_view what, std::size_t each);
  void skip_record() { bytes_.skip(number()); }
  [[nodiscard]] bool shortest_numbers() const noexcept { return shortest_; }

 private:
  ByteReader& bytes_;
  bool shortest_ = true;
};

struct Digest {
  std::optional<std::uint32_t> crc;
  Region place;
};

// The data of one file.
struct SubStream {
  std::size_t folder = 0;
  std::uint64_t offset = 0, size = 0;
  Digest digest;
};

struct Streams {
  std::uint64_t packed_end = 0;
  std::vector<Region> packs;      // from the start of the packed area
  std::vector<Folder> folders;
  std::vector<SubStream> parts;
};

[[nodiscard]] Streams read_streams(HeaderReader& in);
[[nodiscard]] std::vector<bool> read_bits(ByteReader& in, std::size_t size);

}  // namespace hwbak::sevenzip
