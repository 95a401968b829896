// The words as somebody remembers them: for each place the words that it may be, and the words that a slip makes of it
// (docs/recover.md, "Words as remembered").
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "hwbak/secret.h"

namespace hwbak::recover {

using WordList = std::span<const std::string_view>;  // sorted, at most 2048 words of at most 8 letters

// Some of the words of a list.
class WordSet final {
 public:
  explicit WordSet(std::size_t words) : bits_((words + 7) / 8), words_(words) {}
  void put(std::size_t word) noexcept { bits_.expose()[word / 8] = static_cast<std::uint8_t>(bits_.expose()[word / 8] | 1u << word % 8); }
  void drop(std::size_t word) noexcept { bits_.expose()[word / 8] = static_cast<std::uint8_t>(bits_.expose()[word / 8] & ~(1u << word % 8)); }
  [[nodiscard]] bool has(std::size_t word) const noexcept { return (bits_.expose()[word / 8] >> word % 8 & 1) != 0; }
  [[nodiscard]] std::size_t count() const noexcept;
  [[nodiscard]] std::size_t words() const noexcept { return words_; }
  [[nodiscard]] ByteView bits() const noexcept { return bits_.expose(); }

 private:
  SecretBytes bits_;
  std::size_t words_;
};

struct WordSlot {
  WordSet typed;         // at least one
  WordSet slips;         // none of `typed`
  SecretString written;  // the token, for saying what was wrong
};

struct WordTemplate {
  std::vector<WordSlot> slots;
  // Runs of slots whose order is lost.
  struct Loose {
    std::size_t first = 0, size = 0;
  };
  std::vector<Loose> loose;
};

inline constexpr std::size_t most_typed_words = 24, most_loose_words = 16;

// Reads what was typed: words in any case, numbered or not, short from four letters on; `?` an unknown word, `ab?` with unknown letters,
// `ab*` with an unknown rest, `lamp|camp`, `{...}` around words whose order is lost. Throws Error(refused), which names the place and
// never the word.
[[nodiscard]] WordTemplate read_words(std::string_view typed, WordList words);

// Lower-case letters side by side on QWERTY, QWERTZ or AZERTY.
[[nodiscard]] bool keys_are_neighbours(char a, char b) noexcept;

// Could somebody who saw or meant `word` have written `typed`? Not for two equal words.
[[nodiscard]] bool is_slip(std::string_view typed, std::string_view word) noexcept;

}  // namespace hwbak::recover
