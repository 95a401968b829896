// How far a long piece of work is, on standard error, and only when that is a terminal.
#pragma once

#include <chrono>
#include <mutex>
#include <string>

namespace hwbak::term {

class ProgressLine final {
 public:
  explicit ProgressLine(std::string what);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  // May be called from several threads. Draws at most ten times a second, and not at all for work
  // that is done at once.
  void show(double part) { show(part, {}); }
  // With `more` behind the percentage.
  void show(double part, const std::string& more);
  // Takes the line away before something else is printed.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  std::mutex mutex_;
  std::string what_;
  Clock::time_point next_;
  bool on_terminal_;
  int drawn_ = 0;  // columns
};

}  // namespace hwbak::term
