// Writing: what is there afterwards, and what is never touched.
#include <sys/stat.h>
#include <unistd.h>

#include "io/fault_points.h"
#include "io/folder.h"
#include "io/throws.h"

namespace hwbak {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::Folder;
using test::get;
using test::put;
using test::view;
using ::testing::HasSubstr;
constexpr WriteOptions force{.overwrite = true};

void write(const fs::path& path, std::string_view text, const WriteOptions& options = {}) {
  real_files().write(path, view(text), options);
}

unsigned mode_of(const fs::path& path) {
  struct stat found {};
  EXPECT_EQ(stat(path.c_str(), &found), 0);
  return found.st_mode & 07777;
}

TEST(Write, MakesAPrivateFileAndNothingElse) {
  const Folder folder;
  for (const std::size_t size : {0u, 1u, 16384u, 16385u, 1000000u}) {
    const std::string text(size, 'w');
    write(folder / "f", text, force);
    EXPECT_EQ(get(folder / "f"), text);
  }
  EXPECT_EQ(mode_of(folder / "f"), 0600u);
  EXPECT_EQ(folder.count(), 1u);
  write(folder / "shared", "x", {.mode = 0644});
  EXPECT_EQ(mode_of(folder / "shared"), 0644u) << "whatever the umask";
}

TEST(Write, TakesNamesInTheCurrentFolderAndLongOnes) {
  const Folder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  write("here", "1");
  fs::current_path(before);
  EXPECT_EQ(get(folder / "here"), "1");
  write(folder / std::string(255, 'n'), "2");
  EXPECT_EQ(get(folder / std::string(255, 'n')), "2");
}

TEST(Write, NeverReplacesUnasked) {
  const Folder folder;
  put(folder / "f", "old");
  fs::create_symlink("nowhere", folder / "broken");
  for (const char* name : {"f", "broken"}) {
    const Error error = error_of([&] { write(folder / name, "new"); });
    EXPECT_EQ(error.outcome(), Outcome::refused);
    EXPECT_EQ(error.sentence(), (folder / name).string() + " exists already; nothing was changed");
    EXPECT_THAT(error.next(), HasSubstr("--force"));
  }
  EXPECT_EQ(get(folder / "f"), "old");
  EXPECT_FALSE(fs::exists(folder / "nowhere"));
  EXPECT_EQ(folder.count(), 2u);
  write(folder / "f", "new", force);
  EXPECT_EQ(get(folder / "f"), "new");
}

// The name may be taken between the first look and the last step, on every kind of file system.
TEST(Write, NeverReplacesWhatAppearedMeanwhile) {
  for (const int lacks : {0, 1, 2}) {
    const Folder folder;
    io::FaultPoints faults;
    faults.lacks_noreplace = lacks >= 1;
    faults.lacks_links = lacks >= 2;
    faults.before_step = [&](WriteStep step) {
      if (step == WriteStep::rename) put(folder / "f", "somebody else's");
      return 0;
    };
    const Error error = error_of([&] { io::files_with_faults(faults)->write(folder / "f", view("new"), {}); });
    EXPECT_EQ(error.outcome(), Outcome::refused) << lacks;
    EXPECT_EQ(get(folder / "f"), "somebody else's") << lacks;
    EXPECT_EQ(folder.count(), 1u) << lacks;
  }
}

TEST(Write, WorksWhereTheFileSystemCanDoLess) {
  for (const int lacks : {1, 2}) {
    const Folder folder;
    io::FaultPoints faults;
    faults.lacks_noreplace = true;
    faults.lacks_links = lacks == 2;
    io::files_with_faults(faults)->write(folder / "f", view("new"), {});
    EXPECT_EQ(get(folder / "f"), "new") << lacks;
    EXPECT_EQ(folder.count(), 1u) << lacks;
    EXPECT_EQ(mode_of(folder / "f"), 0600u) << lacks;
  }
}

TEST(Write, ThroughALinkReplacesWhereItLeads) {
  const Folder folder;
  fs::create_directory(folder / "card");
  put(folder / "card" / "real", "old");
  fs::create_symlink("card/real", folder / "link");
  write(folder / "link", "new", force);
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(get(folder / "card" / "real"), "new");
  EXPECT_FALSE(fs::is_symlink(folder / "card" / "real"));
  fs::create_symlink("nowhere", folder / "broken");
  const Error error = error_of([&] { write(folder / "broken", "new", force); });
  EXPECT_EQ(error.outcome(), Outcome::refused);
  EXPECT_THAT(error.sentence(), HasSubstr("leads nowhere"));
  EXPECT_FALSE(fs::exists(folder / "nowhere"));
}

TEST(Write, DoesNotFollowAnotherUsersLink) {
  if (geteuid() != 0) return;  // only root can make one
  const Folder folder;
  put(folder / "mine", "old");
  fs::create_symlink("mine", folder / "trap");
  ASSERT_EQ(lchown((folder / "trap").c_str(), 12345, 12345), 0);
  EXPECT_EQ(error_of([&] { write(folder / "trap", "new", force); }).outcome(), Outcome::refused);
  EXPECT_EQ(get(folder / "mine"), "old");
}

TEST(Write, DevicesPipesAndFoldersStayWhatTheyAre) {
  const Folder folder;
  fs::create_directory(folder / "sub");
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  fs::create_symlink("/dev/null", folder / "null");
  for (const char* name : {"sub", "pipe", "null", "sub/"}) {
    const Error error = error_of([&] { write(folder / name, "new", force); });
    EXPECT_EQ(error.outcome(), Outcome::refused) << name;
    EXPECT_THAT(error.sentence(), HasSubstr("nothing was changed")) << name;
  }
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_TRUE(fs::is_fifo(folder / "pipe"));
  EXPECT_EQ(error_of([&] { write("-", "new", force); }).outcome(), Outcome::refused);
}

TEST(Write, SaysThatTheFolderIsMissing) {
  const Folder folder;
  const Error error = error_of([&] { write(folder / "none" / "f", "new"); });
  EXPECT_EQ(error.outcome(), Outcome::io);
  EXPECT_EQ(error.sentence(), "cannot write " + (folder / "none" / "f").string() +
                                  ": the folder does not exist (No such file or directory); nothing was changed");
}

TEST(Write, AFullDiskIsSaidPlainly) {
  // A device that is always full stands in for the card.
  const Folder folder;
  io::FaultPoints faults;
  std::size_t written = 0;
  faults.before_transfer = [&](std::size_t& length) {
    length = std::min<std::size_t>(length, 1000);
    written += length;
    return written > 5000 ? ENOSPC : 0;
  };
  const Error error = error_of([&] { io::files_with_faults(faults)->write(folder / "f", view(std::string(10000, 'x')), {}); });
  EXPECT_EQ(error.outcome(), Outcome::io);
  EXPECT_EQ(error.sentence(), "cannot write " + (folder / "f").string() +
                                  ": the card or disk is full (No space left on device); nothing was changed");
  EXPECT_THAT(error.next(), HasSubstr("make room"));
  EXPECT_EQ(folder.count(), 0u);
}

}  // namespace
}  // namespace hwbak
