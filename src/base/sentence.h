// Sentences that become part of a longer one.
#pragma once

#include <string>

namespace hwbak {

// "The public point Q ..." goes on as "the public point Q ..."; "RSA keys" and "DANGER" stay.
[[nodiscard]] inline std::string within_sentence(std::string sentence) {
  const auto is = [&](std::size_t at, char first, char last) {
    return at < sentence.size() && sentence[at] >= first && sentence[at] <= last;
  };
  const bool word = is(1, 'a', 'z') || (is(0, 'A', 'A') && sentence.starts_with("A "));
  if (is(0, 'A', 'Z') && word) sentence[0] = static_cast<char>(sentence[0] - 'A' + 'a');
  return sentence;
}

}  // namespace hwbak
