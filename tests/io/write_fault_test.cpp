// Every step of a write fails, or the process dies before it: then the old file or the new
// one is whole, and what is said is true.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>

#include "io/fault_points.h"
#include "io/folder.h"
#include "io/throws.h"

namespace hwbak {
namespace {

namespace fs = std::filesystem;
using test::Folder;
using test::get;
using test::put;
using test::view;
using ::testing::HasSubstr;

constexpr WriteStep steps[] = {WriteStep::create, WriteStep::write,       WriteStep::sync,
                               WriteStep::rename, WriteStep::sync_folder, WriteStep::read_back};
constexpr bool before_rename(WriteStep step) { return step <= WriteStep::rename; }

// With an old file (to be replaced) and without one.
struct Case {
  bool replace;
  WriteStep step;
};

class EveryStep : public ::testing::TestWithParam<Case> {
 protected:
  EveryStep() {
    if (GetParam().replace) put(target, old_text);
  }
  void write(io::FaultPoints faults) const {
    io::files_with_faults(std::move(faults))->write(target, view(new_text), {.overwrite = GetParam().replace});
  }
  const Folder folder;
  const fs::path target = folder / "backup.7z";
  const std::string old_text = "the old backup", new_text = std::string(50000, 'n');
  const std::string nothing_new = GetParam().replace ? old_text : "(nothing)";
};

TEST_P(EveryStep, FailsWithTheOldFileOrTheNewOneWhole) {
  for (const int error : {ENOSPC, EIO, EROFS}) {
    io::FaultPoints faults;
    faults.before_step = [&](WriteStep step) { return step == GetParam().step ? error : 0; };
    const Error thrown = test::error_of([&] { write(faults); });
    EXPECT_EQ(thrown.outcome(), Outcome::io);
    EXPECT_THAT(thrown.sentence(), HasSubstr(target.string()));
    if (before_rename(GetParam().step)) {
      EXPECT_EQ(get(target), nothing_new);
      EXPECT_THAT(thrown.sentence(), HasSubstr("nothing was changed"));
    } else {
      EXPECT_EQ(get(target), new_text);
      EXPECT_THAT(thrown.sentence(), HasSubstr("was written, but the card or disk did not prove that it kept it"));
      if (!GetParam().replace) fs::remove(target);
    }
    EXPECT_EQ(folder.count(), fs::exists(target) ? 1u : 0u) << "the temporary file is gone";
    if (GetParam().replace) put(target, old_text);
  }
}

TEST_P(EveryStep, AKillLeavesTheOldFileOrTheNewOneWhole) {
  const pid_t child = fork();
  if (child == 0) {
    io::FaultPoints faults;
    faults.before_step = [&](WriteStep step) -> int {
      if (step == GetParam().step) _exit(42);
      return 0;
    };
    write(faults);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  ASSERT_EQ(WEXITSTATUS(status), 42) << "the step was reached";
  EXPECT_EQ(get(target), before_rename(GetParam().step) ? nothing_new : new_text);
  // What a dead process leaves behind can be told from a backup, and is in nobody's way.
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.path())) {
    if (entry.path() == target) continue;
    EXPECT_EQ(entry.path().filename().string().rfind(".backup.7z.hwbak-", 0), 0u);
  }
  real_files().write(target, view(new_text), {.overwrite = true});
  EXPECT_EQ(get(target), new_text);
}

std::vector<Case> every_case() {
  std::vector<Case> cases;
  for (const WriteStep step : steps) {
    cases.push_back({true, step});
    cases.push_back({false, step});
  }
  return cases;
}

std::string case_name(const ::testing::TestParamInfo<Case>& tested) {
  static constexpr const char* names[] = {"Create", "Write", "Sync", "Rename", "SyncFolder", "ReadBack"};
  return std::string(names[static_cast<int>(tested.param.step)]) + (tested.param.replace ? "OverAnOldFile" : "OfANewFile");
}

INSTANTIATE_TEST_SUITE_P(Write, EveryStep, ::testing::ValuesIn(every_case()), case_name);

TEST(WriteFault, AFailureInTheMiddleOfTheBytes) {
  const Folder folder;
  put(folder / "f", "old");
  // Transfers: writes first, then the reads that compare, before and after the rename.
  int reached = 0;
  for (int failing = 1; failing <= 40; ++failing) {
    io::FaultPoints faults;
    int transfers = 0;
    faults.before_transfer = [&](std::size_t& length) {
      length = std::min<std::size_t>(length, 1000);
      return ++transfers == failing ? EIO : 0;
    };
    const auto files = io::files_with_faults(faults);
    const std::string text(10000, 'n');
    try {
      files->write(folder / "f", view(text), {.overwrite = true});
      break;
    } catch (const Error& error) {
      ++reached;
      EXPECT_EQ(error.outcome(), Outcome::io);
      const bool unchanged = error.sentence().find("nothing was changed") != std::string::npos;
      EXPECT_EQ(get(folder / "f"), unchanged ? "old" : text);
    }
    EXPECT_EQ(folder.count(), 1u);
    put(folder / "f", "old");
  }
  EXPECT_EQ(reached, 10 + 11 + 11) << "ten writes, twice ten reads and the end of the file";
}

// A card that takes the bytes and keeps others.
TEST(WriteFault, ALyingCardIsCaughtBeforeTheOldFileIsGone) {
  const Folder folder;
  put(folder / "f", "old");
  io::FaultPoints faults;
  faults.before_step = [&](WriteStep step) {
    if (step != WriteStep::sync) return 0;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder.path()))
      if (entry.path().filename() != "f") put(entry.path(), "new tixt");
    return 0;
  };
  const Error error = test::error_of([&] { io::files_with_faults(faults)->write(folder / "f", view("new text"), {.overwrite = true}); });
  EXPECT_THAT(error.sentence(), HasSubstr("what was read back is not what was written; nothing was changed"));
  EXPECT_EQ(get(folder / "f"), "old");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(WriteFault, AFileThatChangedAfterTheRenameIsNotCalledWritten) {
  for (const char* other : {"new tixt", "new tex", "new text."}) {
    const Folder folder;
    io::FaultPoints faults;
    faults.before_step = [&](WriteStep step) {
      if (step == WriteStep::read_back) put(folder / "f", other);
      return 0;
    };
    const Error error = test::error_of([&] { io::files_with_faults(faults)->write(folder / "f", view("new text"), {}); });
    EXPECT_THAT(error.sentence(), HasSubstr("did not prove that it kept it: what was read back is not what was written"));
  }
}

}  // namespace
}  // namespace hwbak
