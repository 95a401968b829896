// What `merge` asks of two things that have the same name: which of them counts, and in what they differ
// (docs/cdc-badge-contents.md, "Comparing and merging").
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tasks/badge_items.h"

namespace hwbak::tasks {

// nullptr when there is none of that name.
[[nodiscard]] const BadgeItem::Field* field(const BadgeItem& item, std::string_view name);

using BadgeKey = std::pair<BadgeItem::Kind, std::string_view>;
[[nodiscard]] inline BadgeKey key_of(const BadgeItem& item) { return {item.kind, item.key.expose()}; }

// Of things that are there several times a badge keeps the last; but one that is no good never stands for a good one.
[[nodiscard]] std::map<BadgeKey, const BadgeItem*> standing(const std::vector<BadgeItem>& items);

// All records and what else there is. Accounts and logins that could not be read come last, as what they are in JSON.
[[nodiscard]] std::vector<BadgeItem> all_items(const cdc_badge::Payload& payload);

// One HOTP account twice: its counters are no matter of which is newer.
[[nodiscard]] bool same_hotp(const BadgeItem& a, const BadgeItem& b);
[[nodiscard]] std::uint64_t counter_of(const BadgeItem& item);
void set_counter(BadgeItem& item, std::uint64_t counter);

// Fields in which two records differ, in the words of JSON where one of them could not be read.
struct Compared {
  std::vector<std::string> fields;
  std::optional<BadgeItem> first, second;   // as they are to be shown, where that is not as they are
};
[[nodiscard]] Compared compared(const BadgeItem& a, std::string_view json_a, const BadgeItem& b, std::string_view json_b);
// Empty where there is no such record, or its section cannot be edited.
[[nodiscard]] std::string_view json_of(const cdc_badge::Draft& draft, const BadgeItem& item);

}  // namespace hwbak::tasks
