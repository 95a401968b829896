// The practice badge's commands, its PIN, its disk, its state.
#include "container/cdcbak/cdcbak.h"
#include "device/cdc_badge/export_state.h"
#include "practice/badge_fixture.h"
#include "support/badge_vectors.h"

namespace hwbak::practice::cdc_badge {
namespace {

TEST_F(PracticeBadge, AnswersAsTheManualSays) {
  switch_on();
  EXPECT_EQ(run("VERSION"), "Firmware: 0.6.6\r\nAPI level: 0.7\r\n");
  EXPECT_EQ(run("AUTH 2468"), "ERROR: Unknown command 'AUTH'\r\n") << "the current build wants no login";
  EXPECT_EQ(run("xyz secret"), "ERROR: Unknown command 'xyz'\r\n");
  EXPECT_TRUE(run("BACKUP").starts_with("Usage: "));
  EXPECT_TRUE(run("BACKUP EXPORT").starts_with("Usage: "));
  EXPECT_TRUE(run("backup import ").starts_with("Usage: "));
  EXPECT_EQ(run("BACKUP IMPORT x"), "ERROR: No backup present\r\n");
  EXPECT_EQ(run("BACKUP DELETE"), "OK: No backup present\r\n");
  EXPECT_EQ(run("VFAT CD /"), "/\r\n");
  EXPECT_EQ(run("VFAT PWD"), "/\r\n");
  EXPECT_EQ(run("VFAT LIST"), "");
  EXPECT_EQ(run("VFAT GET backup.cdcbak"), "ERR: not found\r\n");
  EXPECT_EQ(run("VFAT FREE"), "Total: 4096 KB, Used: 0 KB, Free: 4096 KB\r\n");
  put("backup.cdcbak", "Q0RDQkFL");
  std::filesystem::create_directory(folder / "state" / "plugins" / "logs");
  EXPECT_EQ(run("VFAT LIST"), "       8  backup.cdcbak\r\n  [DIR]  logs\r\n");
  EXPECT_EQ(run("VFAT GET backup.cdcbak"), "Q0RDQkFL\r\n");
  EXPECT_EQ(run("BACKUP IMPORT x"), "ERROR: Import failed (wrong passphrase or corrupt file)\r\n");
  EXPECT_EQ(run("VFAT DELETE backup.cdcbak"), "OK\r\n");
  EXPECT_EQ(run("VFAT DELETE backup.cdcbak"), "ERR: not found\r\n");
  switch_on({Fault::no_version});
  EXPECT_EQ(run("VERSION"), "ERROR: Unknown command 'VERSION'\r\n");
}

TEST_F(PracticeBadge, StaysInItsFolder) {
  switch_on();
  test::put(folder / "state" / "outside", "secret");
  for (const char* name : {"../outside", "/etc/passwd", "a/../../outside", ".."}) {
    EXPECT_EQ(run("VFAT GET " + std::string(name)), "ERR: not found\r\n") << name;
    EXPECT_EQ(run("VFAT DELETE " + std::string(name)), "ERR: not found\r\n") << name;
    EXPECT_EQ(run("VFAT RECEIVE " + std::string(name) + " 8 56827728"), "ERR: bad path\r\n") << name;
  }
  EXPECT_EQ(test::get(folder / "state" / "outside"), "secret");
}

TEST_F(PracticeBadge, TakesAnUploadAsInTheManual) {
  switch_on();
  EXPECT_EQ(type("VFAT RECEIVE backup.cdcbak 8 56827728\n"), "VFAT RECEIVE backup.cdcbak 8 56827728\r\nREADY\r\n> ");
  EXPECT_EQ(type("Q0RD"), "") << "no echo of data";
  EXPECT_EQ(type("QkFL"), "OK 8\r\n") << "no prompt follows";
  EXPECT_EQ(on_disk(), "Q0RDQkFL");
  for (const char* wrong : {"backup.cdcbak", "backup.cdcbak 0 56827728", "backup.cdcbak x 56827728", "backup.cdcbak 8 568277",
                            "backup.cdcbak 8 56827728 x"})
    EXPECT_EQ(run("VFAT RECEIVE " + std::string(wrong)), "ERR: usage RECEIVE <file> <size> <crc32_hex>\r\n") << wrong;
  EXPECT_EQ(run("VFAT RECEIVE backup.cdcbak 99999999999 56827728"), "ERR cannot_open\r\n");
}

TEST_F(PracticeBadge, AFailedUploadKeepsTheOldFile) {
  switch_on();
  put("backup.cdcbak", "old");
  (void)type("VFAT RECEIVE backup.cdcbak 8 56827728\n");
  EXPECT_EQ(type("Q0RDQkFM"), "ERR crc_mismatch got=218547BE want=56827728\r\n");
  (void)type("VFAT RECEIVE backup.cdcbak 8 56827728\n");
  (void)type("PING\n");
  now += std::chrono::seconds(14);
  badge->tick();
  EXPECT_EQ(said, "") << "a command in a transfer is data";
  now += std::chrono::seconds(1);
  badge->tick();
  EXPECT_EQ(said, "ERR upload_timeout\r\n");
  EXPECT_EQ(run("PING"), "PONG\r\n");
  EXPECT_EQ(on_disk(), "old");
}

TEST_F(PracticeBadge, GivesOnlyTheFrontOfALargeFile) {
  switch_on();
  put("backup.cdcbak", std::string(8193, 'A'));
  EXPECT_EQ(run("VFAT GET backup.cdcbak"), std::string(8192, 'A') + "\r\n");
  switch_on({Fault::no_cut});
  EXPECT_EQ(run("VFAT GET backup.cdcbak"), std::string(8193, 'A') + "\r\n");
}

TEST_F(PracticeBadge, LocksAfterWrongPins) {
  switch_on({Fault::secure_serial});
  EXPECT_EQ(run("PING"), "PONG\r\n");
  EXPECT_EQ(run("BACKUP DELETE"), "ERROR: Not authenticated. Use AUTH <pin> to login.\r\n");
  EXPECT_EQ(run("AUTH 1"), "ERROR: Wrong PIN. 9 retries remaining.\r\n");
  switch_on({Fault::secure_serial});
  EXPECT_EQ(run("AUTH 1"), "ERROR: Wrong PIN. 8 retries remaining.\r\n") << "a restart gives no try back";
  EXPECT_EQ(run("AUTH 1"), "ERROR: Wrong PIN. Locked for 30 seconds.\r\n");
  EXPECT_EQ(run("AUTH 2468"), "ERROR: PIN locked. Wait 30 seconds.\r\n");
  EXPECT_EQ(run("VFAT LIST"), "ERROR: PIN locked. Wait 30 seconds.\r\n");
  EXPECT_EQ(run("PING"), "PONG\r\n");
  now += std::chrono::seconds(30);
  EXPECT_EQ(run("AUTH 2468"), "OK: Authenticated\r\n");
  EXPECT_EQ(run("BACKUP DELETE"), "OK: No backup present\r\n");
  EXPECT_EQ(run("AUTH 1"), "ERROR: Wrong PIN. 9 retries remaining.\r\n") << "a good PIN starts anew";
  EXPECT_EQ(run("VFAT PWD"), "ERROR: Not authenticated. Use AUTH <pin> to login.\r\n") << "a wrong PIN ends the session";
  EXPECT_EQ(run("AUTH 2468"), "OK: Authenticated\r\n");
  now += std::chrono::seconds(301);
  EXPECT_EQ(run("VFAT PWD"), "ERROR: Not authenticated. Use AUTH <pin> to login.\r\n") << "five minutes idle";
  EXPECT_EQ(run("AUTH 2468"), "OK: Authenticated\r\n");
  EXPECT_EQ(run("LOGOUT"), "OK: Logged out\r\n");
  for (int i = 1; i < 10; ++i) {
    (void)run("AUTH 1");
    now += std::chrono::hours(1);
  }
  EXPECT_EQ(run("AUTH 1"), "ERROR: Wrong PIN. Permanently locked.\r\n");
  EXPECT_EQ(run("AUTH 2468"), "ERROR: PIN permanently locked.\r\n");
}

TEST_F(PracticeBadge, KeepsItsStateUnderItsPin) {
  switch_on();
  const test::BadgeVector& vector = test::badge_vector("s02-full.cdcbak");
  put("backup.cdcbak", {reinterpret_cast<const char*>(vector.bytes.data()), vector.bytes.size()});
  EXPECT_EQ(run("BACKUP IMPORT " + vector.passphrase),
            "NOTE: FIDO2/GPG signing keys are NOT restored.\r\nOK: imported=36 failed=0 modules=3 skipped=0 system=1\r\n");
  const SecretBytes before = serialise(badge->state());
  EXPECT_TRUE(serialise(parse_state(before.expose())).equals(before.expose()));
  switch_on();
  EXPECT_TRUE(serialise(badge->state()).equals(before.expose()));
  EXPECT_EQ(run("BACKUP EXPORT new one"), "OK: Backup written\r\n");
  const std::string text = on_disk();
  const auto survey = cdcbak::survey(as_bytes(text), {});
  const auto unlocked = cdcbak::unlock(survey, cdcbak::passphrase_forms(as_bytes("new one")));
  ASSERT_TRUE(unlocked);
  EXPECT_TRUE(cb::export_state(badge->state().contents, badge_level, badge_firmware).equals(unlocked->plaintext.expose()));
  EXPECT_THROW(switch_on({}, "1357"), Error);
}

TEST_F(PracticeBadge, APinHasFourToEightDigits) {
  for (const char* bad : {"", "123", "123456789", "12a4", "1234 "}) EXPECT_THROW(switch_on({}, bad), Error) << bad;
  EXPECT_FALSE(std::filesystem::exists(folder / "state"));
  EXPECT_NO_THROW(switch_on({}, "12345678"));
}

TEST_F(PracticeBadge, StateKeepsWhatARestoreCouldNotBringBack) {
  // Two equal cards, and a short title behind a longer one that begins with it.
  State state;
  for (int i = 0; i < 2; ++i) state.contents.received.push_back(SecretString::copy_of("BEGIN:VCARD\nVERSION:4.0\nEND:VCARD\n"));
  for (const char* title : {"fifteen letters and more", "fifteen letters"}) {
    cb::StoredLogin login;
    login.title = SecretString::copy_of(title);
    state.contents.logins.push_back(std::move(login));
  }
  state.contents.twofa.resize(1);
  state.contents.twofa[0].counter = UINT64_MAX;
  state.contents.twofa[0].secret = SecretBytes::copy_of(as_bytes("k"));
  state.contents.settings.wifi.emplace().ssid = SecretString::copy_of("\x81");
  state.contents.settings.tz_offset = -12;
  const SecretBytes bytes = serialise(state);
  const State back = parse_state(bytes.expose());
  EXPECT_EQ(back.contents.received.size(), 2u);
  EXPECT_EQ(back.contents.logins.size(), 2u);
  EXPECT_EQ(back.contents.twofa[0].counter, UINT64_MAX);
  EXPECT_EQ(back.contents.settings.tz_offset, -12);
  EXPECT_TRUE(serialise(back).equals(bytes.expose()));
  for (const char* broken :
       {"", "{}", "{\"wrong_pins\":-1}", "{\"wrong_pins\":0,\"locked_until\":0,\"contents\":{\"modules\":{}}}"})
    EXPECT_THROW((void)parse_state(as_bytes(broken)), Error) << broken;
}

TEST_F(PracticeBadge, ASlowBadgeIsWaitedForAndASilentOneNotForEver) {
  switch_on({}, "2468", std::chrono::seconds(18));
  CableToBadge slow(*badge, said, now);
  const auto before = now;
  EXPECT_EQ(serial::BadgeClient(slow).export_backup(SecretString::copy_of("a b")), serial::ExportReply::written);
  EXPECT_GE(now - before, std::chrono::seconds(18));
  EXPECT_LT(now - before, std::chrono::seconds(20));
  switch_on({Fault::no_answer}, "2468", std::chrono::seconds(18));
  CableToBadge silent(*badge, said, now);
  serial::BadgeClient client(silent);
  const auto asked = now;
  try {
    (void)client.export_backup(SecretString::copy_of("a b"));
    FAIL() << "an answer";
  } catch (const Error& error) {
    EXPECT_EQ(error.outcome(), Outcome::device);
    EXPECT_NE(error.sentence().find("did not answer"), std::string::npos) << error.sentence();
  }
  EXPECT_GE(now - asked, std::chrono::seconds(60));
  EXPECT_LE(now - asked, std::chrono::seconds(180));
}

// The old backup of the badge stays, or the new one is whole: after every byte of an upload.
TEST_F(PracticeBadge, ACablePulledInAnUploadLeavesAWholeFile) {
  std::size_t all = 1;
  bool saw_old = false, saw_new = false;
  for (std::size_t at = 0; at <= all; ++at) {
    switch_on();
    put("backup.cdcbak", "old");
    CableToBadge cable(*badge, said, now);
    cable.breaks_after = at == 0 ? SIZE_MAX : at - 1;
    try {
      serial::BadgeClient client(cable);
      (void)client.greet();
      client.write_backup(as_bytes("Q0RDQkFLAAAA"));
    } catch (const Error& error) {
      EXPECT_EQ(error.outcome(), Outcome::io);
    }
    if (at == 0) all = cable.passed;
    const std::string now_there = on_disk();
    (now_there == "old" ? saw_old : saw_new) = true;
    if (now_there != "old") {
      EXPECT_EQ(now_there, "Q0RDQkFLAAAA") << at;
    }
    // Plugged in again it listens.
    badge->plug_in();
    EXPECT_EQ(run("PING"), "PONG\r\n");
  }
  EXPECT_TRUE(saw_old && saw_new);
}

}  // namespace
}  // namespace hwbak::practice::cdc_badge
