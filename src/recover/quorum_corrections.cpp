// Quorums with slips in them, and the passwords that they lead to; see quorum_corrections.h.
#include "recover/quorum_corrections.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "container/dkek_share/modular.h"
#include "container/dkek_share/number.h"
#include "hwbak/error.h"

namespace hwbak::recover {
namespace {

constexpr double most_multiplications = 150e6;   // some seconds
constexpr std::size_t most_kept = 4'000'000;     // corrections of all numbers together
constexpr unsigned most_passwords = 8;           // as dkek::passwords_of
constexpr std::uint64_t top_bit = std::uint64_t{1} << 63;

bool is_odd_prime(std::uint64_t number) { return number > 2 && dkek::is_prime_var(number); }
bool is_any(std::uint64_t) { return true; }
bool is_shorter(std::uint64_t password) { return password != 0 && password >> 56 == 0; }  // without its zero bytes

// Lagrange's weights for the value of a polynomial at `place`, from its values at these points.
std::vector<std::uint64_t> weights(std::span<const std::uint64_t> ids, std::uint64_t place, std::uint64_t prime) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    std::uint64_t above = 1, below = 1;
    for (std::size_t j = 0; j < ids.size(); ++j) {
      if (j == i) continue;
      above = dkek::multiply_var(above, dkek::subtract_var(ids[j], place, prime), prime);
      below = dkek::multiply_var(below, dkek::subtract_var(ids[j], ids[i], prime), prime);
    }
    out.push_back(dkek::multiply_var(above, dkek::invert_var(below, prime), prime));
  }
  return out;
}

std::uint64_t sum_of(std::span<const std::uint64_t> weights, std::span<const std::uint64_t> values, std::uint64_t prime) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) out = dkek::add_var(out, dkek::multiply_var(weights[i], values[i], prime), prime);
  return out;
}

bool are_different(std::span<const std::uint64_t> ids) {
  return std::ranges::all_of(ids, [&](std::uint64_t id) { return id != 0 && std::ranges::count(ids, id) == 1; });
}

// How many choices there are of one correction of each number that need `edits` edits together.
double ways(const NumberCorrections& prime, std::span<const NumberCorrections> shares, unsigned edits) {
  std::vector<double> ways(edits + 1);  // by edits
  for (unsigned i = 0; i <= edits; ++i) ways[i] = static_cast<double>(prime.at(i).size());
  for (const NumberCorrections& share : shares) {
    std::vector<double> next(edits + 1);
    for (unsigned i = 0; i <= edits; ++i)
      for (unsigned j = 0; j <= i; ++j) next[i] += ways[i - j] * static_cast<double>(share.at(j).size());
    ways = std::move(next);
  }
  return ways[edits];
}

}  // namespace

QuorumSolver::QuorumSolver(const TypedQuorum& typed)
    : threshold_(typed.threshold == 0 ? typed.shares.size() : typed.threshold), primes_(typed.primes), values_(typed.shares.size() * sizeof(std::uint64_t)) {
  Ids decimal, hex;
  bool letters = false;
  for (const auto& share : typed.shares) {
    shares_.emplace_back(std::span(&share.value, 1));
    hex.push_back(dkek::read_digits(share.id_text, 16).value_or(0));
    const auto number = dkek::read_digits(share.id_text, 10);
    letters = letters || !number;
    decimal.push_back(number.value_or(hex.back()));
  }
  const bool alike = decimal == hex;
  if (are_different(decimal)) readings_.push_back(std::move(decimal));
  if (!alike && are_different(hex)) readings_.insert(letters ? readings_.begin() : readings_.end(), std::move(hex));
}

std::span<std::uint64_t> QuorumSolver::values() noexcept {
  return {static_cast<std::uint64_t*>(static_cast<void*>(values_.expose().data())), shares_.size()};
}

bool QuorumSolver::is_countable(unsigned edits) const {
  const std::span known = std::span(shares_).first(threshold_);
  const double each = static_cast<double>(threshold_) * (threshold_ == shares_.size() ? 1 : 2);
  return ways(primes_, known, edits) * each <= most_multiplications;
}

bool QuorumSolver::run(unsigned edits, const Take& take) {
  // What one edit makes of each is little, and may be too much already when many of them are put together.
  for (unsigned grown = 0; grown <= edits; ++grown) {
    if (!primes_.grow_to(grown, is_odd_prime)) return false;
    std::size_t kept = 0;
    for (NumberCorrections& share : shares_) {
      if (!share.grow_to(grown, is_any)) return false;
      kept += share.at(grown).size();
      if (kept > most_kept) return false;
    }
    if (!is_countable(edits)) return false;
  }
  take_ = &take;
  for (unsigned of_prime = 0; of_prime <= edits; ++of_prime)
    for (const std::uint64_t prime : primes_.at(of_prime))
      for (const Ids& ids : readings_)
        if (!run_with(prime, ids, edits - of_prime, take)) return true;
  return true;
}

bool QuorumSolver::run_with(std::uint64_t prime, const Ids& ids, unsigned edits, const Take& take) {
  const auto are_below = [&](const Ids& all) { return std::ranges::all_of(all, [&](std::uint64_t id) { return id < prime; }); };
  if (!are_below(ids)) return true;
  const std::span known = std::span(ids).first(threshold_);
  prime_ = prime, take_ = &take;
  at_zero_ = weights(known, 0, prime);
  checks_.clear();
  for (std::size_t i = threshold_; i < shares_.size(); ++i) checks_.push_back(weights(known, ids[i], prime));
  is_first_ = &ids == &readings_.front();
  const Ids& other = is_first_ ? readings_.back() : readings_.front();
  other_at_zero_.clear();
  if (readings_.size() == 2 && prime < top_bit && are_below(other)) other_at_zero_ = weights(other, 0, prime);
  return choose(0, 0, edits);
}

// As deep as there are shares, of which there are at most 255.
bool QuorumSolver::choose(std::size_t share, std::uint64_t sum, unsigned left) {
  if (share == shares_.size()) return left != 0 || read(sum);
  const unsigned least = share + 1 == shares_.size() ? left : 0;
  if (share >= threshold_) {  // known from those before
    const std::uint64_t wanted = sum_of(checks_[share - threshold_], values().first(threshold_), prime_);
    values()[share] = wanted;
    for (unsigned edits = least; edits <= left; ++edits)
      if (shares_[share].has(edits, wanted)) return choose(share + 1, sum, left - edits);
    return true;
  }
  for (unsigned edits = least; edits <= left; ++edits)
    for (const std::uint64_t value : shares_[share].at(edits)) {
      if (value >= prime_) break;
      values()[share] = value;
      const std::uint64_t part = dkek::multiply_var(at_zero_[share], value, prime_);
      if (!choose(share + 1, dkek::add_var(sum, part, prime_), left - edits)) return false;
    }
  return true;
}

// How many passwords above the prime dkek::passwords_of takes of this reading: it gives eight for one quorum, first both readings as they are.
std::uint64_t QuorumSolver::most_above(std::uint64_t secret) {
  if (prime_ >= top_bit) return 0;
  const auto as_it_is = [](std::uint64_t number) { return is_shorter(number) ? 2u : 1u; };
  const auto below_top_bit = [&](std::uint64_t number) { return (top_bit - 1 - number) / prime_; };
  std::uint64_t room = most_passwords - as_it_is(secret);
  if (!other_at_zero_.empty()) {
    const std::uint64_t other = sum_of(other_at_zero_, values(), prime_);
    if (other != secret) room -= as_it_is(other);
    if (!is_first_) room -= std::min(room, below_top_bit(other));
  }
  return std::min(room, below_top_bit(secret));
}

bool QuorumSolver::read(std::uint64_t secret) {
  if (!(*take_)({prime_, values(), secret, false})) return false;
  if (is_shorter(secret) && !(*take_)({prime_, values(), secret, true})) return false;
  for (std::uint64_t left = most_above(secret); left > 0; --left) {
    secret += prime_;
    if (!(*take_)({prime_, values(), secret, false})) return false;
  }
  return true;
}

QuorumCandidates::QuorumCandidates(const TypedQuorum& typed, unsigned max_edits) {
  QuorumSolver solver(typed);
  for (unsigned edits = 0; edits <= std::min(max_edits, most_edits); ++edits) {
    std::size_t count = 0;
    Passwords found;
    const bool counted = solver.run(edits, [&](const QuorumSolver::Corrected& one) {
      (one.stripped ? found.stripped : found.padded).add(one.password);
      return ++count <= most_quorum_candidates;
    });
    if (!counted || count > most_quorum_candidates) break;
    for (Numbers* const numbers : {&found.padded, &found.stripped}) numbers->sort_and_make_unique();
    for (const Passwords& before : levels_) {
      found.padded.remove(before.padded);
      found.stripped.remove(before.stripped);
    }
    levels_.push_back(std::move(found));
  }
  secret::scrub_stack(16 * 1024);
  if (levels_.empty())
    throw Error(Outcome::refused, "So many digits cannot be read that the candidates cannot be counted", std::nullopt, "Leave out the shares with the most of them, and ask other custodians.");
}

SecretBytes QuorumCandidates::password(std::size_t edits, std::size_t index) const {
  const Passwords& of = levels_[edits];
  if (index < of.padded.size()) return dkek::to_bytes(of.padded.all()[index]);
  const SecretBytes whole = dkek::to_bytes(of.stripped.all()[index - of.padded.size()]);
  return SecretBytes::copy_of(dkek::significant(whole.expose()));
}

}  // namespace hwbak::recover
