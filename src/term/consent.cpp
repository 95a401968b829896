// See consent.h.
#include "term/consent.h"

#include <string>

#include "base/ascii.h"

namespace hwbak::term {

namespace {

// The word itself, in any case, with blanks around it.
bool is_yes(std::string answer) {
  answer.erase(answer.find_last_not_of(' ') + 1);
  answer.erase(0, answer.find_first_not_of(' '));
  return same_word(answer, "yes");
}

}  // namespace

bool ask_consent(Terminal& terminal, std::string_view question) {
  constexpr std::uint8_t escape = 27, end_of_input = 4, backspace = 8, erase = 127;
  constexpr std::size_t longest = 16;
  const Terminal::Question asked(terminal);
  terminal.drop_input();
  terminal.write(question);
  terminal.write("Type yes to go on, anything else to stop: ");
  std::string answer;
  while (const auto key = terminal.read()) {
    if (*key == '\r' || *key == '\n') {
      terminal.write("\r\n");
      return is_yes(answer);
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
  return false;
}

}  // namespace hwbak::term
