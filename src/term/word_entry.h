// Questions for passwords at a terminal. Nothing typed is ever shown but the letters of the word
// being typed, and that is erased when it is done.
#pragma once

#include <optional>
#include <string>

#include "hwbak/random.h"
#include "hwbak/secret.h"
#include "term/terminal.h"

namespace hwbak::term {

// A hidden line. nullopt: the user gives none (Ctrl-D), or the terminal is gone.
[[nodiscard]] std::optional<SecretString> ask_password(Terminal& terminal, const std::string& prompt);

// The twelve words of a backup, one by one or pasted whole: lower case, single spaces, each on the
// BIP-39 list. A line that begins with `!` leads to a hidden line for a custom password instead.
// nullopt as above. `title` is printed first ("Password of backup.7z").
[[nodiscard]] std::optional<SecretString> ask_words(Terminal& terminal, const std::string& title);

// Shows new words once, waits until they are written down, asks for two of them, and erases them.
// False when the user gives up (Ctrl-D).
[[nodiscard]] bool show_and_confirm_words(Terminal& terminal, const SecretString& words, RandomSource& random);

}  // namespace hwbak::term
