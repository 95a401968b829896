// Logins of mod_password (docs/formats/cdc-badge.md, "The payload").
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/parts.h"

namespace hwbak::cdc_badge {
namespace {

// A slot that is no slot does not spoil the login: the number only points at another record.
std::optional<unsigned> read_slot(JsonSpans::Ref entry, Fields& fields) {
  const auto member = entry.first_member("totp_slot");
  if (!member || member->kind() != JsonNode::Kind::number) return std::nullopt;
  WholeNumber value;
  const auto slot = read_number(member->raw(), value) == NumberKind::whole ? value.within(-1, no_totp_slot) : std::nullopt;
  if (!slot) {
    fields.flaw("totp_slot", "is not a slot: 0 to 254, or 255 or -1 for none");
    return std::nullopt;
  }
  if (*slot == -1 || *slot == no_totp_slot) return std::nullopt;
  return static_cast<unsigned>(*slot);
}

}  // namespace

std::optional<Login> read_login(JsonSpans::Ref entry, std::string path, Notes& notes) {
  if (entry.kind() != JsonNode::Kind::object) {
    notes.flaw(std::move(path), "is " + std::string(name_of(entry.kind())) + ", not an object");
    return std::nullopt;
  }
  Fields fields(entry, std::move(path), notes);
  fields.only({"title", "username", "password", "url", "notes", "totp_slot"});
  Login out;
  const auto take = [&](std::string_view key, Text& place, std::size_t limit, Fields::Need need) {
    auto text = fields.text(key, need);
    if (!text) return;
    fields.stored_bytes(key, *text, limit);
    place = std::move(*text);
  };
  take("title", out.title, max_title, Fields::Need::required);
  take("username", out.username, max_username, Fields::Need::optional);
  take("password", out.password, max_password, Fields::Need::optional);
  take("url", out.url, max_url, Fields::Need::optional);
  take("notes", out.notes, max_notes, Fields::Need::optional);
  out.totp_slot = read_slot(entry, fields);
  if (!fields.good()) return std::nullopt;
  out.good = fields.whole();
  out.path = fields.path();
  return out;
}

}  // namespace hwbak::cdc_badge
