// What is there: one name, and the names in a folder.
#include <sys/stat.h>
#include <unistd.h>

#include "hwbak/files.h"
#include "io/folder.h"
#include "io/throws.h"

namespace hwbak {
namespace {

namespace fs = std::filesystem;
using test::Folder;
using test::put;
using Kind = FileInfo::Kind;

TEST(Info, TellsKindSizeTimeAndIdentity) {
  const Folder folder;
  put(folder / "f", "12345");
  fs::create_hard_link(folder / "f", folder / "twin");
  fs::create_symlink("f", folder / "link");
  const FileInfo info = real_files().info(folder / "f").value();
  EXPECT_EQ(info.kind, Kind::file);
  EXPECT_EQ(info.size, 5u);
  EXPECT_NEAR(static_cast<double>(info.modified), static_cast<double>(time(nullptr)), 100.0);
  for (const char* other : {"twin", "link"}) {
    EXPECT_EQ(real_files().info(folder / other)->inode, info.inode) << other;
    EXPECT_EQ(real_files().info(folder / other)->device, info.device) << other;
  }
  EXPECT_EQ(real_files().info(folder.path())->kind, Kind::folder);
  EXPECT_EQ(real_files().info("/dev/null")->kind, Kind::other);
}

TEST(Info, NothingIsNotAnError) {
  const Folder folder;
  put(folder / "f", "");
  fs::create_symlink("nowhere", folder / "broken");
  for (const char* name : {"none", "f/below", "broken"}) EXPECT_FALSE(real_files().info(folder / name)) << name;
  const Error error = test::error_of([&] { (void)real_files().info(folder / std::string(300, 'n')); });
  EXPECT_EQ(error.outcome(), Outcome::io);
  EXPECT_THAT(error.sentence(), ::testing::HasSubstr("the name is too long (File name too long)"));
}

TEST(List, IsSortedAndDoesNotFollowLinksToFolders) {
  const Folder folder;
  fs::create_directory(folder / "sub");
  put(folder / "sub" / "inner", "");
  put(folder / "b.7z", "bb");
  put(folder / "a.7z", "a");
  put(folder / "\xff", "odd");
  fs::create_symlink("b.7z", folder / "to-file");
  fs::create_symlink("sub", folder / "to-folder");
  fs::create_symlink("nowhere", folder / "broken");
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::vector<std::pair<std::string, Kind>> found;
  for (const FileInfo& info : real_files().list(folder.path())) {
    EXPECT_EQ(info.path.parent_path(), folder.path());
    found.emplace_back(info.path.filename().string(), info.kind);
  }
  const std::vector<std::pair<std::string, Kind>> expected = {
      {"a.7z", Kind::file},  {"b.7z", Kind::file},    {"broken", Kind::other},    {"pipe", Kind::other},
      {"sub", Kind::folder}, {"to-file", Kind::file}, {"to-folder", Kind::other}, {"\xff", Kind::file}};
  EXPECT_EQ(found, expected);
  EXPECT_EQ(real_files().list(folder.path())[5].inode, real_files().info(folder / "b.7z")->inode);
}

TEST(List, SaysWhatIsWrong) {
  const Folder folder;
  EXPECT_TRUE(real_files().list(folder.path()).empty());
  put(folder / "f", "");
  const Error missing = test::error_of([&] { (void)real_files().list(folder / "none"); });
  EXPECT_EQ(missing.outcome(), Outcome::io);
  EXPECT_EQ(missing.sentence(), "there is no folder " + (folder / "none").string());
  const Error is_file = test::error_of([&] { (void)real_files().list(folder / "f"); });
  EXPECT_EQ(is_file.sentence(), (folder / "f").string() + " is not a folder");
}

}  // namespace
}  // namespace hwbak
