// Where reports go: pages or JSON lines on standard output (or on standard error, when the contents
// of a backup take standard output), and the exit code they add up to.
#pragma once

#include "cli/options.h"
#include "report/page.h"
#include "report/text_buffer.h"

namespace hwbak::cli {

class Answers final {
 public:
  // `listed`: for people, one of many: a line or two for each report instead of a page.
  Answers(const Options& options, int fd, bool listed = false);
  ~Answers();  // prints what is still held back, when an exception ends the work
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;
  // Prints one report; a terminal shows it at once, others with the next flush(). Throws Error(io) when it
  // cannot be written.
  void give(Report report);
  void flush();
  // The exit code of all reports; prints what is still held back.
  [[nodiscard]] int exit();

 private:
  void apply_fail_on(Report& report) const;

  const Options& options_;
  int fd_;
  bool listed_;
  bool terminal_;
  report::PageStyle style_;
  report::TextBuffer text_;
  Outcome worst_ = Outcome::ok;
  bool first_ = true;
};

}  // namespace hwbak::cli
