// How a badge takes one login (docs/formats/cdc-badge.md, "Restore").
#include <algorithm>

#include "base/counted.h"
#include "device/cdc_badge/badge_json.h"
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/restore_parts.h"
#include "device/cdc_badge/text.h"

namespace hwbak::cdc_badge {
namespace {

unsigned slot_of(JsonSpans::Ref entry, const std::string& path, Restoring& run) {
  const auto member = entry.first_member("totp_slot");
  if (!member || member->kind() != JsonNode::Kind::number) return no_totp_slot;
  const int value = reads_as_int(*member);
  run.whole_number(*member, -1, no_totp_slot, path + ".totp_slot");
  if (value == -1 || value == static_cast<int>(no_totp_slot)) return no_totp_slot;
  if (value < 0 || value > static_cast<int>(no_totp_slot)) return no_totp_slot;
  run.lossy(Loss::slot, path + ".totp_slot",
            "slot " + std::to_string(value) + " was counted on the badge that wrote the backup; here it may be another account");
  return static_cast<unsigned>(value);
}

bool same(const StoredLogin& a, const StoredLogin& b) {
  return a.title.equals(b.title.expose()) && a.username.equals(b.username.expose()) && a.password.equals(b.password.expose()) &&
         a.url.equals(b.url.expose()) && a.notes.equals(b.notes.expose()) && a.totp_slot == b.totp_slot;
}

}  // namespace

void restore_login(JsonSpans::Ref entry, const std::string& path, Restoring& run) {
  if (entry.kind() != JsonNode::Kind::object) return run.fail(path, "it is no object");
  const auto text = [&](const char* key) {
    auto found = run.text(run.optional(entry, key, JsonNode::Kind::string, path), path + "." + key);
    return found ? std::move(*found) : SecretString();
  };
  auto title_text = run.text(entry.first_member("title"), path + ".title");
  if (!title_text || title_text->empty()) return run.fail(path, "it has no title");
  SecretString& title = *title_text;

  auto& logins = run.state.logins;
  const auto place = std::ranges::find_if(
      logins, [&](const StoredLogin& stored) { return same_title(title.expose(), stored.title.expose().substr(0, title_index)); });
  if (place == logins.end() && logins.size() >= login_slots)
    return run.fail(path, "the badge is full: " + counted(login_slots, "login"));

  StoredLogin login;
  login.title = run.cut(std::move(title), max_title, path + ".title");
  login.username = run.cut(text("username"), max_username, path + ".username");
  login.password = run.cut(text("password"), max_password, path + ".password");
  login.url = run.cut(text("url"), max_url, path + ".url");
  login.notes = run.cut(text("notes"), max_notes, path + ".notes");
  login.totp_slot = slot_of(entry, path, run);
  if (login.title.size() > title_index)
    run.lossy(Loss::doubles, path + ".title", "is longer than 15 bytes, by which a badge finds it: every restore adds one more copy");
  const auto slot = static_cast<std::size_t>(place - logins.begin());
  if (place == logins.end()) {
    logins.push_back(std::move(login));
  } else {
    if (place->title.size() > title_index)
      run.lossy(Loss::replaces, path + ".title", "overwrites another login, whose longer title begins with the same 15 bytes");
    else run.overwrites(Restoring::List::logins, slot, path, same(login, *place), "login of this title");
    *place = std::move(login);
  }
  run.stored(Restoring::List::logins, slot, path);
  ++run.imported;
}

}  // namespace hwbak::cdc_badge
