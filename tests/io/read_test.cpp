// Reading: limits, short reads, devices and pipes, and clear words for what goes wrong.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "io/fault_points.h"
#include "io/folder.h"
#include "io/throws.h"

namespace hwbak {
namespace {

using test::error_of;
using test::Folder;
using test::put;
using ::testing::HasSubstr;
constexpr std::uint64_t plenty = 1 << 24;

TEST(Read, GivesTheWholeFile) {
  const Folder folder;
  for (const std::size_t size : {0u, 1u, 4095u, 4096u, 4097u, 300000u, 3000000u}) {
    const std::string text(size, 'x');
    put(folder / "f", text);
    EXPECT_EQ(test::text(real_files().read(folder / "f", plenty)), text) << size;
  }
}

TEST(Read, TheLimitIsExact) {
  const Folder folder;
  put(folder / "f", std::string(100, 'x'));
  EXPECT_EQ(real_files().read(folder / "f", 100).size(), 100u);
  const Error error = error_of([&] { (void)real_files().read(folder / "f", 99); });
  EXPECT_EQ(error.outcome(), Outcome::refused);
  EXPECT_THAT(error.sentence(), HasSubstr("larger than the limit of 99 bytes"));
  put(folder / "empty", "");
  EXPECT_TRUE(real_files().read(folder / "empty", 0).empty());
}

TEST(Read, AnEndlessDeviceAndAHugeSparseFileAreRefused) {
  EXPECT_EQ(error_of([] { (void)real_files().read("/dev/zero", 100000); }).outcome(), Outcome::refused);
  const Folder folder;
  put(folder / "sparse", "");
  ASSERT_EQ(truncate((folder / "sparse").c_str(), off_t{1} << 40), 0);
  EXPECT_EQ(error_of([&] { (void)real_files().read(folder / "sparse", plenty); }).outcome(), Outcome::refused);
}

TEST(Read, FilesOfUntoldSizeAreReadToTheirEnd) {
  EXPECT_GT(real_files().read("/proc/self/maps", plenty).size(), 0u) << "its size is told as 0";
  const Folder folder;
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::thread writer([&] { put(folder / "pipe", std::string(100000, 'p')); });
  EXPECT_EQ(real_files().read(folder / "pipe", plenty).size(), 100000u);
  writer.join();
}

TEST(Read, ADashIsStandardInput) {
  const Folder folder;
  put(folder / "in", "from standard input");
  const pid_t child = fork();
  if (child == 0) {
    const int in = open((folder / "in").c_str(), O_RDONLY);
    dup2(in, STDIN_FILENO);
    const bool size_known = real_files().info("-")->size == 19;
    _exit(size_known && test::text(real_files().read("-", 19)) == "from standard input" ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Read, SaysWhatIsWrong) {
  const Folder folder;
  const Error missing = error_of([&] { (void)real_files().read(folder / "none", plenty); });
  EXPECT_EQ(missing.outcome(), Outcome::io);
  EXPECT_EQ(missing.sentence(), "there is no file " + (folder / "none").string());
  EXPECT_FALSE(missing.next().empty());
  const Error is_folder = error_of([&] { (void)real_files().read(folder.path(), plenty); });
  EXPECT_EQ(is_folder.outcome(), Outcome::io);
  EXPECT_EQ(is_folder.sentence(), folder.path().string() + " is a folder, not a file");
  put(folder / "f", "");
  EXPECT_THAT(error_of([&] { (void)real_files().read(folder / "f" / "g", plenty); }).sentence(), HasSubstr("not a folder"));
}

TEST(Read, NamesAreNeverPrintedRaw) {
  const Folder folder;
  const Error error = error_of([&] { (void)real_files().read(folder / "a\x1b[31m\xff\xe2\x80\xae", plenty); });
  EXPECT_THAT(error.sentence(), HasSubstr("/a\\u{001B}[31m\\xFF\\u{202E}"));
}

TEST(Read, ShortReadsChangeNothing) {
  const Folder folder;
  put(folder / "f", std::string(10000, 'x') + "end");
  io::FaultPoints faults;
  faults.before_transfer = [](std::size_t& length) {
    length = std::min<std::size_t>(length, 7);
    return 0;
  };
  const auto text = test::text(io::files_with_faults(faults)->read(folder / "f", plenty));
  EXPECT_EQ(text, std::string(10000, 'x') + "end");
}

TEST(Read, AFailingCardIsNamedAsSuch) {
  const Folder folder;
  put(folder / "f", std::string(10000, 'x'));
  int reads = 0;
  io::FaultPoints faults;
  faults.before_transfer = [&](std::size_t& length) {
    length = 1000;
    return ++reads > 3 ? EIO : 0;
  };
  const Error error = error_of([&] { (void)io::files_with_faults(faults)->read(folder / "f", plenty); });
  EXPECT_EQ(error.outcome(), Outcome::io);
  EXPECT_EQ(error.sentence(), "cannot read " + (folder / "f").string() + ": the card or disk failed (Input/output error)");
  EXPECT_THAT(error.next(), HasSubstr("take a copy"));
}

}  // namespace
}  // namespace hwbak
