// See secret_memo.h.
#include "device/coldcard/secret_memo.h"

#include <algorithm>

namespace hwbak::coldcard {

constexpr std::size_t most_entries = 64;

const wallet::Node* SecretMemo::find(ByteView entropy) const noexcept {
  const auto found = std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.entropy.equals(entropy); });
  return found == entries_.end() ? nullptr : &found->node;
}

void SecretMemo::keep(ByteView entropy, const wallet::Node& node) {
  Entry entry{SecretBytes::copy_of(entropy), node.clone()};
  if (entries_.size() < most_entries) return entries_.push_back(std::move(entry));
  entries_[oldest_] = std::move(entry);
  oldest_ = (oldest_ + 1) % most_entries;
}

}  // namespace hwbak::coldcard
