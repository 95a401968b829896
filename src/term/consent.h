// A question whose answer must be meant: only a typed "yes" goes on, everything else stops.
#pragma once

#include <string_view>

#include "term/terminal.h"

namespace hwbak::term {

// `question` is shown as it is, and stays. False for every other word, an empty line, Esc and Ctrl-D. Throws Interrupted.
[[nodiscard]] bool ask_consent(Terminal& terminal, std::string_view question);
// Where a yes is said too easily: only `wanted` goes on, which `what` names ("the serial number").
[[nodiscard]] bool ask_same(Terminal& terminal, std::string_view question, std::string_view what, std::string_view wanted);

}  // namespace hwbak::term
