// The verbs of `device` against a badge that a test plays: what is proven before it is kept, what is not sent.
#include "tasks/device_session.h"

#include "base/as_bytes.h"
#include "container/cdcbak/cdcbak.h"
#include "io/folder.h"
#include "link/scripted_peer.h"
#include "support/badge_vectors.h"

namespace hwbak::tasks {
namespace {

using test::answer, test::ScriptedPeer;

// Gives a passphrase and a PIN.
class Given final : public Secrets {
 public:
  explicit Given(std::string_view passphrase, std::string_view pin = "1234") {
    passphrase_.push_back(SecretString::copy_of(passphrase));
    pin_.push_back(SecretString::copy_of(pin));
  }
  std::span<const SecretString> ask(const Question& question) override { return question.kind == Kind::pin ? pin_ : passphrase_; }

 private:
  std::vector<SecretString> passphrase_, pin_;
};

const test::BadgeVector& vector() { return test::badge_vector("s10-iters-1.cdcbak"); }
std::string file_of(const test::BadgeVector& one) { return {one.bytes.begin(), one.bytes.end()}; }

// A badge whose next backup is `file`.
ScriptedPeer::Handler badge_with(std::string file, std::string import = "OK: imported=1 failed=0 modules=1 skipped=0 system=0") {
  return [file = std::move(file), import = std::move(import)](ScriptedPeer& peer, const std::string& line) {
    std::string lines = "ERROR: Unknown command\r\n";
    if (line == "PING") lines = "PONG\r\n";
    if (line.starts_with("AUTH ")) lines = "OK: Authenticated\r\n";
    if (line == "LOGOUT") lines = "OK: Logged out\r\n";
    if (line.starts_with("BACKUP EXPORT ")) lines = "OK: Backup written\r\n";
    if (line.starts_with("BACKUP IMPORT ")) lines = "NOTE: FIDO2/GPG signing keys are NOT restored.\r\n" + import + "\r\n";
    if (line == "VFAT CD /") lines = "/\r\n";
    if (line == "VFAT LIST") lines = "  " + std::to_string(file.size()) + "  backup.cdcbak\r\n";
    if (line.starts_with("VFAT GET ")) lines = file.substr(0, 8192) + "\r\n";
    if (line.starts_with("VFAT RECEIVE ")) {
      peer.expect_data(std::stoul(line.substr(line.find("cdcbak ") + 7)),
                       [&peer](const std::string& data) { peer.say("OK " + std::to_string(data.size()) + "\r\n"); });
      lines = "READY\r\n";
    }
    peer.say(answer(line, lines));
  };
}

class Device : public ::testing::Test {
 protected:
  Report backup(ScriptedPeer& peer, std::string_view passphrase, bool overwrite = false) {
    Given secrets(passphrase);
    Context context;
    context.secrets = &secrets;
    return device_backup_over(context, {"/dev/badge", true}, {output, overwrite}, peer);
  }
  Report restore(ScriptedPeer& peer, const test::BadgeVector& one, bool yes = true) {
    Given secrets(one.passphrase);
    Context context;
    context.secrets = &secrets;
    test::put(folder / one.file, file_of(one));
    const auto confirm = [&](const std::string&, const std::vector<hwbak::Section>& plan) {
      EXPECT_FALSE(plan.empty());
      EXPECT_EQ(peer.sent.find("RECEIVE"), std::string::npos) << "nothing is sent before the question";
      return yes;
    };
    return device_restore_over(context, folder / one.file, {"/dev/badge", false}, confirm, peer);
  }
  const test::Folder folder;
  const std::filesystem::path output = folder / "out.cdcbak";
};

TEST_F(Device, ABackupIsOpenedBeforeItIsKept) {
  ScriptedPeer peer(badge_with(file_of(vector())));
  const Report report = backup(peer, vector().passphrase);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(test::get(output), file_of(vector()));
  EXPECT_EQ(peer.lines.back(), "LOGOUT");
  ScriptedPeer other(badge_with(file_of(vector())));
  std::filesystem::remove(output);
  EXPECT_EQ(backup(other, "another").outcome, Outcome::damaged);
  EXPECT_EQ(test::get(output), "(nothing)");
}

TEST_F(Device, ABackupThatIsNoJsonIsNotKept) {
  const Bytes file = cdcbak::write(as_bytes("no JSON"), as_bytes("a b"), 100, system_random()).base64;
  ScriptedPeer peer(badge_with(std::string(file.begin(), file.end())));
  const Report report = backup(peer, "a b");
  EXPECT_EQ(report.outcome, Outcome::damaged);
  EXPECT_EQ(report.message.find("authentic"), std::string::npos) << report.message;
  EXPECT_THAT(report.message, ::testing::HasSubstr("nothing was written"));
  EXPECT_EQ(test::get(output), "(nothing)");
}

std::string all_rows(const Report& report) {
  std::string out;
  for (const Section& section : report.page)
    for (const Section::Row& row : section.rows)
      if (const auto* const text = std::get_if<std::string>(&row.value.get())) out += *text + "\n";
  return out;
}

// Only of what was sent it is said that the badge keeps it.
TEST_F(Device, WhatTheBadgeKeepsIsWhatItWasSent) {
  using ::testing::HasSubstr, ::testing::Not;
  ScriptedPeer both(badge_with(file_of(vector())));
  EXPECT_THAT(all_rows(backup(both, vector().passphrase)), HasSubstr("the PIN and the passphrase among them"));
  ScriptedPeer given_up(badge_with("x")), sent(badge_with("x"));
  EXPECT_THAT(all_rows(restore(given_up, vector(), false)), Not(HasSubstr("among them")));
  EXPECT_THAT(all_rows(restore(sent, vector())), HasSubstr("memory, the passphrase among them"));
  Given secrets("");
  Context context;
  context.secrets = &secrets;
  for (const bool log_in : {false, true}) {
    ScriptedPeer peer(badge_with("x"));
    const Report report = device_delete_over(context, {"/dev/badge", log_in}, {}, peer);
    EXPECT_EQ(all_rows(report).find("the PIN among them") != std::string::npos, log_in);
    EXPECT_THAT(all_rows(report), Not(HasSubstr("passphrase")));
  }
}

TEST_F(Device, TheLimitOfIterationsHoldsHereToo) {
  Given secrets("iter million");
  Context context;
  context.secrets = &secrets;
  context.max_kdf_iterations = 999'999;
  const auto& costly = test::badge_vector("s11-iters-1000000.cdcbak");
  ScriptedPeer peer(badge_with(file_of(costly)));
  EXPECT_EQ(device_backup_over(context, {"/dev/badge", false}, {output, false}, peer).outcome, Outcome::refused);
  ScriptedPeer other(badge_with("x"));
  EXPECT_EQ(device_restore_over(context, costly.path(), {"/dev/badge", false}, {}, other).outcome, Outcome::refused);
  EXPECT_TRUE(other.sent.empty());
  EXPECT_EQ(test::get(output), "(nothing)");
}

TEST_F(Device, NothingIsSentForAnOutputThatIsThereOrAPassphraseThatWouldChange) {
  test::put(output, "mine");
  ScriptedPeer peer(badge_with(file_of(vector())));
  EXPECT_EQ(backup(peer, "a").outcome, Outcome::refused);
  EXPECT_EQ(backup(peer, " a", true).outcome, Outcome::refused);
  EXPECT_TRUE(peer.sent.empty());
  EXPECT_EQ(test::get(output), "mine");
}

TEST_F(Device, ABackupThatWouldComeCutIsNotAskedFor) {
  ScriptedPeer peer(badge_with("Q0RDQkFL" + std::string(8188, 'A')));
  const Report report = backup(peer, "a");
  EXPECT_EQ(report.outcome, Outcome::refused);
  EXPECT_THAT(report.next, ::testing::HasSubstr("mod_msc"));
  for (const std::string& line : peer.lines) EXPECT_FALSE(line.starts_with("VFAT GET")) << line;
  EXPECT_EQ(test::get(output), "(nothing)");
}

TEST_F(Device, ACablePulledAfterAnyByteLeavesTheOldLocalFile) {
  ScriptedPeer good(badge_with(file_of(vector())));
  ASSERT_EQ(backup(good, vector().passphrase).outcome, Outcome::ok);
  std::size_t kept = 0;
  for (std::size_t at = 0; at < good.passed; at += 3) {
    test::put(output, "old");
    ScriptedPeer peer(badge_with(file_of(vector())));
    peer.breaks_after = at;
    const Report report = backup(peer, vector().passphrase, true);
    if (test::get(output) == "old") {
      ++kept;
      EXPECT_EQ(report.outcome, Outcome::io) << at << report.message;
    } else {
      EXPECT_EQ(report.outcome, Outcome::ok);
      EXPECT_EQ(test::get(output), file_of(vector()));
    }
  }
  EXPECT_GT(kept, 100u);
}

TEST_F(Device, ARestoreIsRehearsedAndCompared) {
  ScriptedPeer peer(badge_with("x"));
  const Report report = restore(peer, vector());
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_TRUE(std::get<bool>(report.facts.find("as_rehearsed")->get())) << report.message;
  ScriptedPeer full(badge_with("x", "OK: imported=0 failed=1 modules=1 skipped=0 system=0"));
  const Report other = restore(full, vector());
  EXPECT_EQ(other.outcome, Outcome::partial);
  EXPECT_FALSE(std::get<bool>(other.facts.find("as_rehearsed")->get()));
  EXPECT_THAT(other.message, ::testing::HasSubstr("NOT as rehearsed"));
}

// Whether the plan was shown or not (--yes), the answer tells what the counts hide.
TEST_F(Device, WhatTheCountsHideIsToldAfterTheRestoreToo) {
  ScriptedPeer peer(badge_with("x", "OK: imported=1 failed=0 modules=3 skipped=0 system=1"));
  const Report report = restore(peer, test::badge_vector("s08-schema.cdcbak"));
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_THAT(report.message, ::testing::HasSubstr("that these numbers do not tell are listed"));
  EXPECT_THAT(all_rows(report), ::testing::HasSubstr("nothing of it is read: its schema_ver is not 1"));
}

TEST_F(Device, WhatHoldsNoJsonIsDamagedAndNotSent) {
  for (const char* contents : {"no JSON", "[]"}) {
    test::BadgeVector one;
    one.file = "made.cdcbak";
    one.passphrase = "a b";
    one.bytes = cdcbak::write(as_bytes(contents), as_bytes("a b"), 100, system_random()).base64;
    ScriptedPeer peer(badge_with("x"));
    const Report report = restore(peer, one);
    EXPECT_EQ(report.outcome, Outcome::damaged) << report.message;
    EXPECT_TRUE(peer.sent.empty());
    EXPECT_THAT(report.next, ::testing::HasSubstr("another copy"));
  }
}

TEST_F(Device, ARestoreSendsTheCanonicalLine) {
  ScriptedPeer peer(badge_with("x"));
  ASSERT_EQ(restore(peer, test::badge_vector("s17-lf-wrapped.cdcbak")).outcome, Outcome::ok);
  std::string flat = file_of(test::badge_vector("s17-lf-wrapped.cdcbak"));
  std::erase(flat, '\n');
  EXPECT_NE(peer.sent.find("\n" + flat), std::string::npos);
}

TEST_F(Device, NothingIsSentWithoutConsentOrWhenTheBadgeWouldRefuse) {
  ScriptedPeer peer(badge_with("x"));
  EXPECT_EQ(restore(peer, vector(), false).outcome, Outcome::refused);
  EXPECT_EQ(restore(peer, test::badge_vector("s06-newer-level.cdcbak")).outcome, Outcome::device);
  EXPECT_EQ(peer.sent.find("RECEIVE"), std::string::npos);
  EXPECT_EQ(peer.sent.find("IMPORT"), std::string::npos);
}

TEST_F(Device, APassphraseGoesAsTheBadgeComesToItsBytes) {
  ScriptedPeer cp437(badge_with("x", "OK: imported=7 failed=0 modules=2 skipped=0 system=1"));
  ASSERT_EQ(restore(cp437, test::badge_vector("s04-cp437.cdcbak")).outcome, Outcome::ok);
  EXPECT_NE(cp437.sent.find("BACKUP IMPORT Gr\xC3\xBC\xC3\x9F" "e\n"), std::string::npos);
  ScriptedPeer utf8(badge_with("x"));
  EXPECT_EQ(restore(utf8, test::badge_vector("s03-unicode.cdcbak")).outcome, Outcome::refused);
  EXPECT_TRUE(utf8.sent.empty());
}

}  // namespace
}  // namespace hwbak::tasks
