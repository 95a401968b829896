// What a finished call left on the stack is gone afterwards, also on a small stack.
#include <alloca.h>
#include <pthread.h>

#include <algorithm>
#include <cstring>

#include "hwbak/secret.h"
#include "secret/peek.h"

namespace hwbak::secret {
namespace {

constexpr std::size_t depth = 16 * 1024;

// Leaves a pattern on the stack, as a careless function would.
[[gnu::noinline]] std::uintptr_t leave_pattern() {
  void* const block = alloca(depth);
  std::memset(block, 0xC7, depth);
  asm volatile("" : : "r"(block) : "memory");
  return reinterpret_cast<std::uintptr_t>(block);
}

std::size_t longest_run(const Bytes& bytes) {
  std::size_t longest = 0, run = 0;
  for (const std::uint8_t byte : bytes) {
    run = byte == 0xC7 ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

TEST(ScrubStack, TheControlFindsThePattern) {
  const std::uintptr_t where = leave_pattern();
  // What peek() itself needs of the stack has overwritten the upper part.
  EXPECT_GT(longest_run(test::peek(where, depth).value()), depth / 2);
}

TEST(ScrubStack, NothingIsLeft) {
  const std::uintptr_t where = leave_pattern();
  scrub_stack();
  EXPECT_LT(longest_run(test::peek(where, depth).value()), 8u);
}

TEST(ScrubStack, RespectsASmallStack) {
  pthread_attr_t attributes;
  ASSERT_EQ(pthread_attr_init(&attributes), 0);
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, 128 * 1024), 0);
  pthread_t thread;
  const auto body = [](void*) -> void* {
    scrub_stack();
    scrub_stack(1 << 30);
    return nullptr;
  };
  ASSERT_EQ(pthread_create(&thread, &attributes, body, nullptr), 0);
  EXPECT_EQ(pthread_join(thread, nullptr), 0);
  pthread_attr_destroy(&attributes);
  scrub_stack(0);
  scrub_stack(1 << 30);
}

}  // namespace
}  // namespace hwbak::secret
