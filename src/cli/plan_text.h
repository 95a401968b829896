// What is about to be done to a device, as text on the terminal above the question.
#pragma once

#include <string>
#include <vector>

#include "hwbak/report.h"

namespace hwbak::cli {

[[nodiscard]] std::string plan_text(const std::vector<Section>& plan);

}  // namespace hwbak::cli
