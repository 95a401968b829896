// See badge_diff.h.
#include "tasks/badge_diff.h"

#include <algorithm>
#include <set>

#include "base/counted.h"
#include "base/unicode.h"
#include "tasks/badge_examination.h"

namespace hwbak::tasks {
namespace {

const cdc_badge::Payload& payload_of(const Examination& examination) { return *static_cast<const BadgeExamination&>(examination).payload(); }

Value shown_or_null(const BadgeItem& item, const std::string& field) {
  const auto found = std::ranges::find(item.fields, field, &BadgeItem::Field::name);
  if (found == item.fields.end()) return {};
  return found->shown.clone();
}

// "login Mail" for the page
std::string called(const BadgeItem& item) {
  if (item.kind == BadgeItem::Kind::own_card) return "own card";
  return std::string(name(item.kind)) + " " + (item.shown.empty() ? item.path : printable(item.shown.expose()));
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

// Names that both came and went: they read the same, and a badge does not take them for the same.
class Twice final {
 public:
  explicit Twice(const std::vector<BadgePair>& pairs) {
    std::set<Name> came;
    const auto by_name = [](const BadgeItem& item) { return item.kind == BadgeItem::Kind::account || item.kind == BadgeItem::Kind::login; };
    for (const BadgePair& pair : pairs)
      if (pair.before == nullptr && by_name(*pair.after)) came.insert(name_of(*pair.after));
    for (const BadgePair& pair : pairs)
      if (pair.after == nullptr && came.contains(name_of(*pair.before))) names_.insert(name_of(*pair.before));
  }
  [[nodiscard]] const char* words(const BadgeItem& item) const {
    return names_.contains(name_of(item)) ? " (one of that name came and one went: the same letters in other bytes, code page 437 and UTF-8)" : "";
  }

 private:
  using Name = std::pair<BadgeItem::Kind, std::string_view>;
  static Name name_of(const BadgeItem& item) { return {item.kind, item.shown.expose()}; }
  std::set<Name> names_;
};

// What neither came nor went, because it could not be read.
List not_compared(const Unread& before, const Unread& after, Report& report) {
  constexpr std::size_t most = 40;
  List out;
  Section section{"Not compared", {}};
  const auto files = {std::pair{"before", &before}, std::pair{"after", &after}};
  for (const auto& [file, unread] : files)
    for (const Unread::Place& place : unread->places()) {
      Object item;
      item.put("in", file).put("where", place.path).put("reason", place.reason);
      out.emplace_back(std::move(item));
      if (out.size() <= most) section.row(file, place.path + " " + place.reason);
    }
  if (out.empty()) return out;
  if (out.size() > most) section.row("", counted(out.size() - most, "more", "more") + "; --json lists them all");
  report.page.push_back(std::move(section));
  report.findings.push_back({Severity::warning, "not-compared",
                             counted(out.size(), "place") + " could not be read and " + (out.size() == 1 ? "was" : "were") +
                                 " not compared: nothing is said of what stands there.",
                             ""});
  return out;
}

void put_changed(const BadgePair& pair, const std::vector<std::string>& fields, bool reveal, List& changed, Section& section) {
  Object item = item_fact(*pair.after);
  List names, values;
  for (const std::string& field : fields) {
    names.emplace_back(field);
    Object value;
    value.put("field", field).put("before", shown_or_null(*pair.before, field)).put("after", shown_or_null(*pair.after, field));
    values.emplace_back(std::move(value));
  }
  item.put("before_where", pair.before->path).put("fields", std::move(names));
  section.row("changed", called(*pair.after) + ": " + joined(fields));
  if (reveal) {
    item.put("values", std::move(values));
    for (const std::string& field : fields) {
      section.row("  " + field + " before", shown_or_null(*pair.before, field));
      section.row("  " + field + " after", shown_or_null(*pair.after, field));
    }
  }
  changed.emplace_back(std::move(item));
}

std::string counts_words(std::size_t came, std::size_t went, std::size_t changed, bool all) {
  if (came + went + changed == 0)
    return all ? "the two backups hold the same records and settings" : "of what could be compared the two backups hold the same";
  return std::to_string(came) + " came, " + std::to_string(went) + " went, " + std::to_string(changed) + " changed";
}

}  // namespace

Object item_fact(const BadgeItem& item) {
  Object out;
  out.put("kind", std::string(name(item.kind))).put("where", item.path).put("identity", item.shown.clone());
  return out;
}

void compare_badges(const Examination& before, const Examination& after, bool reveal, Report& report) {
  const cdc_badge::Payload &old_payload = payload_of(before), &new_payload = payload_of(after);
  const std::vector<BadgeItem> old_items = badge_items(old_payload), new_items = badge_items(new_payload);
  const Unread old_unread(old_payload), new_unread(new_payload);
  List came, went, changed;
  Section section{"What came, went and changed", {}};
  const std::vector<BadgePair> pairs = paired(old_items, new_items);
  const Twice in_other_bytes(pairs);
  for (const BadgePair& pair : pairs) {
    const BadgeItem& item = pair.after != nullptr ? *pair.after : *pair.before;
    if (old_unread.covers(item) || new_unread.covers(item)) continue;
    if (pair.before == nullptr) {
      came.emplace_back(item_fact(*pair.after));
      section.row("came", called(*pair.after) + in_other_bytes.words(*pair.after));
    } else if (pair.after == nullptr) {
      went.emplace_back(item_fact(*pair.before));
      section.row("went", called(*pair.before) + in_other_bytes.words(*pair.before));
    } else if (const auto fields = differing(*pair.before, *pair.after); !fields.empty()) {
      put_changed(pair, fields, reveal, changed, section);
    }
  }
  if (!section.rows.empty()) report.page.push_back(std::move(section));
  List left = not_compared(old_unread, new_unread, report);
  const bool all = left.empty() || old_payload.json.equals(new_payload.json.expose());
  report.message = counts_words(came.size(), went.size(), changed.size(), all);
  if (!all) report.message += "; " + counted(left.size(), "place") + " could not be compared";
  report.facts.put("same", all && came.empty() && went.empty() && changed.empty());
  report.facts.put("came", std::move(came)).put("went", std::move(went)).put("changed", std::move(changed)).put("not_compared", std::move(left));
}

}  // namespace hwbak::tasks
