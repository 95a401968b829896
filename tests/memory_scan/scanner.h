// Runs the scanner the way a person would.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "io/folder.h"

namespace hwbak::test {

struct Scan {
  int exit = -1;         // 0 clean, 1 found, 2 failed
  std::string found;     // what the scanner says
  std::string output;    // what the program under it printed
};

// `options`: "--at-output" and the like. `secrets`: one per line.
inline Scan scan(const std::vector<std::string>& options, const std::string& secrets, const std::vector<std::string>& command) {
  const Folder folder;
  put(folder / "secrets", secrets);
  const auto quoted = [](const std::string& word) { return " '" + word + "'"; };
  std::string line = HWBAK_MEMORY_SCAN;
  for (const std::string& option : options) line += quoted(option);
  line += " --secrets" + quoted((folder / "secrets").string()) + " --";
  for (const std::string& word : command) line += quoted(word);
  line += " </dev/null >" + quoted((folder / "output").string()) + " 2>" + quoted((folder / "found").string());
  const int status = std::system(line.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, get(folder / "found"), get(folder / "output")};
}

}  // namespace hwbak::test
