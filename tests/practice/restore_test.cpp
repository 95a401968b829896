// Restores, temporary seeds, clones and the second wallet, between practice devices that share a card.
#include "device/coldcard_archives.h"
#include "practice/coldcard/state.h"
#include "practice/practice_fixture.h"

namespace hwbak::practice::coldcard {
namespace {

class PracticeRestore : public Practice {
 protected:
  // Device "one" has the seed, a trick PIN and the testnet, and leaves its backup on the card.
  void make_source() {
    password = joined(play(first_start + import(mnemonic) +
                           Script{choose("Advanced/Tools"), choose("Danger Zone"), choose("Testnet Mode"), choose("Testnet4"), leave(),
                                  leave(), choose("Settings"), choose("Login Settings"), choose("Trick PINs"), choose("Add New Trick"),
                                  type("77-77"), type("77-77"), choose("BIP-85 Wallet #1"), ok(), leave(), leave(), leave()} +
                           in_backup_menu(make_backup) + log_out)
                          ->words);
  }
  [[nodiscard]] Script restore() const {
    return {choose("Import Existing"), choose("Restore Backup"), choose("backup.7z"), type(password)};
  }
  const Script confirm_and_reboot = {ok("[" + legal_fingerprint + "]"), ok("Success!"), type("12-34")};
  std::string password;
};

TEST_F(PracticeRestore, GivesASecondDeviceTheSameWallet) {
  make_source();
  const auto screen = play(first_start + restore() + confirm_and_reboot + in_backup_menu(make_backup) + log_out, "two");
  EXPECT_TRUE(holds(screen->menus.back(), "[" + legal_fingerprint + "]"));
  std::string expected = text_by_7z("backup.7z", password);
  expected.insert(expected.find("\n\n# EOF") + 1, "setting.du = 1\n");  // a restore switches USB off
  EXPECT_EQ(expected, text_by_7z("backup-2.7z", joined(screen->words))) << "to the byte";
}

TEST_F(PracticeRestore, AnotherFingerprintCanBeTurnedDown) {
  make_source();
  const auto screen = play(first_start + restore() + Script{cancel("[" + legal_fingerprint + "]"), ok("Aborted"), leave()} + log_out, "two");
  EXPECT_TRUE(holds(screen->menus.back(), "[New Seed Words]")) << "still empty";
}

TEST_F(PracticeRestore, AWrongPasswordIsShown) {
  make_source();
  const auto screen = play(first_start + Script{choose("Import Existing"), choose("Restore Backup"), choose("backup.7z"),
                                                type(other_mnemonic), ok("Incorrect password?"), leave()} + log_out,
                           "two");
  ASSERT_FALSE(screen->sensitive_pages.empty());
  EXPECT_TRUE(holds(screen->sensitive_pages.back(), other_mnemonic));
}

TEST_F(PracticeRestore, ATrickPinThatIsTheNewTruePinIsLeftOut) {
  make_source();
  const Script start = {ok("practice device"), type("77-77"), type("77-77")};
  const auto screen = play(start + restore() + Script{ok(), ok("Success!"), type("77-77")} + in_backup_menu(make_backup) + log_out, "two");
  EXPECT_TRUE(holds(text_by_7z("backup-2.7z", joined(screen->words)), "setting.tp = {}\n"));
}

TEST_F(PracticeRestore, ASeededDeviceRefuses) {
  make_source();
  (void)play(log_in_again + in_backup_menu({choose("Restore Backup"), ok("Destroy Seed")}) + log_out);
}

TEST_F(PracticeRestore, DestroySeedAsksTwice) {
  make_source();
  const Script go = {choose("Advanced/Tools"), choose("Danger Zone"), choose("Seed Functions"), choose("Destroy Seed")};
  const auto kept = play(log_in_again + go + Script{cancel("All funds will be lost"), choose("Destroy Seed"), ok(), cancel("REALLY sure"),
                                                    leave(), leave(), leave()} + log_out);
  EXPECT_TRUE(holds(kept->menus.back(), legal_fingerprint));
  const auto gone = play(log_in_again + go + Script{ok("All funds will be lost"), press('4', "REALLY sure"), ok("gone"), type("12-34")} +
                         restore() + confirm_and_reboot + log_out);
  EXPECT_TRUE(holds(gone->menus.back(), legal_fingerprint)) << "empty, it takes the backup";
}

TEST_F(PracticeRestore, ATemporarySeedLivesInRamOnly) {
  make_source();
  const auto screen =
      play(first_start + import(other_mnemonic) +
               Script{choose("Advanced/Tools"), choose("Temporary Seed"), choose("Coldcard Backup"), choose("backup.7z"), type(password),
                      ok("as temporary seed"), ok("New temporary master key")} +
               log_out,
           "two");
  EXPECT_TRUE(holds(screen->menus.back(), "[" + legal_fingerprint + "] temporary seed"));
  const auto later = play(log_in_again + log_out, "two");
  EXPECT_TRUE(holds(later->menus.back(), "[" + other_fingerprint + "]:"));
}

TEST_F(PracticeRestore, ATemporarySeedIsLeftForTheMasterAgain) {
  const auto screen = play(first_start + import(other_mnemonic) +
                           Script{choose("Advanced/Tools"), choose("Temporary Seed"), choose("Import Words"), choose("12 Words"),
                                  type(mnemonic), ok("New temporary"), choose("Advanced/Tools"), choose("Backup"),
                                  choose("Backup System"), ok("of that seed"), ok("Record"), cancel(), cancel(), leave(), leave(),
                                  choose("Restore Master")} +
                           log_out);
  EXPECT_TRUE(holds(screen->menus.back(), "[" + other_fingerprint + "]:"));
  EXPECT_TRUE(holds(text_by_7z("backup.7z", joined(screen->words)), "legal winner"));
}

TEST_F(PracticeRestore, VerifyAnswersAsTheDeviceDoes) {
  make_source();
  Bytes cut = test::read_bytes(card / "backup.7z");
  cut.pop_back();
  test::write_bytes(card / "cut.7z", cut);
  (void)play(log_in_again + in_backup_menu({choose("Verify Backup"), choose("backup.7z"), ok("CRC checks out okay"),
                                            choose("Verify Backup"), choose("cut.7z"), ok("headers")}) + log_out);
}

TEST_F(PracticeRestore, AnEmptyCardHasNothingToRestore) {
  (void)play(first_start + Script{choose("Import Existing"), choose("Restore Backup"), ok("no file on the card"), leave()} + log_out);
}

TEST_F(PracticeRestore, NamesInUpperCaseAreOffered) {
  make_source();
  std::filesystem::rename(card / "backup.7z", card / "BACKUP.7Z");
  const auto screen = play(first_start + Script{choose("Import Existing"), choose("Restore Backup"), choose("BACKUP.7Z"), type(password)} +
                               confirm_and_reboot + log_out,
                           "two");
  EXPECT_TRUE(holds(screen->menus.back(), "[" + legal_fingerprint + "]"));
  const std::string text = text_by_7z("BACKUP.7Z", password);
  test::write_bytes(card / "BACKUP.TXT", ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  (void)play(first_start + Script{choose("Advanced/Tools"), choose("I Am Developer."), choose("Restore Bkup"), choose("BACKUP.TXT")} +
                 confirm_and_reboot + log_out,
             "three");
}

TEST_F(PracticeRestore, ACustomPasswordIsTypedUnderRestoreBkup) {
  const test::Vector& custom = test::vector("custom-password.7z");
  std::filesystem::copy_file(custom.path(), card / "backup.7z");
  const auto fingerprint = std::string(custom.expect().at("master_fingerprint").as_string());
  const auto screen = play(first_start + Script{choose("Advanced/Tools"), choose("I Am Developer."), choose("Restore Bkup"),
                                                choose("backup.7z"), type(custom.password), ok("[" + fingerprint + "]"), ok("Success!"),
                                                type("12-34")} + log_out);
  EXPECT_TRUE(holds(screen->menus.back(), "[" + fingerprint + "]"));
}

TEST_F(PracticeRestore, AQ1KeepsTheNotes) {
  const test::Vector& q1 = test::vector("q1-testnet-18words.7z");
  std::filesystem::copy_file(q1.path(), card / "backup.7z");
  const auto fingerprint = std::string(q1.expect().at("master_fingerprint").as_string());
  const auto notes_after = [&](Model on, const std::string& name) {
    model = on;
    std::filesystem::remove(card / "backup-2.7z");
    const auto screen = play(first_start + Script{choose("Import Existing"), choose("Restore Backup"), choose("backup.7z"), type(q1.password),
                                                  ok("[" + fingerprint + "]"), ok("Success!"), type("12-34")} +
                                 in_backup_menu(make_backup) + log_out,
                             name);
    const std::string text = text_by_7z("backup-2.7z", joined(screen->words));
    EXPECT_TRUE(holds(text, "hardware = \"" + std::string(coldcard::name(on)) + "\"")) << text.substr(0, 80);
    return holds(text, "setting.notes = ");
  };
  EXPECT_TRUE(notes_after(Model::q1, "q"));
  EXPECT_FALSE(notes_after(Model::mk4, "mk")) << "it has no keyboard";
}

TEST_F(PracticeRestore, WhatIsNotTriedIsNotCalledARefusal) {
  model = Model::mk4;
  firmware = "5.6.0";  // without a limit of rounds
  make_source();
  const Bytes endless = test::read_bytes(card / "backup.7z");
  const std::size_t rounds = test::find_mark(endless, {0x24, 0x06, 0xF1, 0x07, 0x01}) + 6;
  test::write_bytes(card / "backup.7z", test::with_bytes(endless, rounds, {0xC0 | 63}));
  const auto screen = play(first_start + restore() + Script{ok("a real one would go on"), leave()} + log_out, "two");
  EXPECT_FALSE(screen->said("does not offer this"));
}

TEST_F(PracticeRestore, FilesTooLargeForTheFirmwareAreNotOffered) {
  test::write_bytes(card / "large.7z", Bytes(131073));
  test::write_bytes(card / "fits.7z", Bytes(131072));
  const auto screen = play(first_start + Script{choose("Import Existing"), choose("Restore Backup"), leave(), leave()} + log_out);
  EXPECT_TRUE(holds(screen->menus.at(2), "[fits.7z]"));
  EXPECT_FALSE(holds(screen->menus.at(2), "large.7z"));
}

class PracticeClone : public PracticeRestore {
 protected:
  // Device "two" receives while device "one" sends, when the page says so.
  std::unique_ptr<ScriptedScreen> receive(const Script& answers, const std::function<void()>& meanwhile) {
    auto screen = std::make_unique<ScriptedScreen>(first_start + Script{choose("Import Existing"), choose("Clone Coldcard")} + answers + log_out);
    screen->on_page = [&](const std::string& page) {
      if (holds(page, "Keep power on")) meanwhile();
    };
    practice({folder / "two", card, model, firmware}, real_files(), system_random(), *screen);
    return screen;
  }
  void send() { (void)play(log_in_again + in_backup_menu({choose("Clone Coldcard"), ok("Done.")}) + log_out); }
  std::vector<std::string> on_card() {
    std::vector<std::string> names;
    for (const auto& path : real_files().files_in(card)) names.push_back(path.filename().string());
    return names;
  }
};

TEST_F(PracticeClone, CarriesTheWalletAndLeavesNothingOnTheCard) {
  (void)play(first_start + import(mnemonic) + log_out);
  test::write_bytes(card / ("02" + std::string(64, 'a') + "-ccbk.7z"), Bytes(10));
  std::vector<std::string> names;
  const auto screen = receive({ok("Insert"), ok("Keep power on"), ok("[" + legal_fingerprint + "]"), ok("Success"), type("12-34")}, [&] {
    send();
    names = on_card();
  });
  EXPECT_TRUE(holds(screen->menus.back(), legal_fingerprint));
  ASSERT_EQ(names.size(), 2u) << "the other clone file went";
  EXPECT_EQ(names[1], "ccbk-start.json");
  EXPECT_EQ(names[0].size(), 66 + std::string_view("-ccbk.7z").size());
  EXPECT_TRUE(on_card().empty());
}

TEST_F(PracticeClone, OlderReceiversDoNotAsk) {
  firmware = "5.6.0";
  (void)play(first_start + import(mnemonic) + log_out);
  (void)receive({ok("Insert"), ok("Keep power on"), ok("Success"), type("12-34")}, [&] { send(); });
}

TEST_F(PracticeClone, WaitsForTheFileAndCanBeStopped) {
  const auto screen = receive({ok("Insert"), ok("Keep power on"), ok("not found"), cancel("not found"), ok("Aborted"), leave()}, [] {});
  EXPECT_TRUE(holds(screen->menus.back(), "[New Seed Words]"));
  EXPECT_TRUE(on_card().empty());
}

TEST_F(PracticeClone, AFileLeftOverIsNamedAndTheLoopGoesOn) {
  (void)play(first_start + import(mnemonic) + log_out);
  const std::string junk = "02" + std::string(62, 'a') + "bb-ccbk.7z", huge = "zz-ccbk.7z";
  const auto leave_over = [&] {
    test::write_bytes(card / junk, Bytes(10));
    test::write_bytes(card / huge, Bytes(300'000));
  };
  leave_over();
  (void)receive({ok("Insert"), ok("Keep power on"), ok(junk + " was not made for this Coldcard"), cancel(huge), ok("Aborted"), leave()}, [] {});
  EXPECT_EQ(on_card(), (std::vector<std::string>{junk, huge})) << "the start file went, what is not ours stays";
  std::filesystem::remove(card / junk);
  std::filesystem::remove(card / huge);
  std::filesystem::remove_all(folder / "two");
  // Beside the file that is meant: an old one whose name comes first, put there after the sender cleared the card.
  const auto screen = receive({ok("Insert"), ok("Keep power on"), ok("[" + legal_fingerprint + "]"), ok("Success"), type("12-34")}, [&] {
    send();
    leave_over();
    test::write_bytes(card / ("02" + std::string(64, '0') + "-ccbk.7z"), Bytes(10));
  });
  EXPECT_TRUE(holds(screen->menus.back(), legal_fingerprint));
  EXPECT_EQ(on_card().size(), 3u) << "read and start files went";
}

TEST_F(PracticeClone, TheSenderNeedsTheReceiversFile) {
  (void)play(first_start + import(mnemonic) + log_out);
  const Script refused = log_in_again + in_backup_menu({choose("Clone Coldcard"), ok("on the other Coldcard")}) + log_out;
  (void)play(refused);
  for (const char* const start : {"", "{}", "{\"pubkey\": 5}", "{\"pubkey\": \"0200\"}", "[1"}) {
    test::write_bytes(card / "ccbk-start.json", ByteView(reinterpret_cast<const std::uint8_t*>(start), std::strlen(start)));
    (void)play(refused);
  }
  const std::string no_point = "{\"pubkey\": \"02" + std::string(64, 'f') + "\"}";
  test::write_bytes(card / "ccbk-start.json", ByteView(reinterpret_cast<const std::uint8_t*>(no_point.data()), no_point.size()));
  (void)play(refused);
  EXPECT_EQ(on_card().size(), 1u);
}

TEST_F(PracticeRestore, TheSecondWalletOfAMk2HasItsOwnPinAndBackup) {
  model = Model::mk2;
  (void)play(first_start + import(mnemonic) + Script{choose("Settings"), choose("Login Settings"), choose("Second Wallet"), type("99-99"),
                                                     type("99-99"), ok("empty still"), leave(), leave()} + log_out);
  const Script as_second = {press('2', "second wallet"), type("99-99")};
  (void)play(Script{press('2', "second wallet"), type("12-34"), ok("WRONG PIN"), type("99-99")} + import(other_mnemonic) + log_out);
  const Script make = {choose("Backup System"), ok("Record"), cancel("Backup file written")};
  const auto second = play(as_second + in_backup_menu(make, "Advanced") + log_out);
  const auto first = play(Script{ok("main wallet"), type("12-34")} + in_backup_menu(make, "Advanced") + log_out);
  EXPECT_EQ(test::text_fact(verified("backup.7z", joined(second->words)).facts, "fingerprint"), other_fingerprint);
  EXPECT_EQ(test::text_fact(verified("backup-2.7z", joined(first->words)).facts, "fingerprint"), legal_fingerprint);
}

}  // namespace
}  // namespace hwbak::practice::coldcard
