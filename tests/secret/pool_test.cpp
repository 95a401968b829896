// The pool of locked pages: grows and shrinks, wipes, stops a program that writes past a
// secret, and goes on without a lock where the system refuses one.
#include <rapidcheck/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "hwbak/secret.h"
#include "secret/peek.h"
#include "support/child.h"

namespace hwbak::secret {
namespace {

using test::in_child;

bool is_zero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; });
}

TEST(Pool, GivesNothingForNothing) {
  EXPECT_EQ(allocate(0), nullptr);
  release(nullptr, 0);
  EXPECT_THROW(static_cast<void>(allocate(SIZE_MAX)), std::bad_alloc);
  EXPECT_THROW(static_cast<void>(allocate(SIZE_MAX / 2)), std::bad_alloc);
}

TEST(Pool, EveryByteOfEverySizeIsUsableAndZeroAndAligned) {
  for (const std::size_t size : {1u, 15u, 24u, 25u, 32u, 100u, 4096u, 32760u, 32761u, 65536u, 1000000u}) {
    const std::size_t before = pool_status().bytes_in_use;
    std::uint8_t* const data = allocate(size);
    EXPECT_TRUE(is_zero({data, size})) << size;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(data) % alignof(std::max_align_t), 0u) << size;
    EXPECT_EQ(pool_status().bytes_in_use, before + size);
    std::memset(data, 0xA5, size);
    release(data, size);
    EXPECT_EQ(pool_status().bytes_in_use, before);
  }
}

TEST(Pool, GrowsForManySecretsAndGivesBack) {
  std::vector<SecretBytes> many;
  const std::size_t before = pool_status().bytes_reserved;
  for (std::size_t i = 0; i < 3000; ++i) many.push_back(SecretBytes::copy_of(Bytes(1000, static_cast<std::uint8_t>(i))));
  EXPECT_GE(pool_status().bytes_reserved, 3000u * 1000u);
  for (std::size_t i = 0; i < many.size(); ++i) {
    ASSERT_TRUE(std::ranges::all_of(many[i].expose(), [&](std::uint8_t byte) { return byte == static_cast<std::uint8_t>(i); }));
  }
  many.clear();
  EXPECT_LE(pool_status().bytes_reserved, before + 2 * 1024 * 1024) << "what is empty goes back to the system";
}

TEST(Pool, StaysFlatWhileSmallSecretsComeAndGo) {
  std::vector<SecretBytes> window(64);
  const auto step = [&](std::size_t i) { window[i % window.size()] = SecretBytes(1 + i * 7919 % 600); };
  for (std::size_t i = 0; i < 1000; ++i) step(i);
  const std::size_t reserved = pool_status().bytes_reserved;
  for (std::size_t i = 0; i < 50000; ++i) step(i);
  EXPECT_EQ(pool_status().bytes_reserved, reserved);
}

TEST(Pool, ReleasedMemoryIsWiped) {
  // A neighbour keeps the arena mapped.
  const SecretBytes neighbour(64);
  std::uint8_t* const data = allocate(64);
  const auto address = reinterpret_cast<std::uintptr_t>(data);
  std::memset(data, 0xA5, 64);
  ASSERT_EQ(test::peek(address, 64), Bytes(64, 0xA5)) << "the control: it can be seen";
  release(data, 64);
  EXPECT_EQ(test::peek(address, 64 + 8), Bytes(64 + 8, 0)) << "the canary too";
}

TEST(Pool, BigSecretsGoBackToTheSystem) {
  const std::size_t reserved = pool_status().bytes_reserved;
  std::uint8_t* const data = allocate(1 << 20);
  const auto address = reinterpret_cast<std::uintptr_t>(data);
  EXPECT_EQ(pool_status().bytes_reserved, reserved + (1 << 20));
  release(data, 1 << 20);
  EXPECT_EQ(pool_status().bytes_reserved, reserved);
  EXPECT_EQ(test::peek(address, 16), std::nullopt);
}

TEST(PoolDeathTest, TouchingAGuardPageStopsTheProgram) {
  const std::size_t size = 1 << 20;  // whole pages: its ends are the ends of the mapping
  std::uint8_t* const data = allocate(size);
  volatile std::uint8_t* const edge = data;
  EXPECT_DEATH(edge[size] = 1, "");
  EXPECT_DEATH(edge[-1] = 1, "");
  edge[0] = 1;
  edge[size - 1] = 1;
  release(data, size);
}

TEST(Pool, AGuardPageTakesNoWriteAtAll) {
  // Through the kernel: no sanitizer has a part in it.
  std::uint8_t* const data = allocate(1 << 20);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "x", 1), 1);
  EXPECT_EQ(read(ends[0], data + (1 << 20), 1), -1);
  EXPECT_EQ(errno, EFAULT);
  EXPECT_EQ(read(ends[0], data + (1 << 20) - 1, 1), 1) << "the control: the last byte takes one";
  close(ends[0]);
  close(ends[1]);
  release(data, 1 << 20);
}

TEST(PoolDeathTest, AWrittenOverCanaryStopsTheProgram) {
  const auto overrun = [] {
    std::uint8_t* const data = allocate(40);
    // Through the kernel: AddressSanitizer would stop it before we can.
    const int memory = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
    static_cast<void>(!pwrite(memory, "overrun", 7, static_cast<off_t>(reinterpret_cast<std::uintptr_t>(data) + 40)));
    close(memory);
    release(data, 40);
  };
  EXPECT_DEATH(overrun(), "written past its end");
}

TEST(PoolDeathTest, WrongReleasesStopTheProgram) {
  std::uint8_t* const data = allocate(40);
  std::uint8_t elsewhere[40] = {};
  EXPECT_DEATH(release(data, 400), "another size");
  EXPECT_DEATH((release(data, 40), release(data, 40)), "twice");
  EXPECT_DEATH(release(elsewhere, 40), "holds no secret");
  EXPECT_DEATH(release(elsewhere, 100000), "twice");
  release(data, 40);
}

TEST(Pool, GoesOnWithoutALockAndRemembersWhy) {
  const int result = in_child([] {
    const rlimit none{0, 0};
    if (setrlimit(RLIMIT_MEMLOCK, &none) != 0) return 1;
    if (geteuid() == 0 && (setresgid(65534, 65534, 65534) != 0 || setresuid(65534, 65534, 65534) != 0)) return 2;
    const std::size_t locked = pool_status().bytes_locked;
    const SecretBytes big(1 << 20);
    const PoolStatus status = pool_status();
    if (!status.lock_failed) return 3;
    if (status.lock_errno != EPERM && status.lock_errno != ENOMEM) return 4;
    if (status.bytes_locked != locked) return 5;
    return big.size() == 1 << 20 ? 0 : 6;
  });
  EXPECT_EQ(result, 0);
}

TEST(Pool, LocksWhereItMay) {
  const SecretBytes some(100);
  const PoolStatus status = pool_status();
  EXPECT_TRUE(status.left_out_of_dumps);
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
  if (limit.rlim_cur >= 64 * 1024) {
    EXPECT_GE(status.bytes_locked, 64u * 1024u);
  } else {
    EXPECT_TRUE(status.lock_failed || geteuid() == 0);
  }
}

TEST(Pool, SurvivesAForkWithItsSecrets) {
  const SecretBytes kept = SecretBytes::copy_of(Bytes(32, 7));
  EXPECT_EQ(in_child([&] { return kept.equals(Bytes(32, 7)) ? 0 : 1; }), 0);
}

TEST(Pool, ManyThreadsShareIt) {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([t, &wrong] {
      std::vector<SecretBytes> mine(16);
      for (std::size_t i = 0; i < 2000; ++i) {
        SecretBytes& slot = mine[i % mine.size()];
        for (const std::uint8_t byte : slot.expose()) wrong[t] += byte != t + 1;
        slot = SecretBytes::copy_of(Bytes(1 + i * 31 % 2000, static_cast<std::uint8_t>(t + 1)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

RC_GTEST_PROP(Pool, BehavesLikeOrdinaryMemory, (const std::vector<std::uint16_t>& sizes)) {
  std::vector<std::pair<SecretBytes, Bytes>> pairs;
  for (const std::uint16_t size : sizes) {
    const Bytes expected(size, static_cast<std::uint8_t>(size % 251 + 1));
    pairs.emplace_back(SecretBytes::copy_of(expected), expected);
    if (size % 3 == 0) pairs.erase(pairs.begin() + static_cast<std::ptrdiff_t>(size % pairs.size()));
  }
  for (const auto& [secret, expected] : pairs) RC_ASSERT(secret.equals(expected));
}

}  // namespace
}  // namespace hwbak::secret
