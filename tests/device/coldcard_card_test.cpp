// Backups written onto cards, here folders: the device's names, and what stands in the way.
#include "device/coldcard/card.h"

#include "base/as_bytes.h"
#include "hwbak/error.h"
#include "io/folder.h"

namespace hwbak::coldcard {
namespace {

using ::testing::HasSubstr;
using test::Folder;
using test::get;
using test::put;

const ByteView bytes = as_bytes("the backup");

std::string written(const Folder& card, bool cleartext = false) {
  return write_backup(real_files(), card.path(), bytes, cleartext).filename().string();
}

TEST(ColdcardCard, TakesTheNextNameAndKeepsWhatIsThere) {
  const Folder card;
  EXPECT_EQ(written(card), "backup.7z");
  EXPECT_EQ(written(card), "backup-2.7z");
  put(card / "backup-7.7z.old", "older");
  EXPECT_EQ(written(card), "backup-8.7z");
  EXPECT_EQ(written(card, true), "backup.txt");
  EXPECT_EQ(written(card, true), "backup-2.txt");
  std::filesystem::remove(card / "backup.7z");
  EXPECT_EQ(written(card), "backup.7z") << "the exception of the rule";
  EXPECT_EQ(get(card / "backup-7.7z.old"), "older");
  EXPECT_EQ(get(card / "backup-8.7z"), "the backup");
  EXPECT_EQ(card.count(), 6u);
}

TEST(ColdcardCard, FoldersAndLinksCountAsNames) {
  const Folder card;
  std::filesystem::create_directory(card / "backup.7z");
  std::filesystem::create_directory(card / "backup-4.7z");
  EXPECT_EQ(written(card), "backup-5.7z");
  std::filesystem::create_symlink("nowhere", card / "backup-9.7z");
  EXPECT_EQ(written(card), "backup-10.7z");
}

// A card on which somebody else takes the chosen name first, `others` times; then a write may fail.
class Contested final : public Files {
 public:
  explicit Contested(unsigned others, std::optional<Error> failure = {}) : others_(others), failure_(std::move(failure)) {}
  std::optional<FileInfo> info(const std::filesystem::path& path) override { return real_files().info(path); }
  using Files::read;
  Bytes read(const std::filesystem::path& path, std::uint64_t max_size, FileInfo* info) override {
    return real_files().read(path, max_size, info);
  }
  std::vector<FileInfo> list(const std::filesystem::path& folder) override { return real_files().list(folder); }
  std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) override { return real_files().files_in(folder); }
  using Files::write;
  void write(const std::filesystem::path& path, ByteView contents, const WriteOptions& options) override {
    ++writes;
    EXPECT_FALSE(options.overwrite);
    if (writes <= others_) put(path, "somebody else's");
    if (writes > others_ && failure_) throw *failure_;
    real_files().write(path, contents, options);
  }
  void check_room(const std::filesystem::path&, std::uint64_t, std::uint64_t) override {}
  void remove(const std::filesystem::path& path) override { real_files().remove(path); }
  void make_folder(const std::filesystem::path& folder) override { real_files().make_folder(folder); }
  unsigned writes = 0;

 private:
  unsigned others_;
  std::optional<Error> failure_;
};

TEST(ColdcardCard, PassesOverANameThatWasTakenMeanwhile) {
  const Folder card;
  Contested files(2);
  EXPECT_EQ(write_backup(files, card.path(), bytes).filename(), "backup-3.7z");
  EXPECT_EQ(get(card / "backup.7z"), "somebody else's");
  EXPECT_EQ(get(card / "backup-2.7z"), "somebody else's");
  EXPECT_EQ(get(card / "backup-3.7z"), "the backup");
}

TEST(ColdcardCard, PassesOverANameThatTheListDoesNotShow) {
  // A FAT card knows BACKUP.7Z as backup.7z too: the write is refused, the list does not say why.
  const Folder card;
  Contested files(0, Error(Outcome::refused, "exists already"));
  EXPECT_THROW(static_cast<void>(write_backup(files, card.path(), bytes)), Error);
  EXPECT_EQ(files.writes, max_write_attempts);
  EXPECT_EQ(card.count(), 0u);
}

TEST(ColdcardCard, GivesUpAfterTwentyFiveAttempts) {
  const Folder card;
  Contested files(100);
  try {
    static_cast<void>(write_backup(files, card.path(), bytes));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.outcome(), Outcome::refused);
    EXPECT_THAT(error.sentence(), HasSubstr("exists already"));
  }
  EXPECT_EQ(files.writes, 25u);
}

TEST(ColdcardCard, AFailingCardIsSaidAtOnce) {
  const Folder card;
  Contested files(0, Error(Outcome::io, "the card is full"));
  try {
    static_cast<void>(write_backup(files, card.path(), bytes));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.sentence(), "the card is full");
  }
  EXPECT_EQ(files.writes, 1u);
  EXPECT_THROW(static_cast<void>(write_backup(real_files(), card / "no-such-folder", bytes)), Error);
}

}  // namespace
}  // namespace hwbak::coldcard
