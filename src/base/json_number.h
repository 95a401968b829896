// JSON numbers, exactly: whether the decimal text is a whole number, and which. No floating point is involved, so that
// nothing is rounded into a range or wraps.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hwbak {

struct WholeNumber {
  bool negative = false;        // never for 0
  std::uint64_t magnitude = 0;
  // The value when it lies in [low, high].
  [[nodiscard]] std::optional<std::int64_t> within(std::int64_t low, std::int64_t high) const noexcept;
};

enum class NumberKind { whole, fraction, too_large };
// `raw` is the text of a JSON number ("-2", "3.0", "15e1", "1e400"); `out` receives the value of a whole one.
[[nodiscard]] NumberKind read_number(std::string_view raw, WholeNumber& out) noexcept;

}  // namespace hwbak
