// The shares of custodians, typed one after the other: the prime, then an ID and a value from each of them. What one has typed is gone
// from the screen before the next one comes (docs/formats/pico-hsm.md, "A quorum for the password").
#pragma once

#include <optional>
#include <string>

#include "hwbak/secret.h"
#include "term/terminal.h"

namespace hwbak::term {

// Whether a number that cannot be is asked for again, or taken as it is: for a search for wrong digits.
enum class Digits { right, may_be_wrong };

// As lines `prime=...`, `share=ID:VALUE`. Each part is checked when it is typed, and asked for again. nullopt: given up (Ctrl-D), or the
// terminal is gone.
[[nodiscard]] std::optional<SecretString> ask_quorum(Terminal& terminal, const std::string& subject, Digits digits = Digits::right);

}  // namespace hwbak::term
