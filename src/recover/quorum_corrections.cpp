// Corrections of numbers that were copied by hand, and the secrets of a quorum that they lead to; see quorum_corrections.h.
#include "recover/quorum_corrections.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "container/dkek_share/modular.h"
#include "container/dkek_share/number.h"
#include "container/dkek_share/quorum.h"
#include "hwbak/error.h"

namespace hwbak::recover {
namespace {

constexpr std::size_t most_digits = 16;                // of 64 bits
constexpr unsigned most_edits_each = 2;                // of one number
constexpr std::size_t most_typed = most_digits + most_edits_each;
constexpr double most_combinations = 50e6;             // arithmetic on each: some ten seconds

// Hexadecimal digits, 0 to 15 each. On the stack, and wiped: the spelling of one secret number.
struct Digits {
  std::array<std::uint8_t, most_typed + 1> at{};
  std::size_t size = 0;
  Digits() = default;
  Digits(const Digits&) = default;
  Digits& operator=(const Digits&) = default;
  ~Digits() { wipe(at.data(), at.size()); }

  // nullopt above 64 bits.
  [[nodiscard]] std::optional<std::uint64_t> number() const noexcept {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < size; ++i) {
      if (out >> 60 != 0) return std::nullopt;
      out = out << 4 | at[i];
    }
    return out;
  }
};

// A growing list of secret numbers.
class Numbers final {
 public:
  void add(std::uint64_t number) { bytes_.append(ByteView(reinterpret_cast<const std::uint8_t*>(&number), sizeof number)); }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size() / sizeof(std::uint64_t); }
  // The pages of secrets are aligned for any number.
  [[nodiscard]] std::span<std::uint64_t> all() noexcept {
    return {static_cast<std::uint64_t*>(static_cast<void*>(bytes_.expose().data())), size()};
  }
  void sort_and_make_unique() {
    const auto numbers = all();
    std::ranges::sort(numbers);
    const auto rest = std::ranges::unique(numbers);
    bytes_.resize(bytes_.size() - rest.size() * sizeof(std::uint64_t));
  }
  // Without those that `other`, sorted, holds.
  void remove(Numbers& other) {
    const auto numbers = all();
    const auto kept = std::ranges::remove_if(numbers, [&](std::uint64_t n) { return std::ranges::binary_search(other.all(), n); });
    bytes_.resize(bytes_.size() - kept.size() * sizeof(std::uint64_t));
  }

 private:
  SecretBytes bytes_;
};

Digits digits_of(std::string_view typed, const std::string& what) {
  Digits out;
  for (const char c : typed) {
    if (c == ':' || c == ' ' || c == '\t') continue;
    const int digit = dkek::digit_of(c);
    if (digit < 0) throw Error(Outcome::refused, what + " holds a character that is no hexadecimal digit", std::nullopt, "give the digits 0 to 9 and a to f as they are on paper");
    if (out.size == most_typed)
      throw Error(Outcome::refused, what + " has more digits than " + std::to_string(most_typed) + "; a number of a quorum has 16", std::nullopt,
                  "look whether two numbers were written as one");
    out.at[out.size++] = static_cast<std::uint8_t>(digit);
  }
  if (out.size == 0) throw Error(Outcome::refused, what + " is empty", std::nullopt, "give its digits; those that cannot be read may be guessed");
  return out;
}

// Calls `use` with everything that one more edit makes of `typed`.
template <class Use>
void for_each_edit(const Digits& typed, const Use& use) {
  for (std::size_t i = 0; i < typed.size; ++i) {  // a digit replaced
    Digits out = typed;
    for (std::uint8_t digit = 0; digit < 16; ++digit) {
      out.at[i] = digit;
      if (digit != typed.at[i]) use(out);
    }
  }
  for (std::size_t i = 0; i + 1 < typed.size; ++i) {  // neighbours swapped
    Digits out = typed;
    std::swap(out.at[i], out.at[i + 1]);
    if (typed.at[i] != typed.at[i + 1]) use(out);
  }
  for (std::size_t i = 0; i < typed.size && typed.size > 1; ++i) {  // one too many
    Digits out = typed;
    std::copy(typed.at.begin() + static_cast<std::ptrdiff_t>(i) + 1, typed.at.begin() + static_cast<std::ptrdiff_t>(typed.size),
              out.at.begin() + static_cast<std::ptrdiff_t>(i));
    --out.size;
    use(out);
  }
  for (std::size_t i = 0; i <= typed.size && typed.size < most_digits; ++i) {  // one missing
    Digits out = typed;
    std::copy_backward(typed.at.begin() + static_cast<std::ptrdiff_t>(i), typed.at.begin() + static_cast<std::ptrdiff_t>(typed.size),
                       out.at.begin() + static_cast<std::ptrdiff_t>(typed.size) + 1);
    ++out.size;
    for (std::uint8_t digit = 0; digit < 16; ++digit) {
      out.at[i] = digit;
      use(out);
    }
  }
}

// The numbers at each distance of a typed one, 0 edits first; each number at its smallest distance.
class Corrections final {
 public:
  Corrections(const Digits& typed, unsigned max_edits) {
    by_edits_.resize(max_edits + 1);
    grow(typed, 0, std::min(max_edits, most_edits_each));
    for (std::size_t i = 0; i <= max_edits; ++i) {
      by_edits_[i].sort_and_make_unique();
      for (std::size_t before = 0; before < i; ++before) by_edits_[i].remove(by_edits_[before]);
    }
  }
  [[nodiscard]] std::span<const std::uint64_t> at(unsigned edits) noexcept { return by_edits_[edits].all(); }
  template <class Keep>
  void keep(const Keep& wanted) {
    for (Numbers& numbers : by_edits_) {
      Numbers kept;
      for (const std::uint64_t number : numbers.all())
        if (wanted(number)) kept.add(number);
      numbers = std::move(kept);
    }
  }

 private:
  // Most_edits_each deep, so its callers are few.
  void grow(const Digits& digits, unsigned edits, unsigned max_edits) {
    if (const auto number = digits.number()) by_edits_[edits].add(*number);
    if (edits < max_edits) for_each_edit(digits, [&](const Digits& next) { grow(next, edits + 1, max_edits); });
  }
  std::vector<Numbers> by_edits_;
};

// Lagrange's weights for the value of a polynomial at `place`, from its values at the first `threshold` of these points.
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

// Goes through all choices of one correction for each share, the edits of which add up.
class Combiner final {
 public:
  Combiner(std::span<const std::uint64_t> ids, std::size_t threshold, std::vector<Corrections>& shares) : ids_(ids), threshold_(threshold), shares_(shares) {
    values_.resize(ids.size() * sizeof(std::uint64_t));
  }
  // Every secret that `edits` edits of the shares lead to with this prime.
  template <class Use>
  void run(std::uint64_t prime, unsigned edits, const Use& use) {
    const auto known = ids_.first(threshold_);
    at_zero_ = weights(known, 0, prime);
    checks_.clear();
    for (std::size_t i = threshold_; i < ids_.size(); ++i) checks_.push_back(weights(known, ids_[i], prime));
    choose(0, prime, edits, use);
  }

 private:
  [[nodiscard]] std::span<std::uint64_t> values() noexcept {
    return {static_cast<std::uint64_t*>(static_cast<void*>(values_.expose().data())), ids_.size()};
  }
  // As deep as there are shares, of which there are at most 255.
  template <class Use>
  void choose(std::size_t share, std::uint64_t prime, unsigned left, const Use& use) {
    if (share == ids_.size()) {
      if (left == 0) use(sum_of(at_zero_, values().first(threshold_), prime));
      return;
    }
    // The values behind the first ones are known from those.
    const bool known = share >= threshold_;
    const std::uint64_t wanted = known ? sum_of(checks_[share - threshold_], values().first(threshold_), prime) : 0;
    for (unsigned edits = share + 1 == ids_.size() ? left : 0; edits <= left; ++edits) {
      if (known && std::ranges::binary_search(shares_[share].at(edits), wanted)) choose(share + 1, prime, left - edits, use);
      if (known) continue;
      for (const std::uint64_t value : shares_[share].at(edits)) {
        if (value >= prime) break;
        values()[share] = value;
        choose(share + 1, prime, left - edits, use);
      }
    }
  }

  std::span<const std::uint64_t> ids_;
  std::size_t threshold_;
  std::vector<Corrections>& shares_;
  std::vector<std::uint64_t> at_zero_;
  std::vector<std::vector<std::uint64_t>> checks_;
  SecretBytes values_;
};

void check_shape(const TypedQuorum& typed, std::size_t threshold) {
  if (typed.shares.size() < 2 || threshold < 2 || typed.shares.size() < threshold)
    throw Error(Outcome::refused, "There are " + std::to_string(typed.shares.size()) + " shares; a quorum needs as many as its threshold, and at least two",
                std::nullopt, "give the shares of all custodians you can reach, also those with doubtful digits");
  for (const auto& share : typed.shares) {
    if (share.id == 0 || std::ranges::count(typed.shares, share.id, &TypedQuorum::Share::id) != 1)
      throw Error(Outcome::refused, "The share with the ID " + std::to_string(share.id) + " is there twice, or its ID is 0, which none has",
                  std::nullopt, "each custodian's share has its own ID, from 1 on");
  }
}

[[noreturn]] void refuse_many(double count) {
  const std::string number = count < 9e18 ? std::to_string(static_cast<std::uint64_t>(count)) : "more than 9000000000000000000";
  throw Error(Outcome::refused, "So many corrections lead to " + number + " candidates, more than can be tried in a sensible time", std::nullopt,
              "allow fewer edits, or give more shares than the threshold: then only those on which all agree are left");
}

// How many choices of the prime and of as many shares as the threshold there are, with no more than `edits` edits.
double combinations(Corrections& prime, std::span<Corrections> shares, unsigned edits) {
  std::vector<double> ways(edits + 1);  // by edits
  for (unsigned i = 0; i <= edits; ++i) ways[i] = static_cast<double>(prime.at(i).size());
  for (Corrections& share : shares) {
    std::vector<double> next(edits + 1);
    for (unsigned i = 0; i <= edits; ++i)
      for (unsigned j = 0; j <= i; ++j) next[i] += ways[i - j] * static_cast<double>(share.at(j).size());
    ways = std::move(next);
  }
  return std::accumulate(ways.begin(), ways.end(), 0.0);
}

}  // namespace

QuorumCandidates::QuorumCandidates(const TypedQuorum& typed, unsigned max_edits) {
  max_edits = std::min(max_edits, most_edits);
  const std::size_t threshold = typed.threshold == 0 ? typed.shares.size() : typed.threshold;
  check_shape(typed, threshold);
  Corrections primes(digits_of(typed.prime.expose(), "The prime"), max_edits);
  primes.keep([](std::uint64_t n) { return n > 2 && dkek::is_prime_var(n); });
  std::vector<Corrections> shares;
  std::vector<std::uint64_t> ids;
  for (const auto& share : typed.shares) {
    shares.emplace_back(digits_of(share.value.expose(), "The value of share " + std::to_string(share.id)), max_edits);
    ids.push_back(share.id);
  }
  Combiner combiner(ids, threshold, shares);
  Numbers known;  // sorted: secrets with fewer edits
  for (unsigned edits = 0; edits <= max_edits; ++edits) {
    const double choices = combinations(primes, std::span(shares).first(threshold), edits);
    if (choices > most_combinations) refuse_many(choices);
    Numbers found;
    for (unsigned of_prime = 0; of_prime <= edits; ++of_prime) {
      for (const std::uint64_t prime : primes.at(of_prime)) {
        if (std::ranges::any_of(ids, [&](std::uint64_t id) { return id >= prime; })) continue;
        combiner.run(prime, edits - of_prime, [&](std::uint64_t secret) {
          if (found.size() >= most_quorum_candidates) refuse_many(choices);
          found.add(secret);
        });
      }
    }
    found.sort_and_make_unique();
    found.remove(known);
    // The top bit of a password that sc-hsm-tool made is clear, so these come first.
    for (const std::uint64_t top : {0u, 1u}) {
      for (const std::uint64_t secret : found.all())
        if (secret >> 63 == top) passwords_.append(dkek::to_bytes(secret).expose());
    }
    for (const std::uint64_t secret : found.all()) known.add(secret);
    known.sort_and_make_unique();
    ends_.push_back(size());
  }
  if (size() > most_quorum_candidates) refuse_many(static_cast<double>(size()));
  secret::scrub_stack(16 * 1024);
}

}  // namespace hwbak::recover
