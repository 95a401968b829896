// Runs two commands in turn and says how long each took and how much memory it held. For
// processes.py: an interpreter's own noise would drown processes that last a millisecond.
//
//   bench_spawn ROUNDS COMMAND... --and COMMAND...
//
// Prints per command: medians of wall time and of processor time in microseconds, greatest resident memory in
// KiB, exit status.
// Children inherit this process's single processor; their output goes nowhere.
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cstdlib>
#include <cstring>

#include "ratio.h"

namespace {

struct Command {
  std::vector<char*> argv;
  std::vector<double> times, processor;
  long memory = 0;
  int status = 0;
};

void run(Command& command) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  rusage usage{};
  int status = 0;
  command.times.push_back(hwbak::bench::seconds([&] {
    pid_t child = 0;
    if (posix_spawnp(&child, command.argv[0], &actions, nullptr, command.argv.data(), environ) != 0) {
      status = 127 << 8;
    } else {
      wait4(child, &status, 0, &usage);
    }
  }));
  posix_spawn_file_actions_destroy(&actions);
  const auto microseconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
  };
  command.processor.push_back(microseconds(usage.ru_utime) + microseconds(usage.ru_stime));
  command.memory = std::max(command.memory, usage.ru_maxrss);
  if (status != 0) command.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int main(int argc, char** argv) {
  Command commands[2];
  int which = 0;
  for (int i = 2; i < argc; ++i) {
    if (which == 0 && std::strcmp(argv[i], "--and") == 0) {
      which = 1;
    } else {
      commands[which].argv.push_back(argv[i]);
    }
  }
  if (commands[0].argv.empty() || commands[1].argv.empty()) {
    std::fputs("usage: bench_spawn ROUNDS COMMAND... --and COMMAND...\n", stderr);
    return 2;
  }
  for (auto& command : commands) command.argv.push_back(nullptr);
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  sched_setaffinity(0, sizeof one, &one);

  for (int round = std::atoi(argv[1]); round > 0; --round) {
    for (auto& command : commands) run(command);
  }
  for (const auto& command : commands) {
    std::printf("%.1f %.1f %ld %d\n", hwbak::bench::median(command.times) * 1e6, hwbak::bench::median(command.processor),
                command.memory, command.status);
  }
  return 0;
}
