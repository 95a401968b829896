// Where reports go: pages or JSON lines on standard output (or on standard error, when the contents
// of a backup take standard output), and the exit code they add up to.
#pragma once

#include "cli/options.h"
#include "report/page.h"
#include "report/text_buffer.h"

namespace hwbak::cli {

class Answers final {
 public:
  Answers(const Options& options, int fd);
  // Prints one report. Throws Error(io) when it cannot be written.
  void give(Report report);
  [[nodiscard]] int exit() const noexcept { return exit_code(worst_); }

 private:
  void apply_fail_on(Report& report) const;

  const Options& options_;
  int fd_;
  report::PageStyle style_;
  report::TextBuffer text_;
  Outcome worst_ = Outcome::ok;
  bool first_ = true;
};

}  // namespace hwbak::cli
