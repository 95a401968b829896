// Base32: the examples of RFC 4648 without padding, and what the badge's reader takes.
#include "base/base32.h"

#include <rapidcheck/gtest.h>

#include "base/as_bytes.h"

namespace hwbak {
namespace {

TEST(Base32, WritesTheExamplesOfTheStandardUnpadded) {
  const std::pair<const char*, const char*> examples[] = {{"", ""}, {"f", "MY"}, {"fo", "MZXQ"}, {"foo", "MZXW6"},
      {"foob", "MZXW6YQ"}, {"fooba", "MZXW6YTB"}, {"foobar", "MZXW6YTBOI"}};
  for (const auto& [plain, text] : examples) {
    EXPECT_EQ(to_base32(as_bytes(plain)).expose(), text);
    EXPECT_TRUE(from_base32_lenient(text)->equals(as_bytes(plain)));
  }
}

TEST(Base32, ReadsAsTheBadgeReads) {
  EXPECT_TRUE(from_base32_lenient(" mz=XW\t6\r\nyt b==")->equals(as_bytes("fooba")));
  EXPECT_TRUE(from_base32_lenient("MZ")->equals(as_bytes("f"))) << "left-over bits are dropped, whatever they are";
  EXPECT_TRUE(from_base32_lenient("A")->empty());
  for (const char* wrong : {"0", "1", "8", "9", "MZ-XW", "MZ_", "M\xC3\xA4", "@"}) EXPECT_FALSE(from_base32_lenient(wrong)) << wrong;
}

RC_GTEST_PROP(Base32, ComesBack, (const std::vector<std::uint8_t>& bytes)) {
  RC_ASSERT(from_base32_lenient(to_base32(bytes).expose())->equals(bytes));
}

}  // namespace
}  // namespace hwbak
