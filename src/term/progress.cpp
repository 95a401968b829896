// See progress.h.
#include "term/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace hwbak::term {
namespace {
using namespace std::chrono_literals;
constexpr auto patience = 400ms;
constexpr auto pause = 100ms;
}  // namespace

ProgressLine::ProgressLine(std::string what)
    : what_(std::move(what)), next_(Clock::now() + patience), on_terminal_(::isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(double part) {
  if (!on_terminal_) return;
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + pause;
  drawn_ = true;
  const int percent = static_cast<int>(std::clamp(part, 0.0, 1.0) * 100.0);
  std::fprintf(stderr, "\r%s: %3d%% ", what_.c_str(), percent);
  std::fflush(stderr);
}

void ProgressLine::clear() {
  const std::lock_guard lock(mutex_);
  if (!drawn_) return;
  drawn_ = false;
  std::fprintf(stderr, "\r%*s\r", static_cast<int>(what_.size() + 7), "");
  std::fflush(stderr);
}

}  // namespace hwbak::term
