// Does a file begin like one of a format, even if a byte of that beginning is damaged, or it is cut short?
#pragma once

#include <algorithm>
#include <array>

#include "hwbak/bytes.h"

namespace hwbak {

// How many of the first bytes are the wanted ones.
template <std::size_t N>
[[nodiscard]] std::size_t magic_hits(ByteView file, const std::array<std::uint8_t, N>& wanted) noexcept {
  std::size_t out = 0;
  for (std::size_t i = 0; i < std::min(file.size(), N); ++i) out += file[i] == wanted[i];
  return out;
}

// All but one of the first bytes; a shorter file is cut, and what is there must be right.
template <std::size_t N>
[[nodiscard]] bool resembles_magic(ByteView begin, const std::array<std::uint8_t, N>& wanted) noexcept {
  constexpr std::size_t least = 4;
  const std::size_t hits = magic_hits(begin, wanted);
  return begin.size() >= N ? hits + 1 >= N : begin.size() >= least && hits == begin.size();
}

}  // namespace hwbak
