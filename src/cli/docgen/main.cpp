// hwbak-docgen: a build tool, not installed.
//   hwbak-docgen bash|zsh|fish     a completion script on standard output
//   hwbak-docgen man DIR           DIR/hwbak.1.scd, for scdoc
#include <cstdio>
#include <cstring>
#include <string>

#include "cli/docgen/docgen.h"

namespace {

bool put(std::FILE* file, const std::string& text) {
  return file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace hwbak::docgen;
  const std::string what = argc > 1 ? argv[1] : "";
  bool good = false;
  if (argc == 2 && what == "bash") good = put(stdout, bash_completion());
  else if (argc == 2 && what == "zsh") good = put(stdout, zsh_completion());
  else if (argc == 2 && what == "fish") good = put(stdout, fish_completion());
  else if (argc == 3 && what == "man") {
    std::FILE* const file = std::fopen((std::string(argv[2]) + "/hwbak.1.scd").c_str(), "w");
    good = put(file, man_page());
    if (file != nullptr) good = std::fclose(file) == 0 && good;
  } else {
    std::fputs("usage: hwbak-docgen bash|zsh|fish | man DIR\n", stderr);
    return 2;
  }
  if (!good) std::perror("hwbak-docgen");
  return good ? 0 : 1;
}
