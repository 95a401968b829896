// See pseudo_terminal.h.
#include "practice/cdc_badge/pseudo_terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/unicode.h"
#include "hwbak/error.h"

namespace hwbak::practice::cdc_badge {
namespace {

[[noreturn]] void fail(int reason) {
  throw Error(Outcome::io, std::string("there is no pseudo terminal to play the badge's port: ") + std::strerror(reason));
}

bool ready(int fd, short events, std::chrono::milliseconds patience) {
  pollfd poll{fd, events, 0};
  return ::poll(&poll, 1, static_cast<int>(patience.count())) > 0 && (poll.revents & events) != 0;
}

}  // namespace

PseudoTerminal::PseudoTerminal() : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)) {
  std::array<char, 128> name{};
  if (!master_.is_open() || ::grantpt(master_.number()) != 0 || ::unlockpt(master_.number()) != 0 ||
      ::ptsname_r(master_.number(), name.data(), name.size()) != 0)
    fail(errno);
  slave_ = io::Descriptor(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  termios settings{};
  if (!slave_.is_open() || ::tcgetattr(slave_.number(), &settings) != 0) fail(errno);
  ::cfmakeraw(&settings);
  if (::tcsetattr(slave_.number(), TCSANOW, &settings) != 0) fail(errno);
  path_ = name.data();
}

void PseudoTerminal::link(const std::filesystem::path& link) const {
  std::error_code error;
  if (std::filesystem::is_symlink(std::filesystem::symlink_status(link, error))) std::filesystem::remove(link, error);
  std::filesystem::create_symlink(path_, link, error);
  if (error)
    throw Error(Outcome::refused, "the link " + printable(link.native()) + " cannot be made: " + error.message(), std::nullopt,
                "give --link a name that is free");
}

std::size_t PseudoTerminal::read(ByteSpan out, std::chrono::milliseconds patience) {
  if (!ready(master_.number(), POLLIN, patience)) return 0;
  const ssize_t got = ::read(master_.number(), out.data(), out.size());
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

void PseudoTerminal::write(ByteView bytes) {
  constexpr std::chrono::milliseconds patience{2000};
  while (!bytes.empty() && ready(master_.number(), POLLOUT, patience)) {
    const ssize_t sent = ::write(master_.number(), bytes.data(), bytes.size());
    if (sent < 0 && errno != EINTR && errno != EAGAIN) return;
    if (sent > 0) bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
}

}  // namespace hwbak::practice::cdc_badge
