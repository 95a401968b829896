// See buddy_table.h.
#include "secret/buddy_table.h"

namespace hwbak::secret {

BuddyTable::BuddyTable(unsigned top_order) : granules_(std::size_t{1} << top_order), first_free_(top_order + 1, none) {
  link(0, top_order);
}

std::optional<std::uint32_t> BuddyTable::take(unsigned order) noexcept {
  unsigned found = order;
  while (found < first_free_.size() && first_free_[found] == none) ++found;
  if (found >= first_free_.size()) return std::nullopt;
  const std::uint32_t granule = first_free_[found];
  unlink(granule);
  // Cut in halves: the lower one goes on, the upper one becomes free.
  while (found > order) {
    --found;
    link(granule + (std::uint32_t{1} << found), found);
  }
  granules_[granule].state = State::in_use;
  granules_[granule].order = static_cast<std::uint8_t>(order);
  return granule;
}

bool BuddyTable::give_back(std::uint32_t granule, unsigned order) noexcept {
  if (granule >= granules_.size()) return false;
  if (granules_[granule].state != State::in_use || granules_[granule].order != order) return false;
  granules_[granule].state = State::inside;
  for (; order + 1 < first_free_.size(); ++order) {
    const std::uint32_t buddy = granule ^ (std::uint32_t{1} << order);
    if (granules_[buddy].state != State::free || granules_[buddy].order != order) break;
    unlink(buddy);
    granule &= ~(std::uint32_t{1} << order);
  }
  link(granule, order);
  return true;
}

bool BuddyTable::all_free() const noexcept { return first_free_.back() != none; }

void BuddyTable::link(std::uint32_t granule, unsigned order) noexcept {
  const std::uint32_t next = first_free_[order];
  granules_[granule] = {none, next, State::free, static_cast<std::uint8_t>(order)};
  if (next != none) granules_[next].previous = granule;
  first_free_[order] = granule;
}

void BuddyTable::unlink(std::uint32_t granule) noexcept {
  Granule& block = granules_[granule];
  (block.previous == none ? first_free_[block.order] : granules_[block.previous].next) = block.next;
  if (block.next != none) granules_[block.next].previous = block.previous;
  block = {};
}

}  // namespace hwbak::secret
