// What a badge's own decoder takes as base64 (docs/formats/cdc-badge.md, "The file"). Its rules about blanks are stricter
// than ours, and it sees no more than the first 349600 bytes.
#include "base/base64.h"
#include "container/cdcbak/layout.h"

namespace hwbak::cdcbak {

// `file` holds nothing but whole base64 and blanks.
bool badge_takes(ByteView file, std::string& why) {
  const auto text = [](std::size_t n) { return std::to_string(n); };
  const auto no = [&](std::string sentence) {
    why = std::move(sentence);
    return false;
  };
  const std::size_t seen = std::min<std::size_t>(file.size(), max_base64);
  for (std::size_t i = seen; i < file.size(); ++i) {
    if (!is_blank(file[i]))
      return no("a badge reads only the first " + text(max_base64) + " bytes of the file, and this one has " +
                text(file.size()));
  }
  for (std::size_t i = 0; i < seen; ++i) {
    if (!is_blank(file[i])) continue;
    const std::size_t from = i;
    while (i < seen && file[i] == ' ') ++i;
    if (i == seen) return true;
    if (file[i] == '\r' && i + 1 < seen && file[i + 1] == '\n') ++i;
    if (file[i] == '\n') continue;
    return no(from != i          ? "at byte " + text(from) + " a blank stands inside a line, which a badge refuses"
              : file[i] == '\r' ? "at byte " + text(i) + " a line ends with CR alone, which a badge refuses"
                                : "at byte " + text(i) + " stands a tab or another blank that a badge refuses");
  }
  return true;
}

}  // namespace hwbak::cdcbak
