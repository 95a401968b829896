// See tty_line.h.
#include "link/serial/tty_line.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/unicode.h"
#include "hwbak/error.h"
#include "io/descriptor.h"

namespace hwbak::serial {
namespace {

constexpr const char* replug = "plug the badge in again, unlock it, and run the command again";

class TtyLine final : public ByteLine {
 public:
  TtyLine(io::Descriptor fd, std::string shown) : fd_(std::move(fd)), shown_(std::move(shown)) {}

  void write(ByteView bytes, Clock::time_point deadline) override {
    while (!bytes.empty()) {
      if (!wait_for(POLLOUT, deadline))
        throw Error(Outcome::io, "the badge at " + shown_ + " takes no more bytes", std::nullopt, replug);
      const ssize_t sent = ::write(fd_.number(), bytes.data(), bytes.size());
      if (sent < 0 && errno != EINTR && errno != EAGAIN) gone(errno);
      if (sent > 0) bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
  }

  std::size_t read(ByteSpan out, Clock::time_point deadline) override {
    for (;;) {
      if (!wait_for(POLLIN, deadline)) return 0;
      const ssize_t got = ::read(fd_.number(), out.data(), out.size());
      if (got > 0) return static_cast<std::size_t>(got);
      if (got == 0) gone(0);
      if (errno != EINTR && errno != EAGAIN) gone(errno);
    }
  }

  Clock::time_point now() const override { return Clock::now(); }

 private:
  [[noreturn]] void gone(int reason) const {
    throw Error(
        Outcome::io,
        "the line to the badge at " + shown_ + " broke" + (reason == 0 ? "" : std::string(": ") + std::strerror(reason)),
        std::nullopt, replug);
  }

  bool wait_for(short events, Clock::time_point deadline) const {
    for (;;) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
      pollfd poll{fd_.number(), events, 0};
      const int ready = ::poll(&poll, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000)));
      if (ready > 0 && (poll.revents & events) != 0) return true;
      if (ready > 0) gone(0);
      if (ready < 0 && errno != EINTR) gone(errno);
      if (Clock::now() >= deadline) return false;
    }
  }

  io::Descriptor fd_;
  std::string shown_;
};

void make_raw(int fd) {
  termios settings{};
  if (::tcgetattr(fd, &settings) != 0) return;
  ::cfmakeraw(&settings);
  settings.c_cflag |= static_cast<tcflag_t>(CLOCAL | CREAD);
  settings.c_cflag &= ~static_cast<tcflag_t>(CRTSCTS);
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  (void)::cfsetspeed(&settings, B115200);
  (void)::tcsetattr(fd, TCSANOW, &settings);
}

}  // namespace

std::unique_ptr<ByteLine> open_tty(const std::filesystem::path& path) {
  const std::string shown = printable(path.native());
  io::Descriptor fd(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  const int reason = errno;
  if (!fd.is_open()) {
    if (reason == ENOENT || reason == ENXIO || reason == ENODEV || reason == EIO)
      throw Error(Outcome::device, "there is no device at " + shown, std::nullopt,
                  "look which ports there are: `hwbak device list`");
    if (reason == EACCES || reason == EPERM)
      throw Error(Outcome::device, "you may not open " + shown, std::nullopt,
                  "become a member of the group that owns it, on Debian with `sudo adduser $USER dialout`, and log in again");
    if (reason == EBUSY) throw Error(Outcome::device, "another program uses " + shown, std::nullopt, "close the other program");
    throw Error(Outcome::io, shown + " cannot be opened: " + std::strerror(reason));
  }
  if (::isatty(fd.number()) != 1)
    throw Error(Outcome::device, shown + " is no serial port", std::nullopt, "look which ports there are: `hwbak device list`");
  // Two programs on one line would each get a part of the answers.
  if (::flock(fd.number(), LOCK_EX | LOCK_NB) != 0)
    throw Error(Outcome::device, "another program uses " + shown, std::nullopt, "close the other program");
  make_raw(fd.number());
  return std::make_unique<TtyLine>(std::move(fd), shown);
}

}  // namespace hwbak::serial
