// See salvage.h.
#include "container/sevenzip/salvage.h"

#include <algorithm>

#include "base/unicode.h"
#include "container/sevenzip/layout.h"
#include "container/sevenzip/number.h"

namespace hwbak::sevenzip {
namespace {

// A file made of nothing but beginnings must not cost more than its size deserves.
constexpr unsigned max_candidates = 256;
constexpr std::size_t search_window = 64 * 1024;
constexpr std::size_t least_marks = 8;  // bytes of the template that must be there

constexpr std::uint8_t header_begin[] = {0x01, 0x04, 0x06};
constexpr std::uint8_t packed_begin[] = {0x17, 0x06};
constexpr std::uint8_t cipher_mark[] = {0x24, 0x06, 0xF1, 0x07, 0x01, device_properties_size};

std::optional<std::uint64_t> find_pattern(ByteView file, ByteView pattern, std::uint64_t from) noexcept {
  if (from > file.size()) return std::nullopt;
  const auto found =
      std::search(file.begin() + static_cast<std::ptrdiff_t>(from), file.end(), pattern.begin(), pattern.end());
  if (found == file.end()) return std::nullopt;
  return static_cast<std::uint64_t>(found - file.begin());
}

std::size_t matching(ByteView file, std::uint64_t at, ByteView expected) noexcept {
  std::size_t hits = 0;
  for (std::size_t i = 0; i < expected.size() && at + i < file.size(); ++i) hits += file[at + i] == expected[i];
  return hits;
}

// Where the coder properties begin, if the file looks like a device's header around `at`.
std::optional<std::uint64_t> properties_at(ByteView file, std::uint64_t at, std::uint64_t packed_size) {
  const Bytes front = device_front(packed_size);
  const std::uint64_t properties = at + front.size();
  if (properties > file.size()) return std::nullopt;
  const std::size_t there = front.size() + device_filler.size();
  const std::size_t hits = matching(file, at, front) + matching(file, properties + device_properties_size, device_filler);
  if (hits < least_marks || hits * 2 < there) return std::nullopt;
  return properties;
}

Aes read_properties(ByteView file, Region place) {
  Aes aes;
  aes.place = place;
  const ByteView there = file.subspan(place.offset, std::min<std::uint64_t>(place.length, file.size() - place.offset));
  // Every device wrote CD FF; other rounds are believed only when they look as an honest writer's would.
  aes.rounds_pow = there[1] == 0xFF && (there[0] & 0xC0) == 0xC0 ? there[0] & 0x3F : 13;
  aes.salt.assign(there.begin() + 2, there.begin() + 18);
  aes.iv_size = 16;
  std::ranges::copy(there.subspan(18), aes.iv.begin());
  aes.iv_lost = there.size() < place.length;
  return aes;
}

// The device's number of the text's length, if it fits the packed size.
std::optional<std::uint64_t> read_text_size(ByteReader& in, std::uint64_t packed_size) {
  const std::uint64_t size = read_number(in);
  if (padded(size) == packed_size) return size;
  return std::nullopt;
}

// Empty when its end is lost: a part of a name is none.
std::string read_name(ByteReader& in) {
  (void)read_number(in);
  in.skip(1);
  Bytes name;
  while (in.left() >= 2) {
    const ByteView unit = in.take(2);
    if (unit[0] == 0 && unit[1] == 0) return utf16le_to_utf8(name);
    name.insert(name.end(), unit.begin(), unit.end());
  }
  return {};
}

// Where the filler after the properties stands: there, or not far off when the properties have another length
// than a device's, if the marks around the text's length follow it.
std::uint64_t filler_at(ByteView file, std::uint64_t at, std::uint64_t packed_size) {
  const std::uint64_t before_crc = device_filler.size() + device_number_size(packed_size);
  const auto fits = [&](std::uint64_t place) {
    return matching(file, place, device_filler) == device_filler.size() &&
           matching(file, place + before_crc, device_before_crc) == device_before_crc.size();
  };
  if (fits(at)) return at;
  for (std::uint64_t off = 1; off <= block_size; ++off)
    for (const std::uint64_t place : {at + off, at - off})
      if (fits(place)) return place;
  return at;
}

// What follows the properties, as far as it goes.
std::uint64_t read_rest(ByteView file, std::uint64_t at, std::uint64_t packed_size, Folder& folder, Entry& entry) {
  at = filler_at(file, at, packed_size);
  if (at >= file.size()) return file.size();
  ByteReader in(file.subspan(at), "what is left of the end header", at);
  try {
    in.skip(device_filler.size());
    const std::size_t width = device_number_size(packed_size);
    ByteReader size(in.take(width), "the length of the text", in.offset());
    if (const auto known = read_text_size(size, packed_size)) folder.unpack_size = *known;
    in.skip(device_before_crc.size());
    const Region place{in.offset(), 4};
    folder.crc = in.le32();
    folder.crc_place = place;
    in.skip(device_after_crc.size());
    entry.name = read_name(in);
    in.skip(2);
  } catch (const Error&) {
    return file.size();  // cut here: the rest keeps its defaults
  }
  return in.offset();
}

}  // namespace

std::optional<std::uint64_t> find_header_by_crc(ByteView file, std::uint64_t size, std::uint32_t crc) {
  for (const ByteView begin : {ByteView(header_begin), ByteView(packed_begin)}) {
    auto at = find_pattern(file, begin, 0);
    for (unsigned tried = 0; at && tried < max_candidates; ++tried, at = find_pattern(file, begin, *at + 1))
      if (size <= file.size() - *at && crc32(file.subspan(*at, size)) == crc) return at;
  }
  return std::nullopt;
}

std::optional<FoundHeader> find_header_by_grammar(ByteView file) {
  auto at = find_pattern(file, header_begin, 0);
  for (unsigned tried = 0; at && tried < max_candidates; ++tried, at = find_pattern(file, header_begin, *at + 1)) {
    try {
      ByteReader in(file.subspan(*at, std::min<std::uint64_t>(search_window, file.size() - *at)), "an end header", *at);
      EndHeader header = parse_end_header(in);
      if (!header.folders.empty() && !header.entries.empty()) return FoundHeader{{*at, in.position()}, std::move(header)};
    } catch (const Error&) {
      // Not a header: go on.
    }
  }
  return std::nullopt;
}

bool has_device_marks(ByteView file) noexcept { return find_pattern(file, cipher_mark, 0).has_value(); }

std::optional<Remains> salvage_device_header(ByteView file, std::optional<std::uint64_t> at, std::uint64_t packed_size) {
  std::optional<std::uint64_t> properties;
  if (at) properties = properties_at(file, *at, packed_size);
  if (!properties) {
    const auto mark = find_pattern(file, cipher_mark, 0);
    if (mark) properties = *mark + sizeof cipher_mark;
  }
  if (!properties || file.size() - *properties < 2 + 16) return std::nullopt;
  // Without a start header the packed size is not known; the header's own front has the usual length.
  const std::uint64_t front = device_front(packed_size).size();
  const std::uint64_t begin = at && *at + front == *properties ? *at : *properties - std::min(front, *properties);
  if (!at) packed_size = whole_blocks(begin - std::min<std::uint64_t>(begin, start_header_size));
  Folder folder;
  folder.packed = {0, packed_size};
  folder.aes = read_properties(file, {*properties, device_properties_size});
  folder.unpack_size = packed_size;
  Entry entry;
  const std::uint64_t end = read_rest(file, *properties + device_properties_size, packed_size, folder, entry);
  folder.coders.push_back({Method::aes, {0x06, 0xF1, 0x07, 0x01}, {}, folder.unpack_size});
  entry.size = folder.unpack_size;
  entry.crc = folder.crc;
  Remains out;
  out.place = {begin, end - begin};
  out.header.packed_end = packed_size;
  out.header.folders.push_back(std::move(folder));
  out.header.entries.push_back(std::move(entry));
  return out;
}

}  // namespace hwbak::sevenzip
