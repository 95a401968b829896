// --help, from the option table.
#pragma once

#include <string>

#include "cli/option_table.h"

namespace hwbak::cli {

// Without a command (glance) the list of commands comes first.
[[nodiscard]] std::string help_text(Command command);

}  // namespace hwbak::cli
