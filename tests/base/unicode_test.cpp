// What a terminal is not shown as it stands.
#include "base/unicode.h"

namespace hwbak {
namespace {

TEST(Printable, EscapesNoncharacters) {
  EXPECT_EQ(printable("a\xEF\xBF\xBE\xEF\xBF\xBF"), "a\\u{FFFE}\\u{FFFF}");
  EXPECT_EQ(printable("\xF0\x9F\xBF\xBE\xF4\x8F\xBF\xBF"), "\\u{1FFFE}\\u{10FFFF}") << "the last two of every plane";
  EXPECT_EQ(printable("\xEF\xB7\x90\xEF\xB7\xAF"), "\\u{FDD0}\\u{FDEF}");
  EXPECT_EQ(printable("\xEF\xB7\x8F\xEF\xB7\xB0\xEF\xBF\xBD"), "\xEF\xB7\x8F\xEF\xB7\xB0\xEF\xBF\xBD") << "control: their neighbours";
}

}  // namespace
}  // namespace hwbak
