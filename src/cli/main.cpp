// Where the program begins: protected first, then as little as `--version` needs.
#include <unistd.h>

#include <cstring>

#include "cli/pkcs11_line.h"
#include "cli/program.h"
#include "cli/version.h"
#include "harden/harden.h"
#include "hwbak/outcome.h"

int main(int argc, char** argv) {
  hwbak::harden::protect_process();
  if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
    constexpr auto text = hwbak::cli::version_text;
    return ::write(STDOUT_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size())
               ? 0
               : hwbak::exit_code(hwbak::Outcome::io);
  }
  std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  hwbak::cli::hide_pins({argv, static_cast<std::size_t>(argc)});
  return hwbak::cli::run(std::move(arguments));
}
