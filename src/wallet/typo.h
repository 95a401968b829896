// Where a mistyped text with a checksum is wrong: the one place where another single character makes it right. The
// character itself is not told: what looks right by chance must be looked up, not guessed (BIP-173).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hwbak::wallet {

// `good` judges a text of the same length; only the places from `first` on are tried. nullopt when there is no such place, or several.
template <class Good>
[[nodiscard]] std::optional<std::size_t> lone_typo(std::string text, std::string_view alphabet, std::size_t first, const Good& good) {
  std::optional<std::size_t> found;
  for (std::size_t at = first; at < text.size(); ++at) {
    const char typed = text[at];
    for (const char other : alphabet) {
      text[at] = other;
      if (other == typed || !good(std::string_view(text))) continue;
      if (found) return std::nullopt;
      found = at;
      break;
    }
    text[at] = typed;
  }
  return found;
}

[[nodiscard]] inline std::string where_words(const std::optional<std::size_t>& place) {
  return place ? "; probably character " + std::to_string(*place + 1) + " is wrong" : "";
}

}  // namespace hwbak::wallet
