// A straight walk over the property ids of the header and its files. See grammar.h.
#include "container/sevenzip/grammar.h"

#include <algorithm>

#include "base/unicode.h"
#include "container/sevenzip/streams.h"

namespace hwbak::sevenzip {
namespace {

class Parser final {
 public:
  explicit Parser(ByteReader& in) : header_(in), in_(in) {}

  EndHeader run() {
    const std::uint64_t id = number();
    if (id == id_encoded_header) {
      Streams streams = read_streams(header_);
      if (streams.folders.empty()) in_.fail("The packed end header has no stream");
      out_.packed = true;
      adopt(std::move(streams));
      return finish();
    }
    if (id != id_header) in_.fail("The end header begins with an unknown mark");
    std::vector<SubStream> parts;
    for (std::uint64_t next = number(); next != id_end; next = number()) {
      if (next == id_archive_properties) {
        for (std::uint64_t property = number(); property != id_end; property = number()) header_.skip_record();
      } else if (next == id_additional_streams) {
        (void)read_streams(header_);
      } else if (next == id_main_streams) {
        Streams streams = read_streams(header_);
        parts = streams.parts;
        adopt(std::move(streams));
      } else if (next == id_files) {
        files_info(parts);
      } else {
        in_.fail("The end header holds an unknown part");
      }
    }
    return finish();
  }

 private:
  std::uint64_t number() { return header_.number(); }
  EndHeader finish() {
    out_.shortest_numbers = header_.shortest_numbers();
    return std::move(out_);
  }
  void adopt(Streams&& streams) {
    out_.folders = std::move(streams.folders);
    out_.packed_end = streams.packed_end;
  }

  void files_info(const std::vector<SubStream>& parts) {
    const std::size_t files = header_.count("files", 2);  // a name takes two bytes at least
    out_.entries.assign(files, {});
    std::vector<bool> empty(files), empty_file;
    for (std::uint64_t id = number(); id != id_end; id = number()) {
      const std::uint64_t size = number();
      const std::uint64_t base = in_.offset();
      ByteReader record(in_.take(size), "a file record of the end header", base);
      if (id == id_empty_stream)
        empty = read_bits(record, files);
      else if (id == id_empty_file)
        empty_file = read_bits(record, static_cast<std::size_t>(std::ranges::count(empty, true)));
      else if (id == id_names)
        names(record);
      else if (id >= id_creation_time && id <= id_attributes)
        out_.has_attributes = true;
    }
    std::size_t part = 0, empties = 0;
    for (std::size_t i = 0; i < files; ++i) {
      Entry& entry = out_.entries[i];
      if (empty[i]) {
        entry.has_stream = false;
        entry.is_folder = empties >= empty_file.size() || !empty_file[empties];
        ++empties;
        continue;
      }
      if (part == parts.size()) in_.fail("The end header lists more files than it has data for");
      entry.size = parts[part].size;
      entry.crc = parts[part].digest.crc;
      entry.folder = parts[part].folder;
      entry.offset = parts[part].offset;
      ++part;
    }
  }

  void names(ByteReader& record) {
    const Region place{record.offset(), record.left()};
    const auto flaw = [&](const char* sentence) { out_.flaws.push_back({"inner-name", sentence, place, 0, false}); };
    if (record.at_end() || record.u8() != 0) return flaw("The names of the files are not stored where the end header says");
    if (record.left() % 2 != 0)
      return flaw("The names of the files take an odd number of bytes; UTF-16 takes two for each character");
    for (Entry& entry : out_.entries) {
      Bytes name;
      for (;;) {
        if (record.left() < 2) {
          entry.name = utf16le_to_utf8(name);
          return flaw("A file name in the end header does not end");
        }
        const ByteView unit = record.take(2);
        if (unit[0] == 0 && unit[1] == 0) break;
        name.insert(name.end(), unit.begin(), unit.end());
      }
      entry.name = utf16le_to_utf8(name);
    }
    if (!record.at_end()) flaw("There are more file names in the end header than files");
  }

  HeaderReader header_;
  ByteReader& in_;
  EndHeader out_;
};

}  // namespace

EndHeader parse_end_header(ByteReader& in) { return Parser(in).run(); }

Aes parse_aes(ByteView properties, Region place) {
  ByteReader in(properties, "the description of the encryption", place.offset);
  Aes out;
  out.place = place;
  const std::uint8_t first = in.u8();
  out.rounds_pow = first & 0x3F;
  if ((first & 0xC0) != 0) {
    const std::uint8_t second = in.u8();
    const unsigned salt_size = (first >> 7 & 1u) + (second >> 4);
    out.iv_size = (first >> 6 & 1u) + (second & 0x0Fu);
    const ByteView salt = in.take(salt_size);
    out.salt.assign(salt.begin(), salt.end());
    std::ranges::copy(in.take(out.iv_size), out.iv.begin());
  }
  if (!in.at_end()) in.fail("The description of the encryption is longer than its salt and IV");
  return out;
}

}  // namespace hwbak::sevenzip
