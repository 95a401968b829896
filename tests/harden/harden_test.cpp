// What protect_process() and lock_all_memory() do, seen from inside and from a neighbour.
#include "harden/harden.h"
#include "support/child.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace hwbak::harden {
namespace {

using test::in_child;

bool become_nobody() {
  if (geteuid() == 0 && (setgroups(0, nullptr) != 0 || setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0)) {
    return false;
  }
  return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0;  // taken away by the change of user
}

// A line of /proc/self/status.
std::string status_of_self(const std::string& name) {
  std::ifstream file("/proc/self/status");
  std::string line;
  while (std::getline(file, line))
    if (line.rfind(name + ":", 0) == 0) return line.substr(line.find_first_not_of(" \t", name.size() + 1));
  return {};
}

TEST(ProtectProcess, TakesHold) {
  EXPECT_EQ(in_child([] {
    umask(0);
    protect_process();
    if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0) return 1;
    rlimit limit{1, 1};
    if (getrlimit(RLIMIT_CORE, &limit) != 0 || limit.rlim_cur != 0 || limit.rlim_max != 0) return 2;
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return 3;
    return umask(0) == 077 ? 0 : 4;
  }), 0);
}

TEST(ProtectProcess, OpensMissingStandardDescriptorsAndLeavesOthersAlone) {
  for (int missing = 0; missing < 8; ++missing) {
    EXPECT_EQ(in_child([&] {
      struct stat before[3] = {}, after[3] = {};
      for (int i = 0; i < 3; ++i) fstat(i, &before[i]);
      for (int i = 0; i < 3; ++i)
        if ((missing >> i & 1) != 0) close(i);
      protect_process();
      for (int i = 0; i < 3; ++i) {
        if (fstat(i, &after[i]) != 0) return 1;
        const bool is_null = S_ISCHR(after[i].st_mode) && after[i].st_rdev == makedev(1, 3);
        if ((missing >> i & 1) != 0 ? !is_null : after[i].st_ino != before[i].st_ino) return 2;
      }
      return open("/dev/null", O_RDONLY) > 2 ? 0 : 3;
    }), 0) << missing;
  }
}

// Another process of the same user tries to open this one's memory.
bool neighbour_sees_memory(bool protect) {
  return in_child([&] {
    if (!become_nobody()) return 2;
    if (protect) protect_process();
    const std::string memory = "/proc/" + std::to_string(getpid()) + "/mem";
    return in_child([&] { return open(memory.c_str(), O_RDONLY) >= 0 ? 1 : 0; });
  }) != 0;
}

TEST(ProtectProcess, KeepsNeighboursOut) {
  EXPECT_TRUE(neighbour_sees_memory(false)) << "the control: without it they see everything";
  EXPECT_FALSE(neighbour_sees_memory(true));
}

#ifdef __SANITIZE_ADDRESS__
constexpr bool mlockall_works = false;  // AddressSanitizer turns it off
#else
constexpr bool mlockall_works = true;
#endif

TEST(LockAllMemory, WithoutTheRightItIsLeftAloneAndAllocationsGoOn) {
  EXPECT_EQ(in_child([] {
    const rlimit small{1 << 20, 1 << 20};
    if (setrlimit(RLIMIT_MEMLOCK, &small) != 0 || !become_nobody()) return 1;
    if (lock_all_memory()) return 2;
    return std::vector<char>(64 << 20, 'x').back() == 'x' ? 0 : 3;
  }), 0);
}

TEST(LockAllMemory, LocksWhereItMay) {
  constexpr unsigned long long ipc_lock = 1ull << 14;
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
  const bool may = limit.rlim_cur == RLIM_INFINITY || (std::stoull(status_of_self("CapEff"), nullptr, 16) & ipc_lock) != 0;
  EXPECT_EQ(in_child([&] {
    if (lock_all_memory() != may) return 1;
    if (may && mlockall_works && status_of_self("VmLck") == "0 kB") return 2;
    return std::vector<char>(64 << 20, 'x').back() == 'x' ? 0 : 3;
  }), 0);
}

}  // namespace
}  // namespace hwbak::harden
