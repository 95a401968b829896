// The readers of the sections of a payload, which understand() joins (docs/formats/cdc-badge.md, "The payload").
#pragma once

#include "device/cdc_badge/notes.h"

namespace hwbak::cdc_badge {

// One element of `entries`, at `path`; nullopt when it is not good, which is noted.
[[nodiscard]] std::optional<TwoFactor> read_twofa(JsonSpans::Ref entry, std::string path, Notes& notes);
[[nodiscard]] std::optional<Login> read_login(JsonSpans::Ref entry, std::string path, Notes& notes);
[[nodiscard]] std::optional<Card> read_card(JsonSpans::Ref text, std::string path, bool own, Notes& notes);
[[nodiscard]] System read_system(JsonSpans::Ref system, Notes& notes);

// What concerns accounts together: several that answer the same USB slot.
void look_over(const std::vector<TwoFactor>& accounts, Notes& notes);
// Records behind the last one that a badge has room for.
void look_for_room(Payload& payload, Notes& notes);
// Duplicate keys, and texts that end early on a badge because they hold a NUL.
void look_over_document(const JsonSpans& document, Notes& notes);
// Whatever looks like a key that never leaves the secure element
// (docs/formats/cdc-badge.md, "What is never in a backup").
void look_for_private_keys(const JsonSpans& document, Notes& notes);
[[nodiscard]] bool is_forbidden_section(std::string_view name) noexcept;

// Where a node stands: "modules.mod_2fa.entries[3].name".
[[nodiscard]] std::string path_of(const JsonSpans& document, std::size_t index);

}  // namespace hwbak::cdc_badge
