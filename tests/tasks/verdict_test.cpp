// Verdicts on texts and archives made for the purpose: what is good in part, what contradicts
// itself, what nothing confirms, and what a device would refuse.
#include <gtest/gtest.h>

#include <cstdlib>

#include "base/as_bytes.h"
#include "container/sevenzip/open.h"
#include "container/sevenzip/write.h"
#include "support/vectors.h"

namespace hwbak {
namespace {

using namespace test;

class Verdict : public testing::Test {
 protected:
  const Vector& vector_ = test::vector("mk4-12words.7z");
  Folder folder_;
  std::filesystem::path path_ = folder_ / "backup.7z";
  FixedSecrets secrets_{vector_.password};
  std::string text_ = [this] {
    Context context;
    context.secrets = &secrets_;
    OpenOptions raw;
    raw.raw = true;
    return std::string(SecretString(open(context, vector_.path(), raw).data.clone()).expose());
  }();

  // The text with `from` replaced once.
  [[nodiscard]] std::string edited(std::string_view from, std::string_view to) const {
    std::string out = text_;
    const auto at = out.find(from);
    if (at == std::string::npos) throw std::runtime_error("the text has no " + std::string(from));
    return out.replace(at, from.size(), to);
  }
  [[nodiscard]] std::string without(std::string_view key) const {
    const auto at = text_.find("\n" + std::string(key) + " = ") + 1;
    return text_.substr(0, at) + text_.substr(text_.find('\n', at) + 1);
  }
  [[nodiscard]] std::string plus(std::string_view line) const { return edited("\n# EOF", "\n" + std::string(line) + "\n# EOF"); }
  void pack(std::string_view text, std::string_view inner = "camp422.txt") const {
    const auto form = std::move(sevenzip::password_forms(as_bytes(vector_.password)).front());
    write_bytes(path_, sevenzip::write_device_archive(as_bytes(text), inner, form.expose(), 0, system_random()));
  }
  Report judged(std::string_view text) {
    pack(text);
    return verify_one(path_, &secrets_);
  }
};

TEST_F(Verdict, RecordsThatCannotBeReadMakeItPartial) {
  for (const char* line : {"setting.seeds = [[\"380C7AFD\", \"83\", \"a\", \"Dice\"]]", "setting.multisig = [[\"x\", [5, 2], [], {}]]",
                           "setting.notes = 7", "setting.tp = {\"1\": 2}", "not a line at all"}) {
    const Report report = judged(plus(line));
    EXPECT_EQ(report.outcome, Outcome::partial) << line << ": " << report.message;
    EXPECT_EQ(report.levels.meaning, Level::fail) << line;
  }
}

TEST_F(Verdict, ARepeatedKeyIsNamedByItsLine) {
  const Report report = judged(plus("chain = \"BTC\""));
  EXPECT_EQ(report.outcome, Outcome::partial);
  EXPECT_TRUE(has_finding(report, "repeated-line"));
  EXPECT_FALSE(list_fact(report.facts, "bad_lines").empty());
}

TEST_F(Verdict, PartsOfTwoWalletsAreInconsistent) {
  const std::string other = test::vector("custom-password.7z").expect().at("xprv").as_string().c_str();
  const std::string own = vector_.expect().at("xprv").as_string().c_str();
  const Report report = judged(edited(own, other));
  EXPECT_EQ(report.outcome, Outcome::inconsistent) << report.message;
  EXPECT_EQ(std::get<bool>(object_fact(report.facts, "consistent").find("xprv")->get()), false);
  EXPECT_EQ(judged(edited("80e8bc163c82eee18733288c7d4ac636db", "00")).outcome, Outcome::inconsistent) << "no secret";
  EXPECT_EQ(judged(without("raw_secret")).outcome, Outcome::inconsistent) << "a device needs raw_secret";
}

TEST_F(Verdict, ASecretThatNothingConfirmsIsNotCalledProven) {
  const std::string lone = "# Coldcard backup file! DO NOT CHANGE.\n\nraw_secret = \"80e8bc163c82eee18733288c7d4ac636db\"\n" +
                           std::string(400, '#') + "\n# EOF\n";
  const Report report = judged(lone);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_TRUE(has_finding(report, "secret-unproven"));
  EXPECT_EQ(report.message.find("proven"), std::string::npos) << report.message;
}

TEST_F(Verdict, ATextThatADeviceRefusesIsSaidSo) {
  const Report report = judged(text_.substr(0, text_.size() - 1));
  EXPECT_NE(report.message.find("a device refuses to restore"), std::string::npos) << report.message;
}

TEST_F(Verdict, InjectedKeysAreWarnedOf) {
  const Report report = judged(plus("setting.bkpw = \"x\"\nsetting.ccc = 1"));
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_TRUE(has_finding(report, "never-written"));
}

TEST_F(Verdict, AWrongIvUnderARightHeaderCrcIsDamage) {
  Bytes bytes = read_bytes(vector_.path());
  const auto survey = sevenzip::survey(bytes, {});
  bytes[survey.folders[0].aes->place.end() - 1] ^= 0x40;
  seal(bytes, survey.end_header.offset);
  write_bytes(path_, bytes);
  const Report report = verify_one(path_, &secrets_);
  EXPECT_EQ(report.outcome, Outcome::damaged) << report.message;
  EXPECT_EQ(report.offset, survey.folders[0].aes->place.offset);
  EXPECT_EQ(text_fact(report.facts, "plaintext_sha256"), vector_.sha256);
}

TEST_F(Verdict, AWrongTextLengthIsDamageThatTheChecksumMends) {
  const Bytes good = read_bytes(vector_.path());
  const auto survey = sevenzip::survey(good, {});
  const std::uint64_t size = survey.folders[0].unpack_size;
  const Bytes field{0x0C, 0xC0, static_cast<std::uint8_t>(size), static_cast<std::uint8_t>(size >> 8), 0};
  const auto at = std::search(good.begin() + static_cast<std::ptrdiff_t>(survey.end_header.offset), good.end(), field.begin(), field.end());
  ASSERT_NE(at, good.end());
  for (const std::uint64_t wrong : {size - 1, size + 1, size + 12, std::uint64_t{100}}) {
    Bytes bytes = good;
    const auto place = static_cast<std::size_t>(at - good.begin());
    bytes[place + 2] = static_cast<std::uint8_t>(wrong);
    bytes[place + 3] = static_cast<std::uint8_t>(wrong >> 8);
    seal(bytes, survey.end_header.offset);
    write_bytes(path_, bytes);
    const Report report = verify_one(path_, &secrets_);
    EXPECT_EQ(report.outcome, Outcome::damaged) << wrong << ": " << report.message;
    EXPECT_EQ(report.levels.content, Level::pass) << wrong;
    EXPECT_EQ(text_fact(report.facts, "plaintext_sha256"), vector_.sha256) << wrong;
  }
}

TEST_F(Verdict, AnArchiveWithoutEncryptionIsNoEnvelope) {
  write_bytes(folder_ / "camp1.txt", as_bytes(text_));
  const std::string command = "cd '" + folder_.path().string() + "' && 7z a plain.7z camp1.txt >/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  const Report report = verify_one(folder_ / "plain.7z", nullptr);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_TRUE(has_finding(report, "cleartext"));
  EXPECT_EQ(text_fact(object_fact(report.facts, "advisory"), "envelope"), "note");
}

TEST_F(Verdict, FoldersOfOneArchiveMayHaveSaltsOfTheirOwnAndDamageBesideTheBackupIsSeen) {
  write_bytes(folder_ / "a.bin", Bytes(300, 7));
  write_bytes(folder_ / "camp1.txt", as_bytes(text_));
  const std::string command = "cd '" + folder_.path().string() + "' && 7z a -ms=off -m0=Copy '-p" + vector_.password +
                              "' two.7z a.bin camp1.txt >/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(verify_one(folder_ / "two.7z", &secrets_).outcome, Outcome::ok);
  Bytes bytes = read_bytes(folder_ / "two.7z");
  const auto survey = sevenzip::survey(bytes, {});
  bytes[survey.folders.at(0).packed.offset + 40] ^= 0xFF;
  bytes[survey.folders.at(0).packed.offset + 80] ^= 0xFF;
  write_bytes(folder_ / "two.7z", bytes);
  EXPECT_EQ(verify_one(folder_ / "two.7z", &secrets_).outcome, Outcome::partial);
}

TEST_F(Verdict, ADamagedBodyBehindAnEncryptedHeaderIsNoWrongPassword) {
  write_bytes(folder_ / "camp1.txt", as_bytes(text_));
  const std::string command = "cd '" + folder_.path().string() + "' && 7z a -mhe=on '-p" + vector_.password + "' he.7z camp1.txt >/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  const Bytes good = read_bytes(folder_ / "he.7z");
  EXPECT_EQ(verify_one(folder_ / "he.7z", &secrets_).outcome, Outcome::ok);
  for (const std::size_t at : {33u, 60u, 200u}) {
    Bytes bytes = good;
    bytes[at] ^= 0xFF;
    write_bytes(folder_ / "he.7z", bytes);
    EXPECT_EQ(verify_one(folder_ / "he.7z", &secrets_).outcome, Outcome::damaged) << at;
  }
}

TEST_F(Verdict, AGivenSecretIsNeverPassedOver) {
  pack(text_);
  FixedSecrets key;
  key.add(Secrets::Kind::receiver_key, std::string(64, '1'));
  EXPECT_EQ(verify_one(path_, &key).outcome, Outcome::refused);
}

TEST_F(Verdict, OpenWithoutThePasswordIsNotOk) {
  Context context;
  EXPECT_EQ(open(context, vector_.path(), {}).report.outcome, Outcome::refused);
}

TEST_F(Verdict, NotesExportsAreJudgedEntryByEntry) {
  const auto notes = [&](std::string text) {
    text.resize(std::max<std::size_t>(text.size(), 420), ' ');
    pack(text, "abandon1.json");
    return verify_one(path_, &secrets_);
  };
  const Report good = notes(R"({"coldcard_notes": [{"title": "t", "misc": "m"}]})");
  EXPECT_EQ(good.outcome, Outcome::ok) << good.message;
  EXPECT_EQ(good.format, "coldcard-notes");
  EXPECT_EQ(notes(R"({"coldcard_notes": [{"title": "t", "misc": "m"}, 5]})").outcome, Outcome::partial);
  EXPECT_EQ(notes(R"({"coldcard_notes": [{"title": "t")").outcome, Outcome::unsupported);
}

TEST_F(Verdict, AnotherTextIsUnsupported) {
  EXPECT_EQ(judged(std::string(500, 'x')).outcome, Outcome::unsupported);
}

}  // namespace
}  // namespace hwbak
