// One line of JSON per Report, for scripts (docs/json.md).
#pragma once

#include "hwbak/report.h"
#include "report/text_buffer.h"

namespace hwbak::report {

// Appends one object and a newline. Text that is not secret goes through printable(); a secret
// (only there with --reveal) keeps its exact characters by JSON escapes.
void put_json_line(TextBuffer& out, const Report& report);

}  // namespace hwbak::report
