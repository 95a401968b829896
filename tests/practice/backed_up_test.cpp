// Which wallet lands in a backup, over all eras of firmware.
#include "practice/coldcard/backed_up.h"

namespace hwbak::practice::coldcard {
namespace {

using What = BackedUp::What;

struct Era {
  std::vector<const char*> versions;
  BackedUp temporary, passphrase;
};
const BackedUp main_seed{}, asked{What::main_seed, true, false}, silent{What::wallet_in_effect, false, false},
    warned{What::wallet_in_effect, false, true};
const Era eras[] = {
    {{"2.1.6", "3.2.2", "4.0.0", "4.2.0", "5.0.0", "5.0.6"}, main_seed, main_seed},
    {{"5.0.7", "5.1.0", "5.1.2"}, silent, main_seed},
    {{"5.1.3", "5.4.5", "5.6.0", "0.0.6Q", "1.5.0Q", "6.0.0X", "6.6.0X", "6.6.0QX"}, warned, asked},
    {{"5.6.1", "1.5.1Q", "5.7.0"}, warned, warned},
};

void expect_same(const BackedUp& found, const BackedUp& expected, const char* version) {
  EXPECT_EQ(found.what, expected.what) << version;
  EXPECT_EQ(found.asks, expected.asks) << version;
  EXPECT_EQ(found.warns, expected.warns) << version;
}

TEST(BackedUp, FollowsTheFirmware) {
  for (const Era& era : eras)
    for (const char* const version : era.versions) {
      const auto firmware = hwbak::coldcard::parse_firmware(version);
      ASSERT_TRUE(firmware) << version;
      expect_same(what_is_backed_up(*firmware, InEffect::main), main_seed, version);
      expect_same(what_is_backed_up(*firmware, InEffect::temporary), era.temporary, version);
      expect_same(what_is_backed_up(*firmware, InEffect::passphrase), era.passphrase, version);
    }
}

}  // namespace
}  // namespace hwbak::practice::coldcard
