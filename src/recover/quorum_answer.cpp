// See quorum_answer.h.
#include "recover/quorum_answer.h"

#include <algorithm>
#include <array>

#include "container/dkek_share/number.h"
#include "container/dkek_share/quorum.h"
#include "hwbak/error.h"
#include "recover/quorum_corrections.h"

namespace hwbak::recover {
namespace {

[[noreturn]] void internal() { throw Error(Outcome::internal, "the digits that were put right do not lead to the password that was found"); }

// The shortest way from the digits that were written to the right ones.
class Alignment final {
 public:
  Alignment(std::string_view written, std::string_view right) : written_(written), right_(right) {
    for (std::size_t i = 0; i <= written.size(); ++i)
      for (std::size_t j = 0; j <= right.size(); ++j) {
        if (i == 0 || j == 0) {
          cost_[i][j] = static_cast<unsigned>(i + j);
          continue;
        }
        cost_[i][j] = std::min({cost_[i - 1][j] + 1, cost_[i][j - 1] + 1, cost_[i - 1][j - 1] + unlike(i, j)});
        if (swapped(i, j)) cost_[i][j] = std::min(cost_[i][j], cost_[i - 2][j - 2] + 1);
      }
  }
  [[nodiscard]] unsigned cost() const { return cost_[written_.size()][right_.size()]; }
  // `name`: "share 2".
  void tell(const std::string& name, std::vector<SecretString>& out) const {
    std::vector<SecretString> from_behind;
    for (std::size_t i = written_.size(), j = right_.size(); i > 0 || j > 0;) {
      if (i > 0 && j > 0 && cost_[i][j] == cost_[i - 1][j - 1] + unlike(i, j)) {
        --i, --j;
        if (written_[i] == '?') from_behind.push_back(line(name + digit(i) + " is ", right_.substr(j, 1)));
        else if (written_[i] != right_[j]) from_behind.push_back(line(name + digit(i) + ": you wrote ", written_.substr(i, 1), ", it is ", right_.substr(j, 1)));
      } else if (swapped(i, j) && cost_[i][j] == cost_[i - 2][j - 2] + 1) {
        i -= 2, j -= 2;
        from_behind.push_back(line(name + ", digits " + std::to_string(i + 1) + " and " + std::to_string(i + 2) + " were changed over: you wrote ",
                                   written_.substr(i, 2), ", it is ", right_.substr(j, 2)));
      } else if (i > 0 && cost_[i][j] == cost_[i - 1][j] + 1) {
        --i;
        from_behind.push_back(line(name + digit(i) + ": you wrote ", written_.substr(i, 1), ", which is one digit too many"));
      } else {
        --j;
        const std::string place = i == 0 ? ", before the first digit" : ", behind digit " + std::to_string(i);
        from_behind.push_back(line(name + place + ": a digit is missing, it is ", right_.substr(j, 1)));
      }
    }
    std::ranges::move(from_behind.rbegin(), from_behind.rend(), std::back_inserter(out));
  }

 private:
  [[nodiscard]] unsigned unlike(std::size_t i, std::size_t j) const { return written_[i - 1] == '?' || written_[i - 1] == right_[j - 1] ? 0 : 1; }
  [[nodiscard]] bool swapped(std::size_t i, std::size_t j) const {
    return i > 1 && j > 1 && unlike(i, j) != 0 && unlike(i, j - 1) == 0 && unlike(i - 1, j) == 0;
  }
  static std::string digit(std::size_t i) { return ", digit " + std::to_string(i + 1); }
  static SecretString line(const std::string& before, std::string_view digits, std::string_view between = {}, std::string_view other = {}) {
    SecretString out = SecretString::copy_of(before);
    out.append(digits);
    out.append(between);
    out.append(other);
    return out;
  }

  std::string_view written_, right_;
  std::array<std::array<unsigned, most_typed_digits + 1>, most_typed_digits + 1> cost_{};
};

// True when something was wrong with it. Zeros before a number may be there or not.
bool tell(const std::string& name, const TypedNumber& written, ByteView right, std::vector<SecretString>& out) {
  SecretString digits = SecretString::copy_of("00");  // as many as may have been written
  static_assert(most_typed_digits == 2 + 16);
  for (const std::uint8_t byte : right) {
    digits.append("0123456789abcdef"[byte >> 4]);
    digits.append("0123456789abcdef"[byte & 15]);
  }
  const std::string_view all = digits.expose();
  std::size_t first = std::min(all.find_first_not_of('0'), all.size() - 1), best = first;
  for (std::size_t from = first + 1; from-- > 0;)
    if (Alignment(written.digits.expose(), all.substr(from)).cost() < Alignment(written.digits.expose(), all.substr(best)).cost()) best = from;
  const Alignment way(written.digits.expose(), all.substr(best));
  way.tell(name, out);
  return way.cost() != 0;
}

// What the solver found, kept.
struct Kept {
  SecretBytes prime;
  std::vector<SecretBytes> values;
};

Kept find(const TypedQuorum& typed, ByteView password, unsigned edits, std::size_t& others) {
  Kept out;
  const std::uint64_t number = dkek::to_number(password);
  const bool stripped = password.size() != sizeof number;
  QuorumSolver solver(typed);
  const bool counted = solver.run(edits, [&](const QuorumSolver::Corrected& one) {
    if (one.password != number || one.stripped != stripped) return true;
    if (!out.prime.empty()) {
      ++others;
      return true;
    }
    out.prime = dkek::to_bytes(one.prime);
    for (const std::uint64_t value : one.values) out.values.push_back(dkek::to_bytes(value));
    return true;
  });
  if (!counted || out.prime.empty()) internal();
  return out;
}

void put(SecretString& lines, const std::string& begin, const SecretBytes& number) {
  lines.append(begin);
  lines.append(dkek::printed(number.expose()).expose());
  lines.append('\n');
}

}  // namespace

QuorumAnswer quorum_answer(const TypedQuorum& typed, ByteView password, unsigned edits) {
  QuorumAnswer out;
  const Kept right = find(typed, password, edits, out.others);
  put(out.lines, "prime=", right.prime);
  bool wrong = false;
  for (const TypedNumber& prime : typed.primes) {
    const std::string name = typed.primes.size() == 1 ? "prime" : "prime in line " + std::to_string(prime.line);
    wrong = tell(name, prime, right.prime.expose(), out.corrections) || wrong;
  }
  if (wrong) out.wrong.push_back(0);
  for (std::size_t i = 0; i < typed.shares.size(); ++i) {
    const auto& share = typed.shares[i];
    put(out.lines, "share=" + share.id_text + ":", right.values[i]);
    if (tell("share " + share.id_text, share.value, right.values[i].expose(), out.corrections)) out.wrong.push_back(dkek::read_digits(share.id_text, 10).value_or(dkek::read_digits(share.id_text, 16).value_or(0)));
  }
  // Other commands must come to the very same password.
  const auto passwords = dkek::passwords_of(dkek::parse_quorum(out.lines.expose()));
  if (std::ranges::none_of(passwords, [&](const auto& one) { return one.password.equals(password); })) internal();
  secret::scrub_stack(16 * 1024);
  return out;
}

}  // namespace hwbak::recover
