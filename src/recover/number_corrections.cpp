// See number_corrections.h.
#include "recover/number_corrections.h"

#include <algorithm>
#include <optional>

#include "container/dkek_share/number.h"

namespace hwbak::recover {
namespace {

constexpr std::size_t most_digits = 16;          // of 64 bits
constexpr std::size_t most_made = 5'000'000;     // spellings at one distance, were each edit of each another
constexpr std::size_t edits_of_one = 16 * 15 + 15 + 16 + 17 * 16;  // no spelling has more

// Hexadecimal digits, 0 to 15 each. On the stack, and wiped: the spelling of one secret number.
struct Digits {
  std::array<std::uint8_t, most_typed_digits + 1> at{};
  std::uint8_t size = 0;
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
constexpr std::size_t kept_size = most_typed_digits + 2;

// Appends every reading of what was written. As deep as there may be `?`.
void read(std::string_view written, Digits& so_far, SecretBytes& out) {
  if (written.empty()) {
    out.append(so_far.at);
    out.append(so_far.size);
    return;
  }
  const std::size_t size = so_far.size++;
  const bool unknown = written.front() == '?';
  for (std::uint8_t digit = 0; digit < (unknown ? 16 : 1); ++digit) {
    so_far.at[size] = unknown ? digit : static_cast<std::uint8_t>(dkek::digit_of(written.front()));
    read(written.substr(1), so_far, out);
  }
  --so_far.size;
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
  for (std::size_t i = 0; i + 1u < typed.size; ++i) {  // neighbours swapped
    Digits out = typed;
    std::swap(out.at[i], out.at[i + 1]);
    if (typed.at[i] != typed.at[i + 1]) use(out);
  }
  for (std::size_t i = 0; i < typed.size && typed.size > 1; ++i) {  // one too many
    Digits out = typed;
    std::copy(typed.at.begin() + static_cast<std::ptrdiff_t>(i) + 1, typed.at.begin() + typed.size, out.at.begin() + static_cast<std::ptrdiff_t>(i));
    --out.size;
    use(out);
  }
  for (std::size_t i = 0; i <= typed.size && typed.size < most_digits; ++i) {  // one missing
    Digits out = typed;
    std::copy_backward(typed.at.begin() + static_cast<std::ptrdiff_t>(i), typed.at.begin() + typed.size, out.at.begin() + typed.size + 1);
    ++out.size;
    for (std::uint8_t digit = 0; digit < 16; ++digit) {
      out.at[i] = digit;
      use(out);
    }
  }
}

// Most_edits_each deep.
template <class Use>
void for_each_at(const Digits& digits, unsigned edits, const Use& use) {
  if (edits == 0) use(digits);
  else for_each_edit(digits, [&](const Digits& next) { for_each_at(next, edits - 1, use); });
}

}  // namespace

void Numbers::sort_and_make_unique() {
  const auto numbers = mine();
  std::ranges::sort(numbers);
  const auto kept = std::unique(numbers.begin(), numbers.end()) - numbers.begin();
  bytes_.resize(static_cast<std::size_t>(kept) * sizeof(std::uint64_t));
}

bool Numbers::holds(std::uint64_t number) const noexcept { return std::ranges::binary_search(all(), number); }

void Numbers::remove(const Numbers& other) {
  const auto numbers = mine();
  const auto kept = std::remove_if(numbers.begin(), numbers.end(), [&](std::uint64_t number) { return other.holds(number); }) - numbers.begin();
  bytes_.resize(static_cast<std::size_t>(kept) * sizeof(std::uint64_t));
}

NumberCorrections::NumberCorrections(std::span<const TypedNumber> written) {
  Digits digits;
  for (const TypedNumber& one : written) read(one.digits.expose(), digits, spellings_);
}

bool NumberCorrections::grow_to(unsigned edits, bool (*wanted)(std::uint64_t)) {
  while (made_.size() <= std::min(edits, most_edits_each)) {
    const auto distance = static_cast<unsigned>(made_.size());
    std::size_t many = spellings_.size() / kept_size;
    for (unsigned i = 0; i < distance; ++i) many *= edits_of_one;
    if (many > most_made) return false;
    Numbers numbers;
    Digits digits;
    for (std::size_t at = 0; at < spellings_.size(); at += kept_size) {
      std::ranges::copy(spellings_.expose().subspan(at, kept_size - 1), digits.at.begin());
      digits.size = spellings_.expose()[at + kept_size - 1];
      for_each_at(digits, distance, [&](const Digits& one) {
        if (const auto number = one.number()) numbers.add(*number);
      });
    }
    numbers.sort_and_make_unique();
    for (const Numbers& nearer : made_) numbers.remove(nearer);
    Numbers kept;
    for (const std::uint64_t number : numbers.all())
      if (wanted(number)) kept.add(number);
    made_.push_back(std::move(kept));
  }
  return true;
}

}  // namespace hwbak::recover
