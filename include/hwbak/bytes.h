// Names for bytes at every boundary. A span never owns; `Bytes` owns and is for
// public bytes only (secrets live in hwbak/secret.h).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace hwbak {

using ByteView = std::span<const std::uint8_t>;
using ByteSpan = std::span<std::uint8_t>;
template <std::size_t N>
using FixedView = std::span<const std::uint8_t, N>;
template <std::size_t N>
using FixedSpan = std::span<std::uint8_t, N>;
using Bytes = std::vector<std::uint8_t>;

// A range of bytes of a file or of a text; `offset` counts from its first byte.
struct Region {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  [[nodiscard]] constexpr std::uint64_t end() const noexcept { return offset + length; }
  [[nodiscard]] constexpr bool contains(std::uint64_t at) const noexcept { return at >= offset && at - offset < length; }
  [[nodiscard]] constexpr bool overlaps(const Region& other) const noexcept {
    return offset < other.end() && other.offset < end();
  }
  friend constexpr bool operator==(const Region&, const Region&) = default;
};

}  // namespace hwbak
