// Names in a payload that the halves of Draft share (docs/formats/cdc-badge.md, "Writing a payload").
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "device/cdc_badge/compose.h"

namespace hwbak::cdc_badge {

inline constexpr std::array<std::string_view, 3> section_names{"mod_2fa", "mod_password", "mod_vcard"};
inline constexpr std::array<std::string_view, 3> list_names{"entries", "entries", "received"};
inline constexpr std::array all_records{Records::twofa, Records::logins, Records::received};

[[nodiscard]] constexpr std::size_t at(Records list) noexcept { return static_cast<std::size_t>(list); }

[[nodiscard]] inline std::optional<Records> records_of(JsonSpans::Ref section) {
  for (const Records list : all_records)
    if (section.has_key(section_names[at(list)])) return list;
  return std::nullopt;
}

[[nodiscard]] inline std::string_view text_of(const SecretBytes& bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.expose().data()), bytes.size()};
}

}  // namespace hwbak::cdc_badge
