// From a header that was read to what the survey says about it: places in the file, limits, oddities.
#pragma once

#include "container/sevenzip/grammar.h"

namespace hwbak::sevenzip {

// Moves `header` into the survey. survey.packed is the area that its streams lie in; `moved`: bytes
// of that area are missing or too many, so the only folder takes all that is there.
void adopt(Survey& survey, EndHeader header, bool moved, const Limits& limits);

// Why open() will not open this folder: an unhandled method, too large.
[[nodiscard]] std::optional<Error> obstacle(const Folder& folder, const Limits& limits);

// The first reason why nothing can be opened stays.
void set_dead_end(Survey& survey, Outcome outcome, std::string sentence, std::optional<std::uint64_t> offset = std::nullopt);

}  // namespace hwbak::sevenzip
