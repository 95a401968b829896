// The page for people: the verdict first, how far it was proven, what is known, what to do next.
#pragma once

#include "hwbak/report.h"
#include "report/text_buffer.h"

namespace hwbak::report {

struct PageStyle {
  bool colour = false;
  std::size_t width = 80;  // columns; text is wrapped, a single long word is never cut
};

// For a page on this file descriptor: colour only on a terminal and without NO_COLOR, 80 to 100
// columns as the terminal has them.
[[nodiscard]] PageStyle style_for(int fd);

void put_page(TextBuffer& out, const Report& report, const PageStyle& style);
// One of many: a line when all is well; otherwise also the message, the findings from warning on, and what to
// do next, indented below it.
void put_listed(TextBuffer& out, const Report& report, const PageStyle& style);

// `text` in lines of at most `width` columns; lines after the first begin with `indent` blanks.
// The first line already holds `column` columns. No newline at the end.
void put_wrapped(TextBuffer& out, std::string_view text, std::size_t column, std::size_t indent, std::size_t width);

}  // namespace hwbak::report
