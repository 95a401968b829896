// Places, duplicates, raw numbers and decoding of JSON values.
#include "base/json_spans.h"

namespace hwbak {
namespace {

TEST(JsonSpans, FindsEveryValueInPlace) {
  const std::string text = R"( {"a": [1, -2.50e1, "x\"\u00e9\ud83d\ude00"], "b":{"c":null}, "a" : true} )";
  const auto spans = JsonSpans::parse(text);
  ASSERT_TRUE(spans);
  const auto root = spans->root();
  ASSERT_EQ(root.size(), 3u);
  EXPECT_EQ(root.member("a")->boolean(), true) << "the last of repeated keys wins";
  const auto list = root.children()[0];
  EXPECT_EQ(list.raw(), R"([1, -2.50e1, "x\"\u00e9\ud83d\ude00"])");
  EXPECT_EQ(list.element(0)->integer(), 1);
  EXPECT_EQ(list.element(1)->raw(), "-2.50e1");
  EXPECT_EQ(list.element(1)->integer(), std::nullopt);
  EXPECT_EQ(list.element(2)->string()->expose(), "x\"\xC3\xA9\xF0\x9F\x98\x80");
  EXPECT_FALSE(list.element(3));
  EXPECT_EQ(root.member("b")->member("c")->kind(), JsonNode::Kind::null);
  EXPECT_FALSE(root.member("none"));
}

TEST(JsonSpans, RefusesWhatIsNotOneValue) {
  for (const char* text : {"", "{", "1 2", "{\"a\":}", "'a'", "[1,]", "nul", "\"\xFF\""}) EXPECT_FALSE(JsonSpans::parse(text)) << text;
  EXPECT_TRUE(JsonSpans::parse("1e400")) << "the raw number is kept";
  EXPECT_TRUE(JsonSpans::parse("\"\""));
  EXPECT_TRUE(JsonSpans::parse(std::string(1000, '[') + std::string(1000, ']')));
  EXPECT_FALSE(JsonSpans::parse(std::string(100000, '[')));
}

}  // namespace
}  // namespace hwbak
