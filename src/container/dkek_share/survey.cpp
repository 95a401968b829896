// What a share file says without a password (docs/formats/pico-hsm.md, "The share file").
#include <algorithm>
#include <string_view>

#include "base/base64_words.h"
#include "base/counted.h"
#include "base/magic.h"
#include "base/unicode.h"
#include "container/dkek_share/dkek_share.h"
#include "container/dkek_share/layout.h"

namespace hwbak::dkek {
namespace {

bool is_base64(ByteView file) noexcept {
  std::array<std::uint8_t, magic_base64.size()> first{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < file.size() && count < first.size(); ++i)
    if (!is_blank(file[i])) first[count++] = file[i];
  return resembles_magic(ByteView(first).first(count), magic_base64);
}

[[noreturn]] void fail(ByteView file, const Base64Fault& fault) {
  Base64Words words = in_words(fault, file);
  if (words.next.empty()) words.next = "Compare the text with the paper or with another copy.";
  throw Error(Outcome::damaged, std::move(words.sentence), fault.offset, std::move(words.next));
}

// Of 64 bytes the last 16 are padding, whose bytes can be found again when half of them are there.
[[noreturn]] void fail_short(ByteView found, std::size_t offset) {
  const std::size_t missing = file_size - found.size();
  if (found.empty())
    throw Error(Outcome::damaged, "The file is empty: all " + counted(file_size, "byte") + " of a share are missing", 0,
                "Look for another copy of the share.");
  throw Error(Outcome::damaged,
              "The share is cut: it has " + counted(found.size(), "byte") + ", and " + counted(missing, "byte") + (missing == 1 ? " is" : " are") +
                  " missing at the end",
              offset,
              missing <= max_mended ? "The secret lies in front of what is missing: add " + counted(missing, "byte") +
                                          " of any value to the end of a copy, and open that; they are then mended."
                                    : "Look for another copy of the share.");
}

void check_magic(ByteView container) {
  if (std::ranges::equal(container.first(magic.size()), magic)) return;
  std::string sentence = "The file does not begin with Salted__, as every DKEK share does", next;
  if (magic_hits(container, magic) + 1 == magic.size()) {
    sentence += "; one byte is different, so it was changed";
    next = "If you know that this is a share, put Salted__ into the first 8 bytes of a copy, and open that.";
  }
  throw Error(Outcome::unsupported, sentence, 0, next);
}

}  // namespace

bool recognise(ByteView file) noexcept { return resembles_magic(file, magic) || is_base64(file); }

Survey survey(ByteView file) {
  Survey out;
  Bytes decoded;
  ByteView container = file;
  if (!resembles_magic(file, magic) && is_base64(file)) {
    out.form = Form::base64;
    const Base64Reading reading = from_base64(file, Base64Blanks::skipped, decoded);
    // What follows a whole share harms it as little as in the other form.
    if (reading.fault && decoded.size() < file_size) fail(file, *reading.fault);
    if (reading.fault || decoded.size() > file_size)
      out.remarks.push_back({"trailing-bytes", "More follows the base64 of the share; it is ignored, as sc-hsm-tool does"});
    if (reading.spare_bits)
      out.remarks.push_back({"base64-spare-bits",
                             "The last character of the base64 has bits set that belong to no byte: a writer leaves them "
                             "empty, so that character was changed. The share is not touched by it"});
    container = decoded;
  } else if (file.size() > file_size) {
    out.remarks.push_back({"trailing-bytes", "A share has " + counted(file_size, "byte") + ", and " + counted(file.size() - file_size, "byte") +
                                                 " more follow" + (file.size() - file_size == 1 ? "s" : "") +
                                                 "; sc-hsm-tool ignores what follows, other programs refuse the file"});
  }
  if (container.size() < file_size) fail_short(container, file.size());
  check_magic(container);
  std::ranges::copy(container.subspan(salt_at, out.salt.size()), out.salt.begin());
  std::ranges::copy(container.subspan(sealed_at, out.sealed.size()), out.sealed.begin());
  return out;
}

}  // namespace hwbak::dkek
