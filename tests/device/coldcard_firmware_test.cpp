// Which firmware does what: eras, lines, and versions nobody has seen.
#include "device/coldcard/firmware.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hwbak::coldcard {
namespace {

std::optional<Firmware> of(std::string_view version) { return firmware(*parse_firmware(version)); }

TEST(ColdcardFirmware, SizeLimits) {
  for (const auto& [version, limit] : std::initializer_list<std::pair<std::string_view, std::uint64_t>>{
           {"1.0.0", 2000}, {"2.0.4", 2000}, {"2.1.0", 6000}, {"3.0.4", 6000}, {"3.0.5", 10000}, {"4.1.9", 10000},
           {"4.2.0", 10000}, {"5.2.2", 10000}, {"5.3.0", 131072}, {"5.6.1", 131072}, {"1.0.1Q", 10000},
           {"1.0.2Q", 131072}, {"6.2.2X", 10000}, {"6.3.0X", 131072}, {"6.3.0QX", 131072}})
    EXPECT_EQ(of(version)->size_limit, limit) << version;
  EXPECT_EQ(of("2.1.3")->verify_text_limit, 2000u);
  EXPECT_EQ(of("3.0.5")->verify_text_limit, 10000u);
}

TEST(ColdcardFirmware, EachChangeBeginsWithItsRelease) {
  struct Step {
    std::string_view before, since;
    bool Firmware::*what;
  };
  for (const Step& step : {Step{"2.1.2", "2.1.3", &Firmware::reads_odd_digits},
                           {"3.0.3", "3.0.5", &Firmware::has_long_secret},
                           {"3.0.6", "3.1.0", &Firmware::has_hsm_policy},
                           {"3.2.2", "4.0.0", &Firmware::clones},
                           {"5.0.7", "5.1.0", &Firmware::stores_password},
                           {"5.1.2", "5.1.3", &Firmware::drops_sd2fa},
                           {"5.2.0", "5.2.1", &Firmware::loads_temporary},
                           {"5.2.2", "5.3.0", &Firmware::forces_switches_off},
                           {"5.4.1", "5.4.2", &Firmware::takes_custom_password},
                           {"1.3.1Q", "1.3.2Q", &Firmware::takes_custom_password},
                           {"5.4.4", "5.4.5", &Firmware::confirms_fingerprint},
                           {"1.3.4Q", "1.3.5Q", &Firmware::confirms_fingerprint},
                           {"5.5.0", "5.5.1", &Firmware::drops_bkpw},
                           {"1.4.0Q", "1.4.1Q", &Firmware::gives_reasons},
                           {"1.4.0Q", "1.4.1Q", &Firmware::imports_notes},
                           {"5.5.0", "5.5.1", &Firmware::verify_checks_signature},
                           {"5.6.0", "5.6.1", &Firmware::confirms_clone}}) {
    EXPECT_FALSE((*of(step.before)).*step.what) << step.before;
    EXPECT_TRUE((*of(step.since)).*step.what) << step.since;
  }
  EXPECT_TRUE(of("3.2.2")->fixed_inner_name);
  EXPECT_FALSE(of("4.0.0")->fixed_inner_name);
  EXPECT_EQ(of("5.6.0")->max_rounds_pow, 63u);
  EXPECT_EQ(of("5.6.1")->max_rounds_pow, 19u);
  EXPECT_EQ(of("1.5.0Q")->max_rounds_pow, 63u);
  EXPECT_EQ(of("1.5.1Q")->max_rounds_pow, 19u);
  EXPECT_EQ(of("6.6.0X")->max_rounds_pow, 63u);
}

TEST(ColdcardFirmware, LinesDiffer) {
  EXPECT_TRUE(of("1.5.1Q")->has_keyboard);
  EXPECT_FALSE(of("1.5.1Q")->has_hsm_policy);
  EXPECT_FALSE(of("5.6.1")->has_keyboard);
  EXPECT_FALSE(of("5.6.1")->imports_notes);
  EXPECT_FALSE(of("4.2.0")->has_trick_pins);
  EXPECT_TRUE(of("5.0.0")->has_trick_pins);
  EXPECT_TRUE(of("6.5.0X")->by_analogy);
  EXPECT_TRUE(of("6.5.0QX")->by_analogy);
  EXPECT_TRUE(of("6.5.0QX")->has_keyboard);
  EXPECT_FALSE(of("5.6.1")->by_analogy);
}

TEST(ColdcardFirmware, VersionsBetweenAndBeyond) {
  EXPECT_EQ(of("5.4.3")->until, (Release{5, 4, 4}));
  EXPECT_EQ(of("5.4.3")->version.release, (Release{5, 4, 3}));
  EXPECT_TRUE(of("1.9.0"));      // before 2.0.0: no release, but no doubt either
  EXPECT_TRUE(of("4.0.0b2"));
  for (const char* version : {"9.9.9", "5.7.0", "1.6.0Q", "4.3.0", "3.3.0", "6.7.0X", "0.9.0", "6.0.0QX"})
    EXPECT_FALSE(of(version)) << version;
  for (const char* version : {"5.6.2", "1.5.2Q", "4.2.1", "6.6.1X"}) {
    ASSERT_TRUE(of(version)) << version;
    EXPECT_TRUE(of(version)->beyond_known) << version;
  }
  EXPECT_EQ(of("5.6.2")->max_rounds_pow, 19u) << "as the newest that is known";
  EXPECT_EQ(of("5.6.2")->until, (Release{5, 6, 2}));
  EXPECT_FALSE(of("5.6.1")->beyond_known);
}

TEST(ColdcardFirmware, CurrentAndAll) {
  std::vector<std::string> names;
  for (const Firmware& f : current_firmware()) names.push_back(text(f.version));
  EXPECT_THAT(names, ::testing::ElementsAre("5.6.1", "1.5.1Q", "4.2.0"));
  const auto all = firmware_history();
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_LE(all[i].version.release, all[i].until);
    EXPECT_EQ(firmware({all[i].until, all[i].version.family, false})->until, all[i].until);
    if (i > 0 && all[i].version.family == all[i - 1].version.family) {
      EXPECT_LT(all[i - 1].until, all[i].version.release);
    }
  }
  EXPECT_EQ(hardware_of(FirmwareFamily::mk4_5), "Mk4, Mk5");
}

}  // namespace
}  // namespace hwbak::coldcard
