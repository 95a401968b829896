// Which words are taken for one another: a slip of the fingers, of the eye, or of the memory (docs/recover.md, "Slips").
#include <algorithm>
#include <array>
#include <string_view>

#include "recover/word_template.h"
#include "wallet/bip39.h"

namespace hwbak::recover {
namespace {

constexpr std::size_t long_word = 6;          // from here on two edits still leave most of it
constexpr std::size_t most_letters = 24;
constexpr unsigned most_replaced = 3;         // letters of a word that are all neighbours on the keyboard

// QWERTY, with the two keys that QWERTZ and AZERTY put elsewhere.
constexpr std::array<std::string_view, 26> neighbours{
    "qwszx", "vghn", "xdfv", "ersfcx", "wsdr", "rtdgvc", "tyfhbv", "yugjnb", "uojk", "uikhmn", "ijolm", "kop", "njkl",
    "bhjm", "ipkl", "ol", "wa", "etdf", "awedxz", "ryfgz", "yihj", "cfgb", "qesa", "zsdc", "tughz", "asxtuy"};

}  // namespace

bool keys_are_neighbours(char a, char b) noexcept {
  const auto next = [](char from, char to) { return neighbours[static_cast<std::size_t>(from - 'a')].find(to) != std::string_view::npos; };
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return letter(a) && letter(b) && (next(a, b) || next(b, a));
}

namespace {

bool all_neighbours(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  unsigned replaced = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i]) continue;
    if (!keys_are_neighbours(a[i], b[i]) || ++replaced > most_replaced) return false;
  }
  return true;
}

// One letter for all that handwriting makes alike.
char look(char c) noexcept {
  switch (c) {
    case 'l': case 'j': case 't': case '1': return 'i';
    case 'v': case 'n': case 'r': return 'u';
    case 'o': case 'e': case 'c': case '0': return 'a';
    case 'q': case 'y': case 'p': case '9': return 'g';
    case 'h': case 'k': return 'b';
    case 'z': case 'x': case '5': return 's';
    default: return c;
  }
}

struct Look {
  std::array<char, most_letters> letters{};
  std::size_t size = 0;
  ~Look() { wipe(letters.data(), letters.size()); }
};

// Pairs that are read as one letter come first: rn as m, cl as d, vv as w.
void look_of(std::string_view word, Look& out) noexcept {
  for (std::size_t i = 0; i < word.size() && out.size < most_letters; ++i) {
    const std::string_view pair = word.substr(i, 2);
    char one = 0;
    if (pair == "rn" || pair == "nn") one = 'm';
    if (pair == "cl") one = 'd';
    if (pair == "vv") one = 'w';
    out.letters[out.size++] = one != 0 ? one : look(word[i]);
    if (one != 0) ++i;
  }
}

bool look_alike(std::string_view a, std::string_view b) noexcept {
  Look first, second;
  look_of(a, first);
  look_of(b, second);
  return std::string_view(first.letters.data(), first.size) == std::string_view(second.letters.data(), second.size);
}

}  // namespace

bool is_slip(std::string_view typed, std::string_view word) noexcept {
  if (typed == word || typed.empty()) return false;
  constexpr std::size_t telling = 3;  // begins alike: four letters are a word's own, so three are what two of them share
  if (typed.size() >= telling && word.size() >= telling && typed.substr(0, telling) == word.substr(0, telling)) return true;
  const unsigned edits = wallet::edit_distance(typed, word);
  const unsigned forgiven = std::min(typed.size(), word.size()) >= long_word ? 2 : 1;
  return edits <= forgiven || all_neighbours(typed, word) || look_alike(typed, word);
}

}  // namespace hwbak::recover
