// Every reply of the badge's console, and what only looks like one.
#include "link/serial/replies.h"

#include "link/serial/line_reader.h"
#include "base/as_bytes.h"

namespace hwbak::serial {
namespace {

TEST(Replies, Auth) {
  using Kind = AuthReply::Kind;
  EXPECT_EQ(read_auth("OK: Authenticated")->kind, Kind::authenticated);
  const auto wrong = read_auth("ERROR: Wrong PIN. 7 retries remaining.");
  EXPECT_EQ(wrong->kind, Kind::wrong_pin);
  EXPECT_EQ(wrong->retries, 7u);
  const auto now = read_auth("ERROR: Wrong PIN. Locked for 60 seconds.");
  EXPECT_EQ(now->kind, Kind::locked);
  EXPECT_EQ(now->seconds, 60u);
  EXPECT_TRUE(now->just_now);
  EXPECT_EQ(read_auth("ERROR: Wrong PIN. Permanently locked.")->kind, Kind::locked_for_ever);
  EXPECT_TRUE(read_auth("ERROR: Wrong PIN. Permanently locked.")->just_now);
  EXPECT_EQ(read_auth("ERROR: PIN locked. Wait 12 seconds.")->seconds, 12u);
  EXPECT_FALSE(read_auth("ERROR: PIN locked. Wait 12 seconds.")->just_now);
  EXPECT_EQ(read_auth("ERROR: PIN permanently locked.")->kind, Kind::locked_for_ever);
  EXPECT_EQ(read_auth("ERROR: Unknown command 'AUTH'")->kind, Kind::not_needed);
  for (const char* other : {"", "AUTH 1234", "OK", "OK: Logged out", "ERROR: Wrong PIN.", "I (12) auth: OK: Authenticated"})
    EXPECT_FALSE(read_auth(other)) << other;
  EXPECT_EQ(read_auth("ERROR: PIN locked. Wait 99999999999999999999999 seconds.")->seconds, UINT64_MAX);
}

TEST(Replies, Refusals) {
  EXPECT_EQ(read_refusal("ERROR: Not authenticated. Use AUTH <pin> to login.")->kind, Refusal::Kind::not_authenticated);
  EXPECT_EQ(read_refusal("ERROR: Unknown command 'VERSION'")->kind, Refusal::Kind::unknown_command);
  EXPECT_FALSE(read_refusal("ERROR: Backup export failed"));
}

TEST(Replies, Backup) {
  EXPECT_EQ(read_export("OK: Backup written"), ExportReply::written);
  EXPECT_EQ(read_export("ERROR: Backup export failed"), ExportReply::failed);
  EXPECT_EQ(read_export("Usage: BACKUP EXPORT <passphrase>"), ExportReply::usage);
  EXPECT_FALSE(read_export("BACKUP EXPORT OK: Backup written"));
  const auto done = read_import("OK: imported=36 failed=1 modules=3 skipped=2 system=1");
  ASSERT_TRUE(done);
  EXPECT_EQ(done->kind, ImportReply::Kind::done);
  EXPECT_EQ(done->imported, 36u);
  EXPECT_EQ(done->failed, 1u);
  EXPECT_EQ(done->modules, 3u);
  EXPECT_EQ(done->skipped, 2u);
  EXPECT_TRUE(done->system);
  EXPECT_EQ(read_import("NOTE: FIDO2/GPG signing keys are NOT restored.")->kind, ImportReply::Kind::note);
  EXPECT_EQ(read_import("ERROR: No backup present")->kind, ImportReply::Kind::no_backup);
  EXPECT_EQ(read_import("ERROR: Import failed (wrong passphrase or corrupt file)")->kind, ImportReply::Kind::failed);
  EXPECT_EQ(read_import("Usage: BACKUP IMPORT <passphrase>")->kind, ImportReply::Kind::usage);
  EXPECT_FALSE(read_import("OK: imported=36 failed=1"));
  EXPECT_EQ(read_delete("OK: Backup deleted"), DeleteReply::deleted);
  EXPECT_EQ(read_delete("OK: No backup present"), DeleteReply::nothing_there);
  EXPECT_EQ(read_delete("ERROR: Delete failed"), DeleteReply::failed);
  EXPECT_FALSE(read_delete("OK"));
}

TEST(Replies, Files) {
  const auto file = read_entry("3648  backup.cdcbak");
  ASSERT_TRUE(file);
  EXPECT_EQ(file->size, 3648u);
  EXPECT_EQ(file->name, "backup.cdcbak");
  EXPECT_TRUE(read_entry("[DIR]  my plugins")->folder);
  EXPECT_EQ(read_entry("[DIR]  my plugins")->name, "my plugins");
  for (const char* other : {"VFAT LIST", "12", "12  ", "backup.cdcbak", "-1  x", "[DIR]"}) EXPECT_FALSE(read_entry(other)) << other;
  EXPECT_EQ(read_free("Total: 4096 KB, Used: 100 KB, Free: 3996 KB"), 3996u);
  EXPECT_FALSE(read_free("Total: 4096 KB"));
  EXPECT_EQ(read_error("ERR: not found"), "not found");
  EXPECT_EQ(read_error("ERROR: \x1b[2J"), "\\u{001B}[2J");
  EXPECT_FALSE(read_error("ERRATA"));
  EXPECT_EQ(read_version("Firmware: 0.6.6")->text, "0.6.6");
  EXPECT_EQ(read_version("API level: 0.7")->kind, VersionPart::Kind::level);
  EXPECT_TRUE(is_pong("PONG"));
}

TEST(Replies, Uploads) {
  using Kind = ReceiveReply::Kind;
  const std::pair<const char*, Kind> all[] = {{"READY", Kind::ready},
                                              {"OK 8", Kind::done},
                                              {"ERR: usage RECEIVE <file> <size> <crc32_hex>", Kind::usage},
                                              {"ERR: bad path", Kind::bad_path},
                                              {"ERR upload_in_progress", Kind::in_progress},
                                              {"ERR cannot_open", Kind::cannot_open},
                                              {"ERR msc_active", Kind::mass_storage},
                                              {"ERR crc_mismatch got=12345678 want=87654321", Kind::crc_mismatch},
                                              {"ERR size_mismatch 7/8", Kind::size_mismatch},
                                              {"ERR rename_failed", Kind::rename_failed},
                                              {"ERR upload_timeout", Kind::timed_out},
                                              {"ERR no_such_thing", Kind::other_error}};
  for (const auto& [line, kind] : all) {
    ASSERT_TRUE(read_receive(line)) << line;
    EXPECT_EQ(read_receive(line)->kind, kind) << line;
  }
  EXPECT_EQ(read_receive("OK 3648")->got, 3648u);
  EXPECT_FALSE(read_receive("OK"));
  EXPECT_FALSE(read_receive("OK 8 of 9"));
}

TEST(LineReader, CutsAndStripsLinesHoweverTheyArrive) {
  const std::string bytes = "> VFAT LIST\r\n  [DIR]  a\r\n      12  b\r\n>  > OK: x \t\r\n\n> ";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, bytes.size()}) {
    LineReader reader;
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      reader.feed(as_bytes(std::string_view(bytes).substr(at, piece)));
      std::string_view line;
      while (reader.next(line)) lines.emplace_back(line);
    }
    EXPECT_THAT(lines, ::testing::ElementsAre("VFAT LIST", "[DIR]  a", "12  b", "OK: x", ""));
    EXPECT_TRUE(reader.prompt_seen());
    reader.forget();
    EXPECT_FALSE(reader.prompt_seen());
  }
}

TEST(LineReader, BoundsALine) {
  LineReader reader;
  std::string_view line;
  for (int i = 0; i < 100; ++i) {
    reader.feed(as_bytes(std::string(1000, 'a')));
    EXPECT_FALSE(reader.next(line));
  }
  reader.feed(as_bytes("\nnext\n"));
  ASSERT_TRUE(reader.next(line));
  EXPECT_LE(line.size(), LineReader::max_line);
  EXPECT_GT(line.size(), 8192u);
  ASSERT_TRUE(reader.next(line));
  EXPECT_EQ(line, "next");
}

}  // namespace
}  // namespace hwbak::serial
