// vCard files: split, refused by version, written with CRLF and folds, and under names that are safe anywhere.
#include "foreign/file_names.h"
#include "foreign/records.h"

namespace hwbak::foreign {
namespace {

using namespace foreign::test;
using testing::ElementsAre;

std::string card(const std::string& inside, const std::string& end = "\n") {
  return "BEGIN:VCARD" + end + "VERSION:4.0" + end + inside + end + "END:VCARD" + end;
}
std::vector<std::string> names_of(const std::vector<std::string>& titles) {
  Contents contents;
  for (const std::string& title : titles) contents.cards.push_back(secret(card("FN:" + title)));
  std::vector<std::string> out;
  for (const NamedFile& file : vcard_files(contents)) out.push_back(file.name);
  return out;
}
// Lines without their folds and with LF.
std::string plain(std::string text) {
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"\r\n ", ""}, {"\r\n", "\n"}})
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos;) text.replace(at, from.size(), to);
  return text;
}

TEST(VCards, AreSplitAndKeptToTheByte) {
  const std::string one = card("FN:One"), two = card("FN:Two\r\nNOTE:fol\r\n ded", "\r\n"), last = "begin:vcard\nversion:4.0\nend:vcard";
  const Imported read = read_vcards(as_bytes("\xEF\xBB\xBF" + one + "\n" + two + last));
  ASSERT_EQ(read.contents.cards.size(), 3u);
  EXPECT_EQ(read.contents.cards[0].expose(), one);
  EXPECT_EQ(read.contents.cards[1].expose(), two);
  EXPECT_EQ(read.contents.cards[2].expose(), last);
  EXPECT_TRUE(read.refused.empty() && read.remarks.empty());
}

TEST(VCards, WrongOnesAreNamedAndTheGoodOnesStay) {
  const Imported read = read_vcards(as_bytes(
      "junk\nmore junk\n"                                            // 1
      "BEGIN:VCARD\nVERSION:3.0\nFN:old\nEND:VCARD\n"                // 3
      "BEGIN:VCARD\nFN:none\nEND:VCARD\n" + card("FN:good") +        // 7
      "BEGIN:VCARD\nVERSION:4.0\n" + card("FN:inside") +             // 14
      card("FN:\xFF") +                                              // 20
      "BEGIN:VCARD\nNOTE:VERSION:4.0\n VERSION:4.0\nEND:VCARD\n"     // 24
      "BEGIN:VCARD\nVERSION:4.0\n"));                                // 28
  EXPECT_THAT(places(read.refused), ElementsAre("line 1", "line 3", "line 7", "line 14", "line 20", "line 24", "line 28"));
  ASSERT_EQ(read.contents.cards.size(), 2u);
  EXPECT_EQ(read.contents.cards[0].expose(), card("FN:good"));
  EXPECT_EQ(read.contents.cards[1].expose(), card("FN:inside"));
}

TEST(VCards, ForeignAndHostileFilesAreRefused) {
  EXPECT_EQ(outcome_of(read_vcards, ""), Outcome::damaged);
  EXPECT_EQ(outcome_of(read_vcards, "a,b\n"), Outcome::unsupported);
  EXPECT_EQ(outcome_of(read_vcards, std::string(max_file + 1, 'x')), Outcome::refused);
  std::string many;
  for (std::size_t i = 0; i <= max_records; ++i) many += "BEGIN:VCARD\n";
  EXPECT_EQ(outcome_of(read_vcards, many), Outcome::refused);
  EXPECT_EQ(outcome_of(read_vcards, "BEGIN:VCARD\nVERSION:4.0\nNOTE:x\n" + std::string(1 << 20, ' ') + "\nEND:VCARD"), Outcome::ok);
}

TEST(VCards, AreWrittenWithCrlfAndFoldedOnlyWhenLong) {
  Contents contents;
  const std::string seventy_five = "NOTE:" + std::string(70, 'x'), wide = "NOTE:" + std::string(69, 'x') + "\xC3\xA4" + std::string(80, 'y');
  contents.cards.push_back(secret(card("FN:a\\,b\r\n" + seventy_five)));
  contents.cards.push_back(secret("BEGIN:VCARD\nVERSION:4.0\n" + wide + "\nX:\rlone\nEND:VCARD"));
  EXPECT_EQ(text(write_vcards(contents)),
            "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:a\\,b\r\n" + seventy_five + "\r\nEND:VCARD\r\n"
            "BEGIN:VCARD\r\nVERSION:4.0\r\nNOTE:" + std::string(69, 'x') + "\r\n \xC3\xA4" + std::string(72, 'y') + "\r\n " + std::string(8, 'y') +
            "\r\nX:\rlone\r\nEND:VCARD\r\n");
  EXPECT_EQ(text(vcard_files(contents)[0].bytes) + text(vcard_files(contents)[1].bytes), text(write_vcards(contents)));
}

TEST(FileNames, AreSafeAnywhere) {
  EXPECT_THAT(names_of({"Ann Smith", "ann smith", "\xC3\x84nne", "\xC3\xA4nne", "A\xCC\x88nne"}),
              ElementsAre("Ann Smith.vcf", "ann smith-2.vcf", "\xC3\x84nne.vcf", "\xC3\xA4nne-2.vcf", "A\xCC\x88nne-3.vcf"));
  EXPECT_THAT(names_of({"x", "x-2", "x", "x"}), ElementsAre("x.vcf", "x-2.vcf", "x-3.vcf", "x-4.vcf"));
  EXPECT_THAT(names_of({"../../etc/passwd", "C:\\\\x", "a\x01" "b\xE2\x80\xAE" "c\xE2\x80\x8B", "..", ". .hidden. .", "", "-rf", "a<b>|c?*\"d"}),
              ElementsAre("_.._etc_passwd.vcf", "C__x.vcf", "a_b_c_.vcf", "unnamed.vcf", "hidden.vcf", "unnamed-2.vcf", "_rf.vcf", "a_b__c___d.vcf"));
  EXPECT_THAT(names_of({"con", "LPT1", "Com\xC2\xB9", "nul.x", "aux ", "COM", "COM12", "console"}),
              ElementsAre("_con.vcf", "_LPT1.vcf", "_Com\xC2\xB9.vcf", "_nul.x.vcf", "_aux.vcf", "COM.vcf", "COM12.vcf", "console.vcf"));
  EXPECT_THAT(names_of({"Smith\\, Ann\\; Dr.\\nx\\\\y", "fol\r\n ded"}), ElementsAre("Smith, Ann; Dr. x_y.vcf", "folded.vcf"));
  Contents grouped;
  grouped.cards.push_back(secret("BEGIN:VCARD\nVERSION:4.0\nX-FN:no\nitem1.fn;LANGUAGE=de:yes\nFN:second\nEND:VCARD\n"));
  grouped.cards.push_back(secret("BEGIN:VCARD\nVERSION:4.0\nEND:VCARD\n"));
  EXPECT_EQ(vcard_files(grouped)[0].name, "yes.vcf");
  EXPECT_EQ(vcard_files(grouped)[1].name, "unnamed.vcf");
}

RC_GTEST_PROP(FileNamesProperties, AreShortAndNeverTheSame, ()) {
  FileNames names;
  std::set<std::string> seen;
  for (int i = 0; i < 20; ++i) {
    const std::string name = names.name_for(*rc::gen::oneOf(rc::gen::map(rc::gen::just(0), [](int) { return std::string(); }),
        rc::gen::container<std::string>(rc::gen::arbitrary<char>()), rc::gen::element(std::string(200, 'n'), std::string(90, 'N'), std::string("a"))), ".x");
    RC_ASSERT(name.size() <= FileNames::max_stem + 2 + 1 && is_utf8(name) && printable(name) == name);
    RC_ASSERT(name[0] != '.' && name[0] != '-' && name.find('/') == std::string::npos);
    std::string lower = name;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    RC_ASSERT(seen.insert(lower).second);
  }
}

RC_GTEST_PROP(VCardsProperties, CardsComeBack, ()) {
  Contents contents;
  std::string joined;
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
    std::string note = arbitrary_text();
    std::erase_if(note, [](char c) { return c == '\n' || c == '\r'; });
    joined += card("NOTE:" + note + std::string(*rc::gen::inRange<std::size_t>(0, 120), 'x'));
    contents.cards.push_back(secret(joined.substr(joined.rfind("BEGIN:"))));
  }
  const SecretBytes file = write_vcards(contents);
  for (std::size_t at = 0, end = 0; (end = text(file).find("\r\n", at)) != std::string::npos; at = end + 2) {
    RC_ASSERT(end - at <= 75);
    RC_ASSERT(is_utf8(text(file).substr(at, end - at)));
  }
  RC_ASSERT(plain(text(file)) == joined);
  const Imported read = read_vcards(file.expose());
  RC_ASSERT(read.refused.empty() && read.contents.cards.size() == contents.cards.size());
  RC_ASSERT(text(write_vcards(read.contents)) == text(file));
}

}  // namespace
}  // namespace hwbak::foreign
