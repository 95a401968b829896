// The twelve words of a backup password as people type them: any case, blanks, commas, numbering,
// the first four letters (docs/formats/coldcard.md, "The twelve words"). No checksum: the device
// cuts a 24-word phrase after twelve.
#pragma once

#include <string_view>
#include <vector>

#include "hwbak/random.h"
#include "hwbak/secret.h"

namespace hwbak::coldcard {

inline constexpr unsigned password_words = 12;

struct TypedWords {
  SecretString canonical;         // lower case, single spaces; empty when a word is unknown
  std::vector<unsigned> unknown;  // positions from 1 of words that are not on the list
  unsigned count = 0;             // words typed; counting stops at `max_typed_words`
};
inline constexpr unsigned max_typed_words = 64;

[[nodiscard]] TypedWords normalise_words(std::string_view typed);
// Takes the next word off `rest`, as it was typed but for its numbering; empty when there is none.
[[nodiscard]] std::string_view next_word(std::string_view& rest) noexcept;

// Twelve words as a device draws them: the first half of a 24-word phrase over 32 random bytes.
[[nodiscard]] SecretString draw_password(RandomSource& random);

inline constexpr std::size_t shortest_custom_password = 32, longest_custom_password = 128;
// A custom password within a device's limits: 32 to 128 characters of ASCII 32 to 126.
enum class PasswordFit { fits, too_short, too_long, other_characters };
[[nodiscard]] PasswordFit device_fit(std::string_view password) noexcept;

}  // namespace hwbak::coldcard
