// See words.h; docs/formats/coldcard.md, "The twelve words".
#include "device/coldcard/words.h"

#include <array>
#include <optional>

#include "wallet/bip39.h"

namespace hwbak::coldcard {
namespace {

constexpr std::size_t longest_word = 8;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool separates(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f' || c == ',' || c == ';';
}
constexpr bool numbers(char c) noexcept { return c == '.' || c == ')' || c == ':' || c == '(' || c == '#'; }

// "3.", "3)", "(3)" and "3." in "3.able" are numbering; so is a stop after a word.
std::string_view without_numbering(std::string_view token) noexcept {
  while (!token.empty() && (is_digit(token.front()) || numbers(token.front()))) token.remove_prefix(1);
  while (!token.empty() && numbers(token.back())) token.remove_suffix(1);
  return token;
}

// What editors and web pages leave beside words: a byte order mark, no-break spaces.
std::string_view without_wide_blanks(std::string_view token) noexcept {
  constexpr std::string_view mark = "\xEF\xBB\xBF", blank = "\xC2\xA0";
  while (token.starts_with(mark)) token.remove_prefix(mark.size());
  while (token.starts_with(blank)) token.remove_prefix(blank.size());
  while (token.ends_with(blank)) token.remove_suffix(blank.size());
  return token;
}

std::optional<unsigned> listed(std::string_view token) noexcept {
  if (token.size() > longest_word) return std::nullopt;
  std::array<char, longest_word> lower{};
  for (std::size_t i = 0; i < token.size(); ++i)
    lower[i] = token[i] >= 'A' && token[i] <= 'Z' ? static_cast<char>(token[i] - 'A' + 'a') : token[i];
  const std::string_view word(lower.data(), token.size());
  auto index = wallet::word_index(word);
  if (!index && word.size() >= 4) index = wallet::word_from_prefix(word);
  wipe(lower.data(), lower.size());
  return index;
}

}  // namespace

std::string_view next_word(std::string_view& rest) noexcept {
  std::string_view token;
  while (!rest.empty() && token.empty()) {
    std::size_t length = 0;
    while (length < rest.size() && !separates(rest[length]) && !rest.substr(length + 1).starts_with("\xC2\xA0")) ++length;
    if (length < rest.size() && !separates(rest[length])) ++length;  // up to a no-break space
    token = without_numbering(without_wide_blanks(rest.substr(0, length)));
    rest.remove_prefix(length < rest.size() && separates(rest[length]) ? length + 1 : length);
  }
  return token;
}

TypedWords normalise_words(std::string_view typed) {
  TypedWords out;
  while (out.count < max_typed_words) {
    const std::string_view token = next_word(typed);
    if (token.empty()) break;
    ++out.count;
    if (const auto index = listed(token)) {
      if (!out.canonical.empty()) out.canonical.append(' ');
      out.canonical.append(wallet::english_words()[*index]);
    } else {
      out.unknown.push_back(out.count);
    }
  }
  if (!out.unknown.empty()) out.canonical.clear();
  return out;
}

SecretString draw_password(RandomSource& random) {
  SecretBytes entropy(32);
  random.fill(entropy.expose());
  const SecretString phrase = wallet::mnemonic_from_entropy(entropy.expose());
  std::size_t end = 0;
  for (unsigned word = 0; word < password_words; ++word) end = phrase.expose().find(' ', end + 1);
  return SecretString::copy_of(phrase.expose().substr(0, end));
}

PasswordFit device_fit(std::string_view password) noexcept {
  for (const char c : password)
    if (c < 32 || c > 126) return PasswordFit::other_characters;
  if (password.size() < shortest_custom_password) return PasswordFit::too_short;
  return password.size() > longest_custom_password ? PasswordFit::too_long : PasswordFit::fits;
}

}  // namespace hwbak::coldcard
