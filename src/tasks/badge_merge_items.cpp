// See badge_merge_items.h.
#include "tasks/badge_merge_items.h"

#include <algorithm>
#include <cstdlib>

namespace hwbak::tasks {
namespace {

using Kind = BadgeItem::Kind;

bool same_field(const BadgeItem& a, const BadgeItem& b, const char* name) {
  return field(a, name)->bytes.equals(field(b, name)->bytes.expose());
}

}  // namespace

const BadgeItem::Field* field(const BadgeItem& item, std::string_view name) {
  const auto found = std::ranges::find(item.fields, name, &BadgeItem::Field::name);
  return found == item.fields.end() ? nullptr : &*found;
}

std::map<BadgeKey, const BadgeItem*> standing(const std::vector<BadgeItem>& items) {
  std::map<BadgeKey, const BadgeItem*> out;
  for (const BadgeItem& item : items) {
    const BadgeItem*& known = out[key_of(item)];
    if (known == nullptr || item.good || !known->good) known = &item;
  }
  return out;
}

std::vector<BadgeItem> all_items(const cdc_badge::Payload& payload) {
  std::vector<BadgeItem> out = badge_items(payload);
  for (BadgeItem& item : unread_records(payload)) out.push_back(std::move(item));
  return out;
}

bool same_hotp(const BadgeItem& a, const BadgeItem& b) {
  return a.kind == Kind::account && a.read && b.read && field(a, "type")->bytes.equals("HOTP") && same_field(a, b, "type") && same_field(a, b, "secret");
}
std::uint64_t counter_of(const BadgeItem& item) { return std::strtoull(std::string(field(item, "counter")->bytes.expose()).c_str(), nullptr, 10); }
void set_counter(BadgeItem& item, std::uint64_t counter) {
  const auto place = std::ranges::find(item.fields, "counter", &BadgeItem::Field::name);
  place->bytes = SecretString::copy_of(std::to_string(counter));
  place->shown = place->bytes.clone();
}

// Where one of the two could not be read, both are compared as they are written.
Compared compared(const BadgeItem& a, std::string_view json_a, const BadgeItem& b, std::string_view json_b) {
  if (a.read && b.read) return {differing(a, b), std::nullopt, std::nullopt};
  Compared out{{}, item_as_written(a.kind, a.path, json_a), item_as_written(b.kind, b.path, json_b)};
  if (out.first && out.second) out.fields = differing(*out.first, *out.second);
  return out;
}

std::string_view json_of(const cdc_badge::Draft& draft, const BadgeItem& item) {
  const auto place = cdc_badge::record_place(item.path);
  return place && draft.editable(place->list) ? draft.record(place->list, place->index) : std::string_view();
}

}  // namespace hwbak::tasks
