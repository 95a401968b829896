// See compose.h. Pieces of JSON in, pieces of JSON out: nothing is decoded that is not edited.
#include "device/cdc_badge/compose.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/as_bytes.h"
#include "device/cdc_badge/badge_json.h"
#include "device/cdc_badge/compact.h"
#include "device/cdc_badge/json_writer.h"
#include "device/cdc_badge/limits.h"
#include "hwbak/error.h"

namespace hwbak::cdc_badge {
namespace {

using Kind = JsonNode::Kind;

constexpr std::array<std::string_view, 3> section_names{"mod_2fa", "mod_password", "mod_vcard"};
constexpr std::array<std::string_view, 3> list_names{"entries", "entries", "received"};
constexpr std::array all_records{Records::twofa, Records::logins, Records::received};

std::size_t at(Records list) noexcept { return static_cast<std::size_t>(list); }

std::optional<Records> records_of(JsonSpans::Ref section) {
  for (const Records list : all_records)
    if (section.has_key(section_names[at(list)])) return list;
  return std::nullopt;
}

// As a badge looks at it; see understand().
bool layout_is_read(JsonSpans::Ref section, Records list) {
  if (section.kind() != Kind::object) return false;
  const auto schema = section.first_member("schema_ver");
  if (schema && schema->kind() == Kind::number && reads_as_int(*schema) != 1) return false;
  const auto records = section.first_member(list_names[at(list)]);
  return !records || records->kind() == Kind::array;
}

JsonSpans parsed(std::string_view json) {
  std::size_t used = 0;
  auto document = JsonSpans::parse_front(json, used);
  if (!document) throw Error(Outcome::internal, "a payload that was read once is no JSON");
  return std::move(*document);
}

std::string_view text_of(const SecretBytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.expose().data()), bytes.size()};
}

SecretBytes quoted(std::string_view text) {
  SecretBytes out;
  append_json_text(out, text);
  return out;
}

}  // namespace

Draft::Draft(ByteView json) {
  {
    const Payload checked = understand(json);   // throws for what is no payload
    std::string_view text = text_of(checked.json);
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    base_ = compact(parsed(text));
  }
  const JsonSpans document = spans();
  if (const auto system = document.root().first_member("system"); system && system->kind() == Kind::object) system_ = system->raw();
  const auto modules = document.root().first_member("modules");
  for (auto section = modules ? modules->first_child() : std::nullopt; section; section = section->next_sibling()) {
    const auto list = records_of(*section);
    if (!list) continue;
    Part& mine = part(*list);
    // One that stands there twice is read twice by a badge: where would a record belong?
    mine.open = !std::exchange(mine.present, true) && layout_is_read(*section, *list);
    if (!mine.open) {
      mine.records.clear();
      continue;
    }
    if (const auto records = section->first_member(list_names[at(*list)]))
      for (auto record = records->first_child(); record; record = record->next_sibling()) mine.records.push_back(record->raw());
    if (*list == Records::received)
      if (const auto own = section->first_member("own")) own_ = own->raw();
  }
}

Draft Draft::fresh(std::string_view host_api_level) {
  JsonWriter out;
  out.begin_object();
  out.key("host_api_level");
  out.text(host_api_level);
  out.key("modules");
  out.begin_object();
  out.end_object();
  out.end_object();
  return Draft(out.take().expose());
}

JsonSpans Draft::spans() const { return parsed(text_of(base_)); }

std::string_view Draft::keep(SecretBytes json) {
  kept_.push_back(std::move(json));
  return text_of(kept_.back());
}

std::string_view Draft::keep(std::string_view json) { return keep(SecretBytes::copy_of(as_bytes(json))); }

Draft::Part& Draft::opened(Records list) {
  Part& mine = part(list);
  if (!mine.open)
    throw Error(Outcome::unsupported,
                "the section " + std::string(section_names[at(list)]) +
                    " has a layout that is not known here, or stands there twice, so nothing can be put into it or taken out",
                std::nullopt, "use a payload in which it stands once, with schema_ver 1");
  mine.edited = true;
  return mine;
}

std::vector<Draft::Member> Draft::other_sections() const {
  std::vector<Member> out;
  const JsonSpans document = spans();
  const auto modules = document.root().first_member("modules");
  for (auto section = modules ? modules->first_child() : std::nullopt; section; section = section->next_sibling())
    if (!records_of(*section)) out.push_back({std::string(section->key()->expose()), section->raw()});
  for (const auto& [name, json] : sections_) out.push_back({name, json});
  return out;
}

void Draft::add(const TwoFactor& account) {
  JsonWriter out;
  put_twofa(out, {account.name.bytes.expose(), account.issuer.bytes.expose(), static_cast<unsigned>(account.type),
                  static_cast<unsigned>(account.hash), account.digits, account.period, account.counter, account.flags,
                  account.secret.expose()});
  opened(Records::twofa).records.push_back(keep(out.take()));
}

void Draft::add(const Login& login) {
  JsonWriter out;
  put_login(out, {login.title.bytes.expose(), login.username.bytes.expose(), login.password.bytes.expose(), login.url.bytes.expose(),
                  login.notes.bytes.expose(), login.totp_slot.value_or(no_totp_slot)});
  opened(Records::logins).records.push_back(keep(out.take()));
}

void Draft::add(const Card& card) {
  const SecretBytes json = quoted(card.text.bytes.expose());
  if (card.own) set_own(text_of(json));
  else add(Records::received, text_of(json));
}

void Draft::add(Records list, std::string_view json) { opened(list).records.push_back(keep(json)); }

void Draft::remove(Records list, std::size_t index) {
  auto& records = opened(list).records;
  records.erase(records.begin() + static_cast<std::ptrdiff_t>(index));
}

void Draft::set_counter(std::size_t account, std::uint64_t counter) {
  std::string_view& record = opened(Records::twofa).records.at(account);
  const JsonSpans document = parsed(record);
  SecretBytes number, out;
  append_json_number(number, static_cast<double>(counter));
  const auto put = [&](std::string_view piece) { out.append(as_bytes(piece)); };
  if (const auto old = document.root().first_member("counter")) {
    put(record.substr(0, old->node().begin));
    put(text_of(number));
    put(record.substr(old->node().end));
  } else {
    put(record.substr(0, record.rfind('}')));
    put(document.root().size() != 0 ? ",\"counter\":" : "\"counter\":");
    put(text_of(number));
    put("}");
  }
  record = keep(std::move(out));
}

void Draft::set_host_api_level(std::string_view level) { level_ = keep(quoted(level)); }

void Draft::set_own(std::string_view json) {
  (void)opened(Records::received);
  own_ = json.empty() ? std::string_view{} : keep(json);
}

void Draft::set_system(std::string_view json) { system_ = keep(json); }

void Draft::add_section(std::string_view name, std::string_view json) { sections_.emplace_back(name, keep(json)); }

// Joins the pieces. What is not edited goes out as it stands in the base.
class DraftWriter final {
 public:
  explicit DraftWriter(const Draft& draft) : draft_(draft), text_(text_of(draft.base_)) {}

  SecretBytes run() {
    const JsonSpans document = draft_.spans();
    const JsonSpans::Ref root = document.root();
    bool level = draft_.level_.empty(), modules = false, system = false;
    out_.begin_object();
    if (!level && !root.first_member("host_api_level")) put_level(level);
    for (auto member = root.first_child(); member; member = member->next_sibling()) {
      if (!level && member->has_key("host_api_level")) {
        put_level(level);
      } else if (!modules && member->has_key("modules")) {
        put_modules(*member, modules);
      } else if (!system && member->has_key("system") && !draft_.system_.empty()) {
        if (!root.first_member("modules")) put_modules(std::nullopt, modules);
        put_system(system);
      } else {
        put_as_it_is(*member);
      }
    }
    if (!modules) put_modules(std::nullopt, modules);
    if (!system && !draft_.system_.empty()) put_system(system);
    out_.end_object();
    return out_.take();
  }

 private:
  void put_as_it_is(JsonSpans::Ref member) { out_.raw(text_.substr(member.node().key_begin, member.node().end - member.node().key_begin)); }
  void put_level(bool& done) {
    out_.key("host_api_level");
    out_.raw(draft_.level_);
    done = true;
  }
  void put_system(bool& done) {
    out_.key("system");
    out_.raw(draft_.system_);
    done = true;
  }

  void put_modules(std::optional<JsonSpans::Ref> modules, bool& done) {
    done = true;
    out_.key("modules");
    out_.begin_object();
    std::array<bool, 3> written{};
    const auto put_new_before = [&](std::size_t end) {
      for (std::size_t i = 0; i < end; ++i)
        if (!draft_.parts_[i].present && !std::exchange(written[i], true)) put_new(all_records[i]);
    };
    for (auto section = modules ? modules->first_child() : std::nullopt; section; section = section->next_sibling()) {
      const auto list = records_of(*section);
      if (list) put_new_before(at(*list));
      if (list && draft_.part(*list).edited) put_section(*section, *list);
      else put_as_it_is(*section);
    }
    put_new_before(all_records.size());
    for (const auto& [name, json] : draft_.sections_) {
      out_.key(name);
      out_.raw(json);
    }
    out_.end_object();
  }

  // A module without records writes no section.
  void put_new(Records list) {
    const bool own = list == Records::received && !draft_.own_.empty();
    if (draft_.count(list) == 0 && !own) return;
    out_.key(section_names[at(list)]);
    out_.begin_object();
    out_.key("schema_ver");
    out_.number(1);
    if (own) put_own();
    put_list(list);
    out_.end_object();
  }

  void put_section(JsonSpans::Ref section, Records list) {
    bool own = list != Records::received || draft_.own_.empty(), records = false;
    const auto put_own_once = [&] {
      if (!std::exchange(own, true)) put_own();
    };
    const bool own_stands = section.first_member("own").has_value();
    out_.key(section_names[at(list)]);
    out_.begin_object();
    for (auto member = section.first_child(); member; member = member->next_sibling()) {
      if (list == Records::received && member->has_key("own")) {
        put_own_once();
      } else if (!records && member->has_key(list_names[at(list)])) {
        if (!own_stands) put_own_once();
        put_list(list);
        records = true;
      } else {
        put_as_it_is(*member);
      }
    }
    put_own_once();
    if (!records) put_list(list);
    out_.end_object();
  }

  void put_own() {
    out_.key("own");
    out_.raw(draft_.own_);
  }
  void put_list(Records list) {
    out_.key(list_names[at(list)]);
    out_.begin_list();
    for (const std::string_view record : draft_.part(list).records) out_.raw(record);
    out_.end_list();
  }

  const Draft& draft_;
  std::string_view text_;
  JsonWriter out_;
};

SecretBytes Draft::text() const { return DraftWriter(*this).run(); }

std::optional<RecordPlace> record_place(std::string_view path) {
  for (const Records list : all_records) {
    const std::string head = "modules." + std::string(section_names[at(list)]) + "." + std::string(list_names[at(list)]) + "[";
    if (!path.starts_with(head)) continue;
    const std::string_view rest = path.substr(head.size());
    RecordPlace out{list, 0, {}};
    const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), out.index);
    if (failed != std::errc{} || end == rest.data() + rest.size() || *end != ']') return std::nullopt;
    const std::string_view tail = rest.substr(static_cast<std::size_t>(end - rest.data()) + 1);
    out.field = tail.empty() ? tail : tail.substr(1);
    return out;
  }
  return std::nullopt;
}

}  // namespace hwbak::cdc_badge
