// How many candidates there are: exact numbers of up to 192 bits. Twelve words of which nothing is known are 2^132.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace hwbak::recover {

class Count final {
 public:
  constexpr Count() noexcept = default;
  constexpr Count(std::uint64_t value) noexcept
      : limbs_{static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(value >> 32), 0, 0, 0, 0} {}

  // Beyond 192 bits the largest number stays; no plan comes near it.
  constexpr Count& operator+=(const Count& other) noexcept {
    std::uint64_t carry = 0;
    for (std::size_t i = 0; i < limbs_.size(); ++i) {
      carry += std::uint64_t{limbs_[i]} + other.limbs_[i];
      limbs_[i] = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) limbs_.fill(std::numeric_limits<std::uint32_t>::max());
    return *this;
  }
  constexpr Count& operator*=(std::uint32_t factor) noexcept {
    std::uint64_t carry = 0;
    for (std::uint32_t& limb : limbs_) {
      carry += std::uint64_t{limb} * factor;
      limb = static_cast<std::uint32_t>(carry);
      carry >>= 32;
    }
    if (carry != 0) limbs_.fill(std::numeric_limits<std::uint32_t>::max());
    return *this;
  }
  friend constexpr Count operator+(Count a, const Count& b) noexcept { return a += b; }
  friend constexpr Count operator*(Count a, std::uint32_t factor) noexcept { return a *= factor; }
  friend constexpr bool operator==(const Count&, const Count&) = default;
  friend constexpr bool operator<(const Count& a, const Count& b) noexcept {
    return std::lexicographical_compare(a.limbs_.rbegin(), a.limbs_.rend(), b.limbs_.rbegin(), b.limbs_.rend());
  }

  // 2^192 - 1, or more.
  [[nodiscard]] constexpr bool is_largest() const noexcept {
    return std::all_of(limbs_.begin(), limbs_.end(), [](std::uint32_t limb) { return limb == std::numeric_limits<std::uint32_t>::max(); });
  }
  // The number, or 2^64 - 1 when it is larger.
  [[nodiscard]] constexpr std::uint64_t clamped() const noexcept {
    for (std::size_t i = 2; i < limbs_.size(); ++i)
      if (limbs_[i] != 0) return std::numeric_limits<std::uint64_t>::max();
    return std::uint64_t{limbs_[1]} << 32 | limbs_[0];
  }
  [[nodiscard]] double estimate() const noexcept {
    double out = 0;
    for (std::size_t i = limbs_.size(); i-- > 0;) out = std::ldexp(out, 32) + limbs_[i];
    return out;
  }
  // "276480000"
  [[nodiscard]] std::string digits() const {
    Count left = *this;
    std::string out;
    do out.push_back(static_cast<char>('0' + left.divide_by_ten()));
    while (!(left == Count()));
    std::reverse(out.begin(), out.end());
    return out;
  }
  // "276,480,000", for people.
  [[nodiscard]] std::string grouped() const {
    std::string out = digits();
    for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, 1, ',');
    return out;
  }

 private:
  constexpr std::uint32_t divide_by_ten() noexcept {
    std::uint64_t rest = 0;
    for (std::size_t i = limbs_.size(); i-- > 0;) {
      rest = rest << 32 | limbs_[i];
      limbs_[i] = static_cast<std::uint32_t>(rest / 10);
      rest %= 10;
    }
    return static_cast<std::uint32_t>(rest);
  }

  std::array<std::uint32_t, 6> limbs_{};
};

}  // namespace hwbak::recover
