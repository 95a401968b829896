// The advisory's rules, each row of its table and the precedence between them.
#include "audit/coldcard_rng.h"
#include "device/coldcard_vectors.h"

namespace hwbak::audit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::vectors;

coldcard::Backup with_version(std::string version, std::string hardware = {}) {
  coldcard::Backup b;
  b.fw_version = std::move(version);
  b.hardware = std::move(hardware);
  return b;
}

AdvisoryLevel level_of(std::string version, std::string hardware = {}) {
  const auto b = with_version(std::move(version), std::move(hardware));
  return judge({.backup = &b}).level;
}

TEST(ColdcardRng, EveryVectorHasItsLevel) {
  for (const auto& v : vectors().all()) {
    const auto b = coldcard::understand(v.text);
    const auto advisory = judge({.backup = &b, .clone = v.clone, .encrypted = v.encrypted, .inner_name = v.inner_name});
    EXPECT_EQ(name(advisory.level), v.advisory_level) << v.file;
    EXPECT_FALSE(advisory.text.empty());
    EXPECT_FALSE(advisory.advice.empty());
  }
}

TEST(ColdcardRng, ReadsVersions) {
  const auto same = [](std::string_view text, FirmwareVersion wanted) {
    EXPECT_EQ(coldcard::parse_firmware(text), wanted) << text;
  };
  same("3.2.2", {{3, 2, 2}, FirmwareFamily::mk1_3, false});
  same("4.0.0b2", {{4, 0, 0}, FirmwareFamily::mk2_3_v4, true});
  same("5.5.1", {{5, 5, 1}, FirmwareFamily::mk4_5, false});
  same("1.4.1Q", {{1, 4, 1}, FirmwareFamily::q, false});
  same("0.0.3Q", {{0, 0, 3}, FirmwareFamily::q, false});
  same("6.5.0X", {{6, 5, 0}, FirmwareFamily::edge, false});
  same("6.5.0QX", {{6, 5, 0}, FirmwareFamily::edge_q, false});
  same("5.0.0X", {{5, 0, 0}, FirmwareFamily::edge, false});
  same("6.1.0", {{6, 1, 0}, FirmwareFamily::edge, false});
  same("1.5.0r1Q", {{1, 5, 0}, FirmwareFamily::q, true});
  same("5.10.0", {{5, 10, 0}, FirmwareFamily::mk4_5, false});
  for (const char* text : {"", "SIM", "S.M", "?.??", "5", "5.5", "5.5.", "5.5.1.2", "5.5.1 ", " 5.5.1", "-1.0.0",
                           "5.5.1XQ", "5.5.1b", "5.5.99999", "99999999999.0.0", "5.5.1q"})
    EXPECT_EQ(coldcard::parse_firmware(text), std::nullopt) << text;
}

TEST(ColdcardRng, JudgesEveryRowOfTheTable) {
  using enum AdvisoryLevel;
  for (const auto& [version, level] : std::vector<std::pair<std::string, AdvisoryLevel>>{
           {"1.0.0", ok},        {"3.2.2", ok},       {"4.0.0", critical}, {"4.0.0b3", critical}, {"4.1.9", critical},
           {"4.2.0", unknown},   {"5.0.0", high},     {"5.5.1", high},     {"5.6.0", unknown},    {"5.10.0", unknown},
           {"1.4.1Q", high},     {"0.0.1Q", high},    {"1.5.0Q", unknown}, {"6.5.0X", high},      {"6.6.0X", unknown},
           {"6.5.0QX", high},    {"6.6.0QX", unknown}, {"5.6.0b1", high},  {"SIM", unknown},      {"", unknown},
           {"3.2.2X", high},     {"5.9.9X", high}})
    EXPECT_EQ(level_of(version), level) << version;
}

TEST(ColdcardRng, HardwareThatCannotRunTheVersionClearsNothing) {
  EXPECT_EQ(level_of("3.2.2", "mk4"), AdvisoryLevel::unknown);
  EXPECT_EQ(level_of("1.4.1", "q1"), AdvisoryLevel::unknown) << "without its Q it would pass for a Mk1";
  EXPECT_EQ(level_of("5.5.1", "q1"), AdvisoryLevel::high);
  EXPECT_EQ(level_of("6.5.0X", "mk5"), AdvisoryLevel::high);
  const auto b = with_version("5.5.1", "q1");
  EXPECT_THAT(judge({.backup = &b}).text, HasSubstr("one of the two was changed"));
  const auto fine = with_version("5.5.1", "mk4");
  EXPECT_THAT(judge({.backup = &fine}).text, Not(HasSubstr("one of the two")));
}

TEST(ColdcardRng, AnOlderBackupClearsTheSeedButNotACloneFile) {
  const auto b = with_version("4.1.3");
  const std::vector<std::string> none = {"4.1.2", "SIM", "1.4.1Q"}, older = {"5.5.0", "3.1.9"};
  EXPECT_EQ(judge({.backup = &b, .same_fingerprint_versions = none}).level, AdvisoryLevel::critical);
  EXPECT_EQ(judge({.backup = &b, .same_fingerprint_versions = older}).level, AdvisoryLevel::ok);
  const auto clone = judge({.backup = &b, .clone = true, .same_fingerprint_versions = older});
  EXPECT_EQ(clone.level, AdvisoryLevel::high);
  EXPECT_THAT(clone.text, HasSubstr("predates"));
}

TEST(ColdcardRng, CloneFilesOfUnrepairedFirmwareCountAsExposed) {
  const auto level = [](std::string version) {
    const auto b = with_version(std::move(version));
    return judge({.backup = &b, .clone = true}).level;
  };
  EXPECT_EQ(level("5.4.0"), AdvisoryLevel::high);
  EXPECT_EQ(level("4.1.0"), AdvisoryLevel::critical);
  EXPECT_EQ(level("5.6.1"), AdvisoryLevel::unknown);
  const auto b = with_version("5.4.0"), repaired = with_version("5.6.0");
  EXPECT_EQ(judge({.backup = &b, .clone = true}).envelope, AdvisoryLevel::high);
  EXPECT_EQ(judge({.backup = &repaired, .clone = true}).envelope, AdvisoryLevel::unknown);
  EXPECT_EQ(judge({.backup = &b}).envelope, AdvisoryLevel::ok);
  EXPECT_EQ(judge({.backup = &b, .encrypted = false}).envelope, AdvisoryLevel::note);
}

TEST(ColdcardRng, ImportedKeysAreUnknownUnlessTheFileIsOldOrAClone) {
  auto b = coldcard::understand(vectors().named("mk5-xprv").text);
  b.fw_version = "5.5.0";
  EXPECT_EQ(judge({.backup = &b}).level, AdvisoryLevel::unknown);
  EXPECT_EQ(judge({.backup = &b, .clone = true}).level, AdvisoryLevel::high);
  b.fw_version = "3.0.6";
  b.hardware.clear();
  EXPECT_EQ(judge({.backup = &b}).level, AdvisoryLevel::ok);
}

TEST(ColdcardRng, VaultEntriesAreJudgedOnTheirOwn) {
  auto b = with_version("5.5.1");
  for (const char* origin :
       {"Generated Words", "TRNG Words", "Dice", "BIP85 Derived from [AABBCCDD], index=0", "Imported"}) {
    b.vault.emplace_back();
    b.vault.back().origin = origin;
  }
  const auto levels = [&] {
    std::vector<AdvisoryLevel> out;
    for (const auto& entry : judge({.backup = &b}).vault) out.push_back(entry.level);
    return out;
  };
  using enum AdvisoryLevel;
  EXPECT_EQ(levels(), (std::vector{high, high, unknown, unknown, unknown}));
  b.fw_version = "5.6.1";
  EXPECT_EQ(levels(), (std::vector{unknown, unknown, unknown, unknown, unknown}));
}

TEST(ColdcardRng, WithoutThePasswordNothingIsCleared) {
  for (const char* inner : {"ckcc-backup.txt", "camp422.txt", "notes.json", "x", ""}) {
    const auto advisory = judge({.inner_name = inner});
    EXPECT_EQ(advisory.level, AdvisoryLevel::unknown) << inner;
    EXPECT_FALSE(advisory.text.empty());
  }
  EXPECT_THAT(judge({.inner_name = "ckcc-backup.txt"}).text, HasSubstr("before 4.0.0"));
  EXPECT_THAT(judge({.clone = true, .inner_name = "camp422.txt"}).text, HasSubstr("clone"));
}

TEST(ColdcardRng, NeverSaysForCertainAndNeverSaysSafe) {
  for (const char* version : {"3.2.2", "4.1.3", "4.2.0", "5.5.1", "5.6.1", "1.4.1Q", "6.6.0X", "SIM"})
    for (const bool clone : {false, true}) {
      const auto b = with_version(version);
      const auto advisory = judge({.backup = &b, .clone = clone});
      std::string all = advisory.text + advisory.envelope_text;
      for (const auto& step : advisory.advice) all += step;
      EXPECT_THAT(all, Not(HasSubstr("certain"))) << version;
      EXPECT_THAT(all, Not(HasSubstr(" safe"))) << version;
      if (advisory.level >= AdvisoryLevel::high && !clone) {
        EXPECT_THAT(all, HasSubstr("possibly affected")) << version;
        EXPECT_THAT(all, HasSubstr("older backups of the same fingerprint")) << version;
      }
    }
}

TEST(ColdcardRng, AdviceFitsWhatIsInside) {
  auto b = with_version("5.5.1");
  const auto plain = judge({.backup = &b}).advice;
  b.multisig.emplace_back();
  b.notes.emplace_back();
  EXPECT_EQ(judge({.backup = &b}).advice.size(), plain.size() + 2);
  EXPECT_THAT(plain, ::testing::Contains(HasSubstr("5.6.0")));
  const auto old = with_version("3.2.2");
  EXPECT_EQ(judge({.backup = &old}).advice.size(), 1u);
}

}  // namespace
}  // namespace hwbak::audit
