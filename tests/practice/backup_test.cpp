// Backups that the practice device makes: read by hwbak, by 7-Zip and by a second practice device.
#include "device/coldcard/backup.h"
#include "practice/practice_fixture.h"

namespace hwbak::practice::coldcard {
namespace {

class PracticeBackup : public Practice {
 protected:
  // A new device with the seed makes a backup; gives its password.
  std::string backup(const Script& before = {}, const std::string& advanced = "Advanced/Tools", const Script& make = make_backup) {
    return joined(play(first_start + import(mnemonic) + before + in_backup_menu(make, advanced) + log_out)->words);
  }
};

TEST_F(PracticeBackup, IsGoodForHwbakAndFor7Zip) {
  const std::string password = backup();
  const Report report = verified("backup.7z", password);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(report.levels.meaning, Level::pass);
  EXPECT_EQ(test::text_fact(report.facts, "fingerprint"), legal_fingerprint);
  EXPECT_EQ(test::text_fact(test::object_fact(report.facts, "advisory"), "level"), "unknown");
  EXPECT_TRUE(test::run("7z t -p'" + password + "' '" + (card / "backup.7z").string() + "'"));
  const std::string text = text_by_7z("backup.7z", password);
  for (const char* const part : {"# Practice device of hwbak: not the backup of a real Coldcard\n", "mnemonic = \"legal winner",
                                 "fw_version = \"SIM\"", "serial = \"F1F1F1F1F1F1\"", "hardware = \"mk4\"", "long_secret = \"0000"})
    EXPECT_TRUE(holds(text, part)) << part;
}

TEST_F(PracticeBackup, TeachesTheWordsAndAsksForFour) {
  const auto screen = play(first_start + import(mnemonic) + in_backup_menu(make_backup) + log_out);
  EXPECT_EQ(screen->quiz_questions, 4u);
  EXPECT_EQ(screen->words.size(), 12u);
}

TEST_F(PracticeBackup, FurtherCopiesTakeTheNextNames) {
  const std::string password =
      backup({}, "Advanced/Tools",
             {choose("Backup System"), ok(), cancel("next time"), press('2', "backup.7z"), ok("File (#2) written:\n\nbackup-2.7z"),
              cancel("backup-3.7z")});
  EXPECT_EQ(test::read_bytes(card / "backup.7z"), test::read_bytes(card / "backup-3.7z"));
  EXPECT_EQ(verified("backup-2.7z", password).outcome, Outcome::ok);
}

TEST_F(PracticeBackup, FurtherCopiesGoToTheNextCard) {
  const std::filesystem::path second = folder / "second", third = folder / "third";
  std::filesystem::create_directory(second);
  std::filesystem::create_directory(third);
  ScriptedScreen screen(first_start + import(mnemonic) +
                        in_backup_menu({choose("Backup System"), ok(), cancel("next time"), press('2', "goes to the card " + second.string()),
                                        ok("goes to the card " + third.string()), ok("goes to the card " + card.string()),
                                        cancel("File (#4) written:\n\nbackup-2.7z"), choose("Verify Backup"), choose("backup-2.7z"), ok()}) +
                        log_out);
  practice({folder / "one", card, model, firmware, {second, third}}, real_files(), system_random(), screen);
  for (const auto& path : {card / "backup-2.7z", second / "backup.7z", third / "backup.7z"})
    EXPECT_EQ(test::read_bytes(path), test::read_bytes(card / "backup.7z")) << path;
  EXPECT_FALSE(std::filesystem::exists(second / "backup-2.7z"));
}

TEST_F(PracticeBackup, WithOneCardItSaysWhereTheCopyGoes) {
  (void)backup({}, "Advanced/Tools", {choose("Backup System"), ok(), cancel("next time"), cancel("there is one card")});
}

TEST_F(PracticeBackup, AFailingCardIsTriedTwentyFiveTimes) {
  (void)play(first_start + import(mnemonic) + log_out);
  Script tries(25, ok("Failed to write!"));
  ScriptedScreen without_card(log_in_again +
                              in_backup_menu(Script{choose("Backup System"), ok(), cancel("next time")} + tries + Script{ok("25 attempts")}) +
                              log_out);
  without_card.on_page = [&](const std::string& page) {
    if (holds(page, "Record this")) std::filesystem::remove(card);
  };
  practice({folder / "one", card, model, firmware}, real_files(), system_random(), without_card);
  std::filesystem::create_directory(card);
  const auto screen = play(log_in_again + in_backup_menu({choose("Backup System"), ok(), cancel(), cancel("Backup file written")}) + log_out);
  EXPECT_EQ(verified("backup.7z", joined(screen->words)).outcome, Outcome::ok);
}

TEST_F(PracticeBackup, GivingUpWritesNothing) {
  (void)play(first_start + import(mnemonic) + in_backup_menu({choose("Backup System"), cancel("Record this")}) + log_out);
  EXPECT_TRUE(std::filesystem::is_empty(card));
}

TEST_F(PracticeBackup, CleartextOnlyAfterAWarning) {
  (void)play(first_start + import(mnemonic) +
             in_backup_menu({choose("Backup System"), press('6'), cancel("NOT be encrypted"), press('6'), ok("NOT be encrypted"),
                             cancel("backup.txt")}) +
             log_out);
  const Bytes bytes = test::read_bytes(card / "backup.txt");
  EXPECT_TRUE(holds(std::string(bytes.begin(), bytes.end()), "mnemonic = \"legal winner"));
  EXPECT_EQ(verified("backup.txt", "").outcome, Outcome::ok);
  // The developer menu takes it back.
  (void)play(first_start + Script{choose("Advanced/Tools"), choose("I Am Developer."), choose("Restore Bkup"), choose("backup.txt"),
                                  ok("[" + legal_fingerprint + "]"), ok("Success"), type("12-34")} + log_out, "two");
}

// A text of 68104 bytes writes a length that the device's blind search takes for the mark of the checksum.
TEST_F(PracticeBackup, ATextThatTheDeviceCouldNotReadBackGetsAnotherLength) {
  const Script to_text = in_backup_menu({choose("Backup System"), press('6'), ok("NOT be encrypted"), cancel("backup")});
  (void)play(first_start + import(mnemonic) + to_text + log_out);
  Bytes bytes = test::read_bytes(card / "backup.txt");
  std::string text(bytes.begin(), bytes.end());
  text.insert(text.rfind("\n# EOF"), "setting.du = 1\n");  // which a restore would add
  const std::string key = "setting.nick = \"", end = "\"\n";
  const std::string line = key + std::string(68104 - text.size() - key.size() - end.size(), 'n') + end;
  text.insert(text.rfind("\n# EOF"), line);
  ASSERT_EQ(text.size(), 68104u);
  bytes.assign(text.begin(), text.end());
  test::write_bytes(card / "backup.txt", bytes);
  const auto screen = play(first_start + Script{choose("Advanced/Tools"), choose("I Am Developer."), choose("Restore Bkup"),
                                                choose("backup.txt"), ok(), ok("Success"), type("12-34")} +
                               to_text + in_backup_menu(make_backup) + log_out,
                           "two");
  EXPECT_EQ(test::read_bytes(card / "backup-2.txt"), bytes) << "the text of this length is written as it is";
  const std::string inside = text_by_7z("backup.7z", joined(screen->words));
  EXPECT_GT(inside.size(), 68104u);
  EXPECT_TRUE(holds(inside, "\n# .\n# EOF\n"));
}

TEST_F(PracticeBackup, AStoredPasswordIsOfferedAndNeverWritten) {
  const auto first = play(first_start + import(mnemonic) +
                          in_backup_menu({choose("Backup System"), ok(), press('1', "next time"), cancel("Backup file written")}) + log_out);
  const std::string password = joined(first->words);
  const auto second =
      play(log_in_again + in_backup_menu({choose("Backup System"), ok("12: " + first->words.back()), cancel("backup-2.7z")}) + log_out);
  EXPECT_TRUE(second->said(" 1: " + first->words.front() + "\n"));
  EXPECT_EQ(second->quiz_questions, 0u);
  const std::string text = text_by_7z("backup-2.7z", password);
  EXPECT_TRUE(holds(text, "raw_secret"));
  EXPECT_FALSE(holds(text, "bkpw"));
  EXPECT_FALSE(holds(text, password));
}

TEST_F(PracticeBackup, FirmwareBeforeThatKeepsNoPassword) {
  firmware = "5.0.6";
  const std::string password = backup({}, "Advanced/Tools", {choose("Backup System"), ok(), cancel("Backup file written")});
  EXPECT_EQ(verified("backup.7z", password).outcome, Outcome::ok);
  EXPECT_FALSE(holds(text_by_7z("backup.7z", password), "hardware"));
}

TEST_F(PracticeBackup, BeforeVersion4TheInnerNameIsFixed) {
  model = Model::mk3;
  firmware = "3.2.2";
  const std::string password = backup({}, "Advanced", {choose("Backup System"), ok(), cancel("Backup file written")});
  EXPECT_EQ(test::text_fact(verified("backup.7z", password).facts, "inner_name"), "ckcc-backup.txt");
}

TEST_F(PracticeBackup, TrickPinsBringTheirWallets) {
  const auto add = [](const char* pin, const char* kind) {
    return Script{choose("Add New Trick"), type(pin), type(pin), choose(kind), ok("Saved")};
  };
  const std::string password =
      backup(Script{choose("Settings"), choose("Login Settings"), choose("Trick PINs")} + add("77-77", "BIP-85 Wallet #2") +
             add("88-88", "Legacy Wallet") + Script{leave(), leave(), leave()});
  const std::string text = text_by_7z("backup.7z", password);
  EXPECT_TRUE(holds(text, "setting.tp = {\"77-77\": [0, 4096, 2002], \"88-88\": [2, 2048, 0]}\n"));
  const auto understood = hwbak::coldcard::understand(text);
  EXPECT_EQ(understood.consistent.duress, true);
  ASSERT_EQ(understood.duress.size(), 2u);
  EXPECT_EQ(understood.trick_pins.size(), 2u);
  EXPECT_EQ(verified("backup.7z", password).outcome, Outcome::ok);
}

TEST_F(PracticeBackup, ADuressPinBringsItsWallet) {
  model = Model::mk3;
  const Script set = {choose("Settings"), choose("Login Settings"), choose("Duress PIN"), type("12-34"), type("12-34"), ok("true PIN"),
                      choose("Duress PIN"), type("55-55"), type("55-55"), ok("Saved"), leave(), leave()};
  const std::string password = backup(set, "Advanced", {choose("Backup System"), ok(), cancel("Backup file written")});
  const std::string text = text_by_7z("backup.7z", password);
  const auto understood = hwbak::coldcard::understand(text);
  EXPECT_EQ(understood.consistent.duress, true);
  EXPECT_EQ(understood.duress.size(), 2u) << "xprv and xpub";
  EXPECT_FALSE(holds(text, "55-55"));
}

// What lands in the file with a BIP-39 passphrase in effect.
class PracticePassphrase : public PracticeBackup {
 protected:
  std::string text_with(const Script& make, const std::string& advanced = "Advanced/Tools") {
    const auto screen = play(first_start + import(mnemonic) + Script{choose("Passphrase"), type("TREZOR"), ok("fingerprint")} +
                             in_backup_menu(make, advanced) + log_out);
    return text_by_7z("backup.7z", joined(screen->words));
  }
  // BIP-39's vector: this seed with the passphrase TREZOR.
  const std::string xprv_with_passphrase =
      "xprv9s21ZrQH143K2gA81bYFHqU68xz1cX2APaSq5tt6MFSLeXnCKV1RVUJt9FWNTbrrryem4ZckN8k4Ls1H6nwdvDTvnV7zEXs2HgPezuVccsq";
};

TEST_F(PracticePassphrase, TheMainSeedUnlessAskedFor) {
  firmware = "5.6.0";
  const std::string text = text_with({choose("Backup System"), ok("press (2)"), ok("Record"), cancel(), cancel()});
  EXPECT_TRUE(holds(text, "mnemonic = \"legal winner"));
  EXPECT_FALSE(holds(text, xprv_with_passphrase));
}

TEST_F(PracticePassphrase, OnRequestAsAnExtendedPrivateKey) {
  firmware = "5.6.0";
  const std::string text = text_with({choose("Backup System"), press('2', "passphrase"), ok("Record"), cancel(), cancel()});
  EXPECT_TRUE(holds(text, xprv_with_passphrase));
  EXPECT_FALSE(holds(text, "mnemonic"));
}

TEST_F(PracticePassphrase, TheWalletInEffectSince561) {
  const std::string text = text_with({choose("Backup System"), ok("will be of that wallet"), ok("Record"), cancel(), cancel()});
  EXPECT_TRUE(holds(text, xprv_with_passphrase));
}

TEST_F(PracticePassphrase, OldFirmwareIgnoresIt) {
  model = Model::mk3;
  const std::string text = text_with({choose("Backup System"), ok("A real device says nothing here"), ok("Record"), cancel()}, "Advanced");
  EXPECT_TRUE(holds(text, "mnemonic = \"legal winner"));
  EXPECT_FALSE(holds(text, xprv_with_passphrase));
}

TEST_F(PracticePassphrase, TheFirstTemporarySeedsIgnoreItToo) {
  firmware = "5.0.7";
  const std::string text = text_with({choose("Backup System"), ok("A real device says nothing here"), ok("Record"), cancel()});
  EXPECT_TRUE(holds(text, "mnemonic = \"legal winner"));
}

}  // namespace
}  // namespace hwbak::practice::coldcard
