// The parts of a badge's restore, which restore() joins (docs/formats/cdc-badge.md, "Restore").
#pragma once

#include <array>
#include <map>

#include "base/json_spans.h"
#include "device/cdc_badge/restore.h"

namespace hwbak::cdc_badge {

// Counts as they grow, before they are cut to the badge's widths.
class Restoring final {
 public:
  static constexpr std::size_t max_lossy = 10'000;

  Restoring(BadgeState& present, Restored& out) : state(present), out_(out) {}
  BadgeState& state;
  std::uint64_t imported = 0, failed = 0;

  void lossy(Loss kind, std::string path, std::string what);
  void fail(std::string path, std::string why);   // counts, and says what the count does not: which record
  void close();
  // A text as a badge sees it; one that ends at a NUL is noted. nullopt when it is none.
  [[nodiscard]] std::optional<SecretString> text(std::optional<JsonSpans::Ref> value, const std::string& path);
  // A member that may be missing. nullopt when it is of another kind, which a badge passes over without a word.
  [[nodiscard]] std::optional<JsonSpans::Ref> optional(JsonSpans::Ref object, std::string_view key, JsonNode::Kind kind, const std::string& path);
  // What is stored of a number is another one than stands there: it has a fraction, or is outside the range of its type.
  void whole_number(JsonSpans::Ref number, double low, double high, const std::string& path);
  // `text` as stored in a field of `limit` bytes; a cut is noted.
  [[nodiscard]] SecretString cut(SecretString text, std::size_t limit, const std::string& path);

  // Which record of this backup is in a slot of the badge.
  enum class List { twofa, logins, received };
  void stored(List list, std::size_t slot, const std::string& path) { paths_[static_cast<std::size_t>(list)][slot] = path; }
  [[nodiscard]] bool holds_own(List list, std::size_t slot) const { return paths_[static_cast<std::size_t>(list)].contains(slot); }
  // Before a record goes over the one in that slot: says what the counts do not. `same`: in every field. `what`: "account".
  void overwrites(List list, std::size_t slot, const std::string& path, bool same, const char* what);

 private:
  void shortened(const std::string& path, std::size_t before, std::size_t after, std::string what);

  Restored& out_;
  std::size_t left_out_ = 0;
  std::array<std::map<std::size_t, std::string>, 3> paths_;
};

void restore_twofa(JsonSpans::Ref entry, const std::string& path, Restoring& run);
void restore_login(JsonSpans::Ref entry, const std::string& path, Restoring& run);
void restore_own_card(JsonSpans::Ref text, const std::string& path, Restoring& run);
void restore_received_card(JsonSpans::Ref text, const std::string& path, Restoring& run);
void restore_system(JsonSpans::Ref system, Restoring& run);

// A card as a badge stores it: lines without a value are dropped, every kept line ends with LF.
[[nodiscard]] SecretString normalised_card(std::string_view text);

}  // namespace hwbak::cdc_badge
