// What a practice badge keeps: its records and settings, as the payload it would export, and its PIN's counter; sealed by
// practice/sealed_state.h.
#pragma once

#include <cstdint>

#include "device/cdc_badge/restore.h"

namespace hwbak::practice::cdc_badge {

namespace cb = hwbak::cdc_badge;

inline constexpr cb::Level badge_level{0, 7};
inline constexpr std::string_view badge_firmware = "0.6.6";

struct State {
  unsigned wrong_pins = 0;             // in a row
  std::int64_t locked_until = 0;       // seconds since 1970
  cb::BadgeState contents;
};

[[nodiscard]] SecretBytes serialise(const State& state);
// Throws Error(damaged) for what this program does not write.
[[nodiscard]] State parse_state(ByteView bytes);

}  // namespace hwbak::practice::cdc_badge
