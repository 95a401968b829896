// See json_number.h.
#include "base/json_number.h"

#include <algorithm>
#include <limits>

namespace hwbak {

std::optional<std::int64_t> WholeNumber::within(std::int64_t low, std::int64_t high) const noexcept {
  constexpr std::uint64_t top = std::numeric_limits<std::int64_t>::max();
  if (magnitude > top) return std::nullopt;
  const std::int64_t value = negative ? -static_cast<std::int64_t>(magnitude) : static_cast<std::int64_t>(magnitude);
  if (value < low || value > high) return std::nullopt;
  return value;
}

NumberKind read_number(std::string_view raw, WholeNumber& out) noexcept {
  out = {};
  const bool negative = raw.starts_with('-');
  if (negative) raw.remove_prefix(1);
  const std::size_t e = std::min(raw.find_first_of("eE"), raw.size());
  const std::string_view mantissa = raw.substr(0, e);
  // An exponent beyond any text's length means the same as one a little smaller.
  constexpr std::int64_t far = std::int64_t{1} << 40;
  std::int64_t exponent = 0;
  bool minus = false;
  for (const char c : raw.substr(std::min(e + 1, raw.size()))) {
    if (c == '-') minus = true;
    if (c >= '0' && c <= '9') exponent = std::min(far, exponent * 10 + (c - '0'));
  }
  if (minus) exponent = -exponent;

  // Digits from the first to the last that is not zero; the value is them times ten to the power of `exponent`.
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::size_t first = mantissa.find_first_of("123456789");
  if (first == std::string_view::npos) return NumberKind::whole;
  const std::size_t last = mantissa.find_last_of("123456789");
  exponent += static_cast<std::int64_t>(point) - static_cast<std::int64_t>(last) - (last < point ? 1 : 0);
  std::uint64_t value = 0;
  const auto shift_in = [&](unsigned digit) {
    constexpr std::uint64_t top = std::numeric_limits<std::uint64_t>::max();
    if (value > top / 10 || value * 10 > top - digit) return false;
    value = value * 10 + digit;
    return true;
  };
  if (exponent < 0) return NumberKind::fraction;
  for (const char c : mantissa.substr(first, last - first + 1))
    if (c != '.' && !shift_in(static_cast<unsigned>(c - '0'))) return NumberKind::too_large;
  for (; exponent > 0; --exponent)
    if (!shift_in(0)) return NumberKind::too_large;  // after twenty rounds at most
  out = {negative, value};
  return NumberKind::whole;
}

}  // namespace hwbak
