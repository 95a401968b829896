// See word_template.h.
#include "recover/word_template.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>

#include "device/coldcard/words.h"
#include "hwbak/error.h"
#include "wallet/bip39.h"

namespace hwbak::recover {
namespace {

constexpr std::size_t longest_token = 64;      // bytes of one token with its alternatives
constexpr std::size_t most_slipped = 8;        // alternatives of one place that slips are looked for
constexpr std::size_t nearest = 8;
constexpr std::size_t telling_letters = 4;     // the first four letters of every word are its own

constexpr bool blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Words of a line; those that a bar joins are one.
std::size_t items(std::string_view line) noexcept {
  std::size_t out = 0;
  bool bar = false;
  for (std::string_view token = coldcard::next_word(line); !token.empty(); token = coldcard::next_word(line)) {
    if (out == 0 || (!bar && token.front() != '|')) ++out;
    bar = token.back() == '|';
  }
  return out;
}

// Does every line begin with `-`, or with `*`, and hold no more than one word besides? Then the mark belongs to the list. One line alone may
// hold an unknown word.
bool is_list(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t\r";
  std::size_t lines = 0;
  char mark = 0;
  for (std::size_t end = 0; !text.empty(); text.remove_prefix(std::min(end + 1, text.size()))) {
    end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    if (line.find_first_not_of("{} \t\r") == std::string_view::npos) continue;
    if (mark == 0) mark = line[0];
    if ((mark != '-' && mark != '*') || line[0] != mark || (line.size() > 1 && blanks.find(line[1]) == std::string_view::npos) || items(line.substr(1)) > 1) return false;
    ++lines;
  }
  return lines > 1;
}

// `___`, `...` or `-` for a word, as people mark a gap: its length, else 0. A `-` behind a number belongs to the numbering.
std::size_t gap(std::string_view text, std::string_view before) noexcept {
  const std::size_t length = std::min(text.size(), text.find_first_of(" \t\n\r,{}"));
  const auto all = [&](char c) { return text.substr(0, length).find_first_not_of(c) >= length; };
  while (!before.empty() && blank(before.back())) before.remove_suffix(1);
  const bool numbered = !before.empty() && before.back() >= '0' && before.back() <= '9';
  const bool marks = all('_') || (all('.') && length > 1) || (all('-') && (length > 1 || !numbered));
  return length != 0 && marks ? length : 0;
}

// Braces stand alone, alternatives together, letters are small.
SecretString tidied(std::string_view typed) {
  SecretString out;
  const bool list = is_list(typed);
  bool line_begins = true;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const char c = typed[i];
    const bool first = line_begins && !blank(c);
    line_begins = c == '\n' || (line_begins && !first);
    if (list && first && (c == '-' || c == '*') && items(typed.substr(i + 1, typed.find('\n', i) - i - 1)) != 0) continue;
    const bool begins = i == 0 || blank(typed[i - 1]) || typed[i - 1] == ',' || typed[i - 1] == '{';
    if (const std::size_t length = begins ? gap(typed.substr(i), typed.substr(0, i)) : 0; length != 0) {
      out.append('?');
      i += length - 1;
    } else if (c == '{' || c == '}') {
      out.append(' ');
      out.append(c);
      out.append(' ');
    } else if (c == '|') {
      while (!out.empty() && blank(out.expose().back())) out.pop_back();
      out.append(c);
      while (i + 1 < typed.size() && blank(typed[i + 1])) ++i;
    } else {
      out.append(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
  }
  return out;
}

// `?` one letter, `*` any letters. Goes back to the last `*` alone, so it ends.
bool fits(std::string_view pattern, std::string_view word) noexcept {
  std::size_t p = 0, w = 0, star = std::string_view::npos, from = 0;
  while (w < word.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == word[w])) {
      ++p;
      ++w;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      from = w;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      w = ++from;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool is_pattern(std::string_view token) noexcept { return token.find_first_of("?*") != std::string_view::npos; }

class SlotReader final {
 public:
  SlotReader(std::string_view written, std::size_t place, WordList words)
      : words_(words), place_(place), slot_{WordSet(words.size()), WordSet(words.size()), SecretString::copy_of(written)} {}

  WordSlot read() {
    std::string_view left = slot_.written.expose();
    if (left.size() > longest_token) fail("is too long");
    const auto several = static_cast<std::size_t>(std::count(left.begin(), left.end(), '|')) + 1;
    while (true) {
      const std::string_view one = left.substr(0, left.find('|'));
      if (one.empty()) fail("has an empty alternative beside `|`");
      if (is_pattern(one)) take_pattern(one);
      else take_word(one, several <= most_slipped);
      if (one.size() == left.size()) break;
      left.remove_prefix(one.size() + 1);
    }
    for (std::size_t i = 0; i < words_.size(); ++i)
      if (slot_.typed.has(i)) slot_.slips.drop(i);
    return std::move(slot_);
  }

 private:
  [[noreturn]] void fail(const char* what) const {
    throw Error(Outcome::refused, "word " + std::to_string(place_) + " " + what, std::nullopt,
                "write the words as you remember them: `?` for an unknown word, `ab*` for one of which the beginning is known, `lamp|camp` for either");
  }

  template <typename Fits>
  std::size_t put(WordSet& set, Fits of) {
    std::size_t found = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      if (!of(words_[i])) continue;
      set.put(i);
      ++found;
    }
    return found;
  }

  // Unknown letters at the end may be more of them than were drawn.
  void take_pattern(std::string_view pattern) {
    if (pattern == "?" || pattern == "*") {
      (void)put(slot_.typed, [](std::string_view) { return true; });
      return;
    }
    const std::size_t exact = put(slot_.typed, [&](std::string_view word) { return fits(pattern, word); });
    std::size_t open = 0;
    if (pattern.back() == '?') {
      SecretString longer = SecretString::copy_of(pattern);
      longer.append('*');
      open = put(exact == 0 ? slot_.typed : slot_.slips, [&](std::string_view word) { return fits(longer.expose(), word); });
    }
    if (exact + open == 0) fail("fits no word of the list");
  }

  // A word of the list is itself. Any other is what its first four letters say, else the words that it may be a slip of, else the nearest.
  void take_word(std::string_view typed, bool with_slips) {
    if (!std::ranges::all_of(typed, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); })) fail("holds a character that no word has");
    const auto slip = [&](std::string_view word) { return is_slip(typed, word); };
    std::size_t known = put(slot_.typed, [&](std::string_view word) { return word == typed; });
    if (known == 0 && typed.size() >= telling_letters)
      known = put(slot_.typed, [&](std::string_view word) { return word.substr(0, telling_letters) == typed.substr(0, telling_letters); });
    if (known == 0) known = put(slot_.typed, slip);
    else if (with_slips) (void)put(slot_.slips, slip);
    if (known == 0) take_nearest(typed);
  }

  void take_nearest(std::string_view typed) {
    for (std::size_t found = 0; found < nearest; ++found) {
      std::optional<std::size_t> next;
      unsigned least = 0;
      for (std::size_t i = 0; i < words_.size(); ++i) {
        if (slot_.typed.has(i)) continue;
        const unsigned distance = wallet::edit_distance(typed, words_[i]);
        if (next && distance >= least) continue;
        next = i;
        least = distance;
      }
      if (!next) return;
      slot_.typed.put(*next);
    }
  }

  WordList words_;
  std::size_t place_;
  WordSlot slot_;
};

[[noreturn]] void refuse(const std::string& what) {
  throw Error(Outcome::refused, what, std::nullopt, "put `{` and `}` around the words whose order is lost: `abandon {lamp camp zoo} ability ...`");
}

}  // namespace

std::size_t WordSet::count() const noexcept {
  std::size_t out = 0;
  for (const std::uint8_t byte : bits_.expose()) out += static_cast<std::size_t>(std::popcount(byte));
  return out;
}

WordTemplate read_words(std::string_view typed, WordList words) {
  const SecretString text = tidied(typed);
  WordTemplate out;
  bool within = false;
  std::size_t open = 0;
  std::string_view rest = text.expose();
  for (std::string_view token = coldcard::next_word(rest); !token.empty(); token = coldcard::next_word(rest)) {
    if (token == "{") {
      if (within) refuse("a `{` stands inside of another");
      within = true;
      open = out.slots.size();
    } else if (token == "}") {
      if (!within) refuse("a `}` has no `{` before it");
      if (const std::size_t within_braces = out.slots.size() - open; within_braces > most_loose_words)
        refuse(std::to_string(within_braces) + " words stand between `{` and `}`; " + std::to_string(most_loose_words) + " are the most");
      if (out.slots.size() - open > 1) out.loose.push_back({open, out.slots.size() - open});
      within = false;
    } else {
      if (out.slots.size() == most_typed_words)
        throw Error(Outcome::refused, "there are more than " + std::to_string(most_typed_words) + " words; a Coldcard's password has " +
                                          std::to_string(coldcard::password_words), std::nullopt, "leave out what does not belong to it");
      out.slots.push_back(SlotReader(token, out.slots.size() + 1, words).read());
    }
  }
  if (within) refuse("a `{` has no `}` behind it");
  if (out.slots.empty())
    throw Error(Outcome::refused, "no word is remembered, so there is nothing to begin from", std::nullopt,
                "give the words that you remember: `?` stands for an unknown one");
  return out;
}

}  // namespace hwbak::recover
