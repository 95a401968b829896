// A line of BIP-39 words as it is typed: the words that are done are dots, the letters of the last one are seen, and
// Tab completes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hwbak/secret.h"
#include "term/terminal.h"

namespace hwbak::term {

// Draws the line anew over what stood there; an empty prompt and line clear it.
void draw_words(Terminal& terminal, const std::string& prompt, std::string_view line);
// nullopt: Ctrl-D, or the terminal is gone. `above` is drawn again before the line when the screen was lost. At its end
// the line stands there without a letter.
[[nodiscard]] std::optional<SecretString> read_words(Terminal& terminal, const std::string& prompt, std::string_view above = {});

}  // namespace hwbak::term
