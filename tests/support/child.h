// A process of its own for what a test must not do to itself.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

namespace hwbak::test {

// Runs `body` in a child; what it returns is the child's exit code.
template <typename Body>
int in_child(Body body) {
  const pid_t child = fork();
  if (child == 0) _exit(body());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace hwbak::test
