// A payload without the white space that a badge does not write (docs/formats/cdc-badge.md, "Writing a payload").
#pragma once

#include "base/json_spans.h"
#include "hwbak/secret.h"

namespace hwbak::cdc_badge {

// Only between the parts that a badge knows: what it does not know is taken over to the byte.
[[nodiscard]] SecretBytes compact(const JsonSpans& document);

}  // namespace hwbak::cdc_badge
