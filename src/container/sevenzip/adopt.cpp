// See adopt.h; also open_header() of open.h, which adopts a header that was packed itself.
#include "container/sevenzip/adopt.h"

#include <algorithm>

#include "base/counted.h"
#include "base/unicode.h"
#include "container/sevenzip/layout.h"
#include "container/sevenzip/open.h"

namespace hwbak::sevenzip {
namespace {

constexpr unsigned device_rounds = 13;
constexpr unsigned hashless_rounds = 63;
constexpr std::ptrdiff_t max_name = 255;    // characters
constexpr unsigned max_header_layers = 4;  // 7-Zip packs a header once

bool is_stored(const Folder& folder) {
  return std::ranges::all_of(
      folder.coders, [](const Coder& coder) { return coder.method == Method::aes || coder.method == Method::copy; });
}

// The text of a single stored stream takes exactly the whole area, as a device packs it.
bool fills_area(const Folder& folder, Region area) {
  return folder.aes && is_stored(folder) && area.length != 0 && folder.unpack_size <= area.length &&
         padded(folder.unpack_size) == area.length;
}

void place_folder(Survey& survey, Folder& folder, bool moved, std::size_t folders) {
  const Region area = survey.packed;
  if (moved && folders == 1) {
    folder.packed = area;
    return;
  }
  if (folders == 1 && fills_area(folder, area)) {
    if (folder.packed != Region{0, area.length})
      survey.flaws.push_back({"packed-size",
                              "The end header places the encrypted part wrongly; it is what stands between the start header "
                              "and the end header, which fits the length of the text",
                              area, 0, false});
    folder.packed = area;
    return;
  }
  const bool fits = folder.packed.offset <= area.length && folder.packed.length <= area.length - folder.packed.offset;
  if (!fits) {
    survey.flaws.push_back({"packed-size",
                            "The end header speaks of " + std::to_string(folder.packed.length) +
                                " packed bytes; the start header leaves room for " + std::to_string(area.length),
                            area, 0, false});
    folder.packed.offset = std::min(folder.packed.offset, area.length);
    folder.packed.length = std::min(folder.packed.length, area.length - folder.packed.offset);
  }
  folder.packed.offset += area.offset;
}

void judge_aes(Survey& survey, const Folder& folder, bool moved, const Limits& limits) {
  const Aes& aes = *folder.aes;
  const auto remark = [&](const char* code, std::string sentence) {
    survey.remarks.push_back({code, std::move(sentence), aes.place});
  };
  if (aes.rounds_pow == hashless_rounds) {
    remark("rounds-63",
           "The key is not stretched at all (rounds 63): the password is used as it is. No Coldcard writes this");
  } else if (aes.rounds_pow > limits.max_rounds_pow) {
    set_dead_end(survey, Outcome::refused,
                 "The key takes 2^" + std::to_string(aes.rounds_pow) + " rounds of hashing; the limit is 2^" +
                     std::to_string(limits.max_rounds_pow) + " (see --max-kdf-rounds)",
                 aes.place.offset);
  } else if (aes.rounds_pow < device_rounds) {
    remark("rounds-low", "The key takes only 2^" + std::to_string(aes.rounds_pow) + " rounds of hashing; a Coldcard uses 2^13");
  }
  if (aes.salt.empty())
    remark("no-salt", "The encryption has no salt: not made by a Coldcard");
  else if (aes.salt.size() < 16)
    remark("no-salt", "The salt has only " + counted(aes.salt.size(), "byte") + ": not made by a Coldcard, which uses 16");
  if (moved) return;  // its length is known to be wrong, and was said to be
  if (folder.packed.length % block_size != 0)
    survey.flaws.push_back({"packed-size",
                            "The encrypted part has " + counted(folder.packed.length, "byte") + ", which is no multiple of 16",
                            folder.packed, 0, false});
  if (!is_stored(folder) && folder.coders[0].unpack_size > padded(folder.packed.length))
    survey.flaws.push_back({"unpack-size",
                            "The end header claims more (" + counted(folder.coders[0].unpack_size, "byte") + ") than the encrypted part can hold",
                            folder.packed, 0, false});
}

// Stored bytes neither grow nor shrink. Where the two sizes contradict each other the packed one is believed,
// because the bytes are there; open() finds the end of the text in the last block. `packed` is the size that
// the text's has to fit.
void judge_text_size(Survey& survey, Folder& folder, std::uint64_t packed, std::vector<Entry>& entries, std::size_t index) {
  const std::uint64_t claimed = folder.unpack_size;
  if (!is_stored(folder) || (folder.aes ? padded(claimed) == padded(packed) : claimed == packed)) return;
  survey.flaws.push_back({"unpack-size",
                          "The end header claims a text of " + counted(claimed, "byte") + ", but " + counted(packed, "byte") + " " + is_or_are(packed) +
                              " stored: the two contradict each other",
                          folder.packed, 0, false});
  const std::uint64_t most = folder.aes ? whole_blocks(packed) : packed;
  folder.unpack_size = folder.parts.empty() ? most : std::min(claimed, most);
  for (Coder& coder : folder.coders) coder.unpack_size = folder.unpack_size;
  if (!folder.parts.empty()) return;
  for (Entry& entry : entries)
    if (entry.has_stream && entry.folder == index) entry.size = folder.unpack_size;
}

bool begins_character(char byte) noexcept { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

void judge_name(Survey& survey, const Entry& entry) {
  const auto remark = [&](std::string sentence) {
    survey.remarks.push_back({"inner-name", std::move(sentence), survey.end_header});
  };
  const bool paths = entry.name.find_first_of("/\\:") != std::string::npos || entry.name == ".." || entry.name == ".";
  if (paths || printable(entry.name) != entry.name)
    remark("The name stored inside the archive, \"" + printable(entry.name) +
           "\", holds separators or characters that do not show. It is never used as a path");
  else if (entry.name.empty() && !survey.recovered)  // of a header that is damaged the name may be lost
    remark("The name stored inside the archive is empty");
  else if (std::ranges::count_if(entry.name, begins_character) > max_name)
    remark("The name stored inside the archive has more than 255 characters");
  else if (survey.writer == Writer::device && !entry.name.empty() && !entry.name.ends_with(".txt") &&
           !entry.name.ends_with(".json"))
    remark("The name stored inside the archive, \"" + entry.name +
           "\", ends neither in .txt nor in .json; a Coldcard writes no other");
}

}  // namespace

void set_dead_end(Survey& survey, Outcome outcome, std::string sentence, std::optional<std::uint64_t> offset) {
  if (!survey.dead_end) survey.dead_end.emplace(outcome, std::move(sentence), offset);
}

std::optional<Error> obstacle(const Folder& folder, const Limits& limits) {
  std::uint64_t most = folder.unpack_size;
  for (std::size_t i = 0; i < folder.coders.size(); ++i) {
    const Coder& coder = folder.coders[i];
    if (coder.method == Method::other || (coder.method == Method::aes && i != 0))
      return Error(Outcome::unsupported, "The archive uses a method that is not handled here; 7-Zip may open it");
    if (coder.method != Method::aes) most = std::max(most, coder.unpack_size);  // the cipher gives no more than the file has
  }
  if (most <= limits.max_plaintext) return std::nullopt;
  return Error(Outcome::refused, "The archive claims to hold " + counted(most, "byte") + "; the limit is " +
                                     std::to_string(limits.max_plaintext) + " (see --max-size)");
}

void adopt(Survey& survey, EndHeader header, bool moved, const Limits& limits) {
  for (std::size_t i = 0; i < header.folders.size(); ++i) {
    Folder& folder = header.folders[i];
    const std::uint64_t claimed = folder.packed.length;
    place_folder(survey, folder, moved, header.folders.size());
    // Of a body that lost or gained bytes the end header still knows the length.
    const bool known = moved && header.folders.size() == 1 && claimed <= limits.max_plaintext;
    judge_text_size(survey, folder, known ? claimed : folder.packed.length, header.entries, i);
    if (const auto why = obstacle(folder, limits)) set_dead_end(survey, why->outcome(), why->sentence(), why->offset());
    if (folder.aes) judge_aes(survey, folder, moved, limits);
  }
  for (Flaw& flaw : header.flaws) survey.flaws.push_back(std::move(flaw));
  if (header.packed) {
    survey.packed_header = std::move(header.folders.front());
    return;
  }
  for (const Entry& entry : header.entries) judge_name(survey, entry);
  survey.folders = std::move(header.folders);
  survey.entries = std::move(header.entries);
  if (survey.folders.empty()) set_dead_end(survey, Outcome::unsupported, "The archive is empty: there is no data in it");
}

bool open_header(ByteView file, Survey& survey, ByteView key, const Limits& limits) {
  Limits header_limits = limits;
  header_limits.max_plaintext = limits.max_end_header;
  for (unsigned layer = 0; survey.packed_header; ++layer) {
    if (survey.packed_header->aes && key.empty()) return true;  // a layer below needs the password
    const Opened opened = open(file, *survey.packed_header, key, header_limits);
    if (opened.grade != Grade::good && opened.grade != Grade::unverified) return false;
    survey.packed_header.reset();
    try {
      if (layer == max_header_layers) throw Error(Outcome::refused, "The end header is packed too many times");
      ByteReader in(opened.text.expose(), "the unpacked end header");
      EndHeader header = parse_end_header(in);
      if (!in.at_end()) in.fail("The unpacked end header holds more than an end header");
      for (Folder& folder : header.folders) folder.crc_place = {};  // no place in the file
      adopt(survey, std::move(header), false, limits);
    } catch (const Error& error) {
      survey.flaws.push_back({"end-header-structure", error.sentence(), survey.end_header, 0, false});
      set_dead_end(survey, error.outcome(), error.sentence());
    }
  }
  return true;
}

}  // namespace hwbak::sevenzip
