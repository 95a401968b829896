// See consent.h.
#include "term/consent.h"

#include <optional>
#include <string>

#include "base/ascii.h"

namespace hwbak::term {

namespace {

// The word itself, in any case, with blanks around it.
bool is_word(std::string answer, std::string_view wanted) {
  answer.erase(answer.find_last_not_of(' ') + 1);
  answer.erase(0, answer.find_first_not_of(' '));
  return same_word(answer, wanted);
}

// nullopt: Esc, Ctrl-D, or the terminal is gone.
std::optional<std::string> line_typed(Terminal& terminal, std::string_view question, std::string_view prompt) {
  constexpr std::uint8_t escape = 27, end_of_input = 4, backspace = 8, erase = 127;
  constexpr std::size_t longest = 64;
  const Terminal::Question asked(terminal);
  terminal.drop_input();
  terminal.write(question);
  terminal.write(prompt);
  std::string answer;
  while (const auto key = terminal.read()) {
    if (*key == '\r' || *key == '\n') {
      terminal.write("\r\n");
      return answer;
    }
    if (*key == escape || *key == end_of_input) break;
    if (*key == backspace || *key == erase) {
      if (answer.empty()) continue;
      answer.pop_back();
      terminal.write("\b \b");
    } else if (answer.size() < longest) {
      const bool plain = *key >= 0x20 && *key < 0x7F;
      answer += plain ? static_cast<char>(*key) : '?';  // other keys are part of no word for yes
      terminal.write(answer.substr(answer.size() - 1));
    }
  }
  terminal.write("\r\n");
  return std::nullopt;
}

}  // namespace

bool ask_consent(Terminal& terminal, std::string_view question) {
  const auto answer = line_typed(terminal, question, "Type yes to go on, anything else to stop: ");
  return answer && is_word(*answer, "yes");
}

bool ask_same(Terminal& terminal, std::string_view question, std::string_view what, std::string_view wanted) {
  const auto answer = line_typed(terminal, question, "Type " + std::string(what) + ", " + std::string(wanted) + ", to go on, anything else to stop: ");
  return answer && is_word(*answer, wanted);
}

}  // namespace hwbak::term
