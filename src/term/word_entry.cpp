// See word_entry.h; the words are those of docs/formats/coldcard.md, "The twelve words".
#include "term/word_entry.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string_view>

#include "base/counted.h"
#include "device/coldcard/secret.h"
#include "device/coldcard/words.h"
#include "term/keys.h"
#include "term/line_editor.h"
#include "term/word_line.h"
#include "wallet/bip39.h"

namespace hwbak::term {
namespace {

using coldcard::password_words;
using Key = LineEditor::Key;

enum class Behind { nothing, custom_password, xprv };  // what `!` leads to

constexpr std::array<unsigned, 3> seed_counts{12, 18, 24};

void say(Terminal& terminal, const std::string& sentence) { terminal.write("\r\n" + sentence + "\r\n"); }

// A line of which nothing is seen.
std::optional<SecretString> read_hidden(Terminal& terminal, const std::string& prompt) {
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

// Says that a word is not on the list, with the nearest ones; `advice` is the next step.
void reject(Terminal& terminal, unsigned position, std::string_view token, std::string_view advice) {
  constexpr std::size_t shown = 24;
  SecretString text = SecretString::copy_of("\r\nword " + std::to_string(position) + ", \""), lower;
  for (const char c : token.substr(0, shown)) text.append(c > 0x20 && c < 0x7F ? c : '?');
  for (const char c : token.substr(0, shown)) lower.append(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
  text.append("\", is not on the BIP-39 list. Nearest: ");
  for (const std::string_view word : wallet::nearest_words(lower.expose(), 3)) {
    text.append(word);
    text.append(' ');
  }
  text.append("\r\n");
  text.append(advice);
  text.append("\r\n");
  terminal.write(text.expose());
  terminal.drop_input();
}

// The words accepted so far and what was pasted behind a word that was not.
class WordEntry final {
 public:
  // As many words as one of `counts` (ascending) says.
  WordEntry(Terminal& terminal, std::string_view above, std::span<const unsigned> counts, Behind behind)
      : terminal_(terminal), above_(above), counts_(counts), behind_(behind) {}

  std::optional<SecretString> run() {
    for (;;) {
      auto line = read_words(terminal_, prompt(), above_);
      if (!line) return std::nullopt;
      if (count_ == 0 && behind_ != Behind::nothing && line->expose().starts_with('!')) return hidden();
      const bool blank = line->expose().find_first_not_of(' ') == std::string_view::npos;
      if (blank && !rest_.empty()) continue;  // the refused word is still wanted
      const bool ended = blank && count_ != 0;
      take(*line);
      if (count_ == counts_.back() || (ended && complete())) {
        draw_words(terminal_, "", {});
        return std::move(accepted_);
      }
      if (count_ > counts_.back()) {
        say(terminal_, "That makes " + counted(count_, "word") + "; " + wanted() + ". Begin again with word 1.");
        start_again();
      } else if (ended && counts_.size() > 1) {
        say(terminal_, (count_ == 1 ? "This is " : "These are ") + counted(count_, "word") + "; " + wanted() + ".");
      }
    }
  }

 private:
  bool complete() const { return std::ranges::find(counts_, count_) != counts_.end(); }

  std::string wanted() const {
    if (behind_ == Behind::custom_password) return "a backup password has " + std::to_string(counts_[0]);
    if (counts_.size() == 1) return std::to_string(counts_[0]) + " are wanted";
    return "a seed has 12, 18 or 24";
  }

  std::string prompt() const {
    std::string text = "word " + std::to_string(count_ + 1);
    if (counts_.size() == 1) text += " of " + std::to_string(counts_[0]);
    else if (complete()) text += " (Enter: the " + std::to_string(count_) + " words are all)";
    return text + ": ";
  }

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
        refuse(token, all.expose());
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

  void refuse(std::string_view token, std::string_view line) {
    std::string_view advice = "Type that word again; the words before and after it are kept.";
    if (count_ == 0 && behind_ == Behind::custom_password) {
      last_line_ = SecretString::copy_of(line);
      advice = "Type that word again, or ! to use the whole line as a custom password.";
    }
    reject(terminal_, count_ + 1, token, advice);
  }

  // "!" after a refused line means that line; otherwise it is asked for.
  std::optional<SecretString> hidden() {
    if (!last_line_.empty()) {
      draw_words(terminal_, "", {});
      return std::move(last_line_);
    }
    terminal_.write("\r\n");
    if (behind_ == Behind::custom_password) return read_hidden(terminal_, "custom password (not shown): ");
    for (;;) {
      const auto typed = read_hidden(terminal_, "xprv or tprv (not shown): ");
      if (!typed) return std::nullopt;
      std::string_view text = typed->expose();
      text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
      text = text.substr(0, text.find_last_not_of(' ') + 1);
      coldcard::SecretFault fault;
      if (coldcard::secret_from_xprv(text, fault)) return SecretString::copy_of(text);
      say(terminal_, "That is no master key: " + fault.sentence + ". Type it again, or press Ctrl-D.");
    }
  }

  void start_again() {
    accepted_.clear();
    rest_.clear();
    last_line_.clear();
    count_ = 0;
  }

  Terminal& terminal_;
  std::string_view above_;
  std::span<const unsigned> counts_;
  Behind behind_;
  SecretString accepted_, rest_, last_line_;
  unsigned count_ = 0;
};

// "  1. abandon     2. ability ..."
void append_numbered(SecretString& out, std::string_view words) {
  constexpr unsigned in_a_row = 3;
  constexpr std::size_t width = 10;
  for (unsigned number = 1; !words.empty(); ++number) {
    const std::size_t length = std::min(words.find(' '), words.size());
    out.append((number < 10 ? "   " : "  ") + std::to_string(number) + ". ");
    out.append(words.substr(0, length));
    words.remove_prefix(std::min(length + 1, words.size()));
    if (number % in_a_row == 0 || words.empty()) out.append("\r\n");
    else out.append(std::string(length < width ? width - length : 1, ' '));
  }
}

// `words` with the one at `position` (from 1) replaced.
SecretString replaced(std::string_view words, unsigned position, std::string_view word) {
  SecretString out;
  for (unsigned number = 1; !words.empty(); ++number) {
    const std::size_t length = std::min(words.find(' '), words.size());
    if (number != 1) out.append(' ');
    out.append(number == position ? word : words.substr(0, length));
    words.remove_prefix(std::min(length + 1, words.size()));
  }
  return out;
}

unsigned count_of(std::string_view words) { return static_cast<unsigned>(std::ranges::count(words, ' ')) + 1; }

enum class Mended { yes, begin_again, given_up };

// Shows words whose checksum does not hold, and lets one after the other be typed again until it does.
Mended mend_checksum(Terminal& terminal, SecretString& words) {
  const unsigned count = count_of(words.expose());
  while (!wallet::entropy_from_mnemonic(words.expose())) {
    terminal.erase_question();
    SecretString text = SecretString::copy_of("The checksum of these " + std::to_string(count) +
                                              " words does not hold: a word is wrong, or words are swapped.\r\n\r\n");
    append_numbered(text, words.expose());
    text.append("\r\n");
    terminal.write(text.expose());
    const auto number = read_words(terminal, "Number of the word to type again (0: all of them): ", text.expose());
    if (!number) return Mended::given_up;
    unsigned position = count + 1;
    const std::string_view digits = number->expose();
    (void)std::from_chars(digits.data(), digits.data() + digits.size(), position);
    if (position == 0) return Mended::begin_again;
    if (position > count) continue;
    terminal.write("\r\n");
    for (;;) {
      const auto typed = read_words(terminal, "word " + std::to_string(position) + " of " + std::to_string(count) + ": ", text.expose());
      if (!typed) return Mended::given_up;
      const coldcard::TypedWords one = coldcard::normalise_words(typed->expose());
      if (one.count == 0) break;
      if (one.count == 1 && one.unknown.empty()) {
        words = replaced(words.expose(), position, one.canonical.expose());
        break;
      }
      reject(terminal, position, typed->expose(), "Type one word.");
    }
  }
  return Mended::yes;
}

std::optional<SecretString> read_seed(Terminal& terminal, std::string_view above) {
  for (;;) {
    auto typed = WordEntry(terminal, above, seed_counts, Behind::xprv).run();
    if (!typed || typed->expose().find(' ') == std::string_view::npos) return typed;  // none, or an xprv
    switch (mend_checksum(terminal, *typed)) {
      case Mended::yes: return typed;
      case Mended::given_up: return std::nullopt;
      case Mended::begin_again:
        terminal.erase_question();
        terminal.write(above);
        break;
    }
  }
}

// Prints `before`, `title` and `help`, lets `read` ask below them, and leaves nothing of it on the screen but how it ended.
template <typename Read>
std::optional<SecretString> covered_question(Terminal& terminal, const std::string& before, const std::string& title,
                                             const std::string& help, Read read) {
  const Terminal::Question question(terminal);
  const std::string above = before + title + ": " + help;
  std::optional<SecretString> words;
  {
    const Terminal::Cover cover(terminal);
    terminal.write(above);
    words = read(above);
  }
  terminal.write(title + (words ? ": taken.\r\n" : ": not given.\r\n"));
  return words;
}

}  // namespace

std::optional<SecretString> ask_password(Terminal& terminal, const std::string& prompt) {
  const Terminal::Question question(terminal);
  return read_hidden(terminal, prompt);
}

std::optional<SecretString> ask_number(Terminal& terminal, const std::string& prompt) {
  const Terminal::Question question(terminal);
  for (;;) {
    auto typed = read_words(terminal, prompt);
    if (typed) draw_words(terminal, prompt, typed->expose());  // a number may stay
    if (typed) terminal.write("\r\n");
    if (!typed || (!typed->empty() && typed->expose().find_first_not_of("0123456789") == std::string_view::npos)) return typed;
    terminal.write("Digits only.\r\n");
  }
}

std::optional<SecretString> ask_words(Terminal& terminal, const std::string& title, const std::string& before) {
  static constexpr std::array<unsigned, 1> count{password_words};
  return covered_question(terminal, before, title,
                         "the twelve words, one by one or pasted.\r\n"
                         "Tab completes a word; ! for a custom password; Ctrl-D goes on without one.\r\n",
                         [&](std::string_view above) { return WordEntry(terminal, above, count, Behind::custom_password).run(); });
}

std::optional<SecretString> ask_mnemonic(Terminal& terminal, const std::string& title, unsigned count) {
  const std::array<unsigned, 1> counts{count};
  return covered_question(terminal, "", title,
                         "the " + std::to_string(count) + " words, one by one or pasted.\r\nTab completes a word; Ctrl-D goes back.\r\n",
                         [&](std::string_view above) { return WordEntry(terminal, above, counts, Behind::nothing).run(); });
}

std::optional<SecretString> ask_remembered(Terminal& terminal, const std::string& title) {
  return covered_question(terminal, "", title,
                         "the words as you remember them, on one line.\r\n"
                         "? an unknown word, ab* its beginning, lamp|camp either, {...} around words whose order is lost.\r\n",
                         [&](std::string_view above) { return read_words(terminal, "words: ", above); });
}

std::optional<SecretString> ask_seed(Terminal& terminal, const std::string& title) {
  return covered_question(terminal, "", title,
                         "12, 18 or 24 words, one by one or pasted; Enter after the last.\r\n"
                         "Tab completes a word; ! for an xprv; Ctrl-D gives up.\r\n",
                         [&](std::string_view above) { return read_seed(terminal, above); });
}

}  // namespace hwbak::term
