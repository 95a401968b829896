// See typed_quorum.h.
#include "recover/typed_quorum.h"

#include <algorithm>

#include "base/base64.h"
#include "container/dkek_share/number.h"
#include "container/dkek_share/quorum.h"
#include "hwbak/error.h"

namespace hwbak::recover {
namespace {

constexpr std::size_t most_id = 16;

[[noreturn]] void refuse(std::string sentence, std::string next) { throw Error(Outcome::refused, std::move(sentence), std::nullopt, std::move(next)); }

std::string in_line(std::size_t line) { return "Line " + std::to_string(line) + ": "; }

std::string read_id(std::string_view typed, std::size_t line) {
  std::string out;
  for (const char c : typed)
    if (!is_blank(static_cast<std::uint8_t>(c))) out += c;
  const auto number = dkek::read_digits(out, 16);
  if (!number || out.size() > most_id) refuse(in_line(line) + "The ID of a share is no number", "Type it as it was printed, for example 5. Only digits of the values and of the prime may be wrong.");
  if (*number == 0) refuse(in_line(line) + "A share has the ID 0, which no share can have", "Compare the IDs with what was noted; they begin with 1.");
  return out;
}

}  // namespace

SecretString typed_digits(std::string_view typed, const std::string& what) {
  SecretString out;
  std::size_t unknown = 0;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const char c = typed[i];
    if (c == ':' || is_blank(static_cast<std::uint8_t>(c))) continue;
    const int digit = dkek::digit_of(c);
    if (digit < 0 && c != '?')
      refuse(what + " has a character that is no digit of a hexadecimal number (0 to 9, a to f), at place " + std::to_string(i + 1),
             "Write ? for a digit that cannot be read.");
    if (out.size() == most_typed_digits)
      refuse(what + " has more than " + std::to_string(most_typed_digits) + " digits; a number of a quorum has at most 16", "Look whether two numbers were written as one.");
    if (c == '?' && ++unknown > most_unknown_digits)
      refuse(what + " has more than " + std::to_string(most_unknown_digits) + " digits that cannot be read", "Leave this share out, and ask another custodian.");
    out.append(digit < 0 ? '?' : "0123456789abcdef"[digit]);
  }
  if (out.empty()) refuse(what + " is missing", "Write its digits, ? for those that cannot be read.");
  return out;
}

TypedQuorum read_typed_quorum(std::string_view lines, std::size_t threshold) {
  const dkek::QuorumPieces pieces = dkek::split_quorum(lines);
  TypedQuorum out;
  out.threshold = threshold;
  for (const auto& piece : pieces.primes) {
    TypedNumber prime{typed_digits(piece.text, in_line(piece.line) + "The prime"), piece.line};
    if (std::ranges::none_of(out.primes, [&](const TypedNumber& other) { return other.digits.equals(prime.digits.expose()); }))
      out.primes.push_back(std::move(prime));
  }
  if (out.primes.empty()) refuse("There is no prime among the lines", "Add a line with the prime, for example prime=ee:b1:38:ca:19:de:9a:5f.");
  for (const auto& piece : pieces.points) {
    TypedQuorum::Share share{read_id(piece.id, piece.line), {}};
    const std::string name = "share " + share.id_text;
    if (std::ranges::any_of(out.shares, [&](const auto& other) { return dkek::read_digits(other.id_text, 16) == dkek::read_digits(share.id_text, 16); }))
      refuse(in_line(piece.line) + "The ID " + share.id_text + " is there twice", "Each custodian has a share of their own: compare the IDs.");
    share.value = {typed_digits(piece.value, in_line(piece.line) + "The value of " + name), piece.line};
    out.shares.push_back(std::move(share));
  }
  const std::size_t given = out.shares.size();
  if (given < 2) refuse(given == 0 ? "There is no share among the lines" : "There is one share alone, and a quorum needs at least two", "Add the shares of the other custodians, also those with doubtful digits.");
  if (threshold == 1) refuse("A quorum of one custodian is none", "Say with --threshold how many of them are needed, at least two.");
  if (given < threshold)
    refuse("There are " + std::to_string(given) + " shares, and --threshold says that " + std::to_string(threshold) + " are needed",
           "Add the shares of the other custodians, also those with doubtful digits.");
  return out;
}

}  // namespace hwbak::recover
