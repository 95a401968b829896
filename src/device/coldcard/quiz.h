// Twelve words shown once, and the quiz a device makes of them (docs/formats/coldcard.md, "The quiz").
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "device/coldcard/screen.h"
#include "hwbak/random.h"

namespace hwbak::coldcard {

struct QuizQuestion {
  unsigned position = 0;                      // of the word asked for, from 1
  std::array<std::string_view, 3> choices{};  // the right word, another of the words, a random BIP-39 word; in random order
  unsigned right = 0;                         // index into choices
};
// For twelve words four questions: the last word and three others, in random order. `words` must outlive them.
[[nodiscard]] std::vector<QuizQuestion> quiz_questions(std::span<const std::string_view> words, RandomSource& random);

enum class WordsEnd { recorded, given_up, cleartext };
// Shows the words, then asks; a wrong answer repeats the question, OK shows the words again, X gives up.
// `offer_cleartext`: key 6 at the words, after a warning.
[[nodiscard]] WordsEnd teach_words(Screen& screen, std::string_view title, const SecretString& words, RandomSource& random,
                                   bool offer_cleartext);

}  // namespace hwbak::coldcard
