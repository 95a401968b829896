// The system's random source fills everything it is given, and says so when it cannot.
#include "hwbak/random.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

#include "hwbak/error.h"

namespace hwbak {
namespace {

TEST(SystemRandom, FillsLargeAndEmptySpans) {
  system_random().fill({});
  // More than getrandom(2) hands out in one go, 32 MiB less one byte.
  Bytes bytes(40 * 1024 * 1024);
  system_random().fill(bytes);
  for (std::size_t at = 0; at < bytes.size(); at += bytes.size() / 64) {
    const auto part = ByteView(bytes).subspan(at, 64);
    EXPECT_FALSE(std::ranges::all_of(part, [](std::uint8_t byte) { return byte == 0; })) << at;
  }
  const auto tail = ByteView(bytes).last(64);
  EXPECT_FALSE(std::ranges::all_of(tail, [](std::uint8_t byte) { return byte == 0; }));
}

TEST(SystemRandom, TwoDrawsDiffer) {
  Bytes one(32), two(32);
  system_random().fill(one);
  system_random().fill(two);
  EXPECT_NE(one, two);
}

// The kernel refuses getrandom(2) with `reason` from here on.
void forbid_getrandom(unsigned reason) {
  sock_filter filter[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                          BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getrandom, 0, 1),
                          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | reason),
                          BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog program{static_cast<unsigned short>(std::size(filter)), filter};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    std::_Exit(3);
  }
}

TEST(SystemRandomDeathTest, ARefusalIsAnIoError) {
  EXPECT_EXIT(
      {
        forbid_getrandom(ENOSYS);
        Bytes bytes(16);
        try {
          system_random().fill(bytes);
        } catch (const Error& error) {
          std::_Exit(error.outcome() == Outcome::io && !error.next().empty() ? 42 : 1);
        }
        std::_Exit(2);
      },
      testing::ExitedWithCode(42), "");
}

}  // namespace
}  // namespace hwbak
