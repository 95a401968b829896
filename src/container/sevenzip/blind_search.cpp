// What a device does to read a file back: it searches for five patterns, one after the other, without
// regard to what the bytes between them are (docs/formats/coldcard.md, "What a device can read back").
#include <algorithm>

#include "base/byte_reader.h"
#include "container/sevenzip/grammar.h"
#include "container/sevenzip/layout.h"
#include "container/sevenzip/number.h"

namespace hwbak::sevenzip {
namespace {

constexpr std::uint64_t max_device_size = 131072;
constexpr std::uint64_t min_verify_size = 400;  // a text must be longer
constexpr unsigned max_device_rounds = 19;

std::string size_trouble(std::uint64_t packed_size, std::uint64_t text_size, std::uint64_t file_size,
                         const DeviceLayout& layout) {
  const bool notes = layout.inner_name.ends_with(".json");
  if (!notes && !layout.inner_name.ends_with(".txt")) return "the name inside ends neither in .txt nor in .json";
  if (layout.rounds_pow > max_device_rounds) return "the key takes more than 2^19 rounds";
  if (packed_size % block_size != 0 || packed_size > text_size + block_size)
    return "the encrypted part does not have the length that belongs to the text";
  if (text_size >= max_device_size)
    return "the text has " + std::to_string(text_size) + " bytes; a device reads less than 131072";
  if (!notes && text_size <= min_verify_size)
    return "the text has " + std::to_string(text_size) + " bytes; a device's Verify wants more than 400";
  if (file_size > max_device_size)
    return "the file has " + std::to_string(file_size) + " bytes; a device offers files of at most 131072";
  return {};
}

}  // namespace

BlindSearch blind_search_header(ByteView header, std::uint64_t packed_size, std::uint64_t text_size) {
  struct Pattern {
    std::string_view what;
    std::vector<std::uint8_t> bytes;
    std::size_t place;
  };
  const std::size_t front = device_front(packed_size).size();
  const Region properties{front, device_properties_size};
  const std::size_t filler = front + device_properties_size;
  const std::size_t crc_mark = filler + device_filler.size() + device_number_size(text_size) + 1;
  const Pattern patterns[] = {
      {"packed size", {0x01, 0x04, 0x06, 0x00, 0x01, 0x09}, 0},
      {"encryption", {0x07, 0x0B, 0x01, 0x00, 0x01, 0x24, 0x06, 0xF1, 0x07, 0x01}, front - 11},
      {"text length", {0x01, 0x00, 0x0C}, filler},
      {"checksum", {0x08, 0x0A, 0x01}, crc_mark},
      {"file name", {0x05, 0x01, 0x11}, crc_mark + 9},
  };
  std::size_t from = 0;
  for (const Pattern& pattern : patterns) {
    const auto found = std::search(header.begin() + static_cast<std::ptrdiff_t>(from), header.end(), pattern.bytes.begin(),
                                   pattern.bytes.end());
    const auto at = static_cast<std::size_t>(found - header.begin());
    if (at != pattern.place) {
      BlindSearch out;
      out.redraw_helps = properties.contains(at);
      const std::string_view holder = out.redraw_helps ? "the salt or IV"
                                      : at < crc_mark  ? "the length of the text"
                                                       : "the checksum of the text";
      out.collision =
          "the mark it searches for to find the " + std::string(pattern.what) + " stands already in " + std::string(holder);
      if (!out.redraw_helps)
        out.collision += " (" + std::to_string(text_size) + " bytes); one more character in a comment line would help";
      return out;
    }
    from = at + pattern.bytes.size();
  }
  return {};
}

BlindSearch blind_search(ByteView file) {
  const Survey seen = survey(file, Limits{});
  if (seen.writer != Writer::device || !seen.flaws.empty()) return {"the file is not laid out as a device writes it", false};
  const Folder& folder = seen.folders[0];
  const Aes& aes = *folder.aes;
  const DeviceLayout layout{seen.entries[0].name, aes.rounds_pow, FixedView<16>(aes.salt.data(), 16), aes.iv};
  const ByteView header = file.subspan(seen.end_header.offset, seen.end_header.length);
  BlindSearch out = blind_search_header(header, folder.packed.length, folder.unpack_size);
  if (out.collision.empty()) out.collision = size_trouble(folder.packed.length, folder.unpack_size, file.size(), layout);
  if (out.collision.empty() && seen.trailing_bytes != 0) out.collision = "there are bytes after the end of the archive";
  return out;
}

}  // namespace hwbak::sevenzip
