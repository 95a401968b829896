// A program run under watch, its memory read at the moment it ends (or first writes to standard
// output). The ways into its memory are opened right after exec: they stay open when the program
// shuts others out, so no right of root is needed.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "hwbak/bytes.h"

namespace hwbak::memory_scan {

struct Mapping {
  std::uint64_t first = 0, end = 0;
  std::string name;  // "[heap]", a file, or empty
};

enum class Moment { exit, first_output };

class Tracee final {
 public:
  // Throws std::runtime_error when the program cannot be started or watched.
  explicit Tracee(const std::vector<std::string>& command);
  ~Tracee();
  Tracee(const Tracee&) = delete;

  // Runs it to its end; `look` is called once, at `moment`. Gives its exit code, or 128 and a signal.
  int run(Moment moment, const std::function<void()>& look);
  // Writable mappings, and those without a file.
  [[nodiscard]] std::vector<Mapping> mappings() const;
  // As much as can be read from there.
  [[nodiscard]] Bytes read(std::uint64_t address, std::size_t size) const;

 private:
  [[nodiscard]] bool writes_output(pid_t thread) const;
  pid_t child_ = -1;
  int memory_ = -1;
  int maps_ = -1;
};

}  // namespace hwbak::memory_scan
