// Damage, graded: every byte flipped in turn, cuts at every region, lost headers, a wrong CRC
// field. Never a wrong `ok`, always the right region named.
#include <gtest/gtest.h>

#include "container/sevenzip/survey.h"
#include "support/vectors.h"

namespace hwbak {
namespace {

using namespace test;

class Damage : public testing::Test {
 protected:
  const Vector& vector_ = test::vector("mk4-12words.7z");
  Bytes good_ = read_bytes(vector_.path());
  Folder folder_;
  std::filesystem::path path_ = folder_ / "backup.7z";
  FixedSecrets secrets_{vector_.password};
  std::size_t header_ = 0;   // where the end header begins

  void SetUp() override { header_ = sevenzip::survey(good_, {}).end_header.offset; }

  Report verify_bytes(const Bytes& bytes) {
    write_bytes(path_, bytes);
    return verify_one(path_, &secrets_);
  }
  OpenResult salvage(const Bytes& bytes) {
    write_bytes(path_, bytes);
    Context context;
    context.secrets = &secrets_;
    OpenOptions options;
    options.salvage = true;
    return open(context, path_, options);
  }
  Bytes text() {
    Context context;
    context.secrets = &secrets_;
    OpenOptions raw;
    raw.raw = true;
    const OpenResult whole = open(context, vector_.path(), raw);
    return Bytes(whole.data.expose().begin(), whole.data.expose().end());
  }
  static bool names(const Report& report, std::uint64_t at) {
    for (const Value& item : list_fact(report.facts, "damage")) {
      const Object& region = std::get<Object>(item.get());
      if (Region{static_cast<std::uint64_t>(number_fact(region, "file_offset")), static_cast<std::uint64_t>(number_fact(region, "length"))}
              .contains(at))
        return true;
    }
    return false;
  }
  static bool survived(const Report& report, std::string_view what) {
    for (const Value& item : list_fact(report.facts, "survivors"))
      if (std::get<std::string>(item.get()) == what) return true;
    return false;
  }
};

TEST_F(Damage, EveryByteFlippedInTurn) {
  for (std::size_t at = 0; at < good_.size(); ++at) {
    Bytes bytes = good_;
    bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1u << at % 8));
    const Report report = verify_bytes(bytes);
    if (at == 6) {
      EXPECT_EQ(report.outcome, Outcome::unsupported) << "another major version";
      EXPECT_EQ(report.offset, 6u);
      continue;
    }
    EXPECT_EQ(report.outcome, Outcome::damaged) << "byte " << at << ": " << report.message;
    EXPECT_TRUE(names(report, at)) << "byte " << at << ": " << report.message;
    EXPECT_FALSE(report.next.empty());
    if (at < 32 || at >= header_) {
      EXPECT_EQ(report.levels.structure, Level::fail) << at;
    }
  }
}

TEST_F(Damage, EveryCutIsSeenAndCounted) {
  for (std::size_t size = 0; size < good_.size(); size += size < 40 || size + 160 > good_.size() ? 1 : 37) {
    const Report report = verify_bytes(Bytes(good_.begin(), good_.begin() + static_cast<std::ptrdiff_t>(size)));
    if (size == 1) {
      EXPECT_EQ(report.outcome, Outcome::unsupported) << "one letter is no signature";
      continue;
    }
    EXPECT_EQ(report.outcome, Outcome::damaged) << size << ": " << report.message;
    if (size >= 32) {
      std::int64_t missing = -1;
      for (const Value& item : list_fact(report.facts, "damage"))
        missing = std::max(missing, number_fact(std::get<Object>(item.get()), "missing"));
      EXPECT_EQ(missing, static_cast<std::int64_t>(good_.size() - size)) << size << ": " << report.message;
    }
  }
}

TEST_F(Damage, ABadBlockLeavesTheWordsAndMarksTheHole) {
  Bytes bytes = good_;
  const std::size_t at = 32 + 1040;  // inside long_secret
  bytes[at] ^= 0xFF;
  bytes[at + 5] ^= 0x10;
  const OpenResult result = salvage(bytes);
  EXPECT_EQ(result.report.outcome, Outcome::damaged);
  EXPECT_EQ(result.report.levels.structure, Level::pass);
  EXPECT_EQ(result.report.levels.content, Level::fail);
  EXPECT_TRUE(names(result.report, at));
  for (const char* what : {"mnemonic", "xprv", "xpub", "raw_secret"}) EXPECT_TRUE(survived(result.report, what)) << what;
  EXPECT_EQ(text_fact(result.report.facts, "fingerprint"), vector_.expect().at("master_fingerprint").as_string().c_str());
  const SecretString text(result.data.clone());
  EXPECT_NE(text.expose().find("# hwbak: 16 bytes lost here (text offset 1040)"), std::string_view::npos);
  EXPECT_NE(text.expose().find(vector_.expect().at("mnemonic").as_string().c_str()), std::string_view::npos);
}

TEST_F(Damage, ADamagedMnemonicIsProvenByTheOtherSecrets) {
  Bytes bytes = good_;
  bytes[32 + 96] ^= 0x01;  // in the mnemonic line
  bytes[32 + 97] ^= 0x01;
  const Report report = verify_bytes(bytes);
  EXPECT_EQ(report.outcome, Outcome::damaged);
  EXPECT_FALSE(survived(report, "mnemonic"));
  EXPECT_TRUE(survived(report, "xprv"));
  EXPECT_TRUE(survived(report, "raw_secret"));
  EXPECT_EQ(text_fact(report.facts, "fingerprint"), vector_.expect().at("master_fingerprint").as_string().c_str());
}

TEST_F(Damage, OneBadByteOfTheBodyIsMendedAndProven) {
  Bytes bytes = good_;
  bytes[32 + 480] ^= 0x24;
  const OpenResult result = salvage(bytes);
  EXPECT_EQ(result.report.outcome, Outcome::damaged) << "the file is what it is";
  EXPECT_EQ(result.report.offset, 32u + 480);
  EXPECT_TRUE(result.data.equals(text())) << "nothing is lost";
  Context context;
  context.secrets = &secrets_;
  OpenOptions raw;
  raw.raw = true;
  EXPECT_TRUE(open(context, path_, raw).data.empty()) << "only what the file itself proves is exact";
}

TEST_F(Damage, ALostStartHeaderCostsNothing) {
  Bytes bytes = good_;
  std::fill_n(bytes.begin(), 32, std::uint8_t{0});
  const OpenResult result = salvage(bytes);
  EXPECT_EQ(result.report.outcome, Outcome::damaged) << result.report.message;
  EXPECT_EQ(result.report.levels.content, Level::pass);
  EXPECT_EQ(result.report.levels.meaning, Level::pass);
  EXPECT_EQ(text_fact(result.report.facts, "plaintext_sha256"), vector_.sha256);
  EXPECT_EQ(result.data.size(), static_cast<std::size_t>(vector_.all.at("plaintext_size").as_int64()));
}

TEST_F(Damage, ALostEndHeaderIsADeadEndThatSaysWhy) {
  Bytes bytes(good_.begin(), good_.begin() + static_cast<std::ptrdiff_t>(header_));
  const Report report = verify_bytes(bytes);
  EXPECT_EQ(report.outcome, Outcome::damaged);
  EXPECT_NE(report.message.find("salt"), std::string::npos) << report.message;
  EXPECT_NE(report.next.find("copies"), std::string::npos) << report.next;
}

TEST_F(Damage, ASurvivingEndHeaderIsFoundAnywhere) {
  Bytes bytes(100, 0xAA);  // junk before the archive
  bytes.insert(bytes.end(), good_.begin(), good_.end());
  const Report report = verify_bytes(bytes);
  EXPECT_EQ(report.outcome, Outcome::damaged) << report.message;
  EXPECT_EQ(text_fact(report.facts, "plaintext_sha256"), vector_.sha256);
}

TEST_F(Damage, ACutAfterTheSaltStillOpens) {
  for (const std::size_t cut : {1, 10, 40}) {  // the name, the CRC; the salt and IV stand before them
    const OpenResult result = salvage(Bytes(good_.begin(), good_.end() - static_cast<std::ptrdiff_t>(cut)));
    EXPECT_EQ(result.report.outcome, Outcome::damaged) << cut;
    EXPECT_NE(SecretString(result.data.clone()).expose().find(vector_.expect().at("mnemonic").as_string().c_str()), std::string_view::npos)
        << cut << ": " << result.report.message;
  }
}

TEST_F(Damage, AWrongCrcFieldUnderARightHeaderCrc) {
  Bytes bytes = good_;
  const auto survey = sevenzip::survey(good_, {});
  const Region place = survey.folders[0].crc_place;
  ASSERT_EQ(place.length, 4u);
  bytes[place.offset] ^= 0x55;
  seal(bytes, header_);
  const Report report = verify_bytes(bytes);
  EXPECT_EQ(report.outcome, Outcome::damaged) << report.message;
  EXPECT_EQ(report.levels.content, Level::fail);
  for (const char* what : {"mnemonic", "xprv", "xpub", "raw_secret"}) EXPECT_TRUE(survived(report, what)) << what;
  EXPECT_TRUE(names(report, place.offset)) << "the CRC field is named";
}

}  // namespace
}  // namespace hwbak
