// understand(): one pass over the document, section by section; see payload.h.
#include "device/cdc_badge/payload.h"

#include <algorithm>
#include <utility>

#include "base/counted.h"
#include "base/unicode.h"
#include "device/cdc_badge/badge_json.h"
#include "device/cdc_badge/level.h"
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/parts.h"
#include "device/cdc_badge/text.h"
#include "hwbak/error.h"

namespace hwbak::cdc_badge {
namespace {

using Kind = JsonNode::Kind;

// The sentences have no subject: a caller knows whether it is a file of the user or the contents of a backup.
[[noreturn]] void not_json(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const auto line = 1 + static_cast<std::size_t>(std::ranges::count(before, '\n'));
  const std::size_t column = at - (before.find_last_of('\n') + 1);  // npos + 1 is 0
  std::string sentence = "no JSON: ";
  if (at >= text.size()) sentence += "it ends too early, after ";
  else if (text[at] == '\0') sentence += "a NUL stands at ";
  else sentence += "it goes wrong (or more than 1000 levels deep) at ";
  sentence += "byte " + std::to_string(at) + " (line " + std::to_string(line) + ", column " + std::to_string(column + 1) + ")";
  throw Error(Outcome::damaged, sentence, at, "mend it there, or have the program that made it write it again");
}
[[noreturn]] void wrong_structure(const std::string& what, JsonSpans::Ref value) {
  throw Error(Outcome::damaged, what + std::string(name_of(value.kind())) + " and not an object", std::nullopt,
              "compare it with the payload of a badge's backup: `hwbak open --raw`");
}

// The value, and what stands around it.
JsonSpans read_document(std::string_view whole, Notes& notes) {
  std::string_view text = whole;
  if (text.starts_with("\xEF\xBB\xBF")) {
    notes.finding(Severity::note, "byte-order-mark", "The contents begin with a UTF-8 byte order mark, which no badge writes.");
    text.remove_prefix(3);
  }
  std::size_t used = 0;
  auto document = JsonSpans::parse_front(text, used);
  if (!document) not_json(whole, used + (whole.size() - text.size()));
  if (used < text.size())
    notes.finding(Severity::warning, "trailing-data",
                  counted(text.size() - used, "byte") + (text[used] == '\0' ? ", the first a NUL, " : " ") + verb_of(text.size() - used, "follow") +
                      " the JSON; a badge ignores " + (text.size() - used == 1 ? "it." : "them."));
  return std::move(*document);
}

// False when the section says that its layout is another one; its records are not read then.
bool schema_fits(JsonSpans::Ref section, const std::string& path, std::optional<std::int64_t>& schema, Notes& notes) {
  const auto member = section.first_member("schema_ver");
  if (!member || member->kind() != Kind::number) {
    if (member) notes.flaw(path + ".schema_ver", "is no number");
    return true;  // as on a badge
  }
  WholeNumber value;
  const NumberKind kind = read_number(member->raw(), value);
  if (kind == NumberKind::whole) schema = value.within(0, INT64_MAX);
  if (kind == NumberKind::fraction) notes.flaw(path + ".schema_ver", "is not a whole number");
  else if (!schema) notes.flaw(path + ".schema_ver", value.negative ? "is negative" : "is too large a number");
  if (kind == NumberKind::fraction && reads_as_int(*member) == 1) schema = 1;   // a badge cuts the fraction off
  if (schema == 1) return true;
  notes.finding(Severity::high, "section-not-read",
                "This section is of another layout (schema_ver) than 1. Nothing of it was read, and a badge would read nothing "
                "either, without saying so.",
                path);
  return false;
}

// Elements of the list `key`, each through `read`.
template <class Read>
std::size_t read_list(JsonSpans::Ref section, const std::string& path, std::string_view key, bool required, Notes& notes, Read read) {
  Fields fields(section, path, notes);
  const auto list = fields.of_kind(key, Kind::array, required ? Fields::Need::required : Fields::Need::optional);
  if (!list) return 0;
  std::size_t index = 0;
  for (auto element = list->first_child(); element; element = element->next_sibling())
    read(*element, fields.path(key) + "[" + std::to_string(index++) + "]");
  return index;
}

void read_cards(JsonSpans::Ref module, const std::string& path, Payload& out, Section& section, Notes& notes) {
  Fields(module, path, notes).only({"schema_ver", "own", "received"});
  const auto take = [&](JsonSpans::Ref text, std::string where, bool own) {
    if (auto card = read_card(text, std::move(where), own, notes)) out.cards.push_back(std::move(*card));
  };
  if (const auto own = module.first_member("own")) take(*own, path + ".own", true);
  section.records = read_list(module, path, "received", false, notes,
                               [&](JsonSpans::Ref text, std::string where) { take(text, std::move(where), false); });
}

void read_module(JsonSpans::Ref module, Payload& out, Notes& notes) {
  const SecretString key = *module.key();
  Section section;
  section.name = key.expose();
  const std::string path = "modules." + printable(key.expose().substr(0, 60));
  section.known = section.name == "mod_2fa" || section.name == "mod_password" || section.name == "mod_vcard";
  section.forbidden = is_forbidden_section(section.name);
  if (section.forbidden) {
    notes.finding(Severity::critical, "forbidden-section",
                  "This section belongs to keys that never leave the secure element. No badge writes it; do not trust this file.", path);
  } else if (!section.known) {
    notes.finding(Severity::warning, "unknown-section", "No badge known here writes this section; nothing of it was read.", path);
  }
  if (!section.known) {
    section.read = false;
  } else if (module.kind() != Kind::object) {
    notes.flaw(path, "is " + std::string(name_of(module.kind())) + ", not an object");
  } else if (!(section.read = schema_fits(module, path, section.schema, notes))) {
    if (const auto list = module.first_member(section.name == "mod_vcard" ? "received" : "entries")) section.records = list->size();
  } else if (section.name == "mod_vcard") {
    read_cards(module, path, out, section, notes);
  } else {
    Fields(module, path, notes).only({"schema_ver", "entries"});
    section.records = read_list(module, path, "entries", true, notes, [&](JsonSpans::Ref entry, std::string where) {
      if (section.name == "mod_2fa") {
        if (auto account = read_twofa(entry, std::move(where), notes)) out.twofa.push_back(std::move(*account));
      } else if (auto login = read_login(entry, std::move(where), notes)) {
        out.logins.push_back(std::move(*login));
      }
    });
  }
  out.sections.push_back(std::move(section));
}

void read_host_level(JsonSpans::Ref root, Payload& out, Notes& notes) {
  Fields fields(root, "", notes);
  if (const auto version = fields.text("fw_version", Fields::Need::optional)) out.fw_version = version->text.expose();
  const auto member = root.first_member("host_api_level");
  const auto text = fields.text("host_api_level", Fields::Need::optional);
  if (text) out.host_api_level = text->text.expose();
  const auto level = text ? parse_level(text->bytes.expose()) : std::nullopt;
  const bool badge_refuses = (level ? packed(*level) : text ? packed_as_badge(until_nul(text->bytes.expose())) : 0) > packed(Level{});
  if (!level && !badge_refuses) {
    if (!member || member->kind() == Kind::string)
      notes.finding(Severity::warning, "host-level-unclear",
                    "The level of the badge that wrote this is missing or no plain \"major.minor\"; a badge may read it as another one.",
                    "host_api_level");
  } else if (badge_refuses) {
    notes.finding(Severity::warning, "host-level-newer",
                  std::string(level ? "" : "The level is no plain \"major.minor\", and a badge reads it as a very high one. ") +
                  "The file asks for a newer badge than level " + cdc_badge::text(Level{}) +
                      ". An older badge refuses all of it, with the words it has for a wrong passphrase.",
                  "host_api_level");
  }
}

}  // namespace

Payload understand(ByteView json) {
  Payload out;
  out.json = SecretBytes::copy_of(json);
  Notes notes(out);
  const ByteView kept = std::as_const(out.json).expose();
  const std::string_view text(reinterpret_cast<const char*>(kept.data()), kept.size());
  const JsonSpans document = read_document(text, notes);
  const JsonSpans::Ref root = document.root();
  if (root.kind() != Kind::object) wrong_structure("JSON, but ", root);
  const auto modules = root.first_member("modules");
  if (modules && modules->kind() != Kind::object)
    wrong_structure("JSON whose member modules is ", *modules);

  read_host_level(root, out, notes);
  Fields(root, "", notes).only({"host_api_level", "fw_version", "modules", "system"});
  if (!modules) notes.flaw("modules", "is missing");
  // A badge goes through all members, so a section that stands there twice is read twice.
  for (auto module = modules ? modules->first_child() : std::nullopt; module; module = module->next_sibling()) read_module(*module, out, notes);
  if (const auto system = Fields(root, "", notes).of_kind("system", Kind::object, Fields::Need::optional)) {
    std::optional<std::int64_t> schema;
    if (schema_fits(*system, "system", schema, notes)) out.system = read_system(*system, notes);
  }
  look_for_room(out, notes);
  look_over(out.twofa, notes);
  look_over_document(document, notes);
  look_for_private_keys(document, notes);
  notes.close();
  return out;
}

}  // namespace hwbak::cdc_badge
