// Completions and the man page out of the option table.
#pragma once

#include <string>
#include <string_view>

#include "cli/option_table.h"

namespace hwbak::docgen {

[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();
[[nodiscard]] std::string fish_completion();
// hwbak(1) in scdoc's language.
[[nodiscard]] std::string man_page();

}  // namespace hwbak::docgen
