// What is in a badge backup, as a flat list of things with a name and fields: what `diff` and `merge` compare
// (docs/cdc-badge-contents.md, "Comparing and merging").
#pragma once

#include <string>
#include <vector>

#include "device/cdc_badge/payload.h"

namespace hwbak::tasks {

struct BadgeItem {
  enum class Kind { account, login, card, own_card, setting, section };
  struct Field {
    std::string name;      // "issuer"
    SecretString bytes;    // what is compared
    SecretString shown;    // for people
  };
  Kind kind = Kind::account;
  std::string path;        // in the payload
  SecretString key;        // two of one kind and key are the same thing
  SecretString shown;      // how a person calls it
  std::vector<Field> fields;
};
[[nodiscard]] std::string_view name(BadgeItem::Kind kind) noexcept;   // "account", "login", "card", "own-card", "setting", "section"

// Accounts by their name (exact bytes), logins by their title (the case of ASCII letters does not count), cards by their text,
// settings by their field, other sections by their name. Good records only.
[[nodiscard]] std::vector<BadgeItem> badge_items(const cdc_badge::Payload& payload);

// The same thing in two backups; one of them is nullptr where it is only in the other.
struct BadgePair {
  const BadgeItem* before = nullptr;
  const BadgeItem* after = nullptr;
};
// All of both, each once, in the order of `after`, then what is only in `before`. Cards that are not the same text are
// paired by FN. Things that are there several times are paired in their order.
[[nodiscard]] std::vector<BadgePair> paired(const std::vector<BadgeItem>& before, const std::vector<BadgeItem>& after);

// Names of the fields in which they differ.
[[nodiscard]] std::vector<std::string> differing(const BadgeItem& before, const BadgeItem& after);

}  // namespace hwbak::tasks
