// The device itself: PIN, seeds, what its menus offer by model and firmware, and what faults of the disk leave.
#include "practice/coldcard/state.h"

#include "base/as_bytes.h"
#include "practice/practice_fixture.h"
#include "practice/sealed_state.h"

namespace hwbak::practice::coldcard {
namespace {

class PracticeDevice : public Practice {
 protected:
  Outcome outcome_of(const Script& script) {
    try {
      (void)play(script);
    } catch (const Error& error) {
      return error.outcome();
    }
    return Outcome::ok;
  }
};

TEST_F(PracticeDevice, ThePinIsChosenTwiceAndAskedForLater) {
  (void)play({ok("practice device"), type("1234"), ok("2 to 6 digits"), type("999999-999999"), ok("reserved"), type("12-34"), type("12-35"),
              ok("not the same"), type("12-34"), type("12-34"), choose("Secure Logout")});
  (void)play(Script{type("12-35"), ok("12 attempts"), type("12-34")} + log_out);
}

TEST_F(PracticeDevice, LeavingAtTheFirstPinMakesNothing) {
  (void)play({ok(), leave()});
  (void)play({cancel()});
  EXPECT_FALSE(std::filesystem::exists(folder / "one"));
}

TEST_F(PracticeDevice, ThirteenWrongPinsEndIt) {
  (void)play(first_start + log_out);
  Script wrong;
  for (int i = 0; i < 13; ++i) wrong = wrong + Script{type("99-99"), ok("WRONG PIN")};
  EXPECT_EQ(outcome_of(wrong), Outcome::refused);
  (void)play(log_in_again + log_out);
}

TEST_F(PracticeDevice, ATamperedStateIsNotOpened) {
  (void)play(first_start + import(mnemonic) + log_out);
  Bytes bytes = state_file();
  bytes.back() ^= 1;
  test::write_bytes(folder / "one" / "primary.state", bytes);
  (void)play({type("12-34"), ok("damaged"), leave()});
  bytes[0] ^= 1;
  test::write_bytes(folder / "one" / "primary.state", bytes);
  EXPECT_EQ(outcome_of({type("12-34")}), Outcome::damaged);
}

TEST_F(PracticeDevice, TheStateOnDiskHoldsNoWordOfTheSeed) {
  (void)play(first_start + import(mnemonic) + log_out);
  const Bytes sealed = state_file();
  SealedState state(real_files(), folder / "one" / "primary.state");
  const auto plain = state.load(SecretString::copy_of("12-34"));
  ASSERT_TRUE(plain);
  const std::string inside(plain->expose().begin(), plain->expose().end());
  for (const char* const part : {"raw_secret", "firmware", "807f7f7f"}) {
    EXPECT_TRUE(holds(inside, part)) << "the control: it is there before it is sealed";
    EXPECT_FALSE(holds(std::string(sealed.begin(), sealed.end()), part));
  }
}

TEST_F(PracticeDevice, AnExistingDeviceKeepsItsModelAndTakesNewFirmware) {
  firmware = "5.5.1";
  EXPECT_TRUE(holds(play(first_start + log_out)->menus.at(0), "mk4, 5.5.1"));
  firmware.clear();
  model = Model::q1;
  EXPECT_EQ(outcome_of(log_in_again), Outcome::refused) << "it is a mk4";
  model.reset();
  EXPECT_TRUE(holds(play(log_in_again + log_out)->menus.at(0), "mk4, 5.5.1"));
  firmware = "5.6.1";
  EXPECT_TRUE(holds(play(log_in_again + log_out)->menus.at(0), "mk4, 5.6.1"));
  firmware = "1.5.1Q";
  EXPECT_EQ(outcome_of(log_in_again), Outcome::refused);
  firmware.clear();
  EXPECT_TRUE(holds(play(log_in_again + log_out)->menus.at(0), "mk4, 5.6.1"));
}

TEST_F(PracticeDevice, FirmwareOfAnotherModelIsRefused) {
  for (const char* const wrong : {"1.5.1Q", "4.2.0", "9.9.9", "SIM", "x"}) {
    firmware = wrong;
    EXPECT_EQ(outcome_of({}), Outcome::refused) << wrong;
  }
}

TEST_F(PracticeDevice, TheNewestFirmwareOfEachModel) {
  EXPECT_EQ(firmware_fault({}, "4.1.9"), std::nullopt);
  EXPECT_EQ(firmware_fault(Model::q1, "1.4.1Q"), std::nullopt);
  EXPECT_TRUE(firmware_fault({}, "9.9.9"));
  EXPECT_TRUE(firmware_fault({}, "\x1b[2J"));
  EXPECT_TRUE(holds(firmware_fault(Model::mk4, "4.1.9").value_or(""), "does not run on a mk4"));
  EXPECT_EQ(text(firmware_for(Model::mk2, "").version), "4.2.0");
  EXPECT_EQ(text(firmware_for(Model::mk3, "").version), "4.2.0");
  EXPECT_EQ(text(firmware_for(Model::mk4, "").version), "5.6.1");
  EXPECT_EQ(text(firmware_for(Model::q1, "").version), "1.5.1Q");
}

TEST_F(PracticeDevice, MenusOfferWhatTheFirmwareHas) {
  const Script walk = {choose("Advanced/Tools"), choose("Danger Zone"), choose("I Am Developer."), leave(), leave(), leave()};
  const auto current = play(first_start + import(mnemonic) + walk + log_out);
  EXPECT_TRUE(holds(current->menus.at(3), "[Temporary Seed]"));
  EXPECT_TRUE(holds(current->menus.at(5), "[Restore Bkup]"));
  firmware = "5.0.7";
  const auto older = play(first_start + import(mnemonic) + walk + log_out, "two");
  EXPECT_TRUE(holds(older->menus.at(3), "[Ephemeral Seed]"));
  EXPECT_TRUE(holds(older->menus.at(5), "[Restore Txt Bkup]"));
  firmware = "5.0.0";
  EXPECT_FALSE(holds(play(first_start + import(mnemonic) + walk + log_out, "three")->menus.at(3), "Ephemeral"));
  model = Model::mk3;
  firmware = "3.2.2";
  const auto mk3 = play(first_start + Script{choose("Import Existing"), leave()} + log_out, "four");
  EXPECT_TRUE(holds(mk3->menus.at(0), "[New Wallet]"));
  EXPECT_FALSE(holds(mk3->menus.at(1), "Clone Coldcard"));
}

TEST_F(PracticeDevice, NewWordsAreTaughtAndBecomeTheSeed) {
  const auto screen = play(first_start + Script{choose("New Seed Words"), choose("24 Words"), ok("24 secret words"),
                                                choose("Advanced/Tools"), choose("Danger Zone"), choose("Seed Functions"),
                                                choose("View Seed Words"), ok("Let nobody"), ok(), leave(), leave(), leave()} +
                           log_out);
  EXPECT_EQ(screen->words.size(), 24u);
  EXPECT_EQ(screen->quiz_questions, 8u);
  EXPECT_TRUE(holds(screen->sensitive_pages.back(), joined(screen->words)));
}

TEST_F(PracticeDevice, SeedsThatAreNoneAreRefused) {
  (void)play(first_start + Script{choose("Import Existing"), choose("12 Words"),
                                  type("legal winner thank year wave sausage worth useful legal winner thank thank"), ok("checksum"),
                                  choose("12 Words"), leave(), choose("Import XPRV"), type("xprv"), ok("FAILED"), leave()} +
             log_out);
}

TEST_F(PracticeDevice, AnXprvOfTheTestnetBringsItsChain) {
  hwbak::coldcard::SecretFault fault;
  const auto secret = hwbak::coldcard::secret_from_mnemonic(mnemonic, fault);
  const std::string tprv(secret->node->xprv(wallet::Chain::testnet).expose());
  const auto screen = play(first_start + Script{choose("Import Existing"), choose("Import XPRV"), type(tprv)} +
                           in_backup_menu(make_backup) + log_out);
  EXPECT_FALSE(holds(screen->menus.back(), "[Passphrase]")) << "no words, no passphrase";
  EXPECT_TRUE(holds(text_by_7z("backup.7z", joined(screen->words)), "chain = \"XTN\"\nxprv = \"" + tprv));
}

TEST_F(PracticeDevice, AnEmptyPassphraseAndAForeignOneChangeNothing) {
  const auto screen = play(first_start + import(mnemonic) +
                           Script{choose("Passphrase"), type(""), choose("Passphrase"), type("\xC3\xA9"), ok("ASCII"), choose("Passphrase"),
                                  type("x"), cancel("mistyped")} +
                           log_out);
  EXPECT_TRUE(holds(screen->menus.back(), "[" + legal_fingerprint + "]:"));
}

TEST_F(PracticeDevice, ADiskThatFailsLeavesTheOldStateOrTheNewOne) {
  for (int step = 0; step <= static_cast<int>(WriteStep::read_back); ++step) {
    const std::string name = "device" + std::to_string(step);
    (void)play(first_start + log_out, name);
    io::FaultPoints faults;
    faults.before_step = [&](WriteStep now) { return static_cast<int>(now) == step ? EIO : 0; };
    const auto files = io::files_with_faults(faults);
    EXPECT_THROW((void)play(log_in_again + import(mnemonic), name, *files), Error) << step;
    const bool old = step <= static_cast<int>(WriteStep::rename);
    EXPECT_TRUE(holds(play(log_in_again + log_out, name)->menus.at(0), old ? "[New Seed Words]" : legal_fingerprint)) << step;
  }
}

State parsed(std::string_view text) { return parse_state(text); }

TEST(PracticeState, ComesBackAsItWasWritten) {
  const std::string text =
      "# State of a practice Coldcard of hwbak\nmodel = \"mk2\"\nfirmware = \"4.1.9\"\nraw_secret = \"807f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f\"\n"
      "hsm_policy = \"{}\"\nduress_pin = \"55-55\"\nsetting.chain = \"XTN\"\nsetting.multisig = [[\"a = b\", 1]]\n";
  const State state = parsed(text);
  EXPECT_EQ(state.wallet.chain(), wallet::Chain::testnet);
  const SecretBytes again = serialise(state);
  EXPECT_EQ(std::string(again.expose().begin(), again.expose().end()), text);
}

TEST(PracticeState, WhatThisProgramDoesNotWriteIsDamaged) {
  for (const char* const text :
       {"", "model = \"mk4\"\n", "model = \"mk9\"\nfirmware = \"5.6.1\"\n", "model = \"mk4\"\nfirmware = \"1.5.1Q\"\n",
        "model = 4\nfirmware = \"5.6.1\"\n", "model = \"mk4\"\nfirmware = \"5.6.1\"\nraw_secret = \"00\"\n",
        "model = \"mk4\"\nfirmware = \"5.6.1\"\nraw_secret = 5\n", "model = \"mk4\"\nfirmware = \"5.6.1\"\nsetting.x = {\n"}) {
    try {
      (void)parsed(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.outcome(), Outcome::damaged) << text;
    }
  }
}

}  // namespace
}  // namespace hwbak::practice::coldcard
