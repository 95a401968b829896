// File names in the commands that a report advises.
#pragma once

#include <string>

namespace hwbak::tasks {

// A name as a shell takes it, quoted where that is needed.
[[nodiscard]] std::string shell_quoted(const std::string& shown);

}  // namespace hwbak::tasks
