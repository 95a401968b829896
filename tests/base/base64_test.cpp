// Base64: known answers of RFC 4648, every kind of fault and its place.
#include "base/base64.h"

#include <rapidcheck/gtest.h>

#include "base/as_bytes.h"

namespace hwbak {
namespace {

std::string written(std::string_view text) {
  const Bytes out = to_base64(as_bytes(text));
  return {out.begin(), out.end()};
}

// What was read, then what stopped it.
std::string read(std::string_view text, Base64Blanks blanks = Base64Blanks::fault) {
  Bytes out;
  const Base64Reading reading = from_base64(as_bytes(text), blanks, out);
  std::string said(out.begin(), out.end());
  if (reading.spare_bits) said += " spare";
  if (!reading.fault) return said;
  const char* const words[] = {"character", "padding", "after", "cut"};
  said += std::string(" ") + words[static_cast<int>(reading.fault->trouble)] + " " + std::to_string(reading.fault->offset);
  return reading.fault->missing == 0 ? said : said + " missing " + std::to_string(reading.fault->missing);
}

TEST(Base64, KnownAnswers) {
  const std::pair<const char*, const char*> cases[] = {{"", ""},          {"f", "Zg=="},        {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},   {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}, {"\xFB\xFF\xBF", "+/+/"}};
  for (const auto& [text, base64] : cases) {
    EXPECT_EQ(written(text), base64);
    EXPECT_EQ(to_base64_secret(as_bytes(text)).expose(), base64);
    EXPECT_EQ(read(base64), text);
    EXPECT_TRUE(from_base64_secret(base64, Base64Blanks::fault)->equals(as_bytes(text)));
  }
}

TEST(Base64, FaultsAndTheirPlaces) {
  EXPECT_EQ(read("Zm9v-m9v"), "foo character 4");
  EXPECT_EQ(read("Zm9v\n"), "foo character 4");
  EXPECT_EQ(read("Zm9vZ"), "foo cut 5 missing 3");
  EXPECT_EQ(read("Zm9vZg"), "foo cut 6 missing 2");
  EXPECT_EQ(read("Zm9vZg="), "foo cut 7 missing 1");
  EXPECT_EQ(read("Zg==Zg=="), "f after 4");
  EXPECT_EQ(read("Zg==="), "f after 4");
  EXPECT_EQ(read("Zg=v"), " after 3");
  EXPECT_EQ(read("="), " padding 0");
  EXPECT_EQ(read("Zm9vZ==="), "foo padding 5");
  EXPECT_EQ(read("Zh=="), "f spare");
  EXPECT_EQ(read("Zm9="), "fo spare");
  for (const char* bad : {"Zh==", "Zg", "Z-==", "Zg==Z", "Z g=="}) {
    EXPECT_FALSE(from_base64_secret(bad, Base64Blanks::fault)) << bad;
  }
}

TEST(Base64, Blanks) {
  EXPECT_EQ(read(" Z m\t9\r\nv\v\fZg= =\n", Base64Blanks::skipped), "foof");
  EXPECT_EQ(read(" Z m!", Base64Blanks::skipped), " character 4");
  EXPECT_EQ(read("\xC2\xA0", Base64Blanks::skipped), " character 0");
  EXPECT_EQ(read(" \n", Base64Blanks::skipped), "");
}

RC_GTEST_PROP(Base64, ThereAndBack, (const Bytes& bytes)) {
  Bytes out;
  const Base64Reading reading = from_base64(to_base64(bytes), Base64Blanks::fault, out);
  RC_ASSERT(!reading.fault && !reading.spare_bits && out == bytes);
}

}  // namespace
}  // namespace hwbak
