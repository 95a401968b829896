// The lines of a text as people's programs write it: LF or CRLF, and a byte order mark in front. Empty lines hold nothing
// (docs/recover.md, "Word lists").
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace hwbak::recover {

inline std::string_view without_mark(std::string_view text) noexcept {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  if (text.starts_with(mark)) text.remove_prefix(mark.size());
  return text;
}

// The line that begins at `from`, without its end; `from` goes to the next one.
inline std::string_view line_at(std::string_view text, std::size_t& from) noexcept {
  std::string_view line = text.substr(from, text.find('\n', from) - from);
  from = std::min(from + line.size() + 1, text.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// take(line, number of the line from 1, place of the line in `text`) for each that is not empty.
template <typename Take>
void each_line(std::string_view text, const Take& take) {
  std::size_t number = 0;
  for (std::size_t from = text.size() - without_mark(text).size(); from < text.size();) {
    const std::size_t place = from;
    const std::string_view line = line_at(text, from);
    ++number;
    if (!line.empty()) take(line, number, place);
  }
}

}  // namespace hwbak::recover
