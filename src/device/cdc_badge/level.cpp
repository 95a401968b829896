// See level.h.
#include "device/cdc_badge/level.h"

#include <charconv>

namespace hwbak::cdc_badge {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// One %u: blanks, a sign, digits; a value that does not fit stays at the largest, a minus sign wraps.
bool scan_unsigned(std::string_view& text, std::uint32_t& out) noexcept {
  const std::size_t first = text.find_first_not_of(" \t\n\v\f\r");
  if (first == std::string_view::npos) return false;
  text.remove_prefix(first);
  const bool minus = text.starts_with('-');
  if (minus || text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text[0])) return false;
  std::uint64_t value = 0;
  for (; !text.empty() && is_digit(text[0]); text.remove_prefix(1))
    if (value <= 0xFFFFFFFF) value = value * 10 + static_cast<unsigned>(text[0] - '0');
  out = value > 0xFFFFFFFF ? 0xFFFFFFFF : minus ? 0u - static_cast<std::uint32_t>(value) : static_cast<std::uint32_t>(value);
  return true;
}

}  // namespace

std::string text(const Level& level) { return std::to_string(level.major) + "." + std::to_string(level.minor); }

std::optional<Level> parse_level(std::string_view text) noexcept {
  Level level;
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos) return std::nullopt;
  const auto number = [](std::string_view digits, unsigned& out) {
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return failed == std::errc{} && end == digits.data() + digits.size() && out <= 0xFFFF;
  };
  if (!number(text.substr(0, point), level.major) || !number(text.substr(point + 1), level.minor)) return std::nullopt;
  return level;
}

std::uint32_t packed(const Level& level) noexcept { return level.major << 16 | (level.minor & 0xFFFF); }

std::uint32_t packed_as_badge(std::string_view text) noexcept {
  std::uint32_t major = 0, minor = 0;
  if (!scan_unsigned(text, major) || !text.starts_with('.')) return 0;
  text.remove_prefix(1);
  if (!scan_unsigned(text, minor)) return 0;
  return major << 16 | (minor & 0xFFFF);
}

}  // namespace hwbak::cdc_badge
