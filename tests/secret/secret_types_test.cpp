// SecretBytes and SecretString: moved, cloned on purpose, wiped where they shrink.
#include <cstring>
#include <type_traits>

#include "hwbak/secret.h"
#include "secret/peek.h"

namespace hwbak {
namespace {

static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);
static_assert(!std::is_copy_constructible_v<SecretString> && !std::is_copy_assignable_v<SecretString>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes> && std::is_nothrow_move_assignable_v<SecretBytes>);

Bytes bytes_of(const SecretBytes& secret) { return {secret.expose().begin(), secret.expose().end()}; }

TEST(SecretBytes, StartsEmptyAndGrowsWithZeros) {
  SecretBytes bytes;
  EXPECT_TRUE(bytes.empty());
  EXPECT_TRUE(bytes.equals({}));
  bytes.resize(3);
  EXPECT_EQ(bytes_of(bytes), Bytes(3, 0));
  bytes.append(9);
  EXPECT_EQ(bytes_of(bytes), (Bytes{0, 0, 0, 9}));
  bytes.clear();
  EXPECT_TRUE(bytes.empty());
}

TEST(SecretBytes, WhatIsCutOffIsWipedAndDoesNotComeBack) {
  SecretBytes bytes = SecretBytes::copy_of(Bytes(100, 7));
  const auto address = reinterpret_cast<std::uintptr_t>(bytes.expose().data());
  bytes.resize(10);
  EXPECT_EQ(test::peek(address + 10, 90), Bytes(90, 0));
  bytes.resize(12);
  EXPECT_EQ(bytes.expose()[11], 0);
}

TEST(SecretBytes, GrowingLeavesNothingBehind) {
  SecretBytes bytes = SecretBytes::copy_of(Bytes(100, 7));
  const SecretBytes neighbour(100);  // keeps the pages mapped
  const auto address = reinterpret_cast<std::uintptr_t>(bytes.expose().data());
  bytes.resize(10000);
  ASSERT_NE(reinterpret_cast<std::uintptr_t>(bytes.expose().data()), address);
  EXPECT_EQ(test::peek(address, 100), Bytes(100, 0));
  EXPECT_EQ(bytes.expose()[99], 7);
}

TEST(SecretBytes, AppendsItself) {
  SecretBytes bytes = SecretBytes::copy_of(Bytes{1, 2, 3});
  for (int i = 0; i < 10; ++i) bytes.append(bytes.expose());
  ASSERT_EQ(bytes.size(), 3u * 1024u);
  for (std::size_t i = 0; i < bytes.size(); ++i) ASSERT_EQ(bytes.expose()[i], i % 3 + 1);
  bytes.append(std::as_const(bytes).expose().subspan(1, 1));
  EXPECT_EQ(bytes.expose().back(), 2);
}

TEST(SecretBytes, MovesLeaveTheOldOneEmpty) {
  SecretBytes first = SecretBytes::copy_of(Bytes{1, 2, 3});
  SecretBytes second = std::move(first);
  EXPECT_TRUE(first.empty());  // NOLINT: the promise is tested
  first = std::move(second);
  SecretBytes& alias = first;
  first = std::move(alias);
  EXPECT_EQ(bytes_of(first), (Bytes{1, 2, 3}));
  const SecretBytes copy = first.clone();
  EXPECT_NE(copy.expose().data(), std::as_const(first).expose().data());
  EXPECT_TRUE(copy.equals(first.expose()));
}

TEST(SecretBytes, ComparesLengthAndEveryByte) {
  const SecretBytes bytes = SecretBytes::copy_of(Bytes{1, 2, 3});
  EXPECT_TRUE(bytes.equals(Bytes{1, 2, 3}));
  EXPECT_FALSE(bytes.equals(Bytes{1, 2}));
  for (const Bytes& other : {Bytes{0, 2, 3}, Bytes{1, 0, 3}, Bytes{1, 2, 0}}) EXPECT_FALSE(bytes.equals(other));
}

TEST(SecretString, IsText) {
  SecretString text = SecretString::copy_of("zoo");
  text.append(' ');
  text.append("wrong");
  EXPECT_EQ(text.expose(), "zoo wrong");
  text.pop_back();
  EXPECT_TRUE(text.equals("zoo wron"));
  EXPECT_FALSE(text.equals("zoo wrong"));
  text.clear();
  text.pop_back();
  EXPECT_TRUE(text.empty());
}

}  // namespace
}  // namespace hwbak
