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

void ProgressLine::show(double part, const std::string& more) {
  if (!on_terminal_) return;
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  if (now < next_) return;
  next_ = now + pause;
  const int percent = static_cast<int>(std::clamp(part, 0.0, 1.0) * 100.0);
  const int before = drawn_;
  drawn_ = std::fprintf(stderr, "\r%s: %3d%% %s", what_.c_str(), percent, more.c_str()) - 1;
  if (drawn_ < before) std::fprintf(stderr, "%*s", before - drawn_, "");
  drawn_ = std::max(drawn_, before);
  std::fflush(stderr);
}

void ProgressLine::clear() {
  const std::lock_guard lock(mutex_);
  if (drawn_ == 0) return;
  std::fprintf(stderr, "\r%*s\r", drawn_, "");
  drawn_ = 0;
  std::fflush(stderr);
}

}  // namespace hwbak::term
