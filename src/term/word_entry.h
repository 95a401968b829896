// Questions for secrets at a terminal. Nothing typed is ever shown but the letters of the word being typed, until it is
// done, and a word that is not on the list; both on a cover (terminal.h).
#pragma once

#include <optional>
#include <string>

#include "hwbak/secret.h"
#include "term/terminal.h"

namespace hwbak::term {

// A hidden line. nullopt: the user gives none (Ctrl-D), or the terminal is gone. So do all below.
[[nodiscard]] std::optional<SecretString> ask_password(Terminal& terminal, const std::string& prompt);

// A line of digits, shown while it is typed.
[[nodiscard]] std::optional<SecretString> ask_number(Terminal& terminal, const std::string& prompt);

// The twelve words of a backup, one by one or pasted whole: lower case, single spaces, each on the
// BIP-39 list. A line that begins with `!` leads to a hidden line for a custom password instead.
// `title` is printed first ("Password of backup.7z"). `before` is what was said before the question; the cover repeats it.
[[nodiscard]] std::optional<SecretString> ask_words(Terminal& terminal, const std::string& title, const std::string& before = {});

// `count` words in the same way, whatever their checksum.
[[nodiscard]] std::optional<SecretString> ask_mnemonic(Terminal& terminal, const std::string& title, unsigned count);

// Words as they are remembered, on one line, with all that docs/recover.md, "Words as remembered" allows.
[[nodiscard]] std::optional<SecretString> ask_remembered(Terminal& terminal, const std::string& title);

// 12, 18 or 24 seed words with a good checksum; behind `!` a hidden xprv or tprv.
[[nodiscard]] std::optional<SecretString> ask_seed(Terminal& terminal, const std::string& title);

}  // namespace hwbak::term
