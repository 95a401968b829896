// The strings of a payload: CP437 where they were typed on the badge, UTF-8 elsewhere, told apart one by one
// (docs/formats/cdc-badge.md, "The payload").
#pragma once

#include "device/cdc_badge/payload.h"

namespace hwbak::cdc_badge {

[[nodiscard]] Text read_text(SecretString bytes);

}  // namespace hwbak::cdc_badge
