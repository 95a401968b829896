// The list of `hwbak doctor` says what is so, of machines of every kind.
#include <algorithm>
#include <fstream>
#include <set>

#include "harden/harden.h"
#include "io/folder.h"

namespace hwbak::harden {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// The file tree of a machine, as far as the survey looks.
class Machine {
 public:
  Machine& with(const fs::path& path, const std::string& text) {
    fs::create_directories((root / path).parent_path());
    test::put(root / path, text);
    return *this;
  }
  [[nodiscard]] Protection look(const std::string& name) const {
    for (const Protection& protection : survey_protection("OpenSSL 3.0.0", root.path()))
      if (protection.name == name) return protection;
    ADD_FAILURE() << name;
    return {};
  }
  test::Folder root;
};

const std::string heading = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";

TEST(Survey, EveryEntryHasItsOwnNameAndASentence) {
  std::set<std::string> names;
  for (const Protection& protection : survey_protection("OpenSSL 3.0.0")) {
    EXPECT_TRUE(names.insert(protection.name).second) << protection.name;
    EXPECT_FALSE(protection.sentence.empty()) << protection.name;
  }
  EXPECT_EQ(names.size(), 11u);
}

TEST(Survey, Swap) {
  EXPECT_TRUE(Machine().look("swap").in_force);
  EXPECT_TRUE(Machine().with("proc/swaps", heading).look("swap").in_force);
  EXPECT_TRUE(Machine().with("proc/swaps", heading + "/dev/zram0 partition 1 0 100\n").look("swap").in_force);
  EXPECT_FALSE(Machine().with("proc/swaps", heading + "/swapfile file 1 0 -2\n").look("swap").in_force);
  Machine mapped;
  mapped.with("proc/swaps", heading + "/dev/dm-1 partition 1 0 -2\n");
  EXPECT_FALSE(mapped.look("swap").in_force) << "a volume that may be plain";
  mapped.with("sys/block/dm-1/dm/uuid", "LVM-abc\n");
  EXPECT_FALSE(mapped.look("swap").in_force);
  mapped.with("sys/block/dm-1/dm/uuid", "CRYPT-PLAIN-swap\n");
  EXPECT_TRUE(mapped.look("swap").in_force);
  mapped.with("proc/swaps", heading + "/dev/dm-1 partition 1 0 -2\n/dev/sda2 partition 1 0 -3\n");
  EXPECT_FALSE(mapped.look("swap").in_force) << "the worst one counts";
}

TEST(Survey, Hibernation) {
  Machine machine;
  machine.with("sys/power/state", "freeze mem disk\n").with("sys/power/disk", "[platform] shutdown\n");
  EXPECT_TRUE(machine.look("hibernation").in_force) << "there is no swap to write to";
  machine.with("proc/swaps", heading + "/dev/sda2 partition 1 0 -2\n");
  EXPECT_FALSE(machine.look("hibernation").in_force);
  EXPECT_THAT(machine.look("hibernation").sentence, HasSubstr("locked or not"));
  machine.with("sys/power/disk", "[disabled]\n");
  EXPECT_TRUE(machine.look("hibernation").in_force);
}

TEST(Survey, Watchers) {
  EXPECT_FALSE(Machine().look("ptrace-scope").in_force);
  EXPECT_FALSE(Machine().with("proc/sys/kernel/yama/ptrace_scope", "0\n").look("ptrace-scope").in_force);
  EXPECT_TRUE(Machine().with("proc/sys/kernel/yama/ptrace_scope", "1\n").look("ptrace-scope").in_force);
  EXPECT_TRUE(Machine().with("proc/self/status", "Name:\tx\nTracerPid:\t0\n").look("not-traced").in_force);
  const Protection traced = Machine().with("proc/self/status", "Name:\tx\nTracerPid:\t17\n").look("not-traced");
  EXPECT_FALSE(traced.in_force);
  EXPECT_THAT(traced.sentence, HasSubstr("process 17"));
}

TEST(Survey, TellsTheLibraryOfCiphers) {
  EXPECT_THAT(Machine().look("libcrypto").sentence, HasSubstr("OpenSSL 3.0.0"));
}

}  // namespace
}  // namespace hwbak::harden
