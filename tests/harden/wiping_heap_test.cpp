// Whatever form of new and delete, free and realloc is used: what was in the memory is gone.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <new>

#include "secret/peek.h"

namespace hwbak {
namespace {

constexpr std::size_t size = 4000;

std::uintptr_t fill(void* data) {
  std::memset(data, 0xB7, size);
  asm volatile("" : : "r"(data) : "memory");
  return reinterpret_cast<std::uintptr_t>(data);
}

// Bytes of the pattern still at `where`. Read into static memory: a new vector would take, and
// overwrite, the very block that is looked at.
std::ptrdiff_t left(std::uintptr_t where) {
  static std::uint8_t seen[size];
  EXPECT_TRUE(test::peek_into(where, seen));
  return std::count(std::begin(seen), std::end(seen), 0xB7);
}

// The C library's own, or the sanitizer's.
#ifdef __SANITIZE_ADDRESS__
void plain_free(void* data) { std::free(data); }
#else
extern "C" void __libc_free(void* data) noexcept;
void plain_free(void* data) { __libc_free(data); }
#endif

TEST(WipingDelete, TheControlFindsWhatFreeLeaves) {
  void* const data = std::malloc(size);
  const std::uintptr_t where = fill(data);
  plain_free(data);
  EXPECT_GT(left(where), 3000) << "but for the allocator's own numbers";
}

#ifndef __SANITIZE_ADDRESS__  // where the program has neither
TEST(WipingFree, Wipes) {
  void* const data = std::malloc(size);
  const std::uintptr_t where = fill(data);
  std::free(data);
  EXPECT_EQ(left(where), 0);
  std::free(nullptr);
}

TEST(WipingFree, ReallocKeepsWhatItShouldAndWipesTheOldPlace) {
  void* data = std::realloc(nullptr, size);
  const std::uintptr_t where = fill(data);
  data = std::realloc(data, 100 * size);
  ASSERT_NE(data, nullptr);
  ASSERT_NE(reinterpret_cast<std::uintptr_t>(data), where);
  EXPECT_EQ(left(where), 0);
  EXPECT_EQ(left(reinterpret_cast<std::uintptr_t>(data)), static_cast<std::ptrdiff_t>(size));
  data = std::realloc(data, 10);
  ASSERT_NE(data, nullptr);
  EXPECT_EQ(std::count(static_cast<std::uint8_t*>(data), static_cast<std::uint8_t*>(data) + 10, 0xB7), 10);
  std::free(data);
}
#endif

TEST(WipingDelete, EveryFormWipes) {
  constexpr std::align_val_t aligned{256};
  void* data = operator new(size);
  std::uintptr_t where = fill(data);
  operator delete(data);
  EXPECT_EQ(left(where), 0);

  data = operator new(size);
  where = fill(data);
  operator delete(data, size);
  EXPECT_EQ(left(where), 0);

  data = operator new[](size, std::nothrow);
  where = fill(data);
  operator delete[](data);
  EXPECT_EQ(left(where), 0);

  data = operator new(size, aligned);
  where = fill(data);
  EXPECT_EQ(where % 256, 0u);
  operator delete(data, aligned);
  EXPECT_EQ(left(where), 0);

  data = operator new[](size, aligned, std::nothrow);
  where = fill(data);
  operator delete[](data, size, aligned);
  EXPECT_EQ(left(where), 0);
  operator delete(nullptr);
}

TEST(WipingDelete, ContainersWipeWhatTheyOutgrow) {
  std::string text(size, '\xB7');
  const auto where = reinterpret_cast<std::uintptr_t>(text.data());
  text.append(100 * size, 'x');
  ASSERT_NE(reinterpret_cast<std::uintptr_t>(text.data()), where);
  EXPECT_EQ(left(where), 0);
}

#ifndef __SANITIZE_ADDRESS__  // which stops the program instead
TEST(WipingDelete, TooMuchIsRefusedInTheUsualWays) {
  volatile std::size_t too_much = std::numeric_limits<std::size_t>::max() / 4;
  EXPECT_THROW(static_cast<void>(operator new(too_much)), std::bad_alloc);
  EXPECT_EQ(operator new(too_much, std::nothrow), nullptr);
  EXPECT_THROW(static_cast<void>(operator new(too_much, std::align_val_t{64})), std::bad_alloc);
}
#endif

}  // namespace
}  // namespace hwbak
