// restore(): the gate, the modules in the order of the document, the settings, the counts; see restore.h.
#include "device/cdc_badge/restore.h"

#include <cmath>

#include "base/counted.h"
#include "base/unicode.h"
#include "device/cdc_badge/badge_json.h"
#include "device/cdc_badge/level.h"
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/restore_parts.h"
#include "device/cdc_badge/text.h"

namespace hwbak::cdc_badge {
namespace {

using Kind = JsonNode::Kind;

Restored refused(Restored::Gate gate, std::string why) {
  Restored out;
  out.gate = gate;
  out.refusal = std::move(why);
  out.lines.emplace_back("ERROR: Import failed (wrong passphrase or corrupt file)");
  return out;
}

// A section of another schema is counted and not read, which the counts do not show.
bool schema_fits(JsonSpans::Ref section, const std::string& path, Restoring& run) {
  const auto schema = section.first_member("schema_ver");
  if (!schema || schema->kind() != Kind::number || reads_as_int(*schema) == 1) return true;
  run.lossy(Loss::not_read, path, "nothing of it is read: its schema_ver is not 1");
  return false;
}

template <class Take>
void each(JsonSpans::Ref section, const std::string& path, std::string_view key, Restoring& run, Take take) {
  const auto list = section.first_member(key);
  if (!list || list->kind() != Kind::array) return;
  std::size_t index = 0;
  for (auto element = list->first_child(); element; element = element->next_sibling())
    take(*element, path + "." + std::string(key) + "[" + std::to_string(index++) + "]", run);
}

void restore_module(JsonSpans::Ref module, std::string_view name, const std::string& path, Restoring& run) {
  const bool has_code = name == "mod_2fa" || name == "mod_password" || name == "mod_vcard";
  if (!has_code) return run.lossy(Loss::not_read, path, "is counted as a module, but nothing of it is read");
  if (!schema_fits(module, path, run)) return;
  if (name == "mod_2fa") return each(module, path, "entries", run, restore_twofa);
  if (name == "mod_password") return each(module, path, "entries", run, restore_login);
  if (const auto own = module.first_member("own")) restore_own_card(*own, path + ".own", run);
  each(module, path, "received", run, restore_received_card);
}

}  // namespace

std::string_view name(Loss loss) noexcept {
  switch (loss) {
    case Loss::not_stored: return "not-stored";
    case Loss::not_read: return "not-read";
    case Loss::cut: return "cut";
    case Loss::changed: return "changed";
    case Loss::doubles: return "doubles";
    case Loss::replaces: return "replaces";
    case Loss::repeats: return "repeats";
    case Loss::counter_back: return "counter-back";
    case Loss::slot: return "slot";
    case Loss::lost_later: return "lost-later";
  }
  return "";
}

void Restoring::lossy(Loss kind, std::string path, std::string what) {
  if (out_.lossy.size() < max_lossy) out_.lossy.push_back({kind, std::move(path), std::move(what)});
  else ++left_out_;
}

void Restoring::fail(std::string path, std::string why) {
  ++failed;
  lossy(Loss::not_stored, std::move(path), "is not stored: " + why);
}

void Restoring::close() {
  if (left_out_ != 0) out_.lossy.push_back({Loss::not_stored, "", std::to_string(left_out_) + " more are not listed"});
}

void Restoring::shortened(const std::string& path, std::size_t before, std::size_t after, std::string what) {
  const std::size_t listed = out_.lossy.size();
  lossy(Loss::cut, path, std::move(what));
  if (out_.lossy.size() == listed) return;
  out_.lossy.back().before = before;
  out_.lossy.back().after = after;
}

std::optional<SecretString> Restoring::text(std::optional<JsonSpans::Ref> value, const std::string& path) {
  auto whole = value ? value->string() : std::nullopt;
  if (!whole) return std::nullopt;
  const std::size_t kept = until_nul(whole->expose()).size();
  if (kept == whole->size()) return whole;
  shortened(path, whole->size(), kept,
            "ends at a NUL character: " + std::to_string(kept) + " of " + counted(whole->size(), "byte") + " " + is_or_are(kept) + " stored");
  return SecretString::copy_of(until_nul(whole->expose()));
}

std::optional<JsonSpans::Ref> Restoring::optional(JsonSpans::Ref object, std::string_view key, JsonNode::Kind kind, const std::string& path) {
  const auto member = object.first_member(key);
  if (!member || member->kind() == kind) return member;
  if (member->kind() != Kind::null) lossy(Loss::not_read, path + "." + std::string(key), "is of a wrong type: a badge takes it for missing");
  return std::nullopt;
}

void Restoring::whole_number(JsonSpans::Ref number, double low, double high, const std::string& path) {
  const double value = reads_as_double(number), whole = std::trunc(value);
  if (!(whole >= low && whole <= high)) lossy(Loss::changed, path, "is out of range; what a badge stores is not known");
  else if (value != whole) lossy(Loss::changed, path, "loses its fraction");
}

SecretString Restoring::cut(SecretString text, std::size_t limit, const std::string& path) {
  if (text.size() <= limit) return text;
  shortened(path, text.size(), limit, "is cut to " + counted(limit, "byte") + " (" + std::to_string(text.size()) + " before)");
  return SecretString::copy_of(text.expose().substr(0, limit));
}

void Restoring::overwrites(List list, std::size_t slot, const std::string& path, bool same, const char* what) {
  auto& paths = paths_[static_cast<std::size_t>(list)];
  const auto earlier = paths.find(slot);
  if (earlier == paths.end()) {
    if (!same) lossy(Loss::replaces, path, std::string("replaces the ") + what + " that the badge has");
  } else if (same) {
    lossy(Loss::repeats, path, "is the same as " + earlier->second + ": both count as imported, and one is stored");
  } else {
    lossy(Loss::replaces, path, "replaces " + earlier->second + " of this same backup: both count as imported, and this one is stored");
  }
}

Restored restore(ByteView json, const Level& badge, BadgeState& state) {
  if (json.size() > max_payload)
    return refused(Restored::Gate::size, "the contents have " + counted(json.size(), "byte") + ", and a badge takes " + std::to_string(max_payload));
  const auto document = read_as_badge({reinterpret_cast<const char*>(json.data()), json.size()});
  if (!document) return refused(Restored::Gate::reader, "the badge's JSON reader refuses the contents");
  const JsonSpans::Ref root = document->root();
  const auto member = root.first_member("host_api_level");
  const auto level = member ? badge_text(*member) : std::nullopt;
  if (level && packed_as_badge(level->expose()) > packed(badge))
    return refused(Restored::Gate::level,
                   "the file asks for a newer level than the badge's " + text(badge) + "; the badge says so with the words for a wrong passphrase");

  Restored out;
  out.accepted = true;
  Restoring run(state, out);
  std::uint64_t read = 0, skipped = 0;
  const auto sections = root.first_member("modules");
  const bool has_sections = sections && sections->kind() == Kind::object;
  for (auto module = has_sections ? sections->first_child() : std::nullopt; module; module = module->next_sibling()) {
    const SecretString key = *module->key();
    const std::string_view name = key.expose().substr(0, key.expose().find('\0'));
    const std::string path = "modules." + printable(name.substr(0, 60));
    if (is_module(name)) {
      ++read;
      restore_module(*module, name, path, run);
    } else {
      ++skipped;
      run.lossy(Loss::not_read, path, "is skipped: the badge has no such module");
    }
  }
  if (const auto system = root.first_member("system"); system && system->kind() == Kind::object) {
    out.counts.system = true;
    if (schema_fits(*system, "system", run)) restore_system(*system, run);
  }
  run.close();

  Counts& counts = out.counts;
  counts.ok = true;
  counts.imported = static_cast<std::uint16_t>(run.imported);
  counts.failed = static_cast<std::uint16_t>(run.failed);
  counts.modules = static_cast<std::uint8_t>(read);
  counts.skipped = static_cast<std::uint8_t>(skipped);
  out.lines = {"NOTE: FIDO2/GPG signing keys are NOT restored.",
               "OK: imported=" + std::to_string(counts.imported) + " failed=" + std::to_string(counts.failed) + " modules=" +
                   std::to_string(counts.modules) + " skipped=" + std::to_string(counts.skipped) + " system=" + (counts.system ? "1" : "0")};
  return out;
}

}  // namespace hwbak::cdc_badge
