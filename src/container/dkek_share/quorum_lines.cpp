// The shares of a quorum as custodians have them, on screen or paper (docs/formats/pico-hsm.md, "A quorum for the password").
// Forgiving where that is safe; what it refuses would open nothing, and each try costs seconds.
#include <algorithm>

#include "base/ascii.h"
#include "base/base64.h"
#include "container/dkek_share/modular.h"
#include "container/dkek_share/number.h"
#include "container/dkek_share/quorum.h"

namespace hwbak::dkek {
namespace {

[[noreturn]] void refuse(std::string sentence, std::string next) {
  throw Error(Outcome::refused, std::move(sentence), std::nullopt, std::move(next));
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return is_blank(static_cast<std::uint8_t>(c)); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool begins_with_word(std::string_view line, std::string_view word) {
  return line.size() >= word.size() && same_word(line.substr(0, word.size()), word);
}

// `what`: "The prime". The digits themselves are secret and never told.
std::uint64_t read_number(std::string_view typed, const std::string& what) {
  const std::string again = "Compare it with what was noted, digit by digit, and type it again.";
  std::uint64_t out = 0;
  std::size_t digits = 0, group = 0;
  bool odd_group = false;
  for (std::size_t i = 0; i <= typed.size(); ++i) {
    if (i == typed.size() || typed[i] == ':') {
      // The first byte may have lost its leading zero, any other has two digits.
      odd_group = odd_group || (group % 2 != 0 && digits != group);
      group = 0;
      continue;
    }
    if (is_blank(static_cast<std::uint8_t>(typed[i]))) continue;
    const int digit = digit_of(typed[i]);
    if (digit < 0)
      refuse(what + " has a character that is no digit of a hexadecimal number (0 to 9, a to f), at place " +
                 std::to_string(i + 1),
             again);
    if (out >> 60 != 0) refuse(what + " has more than 64 bits: at most 16 digits", again);
    out = out << 4 | static_cast<unsigned>(digit);
    ++digits;
    ++group;
  }
  if (digits == 0) refuse(what + " is missing", again);
  if (odd_group)
    refuse(what + " has an odd number of digits between two colons: a digit is missing, or there is one too many", again);
  return out;
}

std::string name_of(std::uint64_t id) { return "share " + std::to_string(id); }

void check_prime(std::uint64_t prime) {
  if (is_prime_var(prime) && prime != 2) return;
  refuse(prime % 2 == 0 ? "The prime is an even number, and so it is no prime: a digit is wrong"
                        : "The number that is given as the prime is no prime: a digit is wrong",
         "Compare it with the prime that the other custodians noted: all have the same.");
}

void check_id(std::uint64_t id, std::uint64_t prime) {
  if (id == 0) refuse("A share has the ID 0, which no share can have", "Compare the IDs with what was noted; they begin with 1.");
  if (id >= prime) refuse("The ID of a share is not below the prime", "Compare the IDs with what was noted; they are small numbers.");
}

void check_value(std::uint64_t id, std::uint64_t value, std::uint64_t prime) {
  if (value >= prime)
    refuse("The value of " + name_of(id) + " is not below the prime, as every value is: a digit of either is wrong",
           "Compare both with what was noted, digit by digit.");
}

QuorumShare read_share(std::string_view id, std::string_view value) {
  QuorumShare out;
  for (const char c : id)
    if (!is_blank(static_cast<std::uint8_t>(c))) out.id_text += c;
  // Printed in decimal; whoever has typed IDs into sc-hsm-tool may have a hexadecimal one.
  const auto decimal = read_digits(out.id_text, 10), number = decimal ? decimal : read_digits(out.id_text, 16);
  if (!number) refuse("The ID of a share is no number", "Type it as it was printed, for example 5.");
  out.id = *number;
  out.value = to_bytes(read_number(value, "The value of " + name_of(out.id)));
  return out;
}

struct Pieces : QuorumPieces {
  std::optional<std::string_view> id, value;  // of the printed form, until its other half comes
};

void read_line(std::string_view line, std::size_t number, Pieces& out) {
  if (line.empty() || line.front() == '#') return;
  const std::size_t at = std::min(line.find_first_of("=:"), line.size());
  const std::string_view key = trimmed(line.substr(0, at)), rest = trimmed(line.substr(std::min(at + 1, line.size())));
  if (at == line.size()) {
    // What sc-hsm-tool prints around a share.
    for (const std::string_view begin : {"Share ", "Please note", "Press <enter>"})
      if (begins_with_word(line, begin)) return;
  } else if (same_word(key, "prime")) {
    out.primes.push_back({rest, number});
    return;
  } else if (same_word(key, "share")) {
    const std::size_t colon = rest.find(':');
    if (colon == rest.npos)
      refuse("A share has no value: it must read share=ID:VALUE", "Write it as share=5:13:a9:9c:62:c8:63:df, for example.");
    out.points.push_back({rest.substr(0, colon), rest.substr(colon + 1), number});
    return;
  } else if (same_word(key, "share id") || same_word(key, "share value")) {
    auto& half = same_word(key, "share id") ? out.id : out.value;
    if (half)
      refuse(same_word(key, "share id") ? "The ID before has no value" : "The value before has no ID",
             "Write ID and value of each share one after the other.");
    half = rest;
    if (out.id && out.value) {
      out.points.push_back({*out.id, *out.value, number});
      out.id = out.value = std::nullopt;
    }
    return;
  }
  refuse("This is neither a prime nor a share", "Write prime=ee:b1:.. once and share=ID:VALUE for each share, one on a line.");
}

// What `work` refuses is said with the line.
template <class Work>
auto on_line(std::size_t line, Work work) {
  try {
    return work();
  } catch (const Error& error) {
    throw Error(error.outcome(), "Line " + std::to_string(line) + ": " + error.sentence(), std::nullopt, error.next());
  }
}

Pieces split_lines(std::string_view text) {
  Pieces out;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    ++number;
    on_line(number, [&] { read_line(trimmed(text.substr(0, end)), number, out); });
    text.remove_prefix(std::min(end + 1, text.size()));
    if (out.points.size() > max_custodians)
      refuse("There are more than " + std::to_string(max_custodians) + " shares", "Give as many as are needed to open.");
    if (out.primes.size() > max_custodians)
      refuse("There are more than " + std::to_string(max_custodians) + " lines with a prime", "Give it once for each share.");
  }
  on_line(number, [&] {
    if (out.id) refuse("The last ID has no value", "Add the line with its value.");
    if (out.value) refuse("The last value has no ID", "Add the line with its ID.");
  });
  return out;
}

// A and 10 are two IDs, 10 and 16, typed as sc-hsm-tool wants them.
void check_distinct(const std::vector<QuorumShare>& shares, const QuorumShare& share) {
  const auto hex = read_digits(share.id_text, 16);
  const auto same = [&](const QuorumShare& other) { return other.id == share.id && read_digits(other.id_text, 16) == hex; };
  if (std::ranges::any_of(shares, same))
    refuse("The ID " + std::to_string(share.id) + " is there twice", "Each custodian has a share of their own: compare the IDs.");
}

}  // namespace

SecretBytes parse_prime(std::string_view typed) {
  const std::uint64_t prime = read_number(typed, "The prime");
  check_prime(prime);
  return to_bytes(prime);
}

QuorumShare parse_share(std::string_view id, std::string_view value, ByteView prime) {
  QuorumShare out = read_share(id, value);
  check_id(out.id, to_number(prime));
  check_value(out.id, to_number(out.value.expose()), to_number(prime));
  return out;
}

QuorumPieces split_quorum(std::string_view lines) { return split_lines(lines); }

Quorum parse_quorum(std::string_view lines) {
  const Pieces pieces = split_lines(lines);
  Quorum out;
  for (const auto& piece : pieces.primes) {
    on_line(piece.line, [&] {
      SecretBytes prime = parse_prime(piece.text);
      if (!out.prime.empty() && !out.prime.equals(prime.expose()))
        refuse("This prime differs from the one before, and all shares of a quorum have the same",
               "Leave out the shares that belong to another quorum.");
      out.prime = std::move(prime);
    });
  }
  if (out.prime.empty())
    refuse("There is no prime among the lines", "Add a line with the prime, for example prime=ee:b1:38:ca:19:de:9a:5f.");
  for (const auto& piece : pieces.points) {
    on_line(piece.line, [&] {
      QuorumShare share = parse_share(piece.id, piece.value, out.prime.expose());
      check_distinct(out.shares, share);
      out.shares.push_back(std::move(share));
    });
  }
  out.weak_prime = is_weak_prime(out.prime.expose());
  check_quorum(out);
  return out;
}

void check_quorum(const Quorum& quorum) {
  const std::uint64_t prime = to_number(quorum.prime.expose());
  check_prime(prime);
  std::vector<QuorumShare> seen;
  for (const QuorumShare& share : quorum.shares) {
    check_id(share.id, prime);
    check_value(share.id, to_number(share.value.expose()), prime);
    check_distinct(seen, share);
    seen.push_back({share.id, share.id_text, {}});
  }
  if (quorum.shares.size() < 2)
    refuse(quorum.shares.empty() ? "There is no share among the lines" : "There is one share alone, and a quorum needs at least two",
           "Add the shares of the other custodians.");
}

}  // namespace hwbak::dkek
