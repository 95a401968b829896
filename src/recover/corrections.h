// What was wrong with the words that were remembered, in words (docs/recover.md, "The answer").
#pragma once

#include <vector>

#include "recover/word_template.h"

namespace hwbak::recover {

struct Corrections {
  std::vector<SecretString> lines;   // "word 7: you wrote lamp, it is camp"; empty: nothing was wrong
  std::vector<unsigned> places;      // in the right words, from 1
};
[[nodiscard]] Corrections corrections(const WordTemplate& remembered, std::string_view found, WordList words);

}  // namespace hwbak::recover
