// The client against a badge that says what each test wrote down: replies, echo, noise, split reads, silence, and a cable
// that is pulled after every single byte. The clock is the peer's, so no test waits.
#include "link/serial/badge_client.h"

#include "base/as_bytes.h"
#include "link/scripted_peer.h"

namespace hwbak::serial {
namespace {

using test::answer, test::fixed, test::ScriptedPeer;

SecretString secret(std::string_view text) { return SecretString::copy_of(text); }
// A container's first six bytes in base64, and then anything.
std::string backup_of(std::size_t size) { return "Q0RDQkFL" + std::string(size - 8, 'A'); }

struct Fault {
  Outcome outcome = Outcome::ok;
  std::string sentence;
};
Fault fault(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_FALSE(error.sentence().empty());
    return {error.outcome(), error.sentence()};
  }
  return {};
}

TEST(BadgeClient, GreetsABadgeInEveryState) {
  for (const char* said :
       {"PONG\r\n", "ERROR: Not authenticated. Use AUTH <pin> to login.\r\n", "ERROR: PIN locked. Wait 5 seconds.\r\n"}) {
    ScriptedPeer peer(fixed({{"PING", said}}));
    EXPECT_EQ(BadgeClient(peer).greet(), Greeting::ready) << said;
  }
  ScriptedPeer silent([](ScriptedPeer&, const std::string&) {});
  EXPECT_EQ(BadgeClient(silent).greet(), Greeting::silent);
  EXPECT_EQ(silent.lines.size(), 1u) << "nothing more is sent to what does not answer";
}

TEST(BadgeClient, WaitsForTheEndOfAnOldUploadAndOfAForeignCommand) {
  int turn = 0;
  ScriptedPeer peer([&](ScriptedPeer& badge, const std::string& line) {
    if (turn++ == 0) badge.say("ERR upload_timeout\r\n", std::chrono::seconds(15));
    else badge.say(answer(line, "PONG\r\n"));
  });
  EXPECT_EQ(BadgeClient(peer).greet(), Greeting::ready);
  EXPECT_EQ(peer.lines.size(), 2u);
  turn = 0;
  ScriptedPeer modem([&](ScriptedPeer& badge, const std::string& line) {
    badge.say(answer(line, turn++ == 0 ? "ERROR: Unknown command 'ATPING'\r\n" : "PONG\r\n"));
  });
  EXPECT_EQ(BadgeClient(modem).greet(), Greeting::ready);
  EXPECT_EQ(modem.lines.size(), 2u);
}

TEST(BadgeClient, SendsThePinOnceWhateverTheAnswer) {
  for (const char* said :
       {"OK: Authenticated", "ERROR: Wrong PIN. 3 retries remaining.", "ERROR: Wrong PIN. Locked for 60 seconds.",
        "ERROR: PIN permanently locked.", "ERROR: Unknown command 'AUTH'"}) {
    ScriptedPeer peer(fixed({{"AUTH", std::string(said) + "\r\n"}}));
    (void)BadgeClient(peer).authenticate(secret("1234"));
    EXPECT_EQ(peer.lines, std::vector<std::string>{"AUTH 1234"}) << said;
  }
  ScriptedPeer silent([](ScriptedPeer&, const std::string&) {});
  EXPECT_EQ(fault([&] { (void)BadgeClient(silent).authenticate(secret("1234")); }).outcome, Outcome::device);
  EXPECT_EQ(silent.lines.size(), 1u);
  EXPECT_EQ(silent.sent.find('\r'), std::string::npos) << "a bare LF ends a command";
}

TEST(BadgeClient, TellsTheVersionWhereThereIsOne) {
  ScriptedPeer peer(fixed({{"VERSION", "Firmware: 0.6.6\r\nI (12) wifi: idle\r\nAPI level: 0.7\r\n"}}));
  const auto version = BadgeClient(peer).version();
  ASSERT_TRUE(version);
  EXPECT_EQ(version->firmware, "0.6.6");
  EXPECT_EQ(version->level, "0.7");
  ScriptedPeer old(fixed({}));
  EXPECT_FALSE(BadgeClient(old).version());
  ScriptedPeer locked(fixed({{"VERSION", "ERROR: Not authenticated. Use AUTH <pin> to login.\r\n"}}));
  const Fault refused = fault([&] { (void)BadgeClient(locked).version(); });
  EXPECT_EQ(refused.outcome, Outcome::device);
  EXPECT_THAT(refused.sentence, ::testing::HasSubstr("wants its PIN first"));
}

TEST(BadgeClient, WaitsAMinuteAndMoreForSlowWork) {
  ScriptedPeer peer([](ScriptedPeer& badge, const std::string& line) {
    badge.say(line + "\r\n");
    badge.say("OK: Backup written\r\n> ", std::chrono::seconds(100));
  });
  int signs = 0;
  double last = 0;
  BadgeClient client(peer, [&](double part) {
    EXPECT_GE(part, last);
    EXPECT_LT(part, 1);
    last = part;
    ++signs;
  });
  EXPECT_EQ(client.export_backup(secret("a b")), ExportReply::written);
  EXPECT_GT(signs, 100);
  EXPECT_EQ(peer.lines, std::vector<std::string>{"BACKUP EXPORT a b"});
  ScriptedPeer silent([](ScriptedPeer&, const std::string&) {});
  EXPECT_EQ(fault([&] { (void)BadgeClient(silent).export_backup(secret("a")); }).outcome, Outcome::device);
  EXPECT_GE(silent.now().time_since_epoch(), std::chrono::seconds(60));
}

// The prompt behind words that are not known ends the wait; what was sent is not repeated.
TEST(BadgeClient, UnknownWordsAndAPromptAreTheEnd) {
  for (const char* said : {"ERROR: flash is worn out", "OK: 12 records", "ERR no such card", "SORRY, busy"}) {
    for (const std::string& noise : {std::string(), std::string("I (7) wifi: idle\r\n")}) {
      ScriptedPeer peer(fixed({{"BACKUP EXPORT", noise + said + "\r\n" + noise}}));
      const Fault told = fault([&] { (void)BadgeClient(peer).export_backup(secret("a b")); });
      EXPECT_EQ(told.outcome, Outcome::device);
      EXPECT_THAT(told.sentence, ::testing::HasSubstr(said));
      EXPECT_LT(peer.now().time_since_epoch(), std::chrono::seconds(5)) << said;
    }
  }
  ScriptedPeer noisy([](ScriptedPeer& badge, const std::string& line) {   // a prompt in front of the echo is no end
    badge.say("scanning\r\n> " + line + "\r\nstill scanning\r\n");
    badge.say("OK: Backup written\r\n> ", std::chrono::seconds(18));
  });
  EXPECT_EQ(BadgeClient(noisy).export_backup(secret("x")), ExportReply::written);
  ScriptedPeer malformed(fixed({{"BACKUP IMPORT", "NOTE: x\r\nOK: imported=many\r\n"}}));
  EXPECT_THAT(fault([&] { (void)BadgeClient(malformed).import_backup(secret("x")); }).sentence, ::testing::HasSubstr("imported=many"));
  for (const char* held : {"Gr\x81\xE1" "e 1", "Gr\xC3\xBC\xC3\x9F" "e 1", "fe 1x"}) {
    ScriptedPeer peer(fixed({{"BACKUP EXPORT", "ERROR: bad word '" + std::string(held) + "'\r\n"}}));
    const std::string told = fault([&] { (void)BadgeClient(peer).export_backup(secret("Gr\xC3\xBC\xC3\x9F" "e 1")); }).sentence;
    EXPECT_EQ(told.find("e 1"), std::string::npos) << told;
    EXPECT_THAT(told, ::testing::HasSubstr("not shown"));
  }
  // The answer itself, behind an odd line; and an odd line without a prompt, after which the badge still works.
  ScriptedPeer late([](ScriptedPeer& badge, const std::string& line) {
    badge.say(line + "\r\nERR cache\r\n");
    badge.say("OK: Backup written\r\n> ", std::chrono::seconds(18));
  });
  EXPECT_EQ(BadgeClient(late).export_backup(secret("x")), ExportReply::written);
}

TEST(BadgeClient, ANumberThatDoesNotFitIsSaidAsAtLeastThat) {
  ScriptedPeer peer(fixed({{"VFAT LIST", "  99999999999999999999  backup.cdcbak\r\n"}}));
  BadgeClient client(peer);
  const auto size = client.backup_size();
  ASSERT_TRUE(size);
  EXPECT_THAT(fault([&] { (void)client.read_backup(*size); }).sentence, ::testing::HasSubstr("at least 18446744073709551615 characters"));
  EXPECT_EQ(in_words(1, "second"), "1 second");
  EXPECT_EQ(in_words(0, "second"), "0 seconds");
}

TEST(BadgeClient, AnswersOfBackupCommands) {
  ScriptedPeer peer(
      fixed({{"BACKUP EXPORT", "Usage: BACKUP EXPORT <passphrase>\r\n"},
             {"BACKUP IMPORT",
              "NOTE: FIDO2/GPG signing keys are NOT restored.\r\nOK: imported=9 failed=1 modules=3 skipped=0 system=1\r\n"},
             {"BACKUP DELETE", "OK: No backup present\r\n"}}));
  BadgeClient client(peer);
  EXPECT_EQ(client.export_backup(secret("x")), ExportReply::usage);
  const ImportReply done = client.import_backup(secret("x"));
  EXPECT_EQ(done.kind, ImportReply::Kind::done);
  EXPECT_EQ(done.imported, 9u);
  EXPECT_EQ(client.delete_backup(), DeleteReply::nothing_there);
}

TEST(BadgeClient, ListsFilesToTheEndOfNoiseAndSilence) {
  const std::string entries = "  [DIR]  logs\r\n    3648  Backup.CDCBAK\r\n       1  x\r\n";
  for (const std::string& lines : {entries, "I (5) vfat: x\r\n" + entries + "> I (6) vfat: y\r\n"}) {
    ScriptedPeer peer(fixed({{"VFAT LIST", lines}}));
    EXPECT_EQ(BadgeClient(peer).list().size(), 3u);
    EXPECT_EQ(BadgeClient(peer).backup_size(), 3648u);
  }
  ScriptedPeer empty(fixed({{"VFAT LIST", ""}}));
  EXPECT_FALSE(BadgeClient(empty).backup_size());
  ScriptedPeer error(fixed({{"VFAT LIST", "ERR: not mounted\r\n"}}));
  EXPECT_EQ(fault([&] { (void)BadgeClient(error).list(); }).outcome, Outcome::device);
}

TEST(BadgeClient, ReadsAFileHoweverItArrives) {
  const std::string file = backup_of(8192);
  for (const std::size_t piece : {1, 7, 64, 9000})
    for (const bool noise : {false, true}) {
      ScriptedPeer peer(fixed({{"VFAT GET backup.cdcbak", (noise ? "I (1) x: y\r\nOK\r\n" : "") + file + "\r\n"}}));
      peer.piece = piece;
      const Bytes got = BadgeClient(peer).read_backup(file.size());
      EXPECT_EQ(std::string(got.begin(), got.end()), file) << piece;
    }
}

TEST(BadgeClient, AsksForNothingThatWouldComeCut) {
  ScriptedPeer peer(fixed({}));
  EXPECT_EQ(fault([&] { (void)BadgeClient(peer).read_backup(8193); }).outcome, Outcome::refused);
  EXPECT_TRUE(peer.sent.empty());
}

TEST(BadgeClient, AFileThatIsNotAllThereIsDamaged) {
  const std::string whole = backup_of(400);
  const std::string wrong[] = {
      whole.substr(0, 399), whole.substr(0, 200) + "\r\nI (1) x: y\r\n", "", "not base64!", std::string(400, 'A'),
      whole + "AAAA"};
  for (const std::string& file : wrong) {
    ScriptedPeer peer(fixed({{"VFAT GET", file + "\r\n"}}));
    EXPECT_EQ(fault([&] { (void)BadgeClient(peer).read_backup(400); }).outcome, Outcome::damaged) << file;
  }
  ScriptedPeer none(fixed({{"VFAT GET", "ERR: not found\r\n"}}));
  EXPECT_EQ(fault([&] { (void)BadgeClient(none).read_backup(400); }).outcome, Outcome::device);
}

// Takes an upload as a badge does, and ends it with `end`.
ScriptedPeer::Handler uploads(const std::string& end, std::string* got = nullptr) {
  return [end, got](ScriptedPeer& peer, const std::string& line) {
    if (!line.starts_with("VFAT RECEIVE ")) return peer.say(answer(line, "PONG\r\n"));
    const std::size_t size = std::stoul(line.substr(line.find("cdcbak ") + 7));
    peer.expect_data(size, [&peer, end, got](const std::string& data) {
      if (got != nullptr) *got = data;
      if (!end.empty()) peer.say(end);
    });
    peer.say(answer(line, "READY\r\n"));
  };
}

TEST(BadgeClient, UploadsTheExampleOfTheManual) {
  std::string got;
  ScriptedPeer peer(uploads("OK 8\r\n", &got));
  BadgeClient(peer).write_backup(as_bytes("Q0RDQkFL"));
  EXPECT_EQ(got, "Q0RDQkFL");
  EXPECT_EQ(peer.sent, "VFAT RECEIVE backup.cdcbak 8 56827728\nQ0RDQkFL");
}

TEST(BadgeClient, SendsNoDataThatWereNotAskedFor) {
  for (const char* said : {"ERR: usage RECEIVE <file> <size> <crc32_hex>", "ERR: bad path", "ERR upload_in_progress",
                           "ERR cannot_open", "ERR msc_active"}) {
    ScriptedPeer peer(fixed({{"VFAT RECEIVE", std::string(said) + "\r\n"}}));
    EXPECT_EQ(fault([&] { BadgeClient(peer).write_backup(as_bytes("Q0RDQkFL")); }).outcome, Outcome::device) << said;
    EXPECT_EQ(peer.sent.find("Q0RD"), std::string::npos);
  }
}

TEST(BadgeClient, AFailedTransferIsToldAndTheBadgeCanBeSpokenToAgain) {
  for (const char* said : {"ERR crc_mismatch got=00000000 want=56827728", "ERR size_mismatch 7/8", "ERR rename_failed",
                           "ERR upload_timeout", "ERR disk"}) {
    ScriptedPeer peer(uploads(std::string(said) + "\r\n"));
    BadgeClient client(peer);
    EXPECT_EQ(fault([&] { client.write_backup(as_bytes("Q0RDQkFL")); }).outcome, Outcome::io) << said;
    EXPECT_EQ(client.greet(), Greeting::ready);
  }
}

TEST(BadgeClient, SendsNothingIntoATransferThatWasNotEnded) {
  ScriptedPeer peer(uploads(""));
  BadgeClient client(peer);
  EXPECT_EQ(fault([&] { client.write_backup(as_bytes("Q0RDQkFL")); }).outcome, Outcome::io);
  const std::string before = peer.sent;
  EXPECT_EQ(fault([&] { (void)client.delete_backup(); }).outcome, Outcome::io);
  EXPECT_EQ(peer.sent, before);
}

TEST(BadgeClient, DoesNotListenForEver) {
  ScriptedPeer peer([](ScriptedPeer& badge, const std::string&) { badge.talks_for_ever = true; });
  EXPECT_EQ(fault([&] { (void)BadgeClient(peer).version(); }).outcome, Outcome::device);
  ScriptedPeer noisy([](ScriptedPeer& badge, const std::string&) {
    for (int i = 0; i < 1000; ++i) badge.say("I (1) noise\r\n", std::chrono::milliseconds(100 * i));
  });
  EXPECT_EQ(fault([&] { (void)BadgeClient(noisy).version(); }).outcome, Outcome::device);
}

// All a badge is asked in a backup and in a restore.
void whole_session(ByteLine& line) {
  BadgeClient client(line);
  (void)client.greet();
  (void)client.authenticate(secret("1234"));
  (void)client.version();
  (void)client.export_backup(secret("a b"));
  client.change_to_root();
  (void)client.read_backup(*client.backup_size());
  (void)client.free_space();
  client.write_backup(as_bytes("Q0RDQkFL"));
  (void)client.import_backup(secret("a b"));
  (void)client.delete_backup();
  client.log_out();
}

TEST(BadgeClient, ACablePulledAfterAnyByteIsAnErrorAndNothingElse) {
  const auto upload = uploads("OK 8\r\n");
  const auto others = fixed({{"PING", "PONG\r\n"},
                             {"AUTH", "OK: Authenticated\r\n"},
                             {"VERSION", "Firmware: 0.6.6\r\nAPI level: 0.7\r\n"},
                             {"BACKUP EXPORT", "OK: Backup written\r\n"},
                             {"VFAT CD", "/\r\n"},
                             {"VFAT LIST", "      16  backup.cdcbak\r\n"},
                             {"VFAT GET", "Q0RDQkFLAAAAAAAA\r\n"},
                             {"VFAT FREE", "Total: 9 KB, Used: 1 KB, Free: 8 KB\r\n"},
                             {"BACKUP IMPORT", "NOTE: x\r\nOK: imported=1 failed=0 modules=1 skipped=0 system=0\r\n"},
                             {"BACKUP DELETE", "OK: Backup deleted\r\n"},
                             {"LOGOUT", "OK: Logged out\r\n"}});
  const ScriptedPeer::Handler badge = [&](ScriptedPeer& peer, const std::string& line) {
    (line.starts_with("VFAT RECEIVE") ? upload : others)(peer, line);
  };
  ScriptedPeer good(badge);
  whole_session(good);
  EXPECT_EQ(good.lines.size(), 12u);
  for (std::size_t at = 0; at < good.passed; ++at) {
    ScriptedPeer peer(badge);
    peer.breaks_after = at;
    const Fault broken = fault([&] { whole_session(peer); });
    // The last bytes are prompts that nobody waits for.
    if (broken.outcome == Outcome::ok) {
      EXPECT_EQ(peer.lines.back(), "LOGOUT") << at;
    } else {
      EXPECT_EQ(broken.outcome, Outcome::io) << at << " " << broken.sentence;
    }
  }
}

}  // namespace
}  // namespace hwbak::serial
