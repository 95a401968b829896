// See tracee.h.
#include "memory_scan/tracee.h"

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <sstream>
#include <stdexcept>

namespace hwbak::memory_scan {
namespace {

constexpr auto options = PTRACE_O_EXITKILL | PTRACE_O_TRACEEXIT | PTRACE_O_TRACECLONE | PTRACE_O_TRACESYSGOOD;
constexpr int syscall_stop = SIGTRAP | 0x80;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

}  // namespace

Tracee::Tracee(const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  child_ = fork();
  if (child_ == -1) fail("fork");
  if (child_ == 0) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child_, &status, 0);
  if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP) throw std::runtime_error("cannot start " + command[0]);
  if (ptrace(PTRACE_SETOPTIONS, child_, nullptr, options) != 0) fail("PTRACE_SETOPTIONS");
  const std::string process = "/proc/" + std::to_string(child_);
  memory_ = open((process + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  maps_ = open((process + "/maps").c_str(), O_RDONLY | O_CLOEXEC);
  if (memory_ == -1 || maps_ == -1) fail("cannot look into the program");
}

Tracee::~Tracee() {
  close(memory_);
  close(maps_);
}

int Tracee::run(Moment moment, const std::function<void()>& look) {
  // Stopping at each system call costs time; only the moment of output needs it.
  const auto go_on = moment == Moment::first_output ? PTRACE_SYSCALL : PTRACE_CONT;
  bool looked = false;
  ptrace(go_on, child_, nullptr, nullptr);
  while (true) {
    int status = 0;
    const pid_t thread = waitpid(-1, &status, __WALL);
    if (thread == -1) fail("waitpid");
    if (!WIFSTOPPED(status)) {
      if (thread != child_) continue;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    const int event = status >> 16;
    // The first thread stops here while the memory is still whole; the others' ends are no moment to look.
    const bool ends = event == PTRACE_EVENT_EXIT && thread == child_;
    const bool writes = WSTOPSIG(status) == syscall_stop && writes_output(thread);
    if (!looked && (moment == Moment::exit ? ends : writes)) {
      looked = true;
      look();
    }
    // Signals pass; our own stops, and the one every new thread begins with, do not.
    const bool own = event != 0 || WSTOPSIG(status) == syscall_stop || WSTOPSIG(status) == SIGTRAP ||
                     (WSTOPSIG(status) == SIGSTOP && thread != child_);
    ptrace(go_on, thread, nullptr, own ? 0 : WSTOPSIG(status));
  }
}

bool Tracee::writes_output(pid_t thread) const {
  __ptrace_syscall_info info{};
  if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0) return false;
  if (info.op != PTRACE_SYSCALL_INFO_ENTRY || info.entry.args[0] != STDOUT_FILENO) return false;
  return info.entry.nr == SYS_write || info.entry.nr == SYS_writev;
}

std::vector<Mapping> Tracee::mappings() const {
  std::string text;
  char part[4096];
  lseek(maps_, 0, SEEK_SET);
  for (ssize_t got = 0; (got = ::read(maps_, part, sizeof part)) > 0;) text.append(part, static_cast<std::size_t>(got));
  std::vector<Mapping> found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    Mapping mapping;
    std::string rights, offset, device, inode;
    char dash = 0;
    fields >> std::hex >> mapping.first >> dash >> mapping.end >> rights >> offset >> device >> inode >> mapping.name;
    const bool of_a_file = inode != "0";
    if (rights[0] == 'r' && (rights[1] == 'w' || !of_a_file) && mapping.name != "[vvar]" && mapping.name != "[vsyscall]") {
      found.push_back(mapping);
    }
  }
  return found;
}

Bytes Tracee::read(std::uint64_t address, std::size_t size) const {
  Bytes bytes(size);
  const ssize_t got = pread(memory_, bytes.data(), size, static_cast<off_t>(address));
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

}  // namespace hwbak::memory_scan
