// The program behind main(): arguments to a command, whatever is thrown to an exit code.
#pragma once

#include <string>
#include <vector>

namespace hwbak::cli {

// Never throws. `arguments` without the program's name.
[[nodiscard]] int run(std::vector<std::string> arguments) noexcept;

}  // namespace hwbak::cli
