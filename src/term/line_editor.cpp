// See line_editor.h.
#include "term/line_editor.h"

namespace hwbak::term {

void LineEditor::append(std::string_view text) {
  if (text_.size() + text.size() <= max_size) text_.append(text);
}

// One character, which in UTF-8 may be several bytes.
void LineEditor::rub_out() {
  bool more = !text_.empty();
  while (more) {
    more = (static_cast<std::uint8_t>(text_.expose().back()) & 0xC0) == 0x80;
    text_.pop_back();
    more = more && !text_.empty();
  }
}

LineEditor::Key LineEditor::feed(std::uint8_t byte) {
  // Arrow and function keys send ESC [ ... letter or ESC O letter; none of it is meant as text.
  if (escape_ == Escape::begun) {
    escape_ = byte == '[' || byte == 'O' ? Escape::sequence : Escape::none;
    return Key::nothing;
  }
  if (escape_ == Escape::sequence) {
    if (byte >= 0x40 && byte <= 0x7E) escape_ = Escape::none;
    return Key::nothing;
  }
  switch (byte) {
    case 0x1B: escape_ = Escape::begun; return Key::nothing;
    case '\r':
    case '\n': return Key::enter;
    case '\t': return Key::tab;
    case 0x04: return text_.empty() ? Key::end : Key::nothing;
    case 0x08:
    case 0x7F: rub_out(); return Key::changed;
    case 0x15: clear(); return Key::changed;  // Ctrl-U
    case 0x17:                                // Ctrl-W: the last word
      while (!text_.empty() && text_.expose().back() == ' ') text_.pop_back();
      while (!text_.empty() && text_.expose().back() != ' ') text_.pop_back();
      return Key::changed;
    default: break;
  }
  if (byte < 0x20) return Key::nothing;
  const char c = static_cast<char>(byte);
  append(std::string_view(&c, 1));
  return Key::changed;
}

}  // namespace hwbak::term
