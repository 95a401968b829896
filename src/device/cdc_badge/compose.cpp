// See compose.h. Pieces of JSON in, pieces of JSON out: nothing is decoded that is not edited.
#include "device/cdc_badge/compose.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/as_bytes.h"
#include "device/cdc_badge/badge_json.h"
#include "device/cdc_badge/compact.h"
#include "device/cdc_badge/draft_parts.h"
#include "device/cdc_badge/json_writer.h"
#include "device/cdc_badge/limits.h"
#include "hwbak/error.h"

namespace hwbak::cdc_badge {
namespace {

using Kind = JsonNode::Kind;

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

Draft::Member member_of(JsonSpans::Ref value, std::string_view text) {
  return {std::string(value.key()->expose()), value.raw(), text.substr(value.node().key_begin, value.node().end - value.node().key_begin)};
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

Draft::Member Draft::keep(const Member& member) {
  const std::string_view whole = keep(member.whole);
  return {member.name, whole.substr(whole.size() - member.json.size()), whole};
}

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
    if (!records_of(*section)) out.push_back(member_of(*section, text_of(base_)));
  out.insert(out.end(), sections_.begin(), sections_.end());
  return out;
}

std::vector<Draft::Member> Draft::other_members() const {
  std::vector<Member> out;
  const JsonSpans document = spans();
  for (auto member = document.root().first_child(); member; member = member->next_sibling())
    if (!is_known_key(Shape::root, *member)) out.push_back(member_of(*member, text_of(base_)));
  out.insert(out.end(), members_.begin(), members_.end());
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

void Draft::replace(Records list, std::size_t index, std::string_view json) { opened(list).records.at(index) = keep(json); }

void Draft::remove(Records list, std::size_t index) {
  auto& records = opened(list).records;
  records.erase(records.begin() + static_cast<std::ptrdiff_t>(index));
}

void Draft::set_counter(std::size_t account, std::uint64_t counter) {
  std::string_view& record = opened(Records::twofa).records.at(account);
  SecretBytes number;
  append_json_number(number, static_cast<double>(counter));
  record = keep(with_member(record, "counter", text_of(number)));
}

void Draft::set_host_api_level(std::string_view level) { level_ = keep(quoted(level)); }

void Draft::set_own(std::string_view json) {
  (void)opened(Records::received);
  own_ = json.empty() ? std::string_view{} : keep(json);
}

void Draft::set_system(std::string_view json) { system_ = keep(json); }

void Draft::add_section(const Member& section) { sections_.push_back(keep(section)); }

void Draft::add_member(const Member& member) { members_.push_back(keep(member)); }

SecretBytes with_member(std::string_view object, std::string_view key, std::string_view value) {
  const JsonSpans document = parsed(object);
  SecretBytes out;
  const auto put = [&](std::string_view piece) { out.append(as_bytes(piece)); };
  if (const auto old = document.root().first_member(key)) {
    put(object.substr(0, old->node().begin));
    put(value);
    put(object.substr(old->node().end));
  } else {
    put(object.substr(0, object.rfind('}')));
    put(document.root().size() != 0 ? "," : "");
    append_json_text(out, key);
    put(":");
    put(value);
    put("}");
  }
  return out;
}

std::string path_of_records(Records list) { return "modules." + std::string(section_names[at(list)]) + "." + std::string(list_names[at(list)]); }

std::string path_of_record(Records list, std::size_t index) { return path_of_records(list) + "[" + std::to_string(index) + "]"; }

std::optional<RecordPlace> record_place(std::string_view path) {
  for (const Records list : all_records) {
    const std::string head = path_of_records(list) + "[";
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
