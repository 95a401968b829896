// Which passphrases reach a badge over its console as they were meant, and as which characters they have to be sent
// (docs/formats/cdc-badge.md, "Passphrase bytes" and "The serial line").
#pragma once

#include "container/cdcbak/cdcbak.h"
#include "hwbak/secret.h"

namespace hwbak::serial {

inline constexpr std::size_t max_command = 255;  // bytes of a line; a badge loses the rest without a word

// What to send so that the badge uses `passphrase`, which a person typed: the same text. Throws Error(refused) that says
// what the badge would lose: control characters, blanks at the ends, more bytes than a line holds behind `command`,
// characters without a CP437 byte (their positions).
[[nodiscard]] SecretString sendable(const SecretString& passphrase, std::string_view command);
// What to send so that the badge comes to the very bytes that open a file. Throws Error(refused) when it cannot: the badge
// makes CP437 of what comes over the line, and these are other bytes.
[[nodiscard]] SecretString sendable(const cdcbak::PassphraseBytes& bytes, std::string_view command);

}  // namespace hwbak::serial
