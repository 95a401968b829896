// vCards of mod_vcard (docs/formats/cdc-badge.md, "The payload").
#include <algorithm>

#include "base/counted.h"
#include "device/cdc_badge/compose.h"
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/parts.h"
#include "device/cdc_badge/restore_parts.h"
#include "device/cdc_badge/text.h"

namespace hwbak::cdc_badge {

std::optional<Card> read_card(JsonSpans::Ref text, std::string path, bool own, Notes& notes) {
  if (text.kind() != JsonNode::Kind::string) {
    notes.flaw(std::move(path), "is " + std::string(name_of(text.kind())) + ", not a text");
    return std::nullopt;
  }
  HeldText bytes = held_text(text);
  if (!has_card_marks(bytes.expose())) {
    notes.flaw(std::move(path), "is no vCard of version 4.0: BEGIN:VCARD, VERSION:4.0 or END:VCARD is missing");
    return std::nullopt;
  }
  Card card{std::move(path), own, read_text(std::move(bytes)), true, true};
  notes.text(card.text, card.path);
  // Good to read, although no badge takes it.
  const std::size_t size = card.text.bytes.size(), stored = std::max(size, normalised_card(card.text.bytes.expose()).size());
  card.good = stored <= max_card;
  if (!card.good)
    notes.flaw(card.path, "has " + counted(stored, "byte") + " on a badge, which refuses more than " + std::to_string(max_card), Flaw::Kind::refused);
  else if (size > max_card_after_reboot)
    notes.finding(Severity::warning, "card-lost-at-reboot",
                  "A card of exactly 768 bytes is stored, but the badge does not find it again after a restart.", card.path);
  return card;
}

SecretString card_from_file(std::string_view text) {
  SecretString unfolded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && text.substr(i + 1).starts_with('\n')) continue;
    const bool folded = text[i] == '\n' && i + 1 < text.size() && (text[i + 1] == ' ' || text[i + 1] == '\t');
    if (folded) ++i;
    else unfolded.append(text[i]);
  }
  return normalised_card(unfolded.expose());
}

}  // namespace hwbak::cdc_badge
