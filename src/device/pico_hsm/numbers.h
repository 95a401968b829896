// Unsigned big-endian numbers as bytes: what a key blob says of them without arithmetic. Internal to this folder.
#pragma once

#include <algorithm>
#include <bit>

#include "hwbak/bytes.h"

namespace hwbak::pico_hsm {

[[nodiscard]] inline ByteView without_zeros(ByteView number) noexcept {
  while (!number.empty() && number[0] == 0) number = number.subspan(1);
  return number;
}
[[nodiscard]] inline bool same_number(ByteView a, ByteView b) noexcept {
  return std::ranges::equal(without_zeros(a), without_zeros(b));
}
[[nodiscard]] inline bool below(ByteView a, ByteView b) noexcept {
  a = without_zeros(a);
  b = without_zeros(b);
  return a.size() != b.size() ? a.size() < b.size() : std::ranges::lexicographical_compare(a, b);
}
[[nodiscard]] inline std::size_t bit_count(ByteView number) noexcept {
  number = without_zeros(number);
  return number.empty() ? 0 : number.size() * 8 - static_cast<std::size_t>(std::countl_zero(number[0]));
}
[[nodiscard]] inline bool is_odd(ByteView number) noexcept { return !number.empty() && (number.back() & 1) != 0; }

}  // namespace hwbak::pico_hsm
