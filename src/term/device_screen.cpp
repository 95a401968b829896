// See device_screen.h.
#include "term/device_screen.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/unicode.h"
#include "term/keys.h"
#include "term/word_entry.h"

namespace hwbak::term {
namespace {

using Kind = KeyPress::Kind;

constexpr std::size_t widest = 78;  // columns; longer lines are hard to read

// `text` for the terminal: control characters and what is no UTF-8 escaped, line breaks kept. Never in a std::string: a
// page may show words.
void append_safe(SecretString& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  while (!text.empty()) {
    char32_t code = 0;
    const std::size_t length = utf8_front(text, code);
    if (length != 0 && is_printable(code)) {
      out.append(text.substr(0, length));
      text.remove_prefix(length);
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(text.front());
    text.remove_prefix(1);
    if (byte == '\n') {
      out.append('\n');
      continue;
    }
    out.append("\\x");
    out.append(digits[byte >> 4]);
    out.append(digits[byte & 15]);
  }
}

std::size_t columns_of(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<std::uint8_t>(c) & 0xC0) != 0x80; }));
}

// One line of text, broken at blanks; its own indentation stays where it is not broken.
void append_wrapped(SecretString& out, std::string_view line, std::size_t width) {
  while (columns_of(line) > width) {
    std::size_t end = 0, columns = 0, blank = std::string_view::npos;
    for (; columns < width; ++end) {
      if ((static_cast<std::uint8_t>(line[end]) & 0xC0) == 0x80) continue;
      if (line[end] == ' ' && line.substr(0, end).find_first_not_of(' ') != std::string_view::npos) blank = end;
      ++columns;
    }
    if (line[end] == ' ') blank = end;
    if (blank == std::string_view::npos) break;  // an address or the like: the terminal breaks it
    out.append(line.substr(0, blank));
    out.append("\r\n");
    line.remove_prefix(std::min(line.find_first_not_of(' ', blank), line.size()));
  }
  out.append(line);
  out.append("\r\n");
}

void append_text(SecretString& out, std::string_view text, std::size_t width) {
  SecretString safe;
  append_safe(safe, text);
  std::string_view left = safe.expose();
  while (!left.empty()) {
    const std::size_t length = std::min(left.find('\n'), left.size());
    append_wrapped(out, left.substr(0, length), width);
    left.remove_prefix(std::min(length + 1, left.size()));
  }
}

std::size_t width_of(const Terminal& terminal) { return std::clamp<std::size_t>(terminal.columns() - 1, 20, widest); }

void append_title(SecretString& out, std::string_view title, std::size_t width) {
  if (title.empty()) return;
  out.append("\r\n");
  append_text(out, title, width);
  out.append("\r\n");
}

// "[Enter] OK   [x] X   [1] [2]"
std::string key_line(std::string_view keys) {
  const auto has = [&](char key) { return keys.find(key) != std::string_view::npos; };
  std::string line = has(coldcard::key_ok) ? "[Enter] OK   " : "";
  if (has(coldcard::key_cancel)) line += "[x] X   ";
  for (const char key : keys)
    if (key != coldcard::key_ok && key != coldcard::key_cancel) line += std::string("[") + key + "] ";
  return line;
}

// What a press means on a page; 0 for nothing.
char meaning(const KeyPress& press, std::string_view keys) {
  const auto offered = [&](char key) { return keys.find(key) != std::string_view::npos ? key : '\0'; };
  switch (press.kind) {
    case Kind::enter: return offered(coldcard::key_ok);
    case Kind::escape: return offered(coldcard::key_cancel);
    case Kind::end:
    case Kind::gone: return coldcard::key_cancel;
    case Kind::character:
      return offered(press.character >= 'A' && press.character <= 'Z' ? static_cast<char>(press.character - 'A' + 'a') : press.character);
    case Kind::up:
    case Kind::down:
    case Kind::redraw:
    case Kind::other: return 0;
  }
  return 0;
}

// A page that is cut into as many screens as it needs, so that nothing of it scrolls away unread. OK turns to the next
// one; what the page offers besides X is offered on the last.
class SensitivePage final {
 public:
  SensitivePage(Terminal& terminal, std::string_view title, std::string_view text, std::string_view keys)
      : terminal_(terminal), title_(title), text_(text), keys_(keys) {}

  char run() {
    for (layout(), draw();;) {
      const KeyPress press = read_key(terminal_);
      const bool is_last = shown_ + 1 == screens_.size();
      const char key = meaning(press, keys_);
      if (press.kind == Kind::redraw) {
        layout();
      } else if (press.kind == Kind::up && shown_ > 0) {
        --shown_;
      } else if (!is_last && (press.kind == Kind::enter || press.kind == Kind::down || press.character == ' ' || key == coldcard::key_ok)) {
        ++shown_;
      } else if (key != 0 && (is_last || key == coldcard::key_cancel)) {
        return key;
      } else {
        continue;
      }
      terminal_.erase_question();
      draw();
    }
  }

 private:
  // Its lines in the size the terminal has now, and where each screen begins.
  void layout() {
    const std::size_t width = width_of(terminal_), columns = terminal_.columns(), rows = terminal_.rows();
    const auto rows_of = [&](std::string_view line) { return std::max<std::size_t>(1, (columns_of(line) + columns - 1) / columns); };
    drawn_ = SecretString();
    append_title(drawn_, title_, width);
    append_text(drawn_, text_, width);
    screens_.assign(1, 0);
    shown_ = 0;
    if (rows == 0) return;
    const std::size_t below = 1 + std::max(rows_of(key_line(keys_)), rows_of(more_line()));
    const std::size_t room = rows > below ? rows - below : 1;
    std::size_t used = 0, at = 0;
    for (std::string_view left = drawn_.expose(); !left.empty();) {
      const std::size_t length = left.find("\r\n");
      const std::size_t needed = rows_of(left.substr(0, length));
      if (used != 0 && used + needed > room) {
        screens_.push_back(at);
        used = 0;
      }
      used += needed;
      at += length + 2;
      left.remove_prefix(length + 2);
    }
  }

  std::string more_line() const {
    return std::string("[Enter] more   ") + (keys_.find(coldcard::key_cancel) != std::string_view::npos ? "[x] X" : "");
  }

  void draw() {
    const bool is_last = shown_ + 1 == screens_.size();
    const std::size_t from = screens_[shown_], to = is_last ? drawn_.size() : screens_[shown_ + 1];
    SecretString screen = SecretString::copy_of(drawn_.expose().substr(from, to - from));
    screen.append("\r\n" + (is_last ? key_line(keys_) : more_line()));
    terminal_.write(screen.expose());
  }

  Terminal& terminal_;
  std::string_view title_, text_, keys_;
  SecretString drawn_;
  std::vector<std::size_t> screens_;
  std::size_t shown_ = 0;
};

// A list with one item marked, and the number being typed.
class Menu final {
 public:
  Menu(Terminal& terminal, std::string_view title, std::span<const std::string> items)
      : terminal_(terminal), title_(title), items_(items) {}

  std::optional<std::size_t> run() {
    for (draw();;) {
      const KeyPress press = read_key(terminal_);
      switch (press.kind) {
        case Kind::up: move(items_.size() - 1); break;
        case Kind::down: move(1); break;
        case Kind::enter:
          if (number_.empty()) return items_.empty() ? std::nullopt : std::optional(marked_);
          if (const auto typed = typed_item()) return typed;
          number_.clear();
          break;
        case Kind::escape:
        case Kind::end:
        case Kind::gone: return std::nullopt;
        case Kind::character:
          if (press.character == coldcard::key_cancel || press.character == 'X') return std::nullopt;
          if (press.character == coldcard::key_ok && number_.empty() && !items_.empty()) return marked_;
          if (press.character < '0' || press.character > '9' || number_.size() >= 4) continue;
          number_ += press.character;
          if (const auto typed = typed_item()) marked_ = *typed;
          break;
        case Kind::redraw: break;
        case Kind::other:
          if (number_.empty()) continue;
          number_.clear();  // rubbed out
          break;
      }
      terminal_.erase_question();
      draw();
    }
  }

 private:
  void move(std::size_t by) {
    number_.clear();
    if (!items_.empty()) marked_ = (marked_ + by) % items_.size();
  }

  std::optional<std::size_t> typed_item() const {
    std::size_t value = 0;
    (void)std::from_chars(number_.data(), number_.data() + number_.size(), value);
    return value >= 1 && value <= items_.size() ? std::optional(value - 1) : std::nullopt;
  }

  void draw() {
    SecretString out;
    const std::size_t width = width_of(terminal_);
    append_title(out, title_, width);
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const std::string number = std::to_string(i + 1);
      append_text(out, (i == marked_ ? "> " : "  ") + std::string(number.size() < 2 ? " " : "") + number + ". " + printable(items_[i]), width);
    }
    out.append("\r\n[Enter] choose   [x] back   or arrow keys, or a number and Enter: ");
    out.append(number_);
    terminal_.write(out.expose());
  }

  Terminal& terminal_;
  std::string_view title_;
  std::span<const std::string> items_;
  std::size_t marked_ = 0;
  std::string number_;
};

}  // namespace

char DeviceScreen::page(std::string_view title, std::string_view text, std::string_view keys, bool sensitive) {
  const Terminal::Question question(terminal_);
  if (sensitive) {
    const Terminal::Cover cover(terminal_);
    return SensitivePage(terminal_, title, text, keys).run();
  }
  SecretString drawn;
  append_title(drawn, title, width_of(terminal_));
  append_text(drawn, text, width_of(terminal_));
  drawn.append("\r\n" + key_line(keys));
  terminal_.write(drawn.expose());
  for (;;) {
    const KeyPress press = read_key(terminal_);
    if (press.kind == Kind::redraw) terminal_.write(drawn.expose());
    const char key = meaning(press, keys);
    if (key == 0) continue;
    terminal_.write("\r\n");
    return key;
  }
}

std::optional<std::size_t> DeviceScreen::menu(std::string_view title, std::span<const std::string> items) {
  const Terminal::Question question(terminal_);
  std::optional<std::size_t> chosen;
  {
    const Erased erased(terminal_);
    chosen = Menu(terminal_, title, items).run();
  }
  terminal_.write(printable(title) + (title.empty() ? "" : ": ") + (chosen ? printable(items[*chosen]) : "back") + "\r\n");
  return chosen;
}

std::optional<SecretString> DeviceScreen::ask(std::string_view title, Entry entry) {
  const std::string shown = printable(title);
  switch (entry) {
    case Entry::pin: return ask_password(terminal_, shown + " (two parts, as in 12-34; not shown; Ctrl-D: back): ");
    case Entry::passphrase: return ask_password(terminal_, shown + " (not shown; Ctrl-D: back): ");
    case Entry::words12: return ask_mnemonic(terminal_, shown, 12);
    case Entry::words18: return ask_mnemonic(terminal_, shown, 18);
    case Entry::words24: return ask_mnemonic(terminal_, shown, 24);
    case Entry::xprv: return ask_password(terminal_, shown + " (not shown; Ctrl-D: back): ");
    case Entry::number: return ask_number(terminal_, shown + " (Ctrl-D: back): ");
  }
  return std::nullopt;
}

}  // namespace hwbak::term
