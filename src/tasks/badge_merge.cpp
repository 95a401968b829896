// See badge_merge.h.
#include "tasks/badge_merge.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "hwbak/error.h"
#include "base/as_bytes.h"
#include "tasks/badge_diff.h"
#include "tasks/badge_merge_items.h"

namespace hwbak::tasks {
namespace {

using cdc_badge::Draft;
using cdc_badge::Records;
using Kind = BadgeItem::Kind;

Records records_of(Kind kind) { return kind == Kind::account ? Records::twofa : kind == Kind::login ? Records::logins : Records::received; }

const char* section_of(Records list) {
  return list == Records::twofa ? "modules.mod_2fa" : list == Records::logins ? "modules.mod_password" : "modules.mod_vcard";
}

// A key of a section itself, not of one of its records.
bool stands_in_section(std::string_view path) {
  return std::ranges::any_of(std::array{Records::twofa, Records::logins, Records::received}, [&](Records list) {
    const std::string head = std::string(section_of(list)) + ".";
    return path.starts_with(head) && path.substr(head.size()).find_first_of(".[") == std::string_view::npos;
  });
}

// Where something in the result stood before.
struct Origin {
  std::size_t source = 0;
  std::string path;
};

// The result as it grows.
struct Merging {
  const std::vector<MergeSource>& sources;
  bool reveal;
  MergedBadges& out;
  Draft draft;
  std::map<std::string, Origin> origins;   // by path in the result; all else is of the newest, at the same place

  [[nodiscard]] Origin origin_of(const std::string& path) const {
    const auto found = origins.find(path);
    return found == origins.end() ? Origin{sources.size() - 1, path} : found->second;
  }
  void refuse(const Origin& origin, std::string reason) { out.refused.push_back({sources[origin.source].name, origin.path, std::move(reason)}); }
  // `kept` is null where the newer file has no such thing, on purpose or not.
  void put_conflict(Object item, const std::vector<std::string>& fields, const BadgeItem* kept, std::size_t kept_source, const BadgeItem* dropped,
                    std::size_t dropped_source);
  // Of two records of one file.
  void put_conflict_within(const BadgeItem& dropped, const BadgeItem& kept, const Draft& file, std::size_t source);
  // Gives each HOTP account that stands in a file several times the highest of its counters, in `file` and in `items`.
  void raise_counters(std::vector<BadgeItem>& items, Draft& file, std::size_t source);
  void settle_newest();
};

void Merging::put_conflict(Object item, const std::vector<std::string>& fields, const BadgeItem* kept, std::size_t kept_source, const BadgeItem* dropped,
                           std::size_t dropped_source) {
  List names, values;
  for (const std::string& name : fields) {
    names.emplace_back(name);
    const auto shown = [&](const BadgeItem* from) -> Value {
      const auto* const found = from != nullptr ? field(*from, name) : nullptr;
      return found != nullptr ? Value(found->shown.clone()) : Value();
    };
    Object value;
    value.put("field", name).put("kept", shown(kept)).put("dropped", shown(dropped));
    values.emplace_back(std::move(value));
  }
  ++(kept_source == dropped_source ? out.kept_of_one : kept_source > dropped_source ? out.kept_newer : out.kept_older);
  item.put("fields", std::move(names)).put("kept", sources[kept_source].name).put("dropped", sources[dropped_source].name);
  if (reveal) item.put("values", std::move(values));
  out.conflicts.emplace_back(std::move(item));
}

void Merging::put_conflict_within(const BadgeItem& dropped, const BadgeItem& kept, const Draft& file, std::size_t source) {
  const Compared both = compared(dropped, json_of(file, dropped), kept, json_of(file, kept));
  if (!both.fields.empty())
    put_conflict(item_fact(kept), both.fields, both.second ? &*both.second : &kept, source, both.first ? &*both.first : &dropped, source);
}

void Merging::raise_counters(std::vector<BadgeItem>& items, Draft& file, std::size_t source) {
  if (!file.editable(Records::twofa)) return;
  const auto kept = standing(items);
  std::map<std::string, std::uint64_t> highest;   // by path of the one that stays
  for (const BadgeItem& item : items) {
    const BadgeItem& stays = *kept.at(key_of(item));
    if (&item == &stays || !same_hotp(item, stays)) continue;
    auto& counter = highest.try_emplace(stays.path, counter_of(stays)).first->second;
    counter = std::max(counter, counter_of(item));
  }
  for (BadgeItem& item : items) {
    const auto found = highest.find(item.path);
    if (found == highest.end() || found->second == counter_of(item)) continue;
    set_counter(item, found->second);
    file.set_counter(cdc_badge::record_place(item.path)->index, found->second);
    Object raised;
    raised.put("where", item.path).put("identity", item.shown.clone()).put("from", sources[source].name);
    out.counters.emplace_back(std::move(raised));
  }
}

// In the newest file, too, nothing that is no good stands behind a good one of its name.
void Merging::settle_newest() {
  const std::size_t newest = sources.size() - 1;
  std::vector<BadgeItem> items = all_items(*sources.back().payload);
  raise_counters(items, draft, newest);
  const auto index = [](const BadgeItem& item) { return cdc_badge::record_place(item.path)->index; };
  std::map<BadgeKey, const BadgeItem*> last;
  for (const BadgeItem& item : items) {
    if (item.kind != Kind::account && item.kind != Kind::login) continue;
    const BadgeItem*& known = last[key_of(item)];
    if (known == nullptr || index(item) > index(*known)) known = &item;
  }
  for (const auto& [key, stays] : standing(items)) {
    const auto found = last.find(key);
    if (found == last.end() || found->second == stays || !draft.editable(records_of(key.first))) continue;
    const BadgeItem& behind = *found->second;
    if (!stays->good) continue;
    put_conflict_within(behind, *stays, draft, newest);
    const Records list = records_of(key.first);
    const std::string_view good = json_of(draft, *stays), other = json_of(draft, behind);
    draft.replace(list, index(behind), good);
    draft.replace(list, index(*stays), other);
    origins[behind.path] = {newest, stays->path};
    origins[stays->path] = {newest, behind.path};
  }
}

// The value of a setting in the JSON of `system`; `name` as setting_of() gives it.
SecretBytes setting_in(std::string_view system, std::string_view name) {
  std::size_t used = 0;
  const auto document = JsonSpans::parse_front(system, used);
  constexpr std::string_view switches = "modules_enabled.";
  const bool inner = name.starts_with(switches);
  auto found = document ? document->root().first_member(inner ? switches.substr(0, switches.size() - 1) : name) : std::nullopt;
  if (found && inner) found = found->first_member(name.substr(switches.size()));
  return found ? SecretBytes::copy_of(as_bytes(found->raw())) : SecretBytes();
}

std::string_view as_text(const SecretBytes& bytes) { return {reinterpret_cast<const char*>(bytes.expose().data()), bytes.size()}; }

BadgeItem setting_item(const std::string& name, const SecretBytes& json) {
  BadgeItem out{Kind::setting, "system." + name, SecretString::copy_of(name), SecretString::copy_of(name), {}, true};
  out.fields.push_back({"value", SecretString(json.clone()), SecretString(json.clone())});
  return out;
}

// Takes one older file into the draft.
class Joining final {
 public:
  Joining(Merging& merging, std::size_t source)
      : merging_(merging), draft_(merging.draft), from_(merging.sources[source]), source_(source), older_(from_.payload->json.expose()),
        result_(draft_.text()), present_(cdc_badge::understand(result_.expose())), items_(all_items(present_)),
        had_system_(!draft_.system().empty()) {}

  void run() {
    for (const cdc_badge::Flaw& flaw : from_.payload->flaws)
      if (flaw.kind != cdc_badge::Flaw::Kind::full) refuse(flaw.path, flaw.sentence);
    for (const cdc_badge::Section& section : from_.payload->sections)
      if (section.known && !section.read) refuse("modules." + section.name, "has another layout than is known; nothing of it was taken over");
    for (const Finding& finding : from_.payload->findings)
      if (finding.code == "unknown-key" && stands_in_section(finding.where) && !has_finding(finding))
        refuse(finding.where, "is a key that no badge knows, in a section of which only the records are joined; it was not taken over");
    mend_settings();
    std::vector<BadgeItem> items = badge_items(*from_.payload);
    merging_.raise_counters(items, older_, source_);
    const auto stays = standing(items);
    for (const BadgeItem& item : items) {
      const BadgeKey key = key_of(item);
      const auto known = by_key_.find(key);
      if (const BadgeItem& kept = *stays.at(key); &kept != &item) within(item, kept);
      else if (known == by_key_.end()) take(item);
      else compare(item, *known->second);
    }
  }

 private:
  void refuse(std::string where, std::string reason) { merging_.refuse({source_, std::move(where)}, std::move(reason)); }
  static constexpr const char* in_two_sections = "stands in a section that is there twice, so it was not taken over";
  [[nodiscard]] bool has_finding(const Finding& finding) const {
    return std::ranges::any_of(present_.findings, [&](const Finding& other) { return other.code == finding.code && other.where == finding.where; });
  }
  void took(const std::string& path, const std::string& from) {
    merging_.origins[path] = {source_, from};
    ++merging_.out.taken[source_];
  }

  // A setting of the newer file that is no good gives way to a good one.
  void mend_settings() {
    if (older_.system().empty() || !present_.system || !from_.payload->system) return;
    const std::size_t newer = merging_.origin_of("system").source;
    for (const cdc_badge::Flaw& flaw : present_.flaws) {
      const auto name = setting_of(flaw.path);
      const auto same = [&](const cdc_badge::Flaw& other) { return setting_of(other.path) == name; };
      if (!name || mended_.contains(*name) || std::ranges::any_of(from_.payload->flaws, same)) continue;
      const SecretBytes value = setting_in(older_.system(), *name);
      if (value.empty()) continue;
      const BadgeItem kept = setting_item(*name, value), dropped = setting_item(*name, setting_in(draft_.system(), *name));
      const std::size_t point = name->find('.');
      if (point == std::string::npos) {
        draft_.set_system(as_text(cdc_badge::with_member(draft_.system(), *name, as_text(value))));
      } else {
        const std::string outer = name->substr(0, point);
        const SecretBytes inner = cdc_badge::with_member(as_text(setting_in(draft_.system(), outer)), name->substr(point + 1), as_text(value));
        draft_.set_system(as_text(cdc_badge::with_member(draft_.system(), outer, as_text(inner))));
      }
      mended_.insert(*name);
      merging_.put_conflict(item_fact(kept), {"value"}, &kept, source_, &dropped, newer);
    }
  }
  [[nodiscard]] bool mended(const BadgeItem& item) const {
    const auto name = item.kind == Kind::setting ? setting_of(item.path) : std::nullopt;
    return name && std::ranges::any_of(mended_, [&](const std::string& known) { return *name == known || name->starts_with(known + "."); });
  }

  void take(const BadgeItem& item) {
    switch (item.kind) {
      case Kind::account:
      case Kind::login:
      case Kind::card: return take_record(item);
      case Kind::own_card:
        check_open(Records::received);
        draft_.set_own(older_.own());
        return took(item.path, item.path);
      case Kind::setting:   // settings are one whole: those of the newest file that has any
        if (mended(item)) return;
        if (had_system_)
          return merging_.put_conflict(item_fact(item), {"value"}, nullptr, merging_.origin_of("system").source, &item, source_);
        draft_.set_system(older_.system());
        for (const std::string& path : {std::string("system"), item.path}) merging_.origins[path] = {source_, path};
        return;
      case Kind::section: return take_member(item, older_.other_sections(), &Draft::add_section);
      case Kind::key: return take_member(item, older_.other_members(), &Draft::add_member);
    }
  }

  void take_member(const BadgeItem& item, const std::vector<Draft::Member>& all, void (Draft::*add)(const Draft::Member&)) {
    const auto found = std::ranges::find_if(all, [&](const Draft::Member& member) { return item.key.equals(member.name); });
    if (found == all.end()) return;
    (draft_.*add)(*found);
    took(item.path, item.path);
  }

  // What is to be put into a section that cannot be added to: which file is it?
  void check_open(Records list) const {
    if (draft_.editable(list)) return;
    const std::string& newest = merging_.sources.back().name;
    const std::string section = section_of(list);
    throw Error(Outcome::unsupported,
                newest + ": its section " + section + " is of another layout (schema_ver) than 1, no object with a list, or stands there twice. So "
                    "what " + from_.name + " has of that kind cannot be joined with it; nothing was written",
                std::nullopt,
                "name " + newest + " first instead of last: then the others are joined and only its own " + section +
                    " is left out; or leave that file out");
  }

  void take_record(const BadgeItem& item) {
    const auto place = cdc_badge::record_place(item.path);
    const Records list = records_of(item.kind);
    if (!place || !older_.editable(list)) return refuse(item.path, in_two_sections);
    check_open(list);
    draft_.add(list, older_.record(list, place->index));
    took(cdc_badge::path_of_record(list, draft_.count(list) - 1), item.path);
    note_slot(item);
  }
  void note_slot(const BadgeItem& item) {
    if (const auto* const slot = field(item, "totp_slot"); slot != nullptr && !slot->bytes.equals("none")) merging_.out.slots_in_doubt = true;
  }

  void compare(const BadgeItem& older, const BadgeItem& newer) {
    if (mended(older)) return;
    const std::size_t newer_source = merging_.origin_of(newer.kind == Kind::setting ? "system" : newer.path).source;
    Compared both = compared(older, json_of(older_, older), newer, json_of(draft_, newer));
    const BadgeItem *const old_shown = both.first ? &*both.first : &older, *const new_shown = both.second ? &*both.second : &newer;
    const bool replaced = !newer.good && older.good && replace(older, newer);
    if (!newer.read && both.fields.empty()) return refuse(older.path, in_two_sections);
    if (same_hotp(older, newer)) {
      const bool raised = replaced ? raise_counter(newer, older, newer, merging_.sources[newer_source].name) : raise_counter(newer, newer, older, from_.name);
      if (raised || !replaced) std::erase(both.fields, "counter");   // a higher one is no matter of newer or older; a wrong one is
    }
    if (both.fields.empty() || newer.kind == Kind::card) return;   // cards of one stored form are one card
    if (replaced) merging_.put_conflict(item_fact(newer), both.fields, old_shown, source_, new_shown, newer_source);
    else merging_.put_conflict(item_fact(newer), both.fields, new_shown, newer_source, old_shown, source_);
  }

  // A record that is no good never stands in the way of a good one.
  bool replace(const BadgeItem& older, const BadgeItem& newer) {
    const auto from = cdc_badge::record_place(older.path), to = cdc_badge::record_place(newer.path);
    const bool own = older.kind == Kind::own_card;
    const Records list = records_of(older.kind);
    if ((!own && (!from || !to)) || !older_.editable(list) || !draft_.editable(list)) return false;
    if (own) draft_.set_own(older_.own());
    else draft_.replace(list, to->index, older_.record(list, from->index));
    if (newer.read) --merging_.out.taken[merging_.origin_of(newer.path).source];
    took(newer.path, older.path);
    note_slot(older);
    return true;
  }

  // A counter never goes back: the account would give codes again that were used.
  // `kept` stands in the place of `newer` now, and `other`, which is dropped, is of the file `from`.
  bool raise_counter(const BadgeItem& newer, const BadgeItem& kept, const BadgeItem& other, const std::string& from) {
    const auto place = cdc_badge::record_place(newer.path);
    if (counter_of(other) <= counter_of(kept) || !place || !draft_.editable(Records::twofa)) return false;
    draft_.set_counter(place->index, counter_of(other));
    Object item;
    item.put("where", newer.path).put("identity", newer.shown.clone()).put("from", from);
    merging_.out.counters.emplace_back(std::move(item));
    return true;
  }

  // Of two in this file; one that only counted less far is in no conflict.
  void within(const BadgeItem& dropped, const BadgeItem& kept) {
    if (kept.kind == Kind::card) return;   // the same on a badge
    if (same_hotp(dropped, kept) && differing(dropped, kept) == std::vector<std::string>{"counter"}) return;
    merging_.put_conflict_within(dropped, kept, older_, source_);
  }

  Merging& merging_;
  Draft& draft_;
  const MergeSource& from_;
  std::size_t source_;
  Draft older_;
  SecretBytes result_;
  cdc_badge::Payload present_;
  std::vector<BadgeItem> items_;
  bool had_system_;
  std::map<BadgeKey, const BadgeItem*> by_key_ = standing(items_);
  std::set<std::string> mended_;
};

}  // namespace

MergedBadges merge_payloads(const std::vector<MergeSource>& sources, bool reveal) {
  MergedBadges out;
  const cdc_badge::Payload& newest = *sources.back().payload;
  out.taken.assign(sources.size(), 0);
  out.taken.back() = newest.twofa.size() + newest.logins.size() + newest.cards.size();
  Merging merging{sources, reveal, out, Draft(newest.json.expose()), {}};
  for (const cdc_badge::Flaw& flaw : newest.flaws)
    if (flaw.kind != cdc_badge::Flaw::Kind::full) merging.refuse(merging.origin_of(flaw.path), flaw.sentence);
  merging.settle_newest();
  for (std::size_t i = sources.size() - 1; i-- > 0;) Joining(merging, i).run();
  out.payload = merging.draft.text();
  for (const cdc_badge::Misfit& misfit : cdc_badge::misfits(cdc_badge::understand(out.payload.expose()))) {
    if (!misfit.by_others) continue;
    const auto place = cdc_badge::record_place(misfit.path);
    Origin origin = merging.origin_of(place ? cdc_badge::path_of_record(place->list, place->index) : misfit.path);
    if (place && !place->field.empty()) origin.path += "." + place->field;
    merging.refuse(origin, misfit.sentence);
  }
  return out;
}

}  // namespace hwbak::tasks
