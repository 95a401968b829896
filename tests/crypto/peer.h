// Runs a real program as a peer and gives what it printed.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "hwbak/bytes.h"
#include "hwbak/random.h"

namespace hwbak::test {

// Standard output to the byte; nullopt when the program failed. What it says on standard error is dropped.
inline std::optional<std::string> run(const std::string& shell_line, ByteView input = {}) {
  const auto file = std::filesystem::temp_directory_path() / ("hwbak-peer-" + std::to_string(getpid()));
  std::ofstream(file, std::ios::binary) << std::string(input.begin(), input.end());
  std::FILE* const pipe = popen(("{ " + shell_line + "; } <'" + file.string() + "' 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string out;
  char part[4096];
  for (std::size_t got = 0; (got = std::fread(part, 1, sizeof part, pipe)) != 0;) out.append(part, got);
  const int status = pclose(pipe);
  std::filesystem::remove(file);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return out;
}

inline Bytes random_bytes(std::size_t size) {
  Bytes out(size);
  system_random().fill(out);
  return out;
}

// A Python program (Debian's) with arguments; single quotes may not appear in either.
inline std::optional<std::string> python(const std::string& program, const std::string& arguments) {
  return run("/usr/bin/python3 -c '" + program + "' " + arguments);
}

}  // namespace hwbak::test
