// Names on the card and the constant FAT time, by the device's own rules.
#include "device/coldcard/naming.h"

#include <cstdlib>
#include <ctime>

#include "base/hex.h"

namespace hwbak::coldcard {
namespace {

TEST(ColdcardNaming, JudgesInnerNames) {
  const auto all = [](InnerName wanted, std::initializer_list<const char*> names) {
    for (const char* name : names) EXPECT_EQ(judge_inner_name(name), wanted) << name;
  };
  all(InnerName::before_4_0_0, {"ckcc-backup.txt"});
  all(InnerName::word_and_number, {"mixture42.txt", "zoo0.txt", "camp999.txt"});
  all(InnerName::notes_json, {"cc-notes.json", "mixture42.json"});
  all(InnerName::other, {"", ".txt", "mixture.txt", "mixture1000.txt", "mixture042.txt", "Mixture42.txt", "42.txt",
                         "bitcoin1.txt", "mixture42.TXT", "mixture42.txt.exe"});
}

class CountingRandom final : public RandomSource {
 public:
  void fill(ByteSpan out) override {
    for (auto& byte : out) byte = next_ += 37;
  }

 private:
  std::uint8_t next_ = 200;
};

TEST(ColdcardNaming, MakesInnerNamesADeviceWouldMake) {
  CountingRandom random;
  for (int i = 0; i < 200; ++i) EXPECT_EQ(judge_inner_name(fresh_inner_name(random)), InnerName::word_and_number);
}

TEST(ColdcardNaming, FindsTheCloneKeyInTheName) {
  const std::string key = "024e01c31b75845902373b3e653494d83357d59c28ed74d7687b8dc51941592726";
  EXPECT_EQ(to_hex(*clone_public_key(key + "-ccbk.7z")), key);
  EXPECT_FALSE(clone_public_key(key + "-ccbk.7z.bak"));
  EXPECT_FALSE(clone_public_key(key.substr(2) + "-ccbk.7z"));
  EXPECT_FALSE(clone_public_key(std::string("x").append(key, 1) + "-ccbk.7z"));
  EXPECT_FALSE(clone_public_key("backup.7z"));
}

TEST(ColdcardNaming, ReadsNumbersAsTheDevicesPatternDoes) {
  EXPECT_EQ(backup_number("backup.7z"), BackupNumber{"0"});
  EXPECT_EQ(backup_number("backup-2.7z"), BackupNumber{"2"});
  EXPECT_EQ(backup_number("backup-007.7z"), BackupNumber{"7"});
  EXPECT_EQ(backup_number("backup-2x7z"), BackupNumber{"2"}) << "the dot is any character";
  EXPECT_EQ(backup_number("backup-12.7z.bak"), BackupNumber{"12"}) << "the end is not anchored";
  EXPECT_EQ(backup_number("backup-127z"), BackupNumber{"1"}) << "digits are given back when that makes the rest fit";
  EXPECT_EQ(backup_number("backup-1777z"), BackupNumber{"17"});
  EXPECT_EQ(backup_number("backup-000.7z"), BackupNumber{});
  EXPECT_LT(backup_number("backup-99.7z"), backup_number("backup-99999999999999999999.7z"));
  for (const char* name : {"", "backup", "backup-.7z", "backup-7z", "backup-27z", "Backup-2.7z", "my-backup-2.7z",
                           "backup-2.7Z", "backup-2.txt"})
    EXPECT_FALSE(backup_number(name)) << name;
}

TEST(ColdcardNaming, TakesTheNextNameAsTheDeviceDoes) {
  const auto next = [](std::vector<std::string> names, bool cleartext = false) {
    return next_backup_name(names, cleartext);
  };
  EXPECT_EQ(next({}), "backup.7z");
  EXPECT_EQ(next({"backup.7z"}), "backup-2.7z");
  EXPECT_EQ(next({"backup.7z", "backup-2.7z", "backup-9.7z"}), "backup-10.7z") << "gaps are not filled";
  EXPECT_EQ(next({"backup-2.7z", "backup-9.7z"}), "backup.7z") << "the exception";
  EXPECT_EQ(next({"backup.7z", "backup-4294967296.7z", "backup-9.7z"}), "backup-4294967297.7z");
  EXPECT_EQ(next({"backup.7z", "backup-099999999999999999999.7z"}), "backup-100000000000000000000.7z") << "without limit";
  EXPECT_EQ(next({"backup.7z", "backup-000.7z"}), "backup-2.7z");
  EXPECT_EQ(next({"backup.7z", "backup-2.7z"}, true), "backup.txt");
  EXPECT_EQ(next({"backup.txt", "backup-2.7z", "backup-5.txt"}, true), "backup-6.txt");
}

class InZone : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override { zone(GetParam()); }
  void TearDown() override { zone(nullptr); }
  static void zone(const char* name) {
    if (name != nullptr)
      ::setenv("TZ", name, 1);
    else
      ::unsetenv("TZ");
    ::tzset();
  }
  static std::int64_t at(int year, int month, int day, int hour, int minute, int second = 0) {
    std::tm local{};
    local.tm_year = year - 1900, local.tm_mon = month - 1, local.tm_mday = day;
    local.tm_hour = hour, local.tm_min = minute, local.tm_sec = second, local.tm_isdst = -1;
    return std::mktime(&local);
  }
};

TEST_P(InZone, FatTimesPointToAFirmwareLine) {
  const auto hint = [](std::int64_t time) {
    const auto found = fat_time_hint(time);
    return found ? found->firmware + " " + found->build_date : "nothing";
  };
  EXPECT_EQ(hint(at(2026, 6, 30, 5, 5)), "5.5.x 2026-06-30");
  EXPECT_EQ(hint(at(2025, 11, 3, 1, 3)), "1.3.x (Q) 2025-11-03");
  EXPECT_EQ(hint(at(2021, 9, 2, 4, 1)), "4.1.x 2021-09-02");
  EXPECT_EQ(hint(at(2026, 3, 1, 6, 5)), "6.5.x (Edge) 2026-03-01");
  EXPECT_EQ(hint(at(2021, 1, 8, 3, 2)), "3.2.x 2021-01-08");
  for (const auto other : {at(2026, 6, 30, 5, 5, 2), at(2020, 6, 30, 4, 1), at(2026, 6, 30, 5, 45),
                           at(2026, 6, 30, 12, 1), at(2026, 6, 30, 0, 0), at(2019, 1, 1, 1, 1), at(2026, 6, 30, 7, 0)})
    EXPECT_EQ(hint(other), "nothing");
  EXPECT_FALSE(fat_time_hint(INT64_MAX));
  EXPECT_FALSE(fat_time_hint(INT64_MIN));
}

INSTANTIATE_TEST_SUITE_P(Zones, InZone, ::testing::Values("UTC", "America/New_York", "Asia/Kolkata"));

}  // namespace
}  // namespace hwbak::coldcard
