// rekey: the same bytes under a new password, byte for byte as a device writes, never half-written.
#include <gtest/gtest.h>

#include <cstdlib>

#include "container/sevenzip/open.h"
#include "support/replay.h"
#include "support/vectors.h"

namespace hwbak {
namespace {

using namespace test;

class Rekey : public testing::Test {
 protected:
  const Vector& vector_ = test::vector("q1-testnet-18words.7z");
  Folder folder_;
  FixedSecrets secrets_{vector_.password};
  const std::string new_password_ = "a new password that is long enough 1";

  static Context context(Secrets& secrets, Files& files = real_files(), RandomSource& random = system_random()) {
    return Context{.files = files, .secrets = &secrets, .random = random, .progress = {}};
  }
  WrittenResult run(const Subject& from, const Subject& to, Files& files = real_files(), bool overwrite = false) {
    return rekey(context(secrets_, files), from, {to, overwrite}, [](const SecretString&) { return true; });
  }
};

TEST_F(Rekey, TheNewFileOpensWithTheNewPasswordOnly) {
  secrets_.add(Secrets::Kind::new_password, new_password_);
  const auto target = folder_ / "new.7z";
  const WrittenResult result = run(vector_.path(), target);
  ASSERT_EQ(result.report.outcome, Outcome::ok) << result.report.message;
  FixedSecrets fresh(new_password_);
  const Report report = verify_one(target, &fresh);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(text_fact(report.facts, "plaintext_sha256"), vector_.sha256);
  EXPECT_EQ(text_fact(report.facts, "writer"), "device");
  EXPECT_EQ(text_fact(report.facts, "inner_name"), "hockey35.txt");
  EXPECT_EQ(verify_one(target, &secrets_).outcome, Outcome::wrong_secret);
  EXPECT_EQ(std::filesystem::status(target).permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const std::string sevenzip = "7z t -p'" + new_password_ + "' '" + target.string() + "' >/dev/null 2>&1";
  EXPECT_EQ(std::system(sevenzip.c_str()), 0) << "7-Zip tests it";
}

TEST_F(Rekey, FreshWordsAreTwelveAndConfirmedFirst) {
  const auto target = folder_ / "new.7z";
  const WrittenResult given_up = rekey(context(secrets_), vector_.path(), {target, false}, [&](const SecretString&) {
    EXPECT_FALSE(std::filesystem::exists(target)) << "nothing is written before the words are confirmed";
    return false;
  });
  EXPECT_EQ(given_up.report.outcome, Outcome::refused);
  EXPECT_FALSE(std::filesystem::exists(target));
  const WrittenResult result = run(vector_.path(), target);
  ASSERT_EQ(result.report.outcome, Outcome::ok) << result.report.message;
  EXPECT_EQ(std::count(result.new_words.expose().begin(), result.new_words.expose().end(), ' '), 11);
  FixedSecrets words(result.new_words.expose());
  EXPECT_EQ(verify_one(target, &words).outcome, Outcome::ok);
}

TEST_F(Rekey, NeverOverwritesTheBackupOrAnotherFile) {
  secrets_.add(Secrets::Kind::new_password, new_password_);
  const auto copy = folder_ / "backup.7z";
  std::filesystem::copy_file(vector_.path(), copy);
  const Bytes before = read_bytes(copy);
  EXPECT_EQ(run(copy, copy, real_files(), true).report.outcome, Outcome::refused);
  std::filesystem::create_hard_link(copy, folder_ / "same.7z");
  EXPECT_EQ(run(copy, folder_ / "same.7z", real_files(), true).report.outcome, Outcome::refused);
  write_bytes(folder_ / "other.7z", before);
  EXPECT_EQ(run(copy, folder_ / "other.7z").report.outcome, Outcome::refused);
  EXPECT_EQ(read_bytes(copy), before);
  EXPECT_EQ(run(copy, folder_ / "other.7z", real_files(), true).report.outcome, Outcome::ok) << "with --force";
}

TEST_F(Rekey, RefusesPasswordsNoDeviceCanType) {
  secrets_.add(Secrets::Kind::new_password, "gr\xC3\xBC\xC3\x9F dich, langes Passwort, herzlich");
  EXPECT_EQ(run(vector_.path(), folder_ / "new.7z").report.outcome, Outcome::refused);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "new.7z"));
}

TEST_F(Rekey, WithRecordedSaltAndIvEveryDeviceFileIsReproduced) {
  for (const Vector& vector : vectors()) {
    if (!vector.device_made() || vector.all.at("rounds_pow").as_int64() != 13) continue;
    const Bytes original = read_bytes(vector.path());
    const auto survey = sevenzip::survey(original, {});
    Bytes recorded = survey.folders.at(0).aes->salt;
    recorded.insert(recorded.end(), survey.folders[0].aes->iv.begin(), survey.folders[0].aes->iv.end());
    Replay random(recorded);
    FixedSecrets same(vector.password);
    same.add(Secrets::Kind::new_password, vector.password);
    const auto target = folder_ / vector.file;
    const WrittenResult result = rekey(context(same, real_files(), random), vector.path(), {target, false}, {});
    ASSERT_EQ(result.report.outcome, Outcome::ok) << result.report.message;
    EXPECT_TRUE(random.spent());
    EXPECT_EQ(read_bytes(target), original) << vector.file;
  }
}

// A disk on which every write fails at a chosen step.
class FailingFiles final : public Files {
 public:
  std::optional<FileInfo> info(const std::filesystem::path& path) override { return real_files().info(path); }
  std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) override { return real_files().files_in(folder); }
  using Files::read;
  Bytes read(const std::filesystem::path& path, std::uint64_t max_size, FileInfo* info) override {
    return real_files().read(path, max_size, info);
  }
  std::vector<FileInfo> list(const std::filesystem::path& folder) override { return real_files().list(folder); }
  void write(const std::filesystem::path&, ByteView, const WriteOptions&) override {
    throw Error(Outcome::io, "the card is full (No space left on device); nothing was changed");
  }
  void check_room(const std::filesystem::path&, std::uint64_t, std::uint64_t) override {}
  void remove(const std::filesystem::path& path) override { real_files().remove(path); }
  void make_folder(const std::filesystem::path& folder) override { real_files().make_folder(folder); }
};

TEST_F(Rekey, AFailingDiskIsSaidAndLeavesNothing) {
  secrets_.add(Secrets::Kind::new_password, new_password_);
  FailingFiles full;
  const WrittenResult result = run(vector_.path(), folder_ / "new.7z", full);
  EXPECT_EQ(result.report.outcome, Outcome::io);
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace hwbak
