// What is in a badge backup, as a flat list of things with a name and fields: what `diff` and `merge` compare
// (docs/cdc-badge-contents.md, "Comparing and merging").
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "device/cdc_badge/compose.h"

namespace hwbak::tasks {

struct BadgeItem {
  enum class Kind { account, login, card, own_card, setting, section, key };
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
  bool good = true;        // false: something in it is not as it should be
  bool read = true;        // false: it could not be understood; the fields are its members as they stand there
};
[[nodiscard]] std::string_view name(BadgeItem::Kind kind) noexcept;   // "account", "login", "card", "own-card", "setting", "section", "key"

// As a badge compares them: accounts by their name (exact bytes), logins by their title (the case of ASCII letters does not
// count), both up to a NUL; cards by the text that is stored of them. Settings by their field, other sections and keys by
// their name. Only what could be read.
[[nodiscard]] std::vector<BadgeItem> badge_items(const cdc_badge::Payload& payload);

// A record of JSON under its name, member by member; nullopt when it has none.
[[nodiscard]] std::optional<BadgeItem> item_as_written(BadgeItem::Kind kind, std::string path, std::string_view json);
// Accounts and logins that have a name, but could not be read.
[[nodiscard]] std::vector<BadgeItem> unread_records(const cdc_badge::Payload& payload);

// What stands in a backup but could not be read, so that it cannot be said to be missing there or to differ.
class Unread final {
 public:
  struct Place {
    std::string path, reason;
  };
  explicit Unread(const cdc_badge::Payload& payload);
  [[nodiscard]] const std::vector<Place>& places() const noexcept { return places_; }
  [[nodiscard]] bool covers(const BadgeItem& item) const;   // of another backup, or of the same

 private:
  void add_record(const cdc_badge::Draft& draft, const cdc_badge::RecordPlace& place);
  void add_whole(std::string_view path);
  void add_key(BadgeItem::Kind kind, SecretString key);

  std::vector<Place> places_;
  std::deque<SecretString> kept_;
  std::set<std::pair<BadgeItem::Kind, std::string_view>> keys_;
  std::set<BadgeItem::Kind> whole_;   // nothing of that kind could be read
};

// The setting that a path belongs to: "wifi" for "system.wifi.ssid", "modules_enabled.mod_x"; nullopt for other paths.
[[nodiscard]] std::optional<std::string> setting_of(std::string_view path);

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
