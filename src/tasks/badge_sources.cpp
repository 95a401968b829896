// See badge_sources.h.
#include "tasks/badge_sources.h"

#include <algorithm>
#include <map>

#include "base/as_bytes.h"
#include "base/counted.h"
#include "base/unicode.h"
#include "device/cdc_badge/compose.h"
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/oath.h"
#include "device/cdc_badge/text.h"
#include "foreign/foreign.h"
#include "hwbak/error.h"

namespace hwbak::tasks {
namespace {

using cdc_badge::Draft;
using cdc_badge::Records;

struct Origin {
  std::string source, where;
};

std::string shown(const Subject& subject) { return printable(subject.native()); }

// Whatever `read` throws is said of the file.
template <class Read>
auto of_file(const Context& context, const Subject& subject, Read read) {
  try {
    return read(context.files.read(subject, context.max_size));
  } catch (const Error& error) {
    throw Error(error.outcome(), shown(subject) + ": " + error.sentence(), error.offset(), error.next());
  }
}

// A draft, and for each of its records where it came from.
class Builder final {
 public:
  Builder(const Context& context, BadgeText& out) : context_(context), out_(out) {}

  void add_json(const Subject& subject) {
    const std::string source = shown(subject);
    Draft draft = of_file(context_, subject, [](const Bytes& bytes) { return Draft(bytes); });
    if (!draft_) {
      draft_.emplace(std::move(draft));
      own_ = {source, "modules.mod_vcard.own"};
      base_ = source;
      for (const Records list : {Records::twofa, Records::logins, Records::received})
        for (std::size_t i = 0; i < draft_->count(list); ++i) origins(list).push_back({source, cdc_badge::path_of_record(list, i)});
      return;
    }
    for (const Records list : {Records::twofa, Records::logins, Records::received}) {
      if (!draft.editable(list)) refuse(source, cdc_badge::path_of_records(list), "has another layout than is known and cannot be joined with other records");
      for (std::size_t i = 0; i < draft.count(list); ++i) add(list, draft.record(list, i), {source, cdc_badge::path_of_record(list, i)});
    }
    if (!draft.own().empty()) set_own(draft.own(), {source, "modules.mod_vcard.own"});
    add_system(draft, source);
    add_sections(draft, source);
    add_members(draft, source);
  }

  void add_contents(const Subject& subject, foreign::Imported (*read)(ByteView)) {
    const std::string source = shown(subject);
    foreign::Imported imported = of_file(context_, subject, [&](const Bytes& bytes) { return read(bytes); });
    for (const foreign::Remark& refused : imported.refused) refuse(source, refused.where, refused.sentence);
    for (const foreign::Remark& remark : imported.remarks) remark_on("import-remark", remark.sentence, source + ", " + remark.where);
    foreign::Contents& contents = imported.contents;
    std::size_t groups = 0;
    const auto& lines = imported.account_lines;
    for (std::size_t i = 0; i < contents.accounts.size(); ++i)
      add_account(contents.accounts[i], {source, i < lines.size() ? lines[i] : "account " + std::to_string(i + 1)});
    for (std::size_t i = 0; i < contents.logins.size(); ++i) {
      foreign::Login& login = contents.logins[i];
      const Origin origin{source, "login " + std::to_string(i + 1)};
      if (login.totp) add_account(*login.totp, {source, origin.where + ", TOTP"});
      groups += login.group.empty() ? 0 : 1;
      add_login(login, origin);
    }
    if (groups != 0)
      remark_on("import-remark", "A badge has no groups: " + (groups == 1 ? "that of 1 login is" : "those of " + counted(groups, "login") + " are") + " left out.", source);
    for (std::size_t i = 0; i < contents.cards.size(); ++i) {
      cdc_badge::Card card;
      card.text = cdc_badge::read_text(cdc_badge::card_from_file(contents.cards[i].expose()));
      Draft piece = Draft::fresh(cdc_badge::lowest_useful_level);
      piece.add(card);
      add(Records::received, piece.record(Records::received, 0), {source, "vCard " + std::to_string(i + 1)});
    }
  }

  void set_level(const std::string& level) {
    if (!level.empty()) draft().set_host_api_level(level);
  }

  // Until nothing is left that a badge would not store as it stands, or, without `skip`, once.
  void settle(bool skip) {
    for (;;) {
      out_.payload = draft().text();
      const auto bad = cdc_badge::misfits(cdc_badge::understand(out_.payload.expose()));
      if (bad.empty()) return;
      // A store that is full, or a name that is taken, may be so only because of records that go now.
      const bool own_fault = std::ranges::any_of(bad, [](const auto& misfit) { return !misfit.by_others && !misfit.path.empty(); });
      std::vector<cdc_badge::RecordPlace> places;
      bool own = false;
      for (const cdc_badge::Misfit& misfit : bad) {
        if (skip && own_fault && (misfit.by_others || misfit.path.empty())) continue;
        note(misfit);
        own = own || misfit.path == "modules.mod_vcard.own";
        if (auto place = cdc_badge::record_place(misfit.path)) places.push_back(std::move(*place));
      }
      if (!skip || (places.empty() && !own)) return;
      if (own) draft().set_own({});
      remove(std::move(places));
    }
  }

 private:
  [[nodiscard]] Draft& draft() {
    if (!draft_) draft_.emplace(Draft::fresh(cdc_badge::lowest_useful_level));
    return *draft_;
  }
  [[nodiscard]] std::vector<Origin>& origins(Records list) { return origins_[static_cast<std::size_t>(list)]; }
  void refuse(std::string source, std::string where, std::string reason) {
    if (!reason.empty() && reason.back() == '.') reason.pop_back();
    out_.refused.push_back({std::move(source), std::move(where), std::move(reason)});
  }
  void remark_on(const char* code, std::string sentence, std::string where) {
    out_.remarks.push_back({Severity::note, code, std::move(sentence), std::move(where)});
  }

  void add(Records list, std::string_view record, Origin origin) {
    for (std::size_t i = 0; i < draft().count(list); ++i)
      if (draft().record(list, i) == record)
        return remark_on("same-record", "This record is there already, the same in every field; it is written once.", origin.source + ", " + origin.where);
    draft().add(list, record);
    origins(list).push_back(std::move(origin));
  }

  void add_account(const otp::Account& account, Origin origin) {
    try {
      Draft piece = Draft::fresh(cdc_badge::lowest_useful_level);
      piece.add(cdc_badge::account_from(account));
      add(Records::twofa, piece.record(Records::twofa, 0), origin);
    } catch (const Error& error) {
      refuse(origin.source, origin.where, error.sentence());
    }
  }

  void add_login(const foreign::Login& login, Origin origin) {
    const auto text = [](const SecretString& value) { return cdc_badge::read_text(value.clone()); };
    cdc_badge::Login made;
    made.title = text(login.title);
    made.username = text(login.username);
    made.password = text(login.password);
    made.url = text(login.url);
    made.notes = text(login.notes);
    Draft piece = Draft::fresh(cdc_badge::lowest_useful_level);
    piece.add(made);
    add(Records::logins, piece.record(Records::logins, 0), std::move(origin));
  }

  void set_own(std::string_view json, Origin origin) {
    if (draft().own() == json) return;
    if (!draft().own().empty()) return refuse(origin.source, origin.where, "is another own card than that of " + own_.source + "; a badge has one");
    draft().set_own(json);
    own_ = std::move(origin);
  }

  void add_system(const Draft& from, const std::string& source) {
    if (from.system().empty() || draft().system() == from.system()) return;
    if (!draft().system().empty()) return refuse(source, "system", "is another one than that of " + base_ + "; a badge has one");
    draft().set_system(from.system());
  }

  void add_sections(const Draft& from, const std::string& source) {
    const auto present = draft().other_sections();
    for (const Draft::Member& section : from.other_sections()) {
      const auto same = std::ranges::find(present, section.name, &Draft::Member::name);
      if (same == present.end()) draft().add_section(section);
      else if (same->json != section.json)
        refuse(source, "modules." + printable(section.name.substr(0, 60)), "is another one than that of " + base_ + ", and hwbak does not know how to join them");
    }
  }

  void add_members(const Draft& from, const std::string& source) {
    const auto present = draft().other_members();
    for (const Draft::Member& member : from.other_members()) {
      const auto same = std::ranges::find(present, member.name, &Draft::Member::name);
      if (same == present.end()) draft().add_member(member);
      else if (same->json != member.json)
        refuse(source, printable(member.name.substr(0, 60)), "is another one than that of " + base_ + ", and hwbak does not know how to join them");
    }
  }

  void note(const cdc_badge::Misfit& misfit) {
    const auto place = cdc_badge::record_place(misfit.path);
    if (!place) return refuse(misfit.path == "modules.mod_vcard.own" ? own_.source : base_, misfit.path, misfit.sentence);
    const Origin& origin = origins(place->list).at(place->index);
    const bool is_path = origin.where.starts_with("modules.");
    refuse(origin.source, place->field.empty() ? origin.where : origin.where + (is_path ? "." : ", ") + place->field, misfit.sentence);
  }

  // From the back, so that the places in front stay.
  void remove(std::vector<cdc_badge::RecordPlace> places) {
    std::ranges::sort(places, [](const auto& a, const auto& b) { return a.index > b.index; });
    for (const Records list : {Records::twofa, Records::logins, Records::received}) {
      std::optional<std::size_t> last;
      for (const cdc_badge::RecordPlace& place : places) {
        if (place.list != list || std::exchange(last, place.index) == place.index) continue;
        draft().remove(list, place.index);
        origins(list).erase(origins(list).begin() + static_cast<std::ptrdiff_t>(place.index));
      }
    }
  }

  const Context& context_;
  BadgeText& out_;
  std::optional<Draft> draft_;
  std::array<std::vector<Origin>, 3> origins_;
  Origin own_;
  std::string base_;
};

}  // namespace

List refused_fact(const std::vector<Refusal>& refused) {
  List out;
  for (const Refusal& refusal : refused) {
    Object item;
    item.put("source", refusal.source).put("where", refusal.where).put("reason", refusal.reason);
    out.emplace_back(std::move(item));
  }
  return out;
}

Section refused_section(std::string title, const std::vector<Refusal>& refused) {
  constexpr std::size_t most = 40;
  Section section{std::move(title), {}};
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> same;   // one reason of one file is said once
  for (const Refusal& refusal : refused) ++same[{refusal.source, refusal.reason}];
  const std::size_t all = same.size();
  for (const Refusal& refusal : refused) {
    const auto group = same.find({refusal.source, refusal.reason});
    if (group == same.end() || section.rows.size() == most) continue;
    std::string row = refusal.source + (refusal.where.empty() ? "" : ", " + refusal.where);
    if (group->second > 1) row += " and " + counted(group->second - 1, "other place");
    section.row("", row + ": " + refusal.reason);
    same.erase(group);
  }
  if (all > most) section.row("", "and " + std::to_string(all - most) + " more: add --json to see all of them");
  return section;
}

void check_payload_size(std::size_t size) {
  if (size <= cdc_badge::max_payload) return;
  throw Error(Outcome::refused,
              "the contents have " + counted(size, "byte") + ", and a badge takes " + std::to_string(cdc_badge::max_payload) + "; nothing was written",
              std::nullopt, "leave records out: a badge with so many could not be backed up either");
}

BadgeText exact_payload(const Context& context, const Subject& subject) {
  BadgeText out;
  const cdc_badge::Payload payload = of_file(context, subject, [&](const Bytes& bytes) {
    check_payload_size(bytes.size());
    out.payload = SecretBytes::copy_of(bytes);
    return cdc_badge::understand(bytes);
  });
  for (const cdc_badge::Misfit& misfit : cdc_badge::misfits(payload)) out.refused.push_back({shown(subject), misfit.path, misfit.sentence});
  return out;
}

BadgeText built_payload(const Context& context, const CreateBadgeOptions& options) {
  BadgeText out;
  Builder builder(context, out);
  for (const Subject& subject : options.json) builder.add_json(subject);
  for (const Subject& subject : options.otpauth) builder.add_contents(subject, foreign::read_otpauth);
  for (const Subject& subject : options.csv) builder.add_contents(subject, foreign::read_csv);
  for (const Subject& subject : options.vcf) builder.add_contents(subject, foreign::read_vcards);
  builder.set_level(options.host_api_level);
  builder.settle(options.skip_misfits);
  return out;
}

}  // namespace hwbak::tasks
