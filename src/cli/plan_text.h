// What is about to be done, as text on the terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hwbak/report.h"

namespace hwbak::cli {

// A blank line between two sections.
[[nodiscard]] std::string plan_text(const std::vector<Section>& plan, std::string_view line_end);
// The plan with the question below it, for a terminal in raw mode.
[[nodiscard]] std::string question_text(const std::vector<Section>& plan, const std::string& question);

}  // namespace hwbak::cli
