// Lines and what they are; places tile every text.
#include "device/coldcard/text.h"

#include <rapidcheck/gtest.h>

#include "device/coldcard/backup.h"

namespace hwbak::coldcard {
namespace {

using ::testing::ElementsAre;

TEST(ColdcardText, SplitsLinesAndPairs) {
  const std::string_view bytes =
      "# Coldcard backup file! DO NOT CHANGE.\n\nnote = \"a = b\"\n = 1\nsetting.x = [1, {\"y\": 1e400}]\n# EOF\n";
  const Text text = parse_text(bytes);
  ASSERT_EQ(text.lines.size(), 6u);
  EXPECT_TRUE(text.starts_with_hash && text.ends_with_newline && text.has_eof_mark);
  EXPECT_EQ(text.lines[0].kind, LineKind::comment);
  EXPECT_EQ(text.lines[1].kind, LineKind::blank);
  EXPECT_EQ(text.lines[2].key, "note");
  EXPECT_EQ(text.lines[2].value, "\"a = b\"") << "the first separator splits";
  EXPECT_EQ(text.lines[3].kind, LineKind::pair);
  EXPECT_EQ(text.lines[3].key, "");
  EXPECT_EQ(text.lines[4].number, 5u);
  EXPECT_EQ(text.find("setting.x")->value, "[1, {\"y\": 1e400}]");
  EXPECT_EQ(text.find("none"), nullptr);
}

TEST(ColdcardText, NamesWhatCannotBeRead) {
  const Text text = parse_text("a=1\nb = \nc = {'x'}\nd = \"\xFF\"\ne = 1 2\nf = \"\xC0\xAF\"\ng = nul");
  std::vector<std::string_view> complaints;
  for (const auto& line : text.lines) {
    EXPECT_EQ(line.kind, LineKind::unparsable) << line.number;
    complaints.push_back(line.complaint);
  }
  EXPECT_THAT(complaints,
              ElementsAre("no \" = \"", "not JSON", "not JSON", "not UTF-8", "not JSON", "not UTF-8", "not JSON"));
  EXPECT_FALSE(text.ends_with_newline);
}

TEST(ColdcardText, TheLastOfRepeatedKeysWins) {
  const Text text = parse_text("a = 1\nb = 2\na = 3\na = oops\na = 4\n");
  EXPECT_THAT(text.repeated, ElementsAre(3u, 5u));
  EXPECT_EQ(text.find("a")->value, "4");
}

TEST(ColdcardText, KnowsLinesThatTouchDamage) {
  const std::string_view bytes = "a = 1\nb = 2\nc = 3\nd = 4\n";  // six bytes each
  const Text text = parse_text(bytes, {{{7, 2}}, {{9, 4}}});
  EXPECT_FALSE(text.lines[0].lost);
  EXPECT_TRUE(text.lines[1].lost && text.lines[1].suspect);
  EXPECT_TRUE(!text.lines[2].lost && text.lines[2].suspect);
  EXPECT_FALSE(text.lines[3].lost || text.lines[3].suspect);
  EXPECT_EQ(text.find("b"), nullptr);
  EXPECT_TRUE(parse_text(bytes, {{{8, 0}}, {}}).lines[1].lost) << "bytes are missing inside this line";
  EXPECT_TRUE(parse_text(bytes, {{{11, 1}}, {}}).lines[2].lost) << "the newline before it may be noise";
  EXPECT_TRUE(parse_text(bytes, {{}, {{11, 1}}}).lines[2].suspect);
}

TEST(ColdcardText, HostileSizesStayBounded) {
  const Text many = parse_text(std::string(300'000, '\n'));
  EXPECT_EQ(many.lines.size(), 100'001u);
  EXPECT_EQ(many.lines.back().complaint, "too many lines");
  EXPECT_EQ(many.lines.back().place.end(), 300'000u);
  const std::string deep = "a = " + std::string(100'000, '[') + "\n";
  EXPECT_EQ(parse_text(deep).lines[0].complaint, "not JSON");
  const std::string large = "a = \"" + std::string(1 << 20, 'x') + "\"\n";
  EXPECT_EQ(parse_text(large).lines[0].complaint, "too long");
}

TEST(ColdcardText, RecognisesWholeAndPartialTexts) {
  EXPECT_TRUE(is_backup_text("# Coldcard backup file! DO NOT CHANGE.\n"));
  EXPECT_TRUE(is_backup_text("\x01\x90garbage\nraw_secret = \"80aa\"\n"));
  EXPECT_TRUE(is_backup_text("noise\nserial = \"00\"\nsetting.du = 1\n"));
  EXPECT_FALSE(is_backup_text(""));
  EXPECT_FALSE(is_backup_text("name = \"x\"\nserial = \"1\"\n"));
  EXPECT_FALSE(is_backup_text("a document about raw_secret = \"80\" and others\n"));
  EXPECT_TRUE(is_notes_export(" {\n\"coldcard_notes\": []}"));
  EXPECT_FALSE(is_notes_export("{\"notes\": []}"));
}

RC_GTEST_PROP(ColdcardText, NoByteIsLost, (const std::vector<std::string>& pieces)) {
  static constexpr std::string_view glue[] = {"\n", " = ", "\"", "#", "\r\n", "{}", "a = 1\n"};
  std::string bytes;
  for (std::size_t i = 0; i < pieces.size(); ++i)
    bytes.append(pieces[i]).append(glue[(i + pieces[i].size()) % std::size(glue)]);
  const Text text = parse_text(bytes);
  std::string again;
  std::uint64_t at = 0;
  for (const auto& line : text.lines) {
    RC_ASSERT(line.place.offset == at);
    at = line.place.end();
    again.append(line.text);
    if (line.place.length > line.text.size()) again.push_back('\n');
  }
  RC_ASSERT(again == bytes);
}

RC_GTEST_PROP(ColdcardText, UnderstandsAnyBytesWithoutHarm, (const std::string& bytes)) {
  const Backup backup = understand(bytes, {{{bytes.size() / 2, 3}}, {}});
  RC_ASSERT(!backup.meaning_complete);
}

}  // namespace
}  // namespace hwbak::coldcard
