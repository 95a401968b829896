// See badge_merge.h.
#include "tasks/badge_merge.h"

#include <algorithm>
#include <map>

#include "tasks/badge_diff.h"

namespace hwbak::tasks {
namespace {

using cdc_badge::Draft;
using cdc_badge::Records;
using Kind = BadgeItem::Kind;

Records records_of(Kind kind) { return kind == Kind::account ? Records::twofa : kind == Kind::login ? Records::logins : Records::received; }

const BadgeItem::Field* field(const BadgeItem& item, std::string_view name) {
  const auto found = std::ranges::find(item.fields, name, &BadgeItem::Field::name);
  return found == item.fields.end() ? nullptr : &*found;
}

// Takes one older file into the draft.
class Joining final {
 public:
  Joining(Draft& draft, const MergeSource& from, std::size_t source, bool reveal, MergedBadges& out, std::map<std::string, std::size_t>& origin,
          const std::vector<MergeSource>& sources)
      : draft_(draft), from_(from), source_(source), reveal_(reveal), out_(out), origin_(origin), sources_(sources),
        older_(from.payload->json.expose()), result_(draft.text()), present_(cdc_badge::understand(result_.expose())), items_(badge_items(present_)),
        had_system_(!draft.system().empty()) {}

  void run() {
    for (const cdc_badge::Flaw& flaw : from_.payload->flaws) out_.refused.push_back({from_.name, flaw.path, flaw.sentence});
    for (const cdc_badge::Section& section : from_.payload->sections)
      if (section.known && !section.read) refuse("modules." + section.name, "has another layout than is known; nothing of it was taken over");
    for (const BadgeItem& item : items_) by_key_[{item.kind, item.key.expose()}] = &item;
    const std::vector<BadgeItem> items = badge_items(*from_.payload);
    std::map<Key, const BadgeItem*> last;   // of those that are there twice a badge keeps the last
    for (const BadgeItem& item : items) last[{item.kind, item.key.expose()}] = &item;
    for (const BadgeItem& item : items) {
      const Key key{item.kind, item.key.expose()};
      const auto known = by_key_.find(key);
      if (last[key] != &item) conflict(item, *last[key], source_);
      else if (known == by_key_.end()) take(item);
      else compare(item, *known->second);
    }
  }

 private:
  using Key = std::pair<Kind, std::string_view>;

  void refuse(std::string where, std::string reason) { out_.refused.push_back({from_.name, std::move(where), std::move(reason)}); }
  void took(const std::string& path) {
    origin_[path] = source_;
    ++out_.taken[source_];
  }
  [[nodiscard]] std::size_t origin_of(const std::string& path) const {
    const auto found = origin_.find(path);
    return found == origin_.end() ? sources_.size() - 1 : found->second;
  }

  void take(const BadgeItem& item) {
    switch (item.kind) {
      case Kind::account:
      case Kind::login:
      case Kind::card: return take_record(item);
      case Kind::own_card:
        draft_.set_own(older_.own());
        return took(item.path);
      case Kind::setting:   // settings are one whole: those of the newest file that has any
        if (had_system_) return conflict(item, std::nullopt, sources_.size() - 1);
        draft_.set_system(older_.system());
        origin_[item.path] = source_;
        return;
      case Kind::section:
        for (const Draft::Member& section : older_.other_sections())
          if (section.name == item.key.expose()) {
            draft_.add_section(section.name, section.json);
            return took(item.path);
          }
    }
  }

  void take_record(const BadgeItem& item) {
    const auto place = cdc_badge::record_place(item.path);
    const Records list = records_of(item.kind);
    if (!place || !older_.editable(list)) return refuse(item.path, "stands in a section that is there twice, so it was not taken over");
    draft_.add(list, older_.record(list, place->index));
    took(cdc_badge::path_of_record(list, draft_.count(list) - 1));
    if (const auto* const slot = field(item, "totp_slot"); slot != nullptr && !slot->bytes.equals("none")) out_.slots_in_doubt = true;
  }

  void compare(const BadgeItem& older, const BadgeItem& newer) {
    std::vector<std::string> fields = differing(older, newer);
    if (older.kind == Kind::account && raise_counter(older, newer)) std::erase(fields, "counter");
    if (fields.empty()) return;
    put_conflict(older, &newer, fields, origin_of(newer.path));
  }

  // A counter never goes back: the account would give codes again that were used.
  bool raise_counter(const BadgeItem& older, const BadgeItem& newer) {
    const auto same = [&](const char* name) { return field(older, name)->bytes.equals(field(newer, name)->bytes.expose()); };
    if (!field(newer, "type")->bytes.equals("HOTP") || !same("type") || !same("secret") || same("counter")) return false;
    const auto counter = [](const BadgeItem& item) { return std::strtoull(std::string(field(item, "counter")->bytes.expose()).c_str(), nullptr, 10); };
    if (counter(older) > counter(newer)) {
      const auto place = cdc_badge::record_place(newer.path);
      if (!place || !draft_.editable(Records::twofa)) return false;
      draft_.set_counter(place->index, counter(older));
      Object item;
      item.put("where", newer.path).put("identity", newer.shown.clone()).put("from", from_.name);
      out_.counters.emplace_back(std::move(item));
    }
    return true;
  }

  void conflict(const BadgeItem& older, const BadgeItem& kept, std::size_t kept_source) {
    if (const auto fields = differing(older, kept); !fields.empty()) put_conflict(older, &kept, fields, kept_source);
  }
  void conflict(const BadgeItem& older, std::nullopt_t, std::size_t kept_source) { put_conflict(older, nullptr, {"value"}, kept_source); }

  // `kept` is nullptr where the newer file has no such thing, on purpose or not.
  void put_conflict(const BadgeItem& older, const BadgeItem* kept, const std::vector<std::string>& fields, std::size_t kept_source) {
    Object item = item_fact(kept != nullptr ? *kept : older);
    List names, values;
    for (const std::string& name : fields) {
      names.emplace_back(name);
      const auto shown = [&](const BadgeItem* from) -> Value {
        const auto* const found = from != nullptr ? field(*from, name) : nullptr;
        return found != nullptr ? Value(found->shown.clone()) : Value();
      };
      Object value;
      value.put("field", name).put("kept", shown(kept)).put("dropped", shown(&older));
      values.emplace_back(std::move(value));
    }
    item.put("fields", std::move(names)).put("kept", sources_[kept_source].name).put("dropped", from_.name);
    if (reveal_) item.put("values", std::move(values));
    out_.conflicts.emplace_back(std::move(item));
  }

  Draft& draft_;
  const MergeSource& from_;
  std::size_t source_;
  bool reveal_;
  MergedBadges& out_;
  std::map<std::string, std::size_t>& origin_;   // by path in the result; all else is of the newest
  const std::vector<MergeSource>& sources_;
  Draft older_;
  SecretBytes result_;
  cdc_badge::Payload present_;
  std::vector<BadgeItem> items_;
  bool had_system_;
  std::map<Key, const BadgeItem*> by_key_;
};

}  // namespace

MergedBadges merge_payloads(const std::vector<MergeSource>& sources, bool reveal) {
  MergedBadges out;
  const cdc_badge::Payload& newest = *sources.back().payload;
  out.taken.assign(sources.size(), 0);
  out.taken.back() = newest.twofa.size() + newest.logins.size() + newest.cards.size();
  for (const cdc_badge::Flaw& flaw : newest.flaws) out.refused.push_back({sources.back().name, flaw.path, flaw.sentence});
  Draft draft(newest.json.expose());
  std::map<std::string, std::size_t> origin;
  for (std::size_t i = sources.size() - 1; i-- > 0;) Joining(draft, sources[i], i, reveal, out, origin, sources).run();
  out.payload = draft.text();
  for (const cdc_badge::Misfit& misfit : cdc_badge::misfits(cdc_badge::understand(out.payload.expose()))) {
    if (!misfit.by_others) continue;
    const auto place = cdc_badge::record_place(misfit.path);
    const auto known = place ? origin.find(cdc_badge::path_of_record(place->list, place->index)) : origin.end();
    out.refused.push_back({sources[known == origin.end() ? sources.size() - 1 : known->second].name, misfit.path, misfit.sentence});
  }
  return out;
}

}  // namespace hwbak::tasks
