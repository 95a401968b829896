// See word_line.h.
#include "term/word_line.h"

#include <algorithm>

#include "term/line_editor.h"
#include "wallet/bip39.h"

namespace hwbak::term {
namespace {

using Key = LineEditor::Key;

// Columns that are overwritten when a line is drawn again. It never wraps, as what wrapped would stay.
std::size_t line_room(const Terminal& terminal) { return std::clamp<std::size_t>(terminal.columns(), 2, 65) - 1; }

std::size_t last_token_at(std::string_view line) noexcept {
  const std::size_t blank = line.find_last_of(" ,;");
  return blank == std::string_view::npos ? 0 : blank + 1;
}

// Tab: the rest of the word when only one is left; else as far as all agree, and what is left to choose.
void complete(Terminal& terminal, LineEditor& line) {
  const SecretString typed = SecretString::copy_of(line.text().substr(last_token_at(line.text())));
  const auto words = typed.empty() ? std::span<const std::string_view>() : wallet::words_with_prefix(typed.expose());
  if (words.empty()) return;
  if (words.size() == 1) {
    line.append(words[0].substr(typed.size()));
    line.append(" ");
    return;
  }
  std::size_t common = words[0].size();
  for (const std::string_view word : words)
    for (std::size_t i = 0; i < common; ++i)
      if (i >= word.size() || word[i] != words[0][i]) common = i;
  if (common > typed.size()) {
    line.append(words[0].substr(typed.size(), common - typed.size()));
    return;
  }
  constexpr std::size_t shown = 8;
  SecretString choice = SecretString::copy_of("\r\n  ");
  for (const std::string_view word : words.first(std::min(words.size(), shown))) {
    choice.append(word);
    choice.append(' ');
  }
  choice.append(words.size() > shown ? "...\r\n" : "\r\n");
  terminal.write(choice.expose());
}

}  // namespace

// "••• cel": words that are done as dots, the letters of the last one.
void draw_words(Terminal& terminal, const std::string& prompt, std::string_view line) {
  SecretString text;
  const std::size_t room = line_room(terminal);
  std::size_t columns = std::min(prompt.size(), room);
  text.append("\r" + std::string(room, ' ') + "\r" + prompt.substr(0, columns));
  const std::size_t last = last_token_at(line);
  bool in_word = false;
  for (const char c : line.substr(0, last)) {
    const bool blank = c == ' ' || c == ',' || c == ';';
    if (!blank && !in_word && columns + 12 < room) {
      text.append("\u2022");
      ++columns;
    }
    in_word = !blank;
  }
  if (last != 0 && ++columns < room) text.append(' ');
  for (const char c : line.substr(last)) {
    if (++columns >= room) break;
    text.append(c > 0x20 && c < 0x7F ? c : '?');
  }
  terminal.write(text.expose());
}

std::optional<SecretString> read_words(Terminal& terminal, const std::string& prompt, std::string_view above) {
  LineEditor line;
  draw_words(terminal, prompt, {});
  for (;;) {
    const auto byte = terminal.read();
    if (!byte) return std::nullopt;
    Key key = Key::changed;
    if (!terminal.resumed()) {
      key = line.feed(*byte);
    } else if (!above.empty()) {
      terminal.erase_question();
      terminal.write(above);
    }
    switch (key) {
      case Key::nothing: continue;
      case Key::changed: break;
      case Key::tab: complete(terminal, line); break;
      case Key::end: return std::nullopt;
      case Key::enter: {
        // The last word is as done as those before it: what is said next must not stand below its letters.
        SecretString done = SecretString::copy_of(line.text());
        done.append(' ');
        draw_words(terminal, prompt, done.expose());
        return line.take();
      }
    }
    draw_words(terminal, prompt, line.text());
  }
}

}  // namespace hwbak::term
