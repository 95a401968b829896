// How a badge takes vCards (docs/formats/cdc-badge.md, "Restore").
#include <algorithm>

#include "base/counted.h"
#include "device/cdc_badge/badge_json.h"
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/restore_parts.h"

namespace hwbak::cdc_badge {
namespace {

bool only_of(std::string_view text, std::string_view characters) { return text.find_first_not_of(characters) == std::string_view::npos; }

bool keeps(std::string_view line) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  const std::string_view value = line.substr(colon + 1);
  if (only_of(value, blanks)) return false;
  if (line.starts_with("N:") || line.starts_with("N;")) return !only_of(value, "; \t\r\n");
  if (line.starts_with("IMPP:") || line.starts_with("IMPP;")) {
    const std::size_t scheme = value.find(':');
    return scheme == std::string_view::npos || !only_of(value.substr(scheme + 1), blanks);
  }
  return true;
}

// What a badge would store, or nullopt with the reason noted.
std::optional<SecretString> take_card(const SecretString& text, const std::string& path, Restoring& run) {
  if (text.empty() || text.size() > max_card) {
    run.fail(path, "it has " + counted(text.size(), "byte") + ", and " + std::to_string(max_card) + " fit");
    return std::nullopt;
  }
  if (!has_card_marks(text.expose())) {
    run.fail(path, "it is no vCard of version 4.0");
    return std::nullopt;
  }
  SecretString stored = normalised_card(text.expose());
  if (stored.size() > max_card) {
    run.fail(path, "it has " + counted(stored.size(), "byte") + " in the badge's form, and " + std::to_string(max_card) + " fit");
    return std::nullopt;
  }
  return stored;
}

void note_stored(const SecretString& stored, const std::string& path, Restoring& run) {
  if (stored.size() > max_card_after_reboot) run.lossy(Loss::lost_later, path, "has exactly 768 bytes: the badge does not find it again after a restart");
}

}  // namespace

SecretString normalised_card(std::string_view text) {
  SecretString out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!keeps(line)) continue;
    out.append(line);
    out.append('\n');
  }
  return out;
}

void restore_own_card(JsonSpans::Ref value, const std::string& path, Restoring& run) {
  const auto text = run.text(value, path);
  if (!text || text->empty()) return;
  auto stored = take_card(*text, path, run);
  if (!stored) return;
  if (run.state.own && !run.state.own->equals(stored->expose())) run.lossy(Loss::replaces, path, "replaces the own card that the badge has");
  note_stored(*stored, path, run);
  run.state.own = std::move(*stored);
  ++run.imported;
}

void restore_received_card(JsonSpans::Ref value, const std::string& path, Restoring& run) {
  const auto text = run.text(value, path);
  if (!text) return run.fail(path, "it is no text");
  for (std::size_t slot = 0; slot < run.state.received.size(); ++slot)
    if (run.state.received[slot].expose() == text->expose()) {
      run.overwrites(Restoring::List::received, slot, path, true, "card");
      ++run.imported;
      return;
    }
  auto stored = take_card(*text, path, run);
  if (!stored) return;
  if (run.state.received.size() >= card_slots) return run.fail(path, "the badge is full: " + counted(card_slots, "card"));
  if (!stored->equals(text->expose())) run.lossy(Loss::doubles, path, "is stored in another form than it has here: every restore adds one more copy");
  note_stored(*stored, path, run);
  run.stored(Restoring::List::received, run.state.received.size(), path);
  run.state.received.push_back(std::move(*stored));
  ++run.imported;
}

}  // namespace hwbak::cdc_badge
