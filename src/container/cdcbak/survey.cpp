// What a file says without a passphrase (docs/formats/cdc-badge.md, "The container" and "The file").
#include <algorithm>

#include "base/base64_words.h"
#include "base/byte_reader.h"
#include "base/counted.h"
#include "base/magic.h"
#include "base/unicode.h"
#include "container/cdcbak/layout.h"

namespace hwbak::cdcbak {
namespace {

constexpr std::size_t serial_cut = 8192;  // characters that a badge prints of a file, and no more
constexpr std::array<std::uint8_t, 3> byte_order_mark{0xEF, 0xBB, 0xBF};

bool begins_with(ByteView file, ByteView with) {
  return file.size() >= with.size() && std::ranges::equal(file.first(with.size()), with);
}

// Base64 of fewer bytes than the magic has: in its last character the bits of a byte that is missing are empty.
bool is_padded_front(ByteView characters) noexcept {
  std::size_t size = characters.size();
  while (size != 0 && characters[size - 1] == '=') --size;
  return size != characters.size() && size > 1 && magic_hits(characters.first(size - 1), magic_base64) == size - 1;
}

// The first characters that are no blanks.
std::array<std::uint8_t, 8> first_characters(ByteView file, std::size_t& count) noexcept {
  std::array<std::uint8_t, 8> out{};
  if (begins_with(file, byte_order_mark)) file = file.subspan(byte_order_mark.size());
  count = 0;
  for (std::size_t i = 0; i < file.size() && count < out.size(); ++i)
    if (!is_blank(file[i])) out[count++] = file[i];
  return out;
}

class Surveyor final {
 public:
  Surveyor(ByteView file, const Limits& limits) : file_(file), limits_(limits) {}

  Survey run() {
    if (file_.size() > limits_.max_file)
      throw Error(Outcome::refused,
                  "The file has " + counted(file_.size(), "byte") + ", and at most " + std::to_string(limits_.max_file) + " are allowed",
                  std::nullopt, "If it is meant to be so large, allow it with --max-size.");
    if (std::ranges::all_of(file_, is_blank))
      throw Error(Outcome::damaged, file_.empty() ? "The file is empty" : "The file holds nothing but blanks", 0);
    out_.form = resembles_magic(file_, magic) ? Form::raw : Form::base64;
    if (out_.form == Form::raw) {
      out_.container.assign(file_.begin(), file_.end());
      out_.badge_decodes = false;
      remark("raw-container", "The file holds the bytes themselves and not their base64, which is all that a badge reads");
    } else {
      decode();
    }
    read_header();
    if (out_.form == Form::base64) judge_base64();
    judge_size();
    return std::move(out_);
  }

 private:
  void remark(std::string code, std::string sentence) {
    out_.remarks.push_back({std::move(code), std::move(sentence)});
  }
  // A place of the container in the file; none when blanks may stand before it.
  [[nodiscard]] std::optional<std::uint64_t> place(std::uint64_t offset) const {
    if (out_.form == Form::raw) return offset;
    return offset == 0 ? std::optional<std::uint64_t>(0) : std::nullopt;
  }

  void decode() {
    const Base64Reading reading = from_base64(file_, Base64Blanks::skipped, out_.container);
    if (reading.fault) fail(*reading.fault);
    if (reading.spare_bits)
      remark("base64-spare-bits",
             "The last character of the base64 has bits set that belong to no byte: a writer leaves them empty, so that "
             "character was changed. The contents are not touched by it");
  }

  [[noreturn]] void fail(const Base64Fault& fault) const {
    Base64Words words = in_words(fault, file_);
    if (fault.trouble == Base64Trouble::character && fault.offset == 0 && begins_with(file_, byte_order_mark))
      words = {"The file begins with a byte order mark, which a text editor put there; a badge refuses it",
               "Save a copy of the file as plain text without byte order mark, and try that."};
    throw Error(Outcome::damaged, std::move(words.sentence), fault.offset, std::move(words.next));
  }

  void read_header() {
    const std::size_t size = out_.container.size();
    if (size < smallest_size)
      throw Error(Outcome::damaged,
                  "The file is cut: it holds " + counted(size, "byte") + ", and the shortest backup of a badge has " +
                      std::to_string(smallest_size) + "; at least " + std::to_string(smallest_size - size) +
                      (size + 1 == smallest_size ? " is" : " are") + " missing at the end",
                  file_.size());
    ByteReader in(out_.container, "the header");
    if (const auto found = in.take<magic.size()>(); !std::ranges::equal(found, magic)) {
      std::string sentence = "The contents do not begin with CDCBAK, as every backup of a CDC Badge does";
      if (magic_hits(found, magic) + 2 >= magic.size()) sentence += "; they nearly do, so the first bytes were changed";
      throw Error(Outcome::unsupported, sentence, place(0));
    }
    if (const unsigned version = in.u8(); version != known_version)
      throw Error(Outcome::unsupported,
                  "The backup has version " + std::to_string(version) + " of the format; only version 1 is known", place(version_at));
    out_.iterations = in.le32();
    std::ranges::copy(in.take<16>(), out_.salt.begin());
    std::ranges::copy(in.take<12>(), out_.nonce.begin());
    out_.payload_size = size - smallest_size;
    judge_iterations();
  }

  void judge_iterations() {
    const std::uint32_t count = out_.iterations;
    if (count == 0) {
      out_.dead_end.emplace(Outcome::refused,
                            "The header asks for 0 iterations of the key derivation, which no writer does: these bytes were "
                            "changed",
                            place(iterations_at));
    } else if (count > limits_.max_iterations) {
      out_.dead_end.emplace(Outcome::refused,
                            "The header asks for " + counted(count, "iteration") + " of the key derivation, and at most " +
                                std::to_string(limits_.max_iterations) + " are allowed; badges write " + std::to_string(default_iterations),
                            place(iterations_at), "If the file is meant to be so slow, allow it with --max-kdf-rounds.");
    } else if (count < low_iterations) {
      remark("iterations-low", "The header asks for " + counted(count, "iteration") + " of the key derivation, where badges " +
                                   "write " + std::to_string(default_iterations) + ": the passphrase is easier to guess");
    }
  }

  void judge_base64() {
    std::string why;
    const auto blanks = static_cast<std::size_t>(std::ranges::count_if(file_, is_blank));
    out_.badge_decodes = (blanks == 0 && file_.size() <= max_base64) || badge_takes(file_, why);
    if (!out_.badge_decodes) {
      remark("base64-badge-refuses", "A badge cannot read the file as it is: " + why);
    } else if (blanks != 0) {
      remark("base64-wrapped",
             "The base64 is broken into lines or followed by blanks. A badge does not write it so, but reads it");
    }
    if (file_.size() - blanks == serial_cut)
      remark("serial-cut", "The file holds exactly " + std::to_string(serial_cut) +
                               " characters: a badge's console prints no more of a file, so the rest may be missing");
  }

  void judge_size() {
    if (out_.payload_size > max_plaintext)
      remark("payload-over-limit", "The contents have " + counted(out_.payload_size, "byte") + "; a badge refuses more than " +
                                       std::to_string(max_plaintext));
  }

  ByteView file_;
  const Limits& limits_;
  Survey out_;
};

}  // namespace

bool recognise(ByteView file) noexcept {
  std::size_t count = 0;
  const auto first = first_characters(file, count);
  const ByteView characters = ByteView(first).first(count);
  return resembles_magic(file, magic) || resembles_magic(characters, magic_base64) || is_padded_front(characters);
}

Survey survey(ByteView file, const Limits& limits) { return Surveyor(file, limits).run(); }

}  // namespace hwbak::cdcbak
