// How a badge takes one login (docs/formats/cdc-badge.md, "Restore").
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
  if (value == -1 || value == static_cast<int>(no_totp_slot)) return no_totp_slot;
  if (value < 0 || value > static_cast<int>(no_totp_slot)) {
    run.lossy(Loss::changed, path + ".totp_slot", "is out of range; what a badge stores is not known");
    return no_totp_slot;
  }
  run.lossy(Loss::slot, path + ".totp_slot",
            "slot " + std::to_string(value) + " was counted on the badge that wrote the backup; here it may be another account");
  return static_cast<unsigned>(value);
}

}  // namespace

void restore_login(JsonSpans::Ref entry, const std::string& path, Restoring& run) {
  if (entry.kind() != JsonNode::Kind::object) return run.fail(path, "it is no object");
  const auto text = [&](std::string_view key) {
    const auto member = entry.first_member(key);
    auto found = member ? badge_text(*member) : std::nullopt;
    return found ? std::move(*found) : SecretString();
  };
  SecretString title = text("title");
  if (title.empty()) return run.fail(path, "it has no title");

  StoredLogin* place = nullptr;
  for (auto& stored : run.state.logins)
    if (same_title(title.expose(), stored.title.expose().substr(0, title_index))) {
      place = &stored;
      break;
    }
  if (place == nullptr && run.state.logins.size() >= login_slots)
    return run.fail(path, "the badge is full: " + std::to_string(login_slots) + " logins");
  if (place != nullptr && place->title.size() > title_index)
    run.lossy(Loss::replaces, path + ".title", "overwrites another login, whose longer title begins with the same 15 bytes");

  StoredLogin login;
  login.title = run.cut(std::move(title), max_title, path + ".title");
  login.username = run.cut(text("username"), max_username, path + ".username");
  login.password = run.cut(text("password"), max_password, path + ".password");
  login.url = run.cut(text("url"), max_url, path + ".url");
  login.notes = run.cut(text("notes"), max_notes, path + ".notes");
  login.totp_slot = slot_of(entry, path, run);
  if (login.title.size() > title_index)
    run.lossy(Loss::doubles, path + ".title", "is longer than 15 bytes, by which a badge finds it: every restore adds one more copy");
  if (place != nullptr) *place = std::move(login);
  else run.state.logins.push_back(std::move(login));
  ++run.imported;
}

}  // namespace hwbak::cdc_badge
