// See terminal.h. tcsetattr, write, readlink, unlink, raise and _exit are all a signal handler may call, and all that ours
// calls.
#include "term/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>

#include "hwbak/outcome.h"

namespace hwbak::term {
namespace {

// What a signal handler must know. One question is open at a time.
volatile std::sig_atomic_t question_fd = -1;
volatile std::sig_atomic_t is_plain = 0;    // a terminal that knows no control sequences
volatile std::sig_atomic_t is_covered = 0;  // the other screen is shown
volatile std::sig_atomic_t was_resumed = 0;
volatile std::sig_atomic_t was_resized = 0;
termios calm;      // as the user had it
termios questioning;

// The alternate screen has no scrollback. It is cleared before it is left, as some terminals keep its last picture; and
// where there is none, the screen itself is cleared. Not by "2J", which some move into the scrollback.
constexpr std::string_view enter_cover = "\x1b[?1049h\x1b[H\x1b[J", clear_cover = "\x1b[H\x1b[J",
                           leave_cover = "\x1b[H\x1b[J\x1b[?1049l";

void write_now(std::string_view text) noexcept { (void)!::write(question_fd, text.data(), text.size()); }

void put_back() noexcept {
  if (question_fd >= 0) ::tcsetattr(question_fd, TCSANOW, &calm);
}

// Of remove_link_at_end().
char link_path[4096], link_target[256];
volatile std::sig_atomic_t has_link = 0;

void remove_link() noexcept {
  char target[sizeof link_target];
  const ssize_t size = has_link != 0 ? ::readlink(link_path, target, sizeof target) : -1;
  if (size > 0 && std::string_view(target, static_cast<std::size_t>(size)) == link_target) (void)::unlink(link_path);
}

extern "C" void on_end(int signal) {
  remove_link();
  if (question_fd >= 0) {
    if (is_covered != 0) write_now(leave_cover);
    else write_now(is_plain != 0 ? "\r\n" : "\r\x1b[2K\r\n");  // a number half typed
    put_back();
  }
  if (signal == SIGINT) ::_exit(exit_interrupted);
  ::signal(signal, SIG_DFL);
  ::raise(signal);  // delivered when this handler returns: the parent sees why the program ended
}

void suspend(int process) {
  const int saved = errno;
  if (is_covered != 0) write_now(leave_cover);
  put_back();
  ::kill(process, SIGSTOP);
  if (question_fd >= 0) ::tcsetattr(question_fd, TCSANOW, &questioning);
  if (is_covered != 0) write_now(enter_cover);
  was_resumed = 1;
  errno = saved;
}

extern "C" void on_suspend(int) { suspend(::getpid()); }
extern "C" void on_resize(int) { was_resized = 1; }

class DeviceTerminal final : public Terminal {
 public:
  explicit DeviceTerminal(int fd) : fd_(fd) {}
  ~DeviceTerminal() override { ::close(fd_); }

  void write(std::string_view text) override {
    count_lines(text);
    while (!text.empty()) {
      const ssize_t written = ::write(fd_, text.data(), text.size());
      if (written < 0 && errno != EINTR) return;  // a lost terminal shows itself at the next read
      if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  std::optional<std::uint8_t> read() override {
    for (;;) {
      if (take_notice()) return std::uint8_t{0};
      std::uint8_t byte = 0;
      const ssize_t got = ::read(fd_, &byte, 1);
      if (got == 1 && (byte == 0x03 || byte == 0x1C)) throw Interrupted{};
      if (got == 1 && byte == 0x1A) {
        // The whole job, as the terminal would do it, so that a shell's pipeline stops as one.
        suspend(0);
        continue;
      }
      if (got == 1) return byte;
      if (got < 0 && errno == EINTR) continue;
      return std::nullopt;
    }
  }

  bool resumed() override {
    const bool yes = was_resumed != 0;
    was_resumed = 0;
    return yes;
  }

  bool more_at_once() override {
    constexpr int patience = 50;  // ms; over a slow line the bytes of one key may come in two packets
    pollfd waiting{fd_, POLLIN, 0};
    return ::poll(&waiting, 1, patience) == 1 && (waiting.revents & POLLIN) != 0;
  }

  std::size_t columns() const override { return columns_; }
  std::size_t rows() const override { return is_covered != 0 ? rows_ : 0; }

  void drop_input() override { ::tcflush(fd_, TCIFLUSH); }

  void erase_question() override {
    if (is_covered != 0) return write(clear_cover);
    if (is_plain != 0) return write("\r\n");
    const std::string up = lines_ == 0 ? "" : "\x1b[" + std::to_string(lines_) + "A";
    write("\r" + up + "\x1b[J");
    lines_ = column_ = 0;
  }

 protected:
  void begin_question() override {
    if (::tcgetattr(fd_, &calm) != 0) return;
    questioning = calm;
    questioning.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    questioning.c_iflag &= ~static_cast<tcflag_t>(IXON);
    questioning.c_cc[VMIN] = 1;
    questioning.c_cc[VTIME] = 0;
    lines_ = column_ = 0;
    was_resumed = 0;
    was_resized = 0;
    const char* const kind = std::getenv("TERM");
    is_plain = kind == nullptr || std::string_view(kind) == "dumb";
    question_fd = fd_;
    ::tcsetattr(fd_, TCSAFLUSH, &questioning);
    measure();
    // Only while a question is open: elsewhere nothing shall be interrupted by it.
    struct sigaction resized {};
    sigemptyset(&resized.sa_mask);
    resized.sa_handler = on_resize;
    ::sigaction(SIGWINCH, &resized, &calm_resize_);
  }
  void end_question() override {
    put_back();
    question_fd = -1;
    ::sigaction(SIGWINCH, &calm_resize_, nullptr);
  }
  // A signal between the two steps would leave the wrong screen.
  void begin_cover() override {
    if (question_fd < 0 || is_plain != 0) return;
    const SignalsHeld held;
    write(enter_cover);
    is_covered = 1;
  }
  void end_cover() override {
    if (is_covered == 0) return erase_question();
    const SignalsHeld held;
    write(leave_cover);
    is_covered = 0;
    lines_ = column_ = 0;
  }

 private:
  // Whether what is shown must be drawn again, in the size that the terminal has now.
  bool take_notice() noexcept {
    // Outside of a cover a new size changes nothing: how far up the question now begins is not known.
    if (was_resized != 0 && is_covered != 0) was_resumed = 1;
    was_resized = 0;
    if (was_resumed != 0) measure();
    return was_resumed != 0;
  }

  void measure() noexcept {
    winsize size{};
    const bool known = ::ioctl(fd_, TIOCGWINSZ, &size) == 0;
    columns_ = known && size.ws_col != 0 ? size.ws_col : 80;
    rows_ = known && size.ws_row != 0 ? size.ws_row : 24;
  }

  // How many lines up the question began; UTF-8 continuation bytes take no column.
  void count_lines(std::string_view text) noexcept {
    for (const char c : text) {
      if (c == '\n') {
        ++lines_;
        column_ = 0;
      } else if (c == '\r') {
        column_ = 0;
      } else if ((static_cast<std::uint8_t>(c) & 0xC0) != 0x80) {
        if (column_ == columns_) {
          ++lines_;
          column_ = 0;
        }
        ++column_;
      }
    }
  }

  int fd_;
  struct sigaction calm_resize_ {};
  std::size_t columns_ = 80, rows_ = 24, column_ = 0, lines_ = 0;
};

constexpr std::array ending{SIGINT, SIGTERM, SIGHUP, SIGQUIT};

}  // namespace

std::unique_ptr<Terminal> Terminal::open() {
  const int fd = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return nullptr;
  return std::make_unique<DeviceTerminal>(fd);
}

void install_signal_handlers() {
  struct sigaction action {};
  sigemptyset(&action.sa_mask);
  action.sa_handler = on_end;
  for (const int signal : ending) {
    struct sigaction old {};
    // A program started with a signal ignored (nohup) keeps it so.
    if (::sigaction(signal, nullptr, &old) == 0 && old.sa_handler == SIG_IGN) continue;
    ::sigaction(signal, &action, nullptr);
  }
  action.sa_handler = on_suspend;
  ::sigaction(SIGTSTP, &action, nullptr);
  // A closed pipe is an outcome with a sentence, not a silent death.
  ::signal(SIGPIPE, SIG_IGN);
}

void remove_link_at_end(const std::filesystem::path& link, const std::filesystem::path& to) {
  const SignalsHeld held;
  has_link = 0;
  if (link.native().size() >= sizeof link_path || to.native().size() >= sizeof link_target) return;
  std::strcpy(link_path, link.c_str());
  std::strcpy(link_target, to.c_str());
  has_link = 1;
}

struct SignalsHeld::State {
  sigset_t before;
};

SignalsHeld::SignalsHeld(bool suspending) : state_(std::make_unique<State>()) {
  sigset_t held;
  sigemptyset(&held);
  for (const int signal : ending) sigaddset(&held, signal);
  if (suspending) sigaddset(&held, SIGTSTP);
  ::sigprocmask(SIG_BLOCK, &held, &state_->before);
}

bool SignalsHeld::pending() const {
  sigset_t waiting;
  sigemptyset(&waiting);
  ::sigpending(&waiting);
  return std::ranges::any_of(ending, [&](int signal) { return sigismember(&waiting, signal) == 1; });
}

void SignalsHeld::forget() {
  sigset_t waiting;
  sigemptyset(&waiting);
  for (const int signal : ending) sigaddset(&waiting, signal);
  const timespec at_once{};
  while (::sigtimedwait(&waiting, nullptr, &at_once) > 0) continue;
}

SignalsHeld::~SignalsHeld() { ::sigprocmask(SIG_SETMASK, &state_->before, nullptr); }

}  // namespace hwbak::term
