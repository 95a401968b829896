// See word_entry.h; the words are those of docs/formats/coldcard.md, "The twelve words".
#include "term/word_entry.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "device/coldcard/words.h"
#include "term/line_editor.h"
#include "wallet/bip39.h"

namespace hwbak::term {
namespace {

using coldcard::password_words;
using Key = LineEditor::Key;

constexpr std::size_t line_room = 64;  // columns that are overwritten when a line is drawn again

std::size_t last_token_at(std::string_view line) noexcept {
  const std::size_t blank = line.find_last_of(" ,;");
  return blank == std::string_view::npos ? 0 : blank + 1;
}

// "••• cel": words that are done as dots, the letters of the last one.
void draw(Terminal& terminal, const std::string& prompt, std::string_view line) {
  SecretString text;
  std::size_t columns = prompt.size();
  text.append("\r" + std::string(line_room, ' ') + "\r" + prompt);
  const std::size_t last = last_token_at(line);
  bool in_word = false;
  for (const char c : line.substr(0, last)) {
    const bool blank = c == ' ' || c == ',' || c == ';';
    if (!blank && !in_word && columns < line_room - 12) {
      text.append("\u2022");
      ++columns;
    }
    in_word = !blank;
  }
  if (last != 0) text.append(' ');
  for (const char c : line.substr(last)) {
    if (++columns >= line_room - 1) break;
    text.append(c > 0x20 && c < 0x7F ? c : '?');
  }
  terminal.write(text.expose());
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

// A line whose present word is seen while it is typed. nullopt: Ctrl-D, or the terminal is gone.
std::optional<SecretString> seen_line(Terminal& terminal, const std::string& prompt) {
  LineEditor line;
  draw(terminal, prompt, {});
  for (;;) {
    const auto byte = terminal.read();
    if (!byte) return std::nullopt;
    const Key key = terminal.resumed() ? Key::changed : line.feed(*byte);
    switch (key) {
      case Key::nothing: continue;
      case Key::changed: break;
      case Key::tab: complete(terminal, line); break;
      case Key::end: return std::nullopt;
      case Key::enter: return line.take();
    }
    draw(terminal, prompt, line.text());
  }
}

// The words accepted so far and what was pasted behind a word that was not.
class WordEntry final {
 public:
  explicit WordEntry(Terminal& terminal) : terminal_(terminal) {}

  std::optional<SecretString> run() {
    for (;;) {
      const std::string prompt = "word " + std::to_string(count_ + 1) + " of " + std::to_string(password_words) + ": ";
      auto line = seen_line(terminal_, prompt);
      if (!line) return std::nullopt;
      if (count_ == 0 && line->expose().starts_with('!')) return custom();
      take(*line);
      if (count_ < password_words) continue;
      if (count_ == password_words) {
        draw(terminal_, "", {});
        return std::move(accepted_);
      }
      say("That makes " + std::to_string(count_) + " words; a backup password has " + std::to_string(password_words) +
          ". Begin again with word 1.");
      start_again();
    }
  }

 private:
  // Takes words until one is not on the list; the rest waits for its correction.
  void take(SecretString& line) {
    SecretString all = std::move(line);
    if (!rest_.empty()) {
      all.append(' ');
      all.append(rest_.expose());
      rest_.clear();
    }
    std::string_view left = all.expose();
    while (!left.empty()) {
      const std::size_t length = std::min(left.find_first_of(" ,;"), left.size());
      const std::string_view token = left.substr(0, length);
      const std::string_view after = left.substr(std::min(length + 1, left.size()));
      const coldcard::TypedWords one = coldcard::normalise_words(token);
      if (!one.unknown.empty()) {
        reject(token, all.expose());
        rest_ = SecretString::copy_of(after);
        return;
      }
      if (one.count == 1) {
        if (count_ != 0) accepted_.append(' ');
        accepted_.append(one.canonical.expose());
        ++count_;
      }
      left = after;
    }
  }

  void reject(std::string_view token, std::string_view line) {
    SecretString text = SecretString::copy_of("\r\nword " + std::to_string(count_ + 1) + ", \"");
    for (const char c : token.substr(0, 24)) text.append(c > 0x20 && c < 0x7F ? c : '?');
    text.append("\", is not on the BIP-39 list. Nearest: ");
    SecretString lower;
    for (const char c : token.substr(0, 24)) lower.append(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    for (const std::string_view word : wallet::nearest_words(lower.expose(), 3)) {
      text.append(word);
      text.append(' ');
    }
    text.append("\r\n");
    if (count_ == 0) {
      last_line_ = SecretString::copy_of(line);
      text.append("Type that word again, or ! to use the whole line as a custom password.\r\n");
    } else {
      text.append("Type that word again; the words before and after it are kept.\r\n");
    }
    terminal_.write(text.expose());
    terminal_.drop_input();
  }

  // "!" after a refused line means that line; otherwise it is asked for, hidden.
  std::optional<SecretString> custom() {
    if (!last_line_.empty()) {
      draw(terminal_, "", {});
      return std::move(last_line_);
    }
    terminal_.write("\r\n");
    LineEditor line;
    draw(terminal_, "custom password (not shown): ", {});
    for (;;) {
      const auto byte = terminal_.read();
      if (!byte) return std::nullopt;
      if (terminal_.resumed()) {
        draw(terminal_, "custom password (not shown): ", {});
        continue;
      }
      const Key key = line.feed(*byte);
      if (key == Key::end) return std::nullopt;
      if (key == Key::enter) return line.take();
    }
  }

  void say(const std::string& sentence) { terminal_.write("\r\n" + sentence + "\r\n"); }
  void start_again() {
    accepted_.clear();
    rest_.clear();
    last_line_.clear();
    count_ = 0;
  }

  Terminal& terminal_;
  SecretString accepted_, rest_, last_line_;
  unsigned count_ = 0;
};

unsigned below(unsigned limit, RandomSource& random) {
  std::array<std::uint8_t, 4> bytes{};
  random.fill(bytes);
  unsigned value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value % limit;  // which word is asked for is no secret; a small bias does not matter
}

std::vector<std::string_view> split(std::string_view words) {
  std::vector<std::string_view> out;
  while (!words.empty()) {
    const std::size_t length = std::min(words.find(' '), words.size());
    out.push_back(words.substr(0, length));
    words.remove_prefix(std::min(length + 1, words.size()));
  }
  return out;
}

void show(Terminal& terminal, const std::vector<std::string_view>& words) {
  SecretString text = SecretString::copy_of(
      "New password. Write these words down, in this order; they are shown only now.\r\n\r\n");
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    text.append((number.size() < 2 ? "   " : "  ") + number + ". ");
    text.append(words[i]);
    if (i % 3 == 2 || i + 1 == words.size()) text.append("\r\n");
    else text.append(std::string(words[i].size() < 10 ? 10 - words[i].size() : 1, ' '));
  }
  text.append("\r\nPress Enter when they are written down.");
  terminal.write(text.expose());
}

// Leaves nothing of a question on the screen, whichever way it ends.
class Erased final {
 public:
  explicit Erased(Terminal& terminal) : terminal_(terminal) {}
  ~Erased() { terminal_.erase_question(); }
  Erased(const Erased&) = delete;
  Erased& operator=(const Erased&) = delete;

 private:
  Terminal& terminal_;
};

// True at Enter, false at Ctrl-D.
bool wait_for_enter(Terminal& terminal) {
  LineEditor line;
  for (;;) {
    const auto byte = terminal.read();
    if (!byte) return false;
    if (terminal.resumed()) continue;
    const Key key = line.feed(*byte);
    if (key == Key::enter) return true;
    if (key == Key::end) return false;
    line.clear();
  }
}

}  // namespace

std::optional<SecretString> ask_password(Terminal& terminal, const std::string& prompt) {
  const Terminal::Question question(terminal);
  LineEditor line;
  terminal.write(prompt);
  for (;;) {
    const auto byte = terminal.read();
    if (!byte) return std::nullopt;
    if (terminal.resumed()) {
      terminal.write("\r" + prompt);
      continue;
    }
    const Key key = line.feed(*byte);
    if (key != Key::enter && key != Key::end) continue;
    terminal.write("\r\n");
    if (key == Key::end) return std::nullopt;
    return line.take();
  }
}

std::optional<SecretString> ask_words(Terminal& terminal, const std::string& title) {
  const Terminal::Question question(terminal);
  terminal.write(title + ": the twelve words, one by one or pasted.\r\n" +
                 "Tab completes a word; ! for a custom password; Ctrl-D goes on without one.\r\n");
  std::optional<SecretString> words;
  {
    const Erased erased(terminal);
    words = WordEntry(terminal).run();
  }
  terminal.write(title + (words ? ": taken.\r\n" : ": not given.\r\n"));
  return words;
}

bool show_and_confirm_words(Terminal& terminal, const SecretString& words, RandomSource& random) {
  const Terminal::Question question(terminal);
  const Erased erased(terminal);
  const auto list = split(words.expose());
  if (list.size() < 2) return false;
  const unsigned count = static_cast<unsigned>(list.size());
  const unsigned first = below(count, random);
  const std::array<unsigned, 2> asked{first, (first + 1 + below(count - 1, random)) % count};
  std::size_t right = 0;
  while (right < asked.size()) {
    show(terminal, list);
    if (!wait_for_enter(terminal)) break;
    terminal.erase_question();
    for (right = 0; right < asked.size(); ++right) {
      const auto typed = seen_line(terminal, "To be sure: word " + std::to_string(asked[right] + 1) + "? ");
      if (!typed) return false;
      if (!coldcard::normalise_words(typed->expose()).canonical.equals(list[asked[right]])) {
        terminal.erase_question();
        terminal.write("That is not word " + std::to_string(asked[right] + 1) + ". Look once more.\r\n\r\n");
        break;
      }
    }
  }
  return right == asked.size();
}

}  // namespace hwbak::term
