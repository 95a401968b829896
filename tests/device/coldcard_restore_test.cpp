// Restore from the text on: what is refused, what is dropped, changed and taken.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "device/coldcard/rehearsal.h"
#include "device/coldcard_archives.h"
#include "device/coldcard_vectors.h"

namespace hwbak::coldcard {
namespace {

using hwbak::test::device;
using hwbak::test::small_text;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Restored take(std::string_view text, std::string_view version = "5.6.1", DeviceState state = DeviceState::empty) {
  return restore_text(text, device(version), state);
}

std::string kept(const Restored& restored, std::string_view name) {
  for (const TakenSetting& setting : restored.settings)
    if (setting.name == name) return std::string(setting.json.expose());
  return "(none)";
}

TEST(ColdcardRestore, Refusals) {
  constexpr std::string_view secret_message = "Unable to decode raw_secret and restore the seed value!";
  const auto refused = [&](std::string_view text, std::string_view reason, std::string_view version = "5.6.1") {
    const Restored got = take(text, version);
    EXPECT_EQ(got.answer.verdict, Verdict::reject) << reason;
    EXPECT_THAT(got.answer.reason, HasSubstr(reason));
    EXPECT_FALSE(got.secret);
    EXPECT_FALSE(got.fingerprint);
    return got.answer.message;
  };
  EXPECT_EQ(refused("# \xFF\n", "UTF-8"), "Invalid backup file.");
  EXPECT_EQ(refused("# nothing\n", "no raw_secret"), secret_message);
  EXPECT_EQ(refused("raw_secret = 80\n", "no text"), secret_message);
  EXPECT_EQ(refused("raw_secret = \"83\"\n", "does not decode"), secret_message);
  EXPECT_EQ(refused("raw_secret = \"0\"\n", "does not decode"), secret_message);
  EXPECT_EQ(refused("raw_secret = \"80\"\nchain = \"LTC\"\n", "chain"), secret_message);
  EXPECT_EQ(refused("raw_secret = \"8\"\n", "odd number", "2.1.2"), secret_message);
  EXPECT_THAT(refused("raw_secret = \"80\"\nxprv = \"xprv9\"\n", "another wallet"), HasSubstr("xprv mismatch"));
  EXPECT_THAT(refused("raw_secret = \"80\"\nxprv = 5\n", "another wallet"), HasSubstr("xprv mismatch"));
  EXPECT_EQ(take("raw_secret = \"8\"\n", "2.1.3").answer.verdict, Verdict::accept);
}

TEST(ColdcardRestore, TheXprvMustBelongToTheChain) {
  const auto& v = testing::vectors().named("q1-testnet");
  EXPECT_EQ(take(v.text, "1.5.1Q").answer.verdict, Verdict::accept);
  EXPECT_EQ(take(v.text, "1.5.1Q").chain_code, "XTN");
  std::string mainnet = v.text;
  mainnet.replace(mainnet.find("chain = \"XTN\""), 13, "chain = \"BTC\"");
  EXPECT_THAT(take(mainnet, "1.5.1Q").answer.message, HasSubstr("xprv mismatch"));
  // Neither mnemonic nor xpub is looked at.
  std::string other = v.text;
  other.replace(other.find("mnemonic = \"") + 12, 6, "zoo zo");
  EXPECT_EQ(take(other, "1.5.1Q").answer.verdict, Verdict::accept);
}

TEST(ColdcardRestore, TheLastGoodLineOfAKeyCounts) {
  const Restored got = take(
      "raw_secret = \"82\"\nnot a line\nraw_secret = \"8\"\nraw_secret = broken\nsetting.rz = 8\nsetting.rz = 5\n");
  EXPECT_EQ(wallet::to_text(*got.fingerprint), "73C5DA0A");
  EXPECT_EQ(kept(got, "rz"), "5");
  EXPECT_EQ(got.settings.size(), 2u);  // rz, and du which is made
}

TEST(ColdcardRestore, SettingsThatAreDropped) {
  const std::string text =
      small_text("setting.bkpw = \"x\"\nsetting.sd2fa = [1]\nsetting.ccc = {}\nsetting.notes = []\nsetting.rz = 8\n");
  const auto dropped = [&](std::string_view version) { return take(text, version).dropped; };
  EXPECT_THAT(dropped("5.6.1"), ElementsAre("setting.bkpw", "setting.sd2fa", "setting.ccc", "setting.notes"));
  EXPECT_THAT(dropped("1.5.1Q"), ElementsAre("setting.bkpw", "setting.sd2fa", "setting.ccc"));
  EXPECT_THAT(dropped("5.5.0"), ElementsAre("setting.sd2fa", "setting.ccc", "setting.notes"));
  EXPECT_THAT(dropped("5.4.1"), ElementsAre("setting.sd2fa", "setting.notes"));
  EXPECT_THAT(dropped("5.1.2"), IsEmpty());
  EXPECT_THAT(dropped("4.2.0"), IsEmpty());
  EXPECT_EQ(kept(take(text), "rz"), "8");
  EXPECT_EQ(kept(take(text), "bkpw"), "(none)");
  EXPECT_EQ(kept(take(text, "5.5.0"), "bkpw"), "\"x\"");
}

TEST(ColdcardRestore, SwitchesAreForcedOff) {
  const Restored on = take(small_text("setting.du = 0\nsetting.nfc = 1\nsetting.vidsk = true\n"));
  EXPECT_THAT(on.changed, ElementsAre("setting.du", "setting.nfc", "setting.vidsk"));
  EXPECT_EQ(kept(on, "du"), "1");
  EXPECT_EQ(kept(on, "nfc"), "0");
  EXPECT_EQ(kept(on, "vidsk"), "0");
  EXPECT_THAT(take(small_text("setting.du = 1\nsetting.nfc = 0\nsetting.vidsk = null\n")).changed, IsEmpty());
  EXPECT_THAT(take(small_text("setting.du = true\nsetting.nfc = 0.0\nsetting.vidsk = \"\"\n")).changed, IsEmpty());
  EXPECT_THAT(take(small_text("setting.du = 0\nsetting.nfc = 1\n"), "5.2.2").changed, IsEmpty());
}

TEST(ColdcardRestore, UsbIsOffAlsoWhereTheTextSaysNothing) {
  const Restored silent = take(small_text());
  EXPECT_THAT(silent.changed, ElementsAre("setting.du"));
  EXPECT_EQ(kept(silent, "du"), "1");
  EXPECT_EQ(kept(take(small_text(), "5.2.2"), "du"), "(none)");
  EXPECT_THAT(take(small_text(), "5.6.1", DeviceState::temporary).changed, IsEmpty());
}

TEST(ColdcardRestore, SettingsThatAreMadeAnew) {
  const std::string text =
      small_text("setting.tp = {}\nsetting.xfp = 5\nsetting.xpub = \"x\"\nsetting.words = 12\nsetting.du = 1\n");
  const auto changed = [&](std::string_view version) { return take(text, version).changed; };
  EXPECT_THAT(changed("5.6.1"), ElementsAre("setting.tp", "setting.xfp", "setting.xpub", "setting.words"));
  EXPECT_THAT(changed("4.2.0"), ElementsAre("setting.xfp", "setting.xpub", "setting.words")) << "no trick PINs there";
  EXPECT_EQ(kept(take(text), "tp"), "{}");
}

TEST(ColdcardRestore, LongSecretAndPolicy) {
  const std::string digits(832, 'a');
  const std::string text = small_text("long_secret = \"" + digits + "\"\nhsm_policy = \"{\\\"x\\\": 1}\"\n");
  const Restored got = take(text);
  EXPECT_EQ(got.long_secret->expose(), digits);
  EXPECT_EQ(got.hsm_policy->expose(), "\"{\\\"x\\\": 1}\"");
  EXPECT_THAT(got.dropped, IsEmpty());
  EXPECT_THAT(take(text, "1.5.1Q").dropped, ElementsAre("hsm_policy"));
  EXPECT_THAT(take(text, "3.0.0").dropped, ElementsAre("long_secret", "hsm_policy"));
  EXPECT_THAT(take(small_text("long_secret = \"abc\"\nhsm_policy = \"no\"\n")).dropped,
              ElementsAre("long_secret", "hsm_policy"));
}

TEST(ColdcardRestore, ATemporarySeedBringsMultisigAlone) {
  const Restored got = take(small_text("setting.multisig = []\nsetting.rz = 8\nlong_secret = \"\"\n"), "5.6.1",
                            DeviceState::temporary);
  EXPECT_EQ(got.answer.verdict, Verdict::accept);
  EXPECT_THAT(got.dropped, ElementsAre("setting.rz", "long_secret"));
  EXPECT_EQ(got.settings.size(), 1u);
  EXPECT_EQ(kept(got, "multisig"), "[]");
}

TEST(ColdcardRestore, AsksToConfirmSince545) {
  EXPECT_FALSE(take(small_text(), "5.4.4").asks_to_confirm);
  EXPECT_TRUE(take(small_text(), "5.4.5").asks_to_confirm);
  EXPECT_TRUE(take(small_text(), "5.4.4").fingerprint);
}

RC_GTEST_PROP(ColdcardRestore, AnyEditGetsAnAnswer, (std::string piece)) {
  std::string text = testing::vectors().named("q1-testnet").text;
  const std::size_t at = *rc::gen::inRange<std::size_t>(0, text.size());
  text.replace(at, std::min(piece.size(), text.size() - at), piece);
  for (const auto state : {DeviceState::empty, DeviceState::temporary}) {
    const Restored got = restore_text(text, device("1.5.1Q"), state);
    RC_ASSERT(got.secret.has_value() == (got.answer.verdict == Verdict::accept));
    RC_ASSERT(got.answer.reason.empty() == (got.answer.verdict == Verdict::accept));
  }
}

}  // namespace
}  // namespace hwbak::coldcard
