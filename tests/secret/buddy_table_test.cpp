// The books of an arena: blocks never overlap, and free halves join again.
#include "secret/buddy_table.h"

#include <rapidcheck/gtest.h>

#include <map>

namespace hwbak::secret {
namespace {

TEST(BuddyTable, HandsOutEverythingOnceAndJoinsItAgain) {
  BuddyTable table(4);
  std::vector<std::uint32_t> taken;
  while (const auto granule = table.take(0)) taken.push_back(*granule);
  std::sort(taken.begin(), taken.end());
  ASSERT_EQ(taken.size(), 16u);
  for (std::uint32_t i = 0; i < 16; ++i) EXPECT_EQ(taken[i], i);
  EXPECT_FALSE(table.all_free());
  for (const std::uint32_t granule : taken) EXPECT_TRUE(table.give_back(granule, 0));
  EXPECT_TRUE(table.all_free());
  EXPECT_EQ(table.take(4), 0u);
  EXPECT_FALSE(table.take(0));
}

TEST(BuddyTable, RefusesWhatIsNotInUse) {
  BuddyTable table(4);
  const std::uint32_t granule = table.take(2).value();
  EXPECT_FALSE(table.give_back(granule, 1)) << "another size";
  EXPECT_FALSE(table.give_back(granule + 1, 2)) << "not its beginning";
  EXPECT_FALSE(table.give_back(16, 0)) << "outside";
  EXPECT_TRUE(table.give_back(granule, 2));
  EXPECT_FALSE(table.give_back(granule, 2)) << "twice";
  EXPECT_FALSE(table.take(5)) << "larger than the arena";
}

RC_GTEST_PROP(BuddyTable, BlocksNeverOverlap, (const std::vector<std::uint8_t>& steps)) {
  BuddyTable table(6);
  std::map<std::uint32_t, unsigned> in_use;
  for (const std::uint8_t step : steps) {
    if (step % 3 == 0 && !in_use.empty()) {
      const auto chosen = std::next(in_use.begin(), step % in_use.size());
      RC_ASSERT(table.give_back(chosen->first, chosen->second));
      in_use.erase(chosen);
    } else if (const auto granule = table.take(step % 7)) {
      const std::uint32_t end = *granule + (1u << step % 7);
      RC_ASSERT(end <= 64u);
      for (const auto& [other, order] : in_use) RC_ASSERT(end <= other || *granule >= other + (1u << order));
      in_use.emplace(*granule, step % 7);
    }
  }
  for (const auto& [granule, order] : in_use) RC_ASSERT(table.give_back(granule, order));
  RC_ASSERT(table.all_free());
}

}  // namespace
}  // namespace hwbak::secret
