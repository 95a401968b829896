// See reader.h; docs/formats/coldcard.md, "What a device can read back".
#include "device/coldcard/reader.h"

#include <algorithm>
#include <bit>

#include "base/byte_reader.h"
#include "base/counted.h"
#include "base/unicode.h"
#include "container/sevenzip/layout.h"

namespace hwbak::coldcard {
namespace {

constexpr std::size_t start_size = sevenzip::start_header_size;
constexpr std::uint64_t longest_end_header = 10000;
constexpr std::uint8_t oldest_minor = 3;
constexpr std::array<std::uint8_t, 5> encryption_mark = {0x24, 0x06, 0xF1, 0x07, 0x01};

struct StartHeader {
  std::uint64_t packed_size = 0, end_size = 0;
  std::uint32_t end_crc = 0;
  bool crc_holds = false;
};

StartHeader read_start(ByteView file) {
  ByteReader in(file.first(start_size), "the start header");
  in.skip(8);
  StartHeader out;
  out.crc_holds = in.le32() == sevenzip::crc32(file.subspan(12, 20));
  out.packed_size = in.le64();
  out.end_size = in.le64();
  out.end_crc = in.le32();
  return out;
}

// The end header, when all of it is in the file.
std::optional<ByteView> end_header(ByteView file, const StartHeader& start) noexcept {
  const std::uint64_t behind = file.size() - start_size;
  if (start.packed_size > behind || start.end_size > behind - start.packed_size) return std::nullopt;
  return file.subspan(start_size + static_cast<std::size_t>(start.packed_size), static_cast<std::size_t>(start.end_size));
}

std::string number(std::uint64_t value) { return std::to_string(value); }

DeviceReading refused(Refusal refusal, Cure cure, std::string reason, std::string shown = {}) {
  return {std::nullopt, refusal, std::move(reason), std::move(shown), cure};
}

bool good_signature(ByteView file) noexcept {
  return std::equal(sevenzip::signature.begin(), sevenzip::signature.end(), file.begin()) && file[6] == 0 &&
         file[7] >= oldest_minor;
}

std::string signature_reason(ByteView file) {
  if (!std::equal(sevenzip::signature.begin(), sevenzip::signature.end(), file.begin()))
    return "the file does not begin with the signature of a 7z file";
  return "the 7z version is " + number(file[6]) + "." + number(file[7]) + "; the device wants 0.3 or later";
}

// One pass over the end header. Each step searches from just after the mark of the step before, reads what follows
// its own mark, and fills `archive_` or `refused_`.
class BlindReader final {
 public:
  BlindReader(ByteView header, const StartHeader& start, const Firmware& firmware)
      : from_(header), start_(start), firmware_(firmware) {
    archive_.packed = {start_size, start.packed_size};
    archive_.end = archive_.packed.end() + header.size();
  }

  DeviceReading read() {
    if (packed_size() && encryption() && text_size() && checksum() && inner_name() && limits())
      return {std::move(archive_), Refusal::none, {}, {}, Cure::none};
    return std::move(refused_);
  }

 private:
  bool fail(std::string reason, std::string shown = {}, Cure cure = Cure::rewrite) {
    refused_ = refused(Refusal::assertion, cure, std::move(reason), std::move(shown));
    return false;
  }
  bool too_short(std::string_view what) { return fail("the end header ends within " + std::string(what)); }

  // `pattern` as the device spells it: hex digits in pairs.
  bool find(std::span<const std::uint8_t> pattern, std::string_view what, std::string_view spelt) {
    const auto found = std::search(from_.begin(), from_.end(), pattern.begin(), pattern.end());
    if (found == from_.end()) {
      refused_ = refused(Refusal::password, Cure::rewrite,
                         "the end header lacks the pattern " + std::string(spelt) + ", by which the device finds " +
                             std::string(what),
                         std::string(spelt));
      return false;
    }
    from_ = from_.subspan(static_cast<std::size_t>(found - from_.begin()) + pattern.size());
    in_ = from_;
    return true;
  }
  bool take_number(std::uint64_t& value, std::string_view what) {
    const auto taken = read_device_number(in_);
    if (!taken) return too_short(what);
    value = *taken;
    return true;
  }
  bool take_zero(std::string_view after) {
    if (in_.empty() || in_[0] != 0) return fail("a zero byte is missing after " + std::string(after));
    in_ = in_.subspan(1);
    return true;
  }

  bool packed_size() {
    static constexpr std::uint8_t mark[] = {0x01, 0x04, 0x06, 0x00, 0x01, 0x09};
    return find(mark, "the packed size", "01 04 06 00 01 09") && take_number(packed_size_, "the packed size");
  }

  bool encryption() {
    static constexpr std::uint8_t mark[] = {0x07, 0x0B, 0x01, 0x00, 0x01, 0x24, 0x06, 0xF1, 0x07, 0x01};
    std::uint64_t length = 0;
    if (!find(mark, "the encryption", "07 0b 01 00 01 24 06 f1 07 01") ||
        !take_number(length, "the length of the encryption properties"))
      return false;
    if (in_.size() < 2) return too_short("the encryption properties");
    archive_.rounds_pow = in_[0] & 0x3Fu;
    const unsigned salt_size = (in_[1] >> 4) + 1u, iv_size = (in_[1] & 0x0Fu) + 1u;
    if (archive_.rounds_pow > firmware_.max_rounds_pow)
      return fail("the key takes 2^" + number(archive_.rounds_pow) + " rounds; this firmware allows 2^" +
                  number(firmware_.max_rounds_pow));
    if ((in_[0] & 0xC0u) != 0xC0u) return fail("the encryption has no salt or no IV", "require salt+iv");
    if (salt_size != archive_.salt.size() || iv_size != archive_.iv.size())
      return fail("salt and IV have " + number(salt_size) + " and " + counted(iv_size, "byte") + "; the device wants 16 and 16");
    if (length != sevenzip::device_properties_size)
      return fail("the encryption properties are said to have " + counted(length, "byte") + "; salt and IV make it 34");
    if (in_.size() < sevenzip::device_properties_size) return too_short("salt and IV");
    std::copy_n(in_.begin() + 2, archive_.salt.size(), archive_.salt.begin());
    std::copy_n(in_.begin() + 18, archive_.iv.size(), archive_.iv.begin());
    return true;
  }

  bool text_size() {
    return find(sevenzip::device_filler, "the length of the text", "01 00 0c") &&
           take_number(archive_.text_size, "the length of the text") && take_zero("the length of the text");
  }

  bool checksum() {
    static constexpr std::uint8_t mark[] = {0x08, 0x0A, 0x01};
    if (!find(mark, "the checksum", "08 0a 01")) return false;
    if (in_.size() < 4) return too_short("the checksum");
    archive_.text_crc = ByteReader(in_, "the checksum").le32();
    in_ = in_.subspan(4);
    return take_zero("the checksum");
  }

  bool inner_name() {
    static constexpr std::uint8_t mark[] = {0x05, 0x01, 0x11};
    std::uint64_t length = 0;
    if (!find(mark, "the name of the file inside", "05 01 11") || !take_number(length, "the length of the name") ||
        !take_zero("the length of the name"))
      return false;
    if (length == 0 || length - 1 > in_.size()) return too_short("the name of the file inside");
    const ByteView name = in_.first(static_cast<std::size_t>(length - 1));
    for (std::size_t i = 0; i < name.size(); i += 2) archive_.inner_name += static_cast<char>(name[i]);
    if (!is_utf8(archive_.inner_name)) {
      refused_ = refused(Refusal::password, Cure::rewrite, "the name of the file inside is not plain text");
      return false;
    }
    if (!archive_.inner_name.empty()) drop_last_character();
    in_ = in_.subspan(name.size());
    if (in_.size() < 2 || in_[0] != 0 || in_[1] != 0)
      return fail("two zero bytes are missing after the name of the file inside");
    return true;
  }
  void drop_last_character() {
    while (archive_.inner_name.size() > 1 && (static_cast<std::uint8_t>(archive_.inner_name.back()) & 0xC0u) == 0x80u)
      archive_.inner_name.pop_back();
    archive_.inner_name.pop_back();
  }

  bool limits() {
    const std::uint64_t text = archive_.text_size;
    if (packed_size_ != start_.packed_size)
      return fail("the end header gives the encrypted part " + counted(packed_size_, "byte") + " as the device reads it, the start header " +
                  number(start_.packed_size));
    if (text > firmware_.size_limit)
      return fail("the text has " + counted(text, "byte") + "; this firmware reads at most " + number(firmware_.size_limit),
                  "too big", Cure::reduce);
    if (packed_size_ > text + sevenzip::block_size)
      return fail("the encrypted part has " + counted(packed_size_, "byte") + ", too many for a text of " + number(text),
                  "too big, encoded");
    if (packed_size_ % sevenzip::block_size != 0)
      return fail("the encrypted part has " + counted(packed_size_, "byte") + ", which is not a multiple of 16", "not blocked");
    return true;
  }

  ByteView from_;  // just after the last mark
  ByteView in_;    // what is still to be read behind it
  const StartHeader& start_;
  const Firmware& firmware_;
  std::uint64_t packed_size_ = 0;  // as the end header has it
  DeviceArchive archive_;
  DeviceReading refused_;
};

}  // namespace

std::optional<std::uint64_t> read_device_number(ByteView& bytes) noexcept {
  if (bytes.empty()) return std::nullopt;
  const std::uint8_t first = bytes[0];
  const auto leading = static_cast<unsigned>(std::countl_one(first));
  const std::size_t extra = leading >= 7 ? 8 : leading;  // FE takes eight bytes like FF
  if (bytes.size() - 1 < extra) return std::nullopt;
  std::uint64_t value = 0;
  for (std::size_t i = extra; i > 0; --i) value = value << 8 | bytes[i];
  if (leading == 0) value = first;
  // Wrong for all numbers with bits in the first byte: they belong above the other bytes.
  else if (leading < 7) value += std::uint64_t{first & (0xEFu >> leading)} << leading;
  bytes = bytes.subspan(1 + extra);
  return value;
}

DeviceReading check_headers(ByteView file, const Firmware& firmware) {
  if (file.size() < start_size)
    return refused(Refusal::headers, Cure::other_copy,
                   "the file has " + counted(file.size(), "byte") + "; the start header alone takes 32");
  if (firmware.verify_checks_signature && !good_signature(file))
    return refused(Refusal::headers, Cure::other_copy, signature_reason(file), "Bad magic bytes");
  const StartHeader start = read_start(file);
  if (!start.crc_holds)
    return refused(Refusal::headers, Cure::other_copy, "the start header fails its CRC", "Second header has wrong CRC");
  if (start.end_size > longest_end_header)
    return refused(Refusal::headers, Cure::rewrite,
                   "the end header has " + counted(start.end_size, "byte") + "; the device reads at most 10000",
                   "Second header too big");
  const auto header = end_header(file, start);
  if (!header)
    return refused(Refusal::headers, Cure::other_copy,
                   "the end header is cut off: it should take " + counted(start.end_size, "byte") + " after " +
                       number(start.packed_size) + " encrypted ones, and the file has " + number(file.size()) + " in all",
                   "Confused file? Truncated file?");
  if (std::search(header->begin(), header->end(), encryption_mark.begin(), encryption_mark.end()) == header->end())
    return refused(Refusal::headers, Cure::rewrite, "the end header does not announce AES encryption (24 06 f1 07 01)",
                   "Confused file? Not marked as AES+SHA encrypted?");
  if (sevenzip::crc32(*header) != start.end_crc)
    return refused(Refusal::headers, Cure::other_copy, "the end header fails its CRC", "Trailing header has wrong CRC");
  return {};
}

DeviceReading search_contents(ByteView file, const Firmware& firmware) {
  if (file.size() < start_size)
    return refused(Refusal::assertion, Cure::other_copy, "the file is shorter than a start header");
  if (!good_signature(file)) return refused(Refusal::assertion, Cure::other_copy, signature_reason(file));
  const StartHeader start = read_start(file);
  const auto header = end_header(file, start);
  if (!header || header->size() > longest_end_header)
    return refused(Refusal::assertion, Cure::other_copy, "the end header is cut off or too large");
  return BlindReader(*header, start, firmware).read();
}

}  // namespace hwbak::coldcard
