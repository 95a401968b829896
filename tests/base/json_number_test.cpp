// JSON numbers read exactly.
#include "base/json_number.h"

#include <rapidcheck/gtest.h>

namespace hwbak {
namespace {

std::string said(std::string_view raw) {
  WholeNumber n;
  switch (read_number(raw, n)) {
    case NumberKind::whole: return (n.negative ? "-" : "") + std::to_string(n.magnitude);
    case NumberKind::fraction: return "fraction";
    case NumberKind::too_large: return "too large";
  }
  return "";
}

TEST(JsonNumber, IsExactInEveryForm) {
  const std::pair<const char*, const char*> cases[] = {
      {"0", "0"}, {"-0", "0"}, {"0.000e5", "0"}, {"0e99999999999999999999", "0"}, {"7", "7"}, {"-12", "-12"},
      {"3.0", "3"}, {"30e-1", "3"}, {"1.5e1", "15"}, {"1.5", "fraction"}, {"1e-400", "fraction"}, {"15e-1", "fraction"},
      {"100e-2", "1"}, {"1e400", "too large"}, {"-1e400", "too large"}, {"1E+2", "100"}, {"0.0015e4", "15"},
      {"9007199254740993", "9007199254740993"}, {"18446744073709551615", "18446744073709551615"},
      {"18446744073709551616", "too large"}, {"1.8446744073709552e+19", "too large"}, {"1e19", "10000000000000000000"},
      {"1e99999999999999999999999999", "too large"}, {"1e-99999999999999999999999999", "fraction"},
      {"123456.789000e3", "123456789"}};
  for (const auto& [raw, expected] : cases) EXPECT_EQ(said(raw), expected) << raw;
}

TEST(JsonNumber, RangesIncludeTheirEnds) {
  WholeNumber n;
  ASSERT_EQ(read_number("-12", n), NumberKind::whole);
  EXPECT_EQ(n.within(-12, 14), -12);
  EXPECT_EQ(n.within(-11, 14), std::nullopt);
  ASSERT_EQ(read_number("18446744073709551615", n), NumberKind::whole);
  EXPECT_EQ(n.within(INT64_MIN, INT64_MAX), std::nullopt);
}

RC_GTEST_PROP(JsonNumber, PlainIntegersComeBack, (std::uint64_t value, bool negative)) {
  const std::string raw = (negative && value != 0 ? "-" : "") + std::to_string(value);
  RC_ASSERT(said(raw) == raw);
  const std::string moved = raw + "000e-3";
  RC_ASSERT(said(moved) == raw);
}

}  // namespace
}  // namespace hwbak
