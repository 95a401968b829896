// See side_by_side.h.
#include "io/side_by_side.h"

#include <signal.h>

#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace hwbak::io {
namespace {

constexpr std::size_t most_threads = 7;   // beside the one that asks

struct Work {
  Files& files;
  std::span<NewFile> all;
  std::atomic<std::size_t> next{0};

  void run() {
    for (std::size_t i = 0; (i = next++) < all.size();) {
      NewFile& file = all[i];
      try {
        files.write(file.path, file.contents, file.options);
      } catch (const Error& error) {
        file.error = error;
      } catch (const std::exception&) {
        file.error = Error(Outcome::io, "there is not enough memory to write a file", std::nullopt, "end other programs, and try again");
      }
    }
  }
};

}  // namespace

void write_side_by_side(Files& files, std::span<NewFile> all) {
  sigset_t ending, before;
  sigemptyset(&ending);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP}) sigaddset(&ending, signal);
  pthread_sigmask(SIG_BLOCK, &ending, &before);   // the threads inherit it
  Work work{files, all};
  {
    std::vector<std::jthread> threads;
    threads.reserve(most_threads);
    try {
      while (threads.size() < most_threads && threads.size() + 1 < all.size()) threads.emplace_back([&work] { work.run(); });
    } catch (const std::system_error&) {  // those that are there do it
    }
    work.run();
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace hwbak::io
