// How a benchmark measures and what it prints. Ours and the peer take turns in one run, and the median of the ratios
// counts, so a noisy or slow machine troubles both alike. One line per claim:
//
//   NAME  ratio X.XX  limit Y.YY  ok|MISSED  (details)
//
// A miss is printed, not an error: no test asserts a time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

namespace hwbak::bench {

template <class Work>
double seconds(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Of this thread alone: what else a core has to do meanwhile is not counted.
template <class Work>
double processor_seconds(Work&& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  const double start = now();
  work();
  return now() - start;
}

inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

enum class Clock { wall, processor };

// How many times as fast as the peer; at least `limit` is wanted. The peer may do a part of the work only, where all of it would take too
// long: the whole is `whole` times that.
template <class Ours, class Peer>
void speed(const char* name, double limit, int rounds, Ours&& ours, Peer&& peer, const std::string& details, double whole = 1,
           Clock clock = Clock::wall) {
  std::vector<double> our_times, peer_times, ratios;
  for (int i = 0; i < rounds; ++i) {
    our_times.push_back(clock == Clock::wall ? seconds(ours) : processor_seconds(ours));
    peer_times.push_back(whole * (clock == Clock::wall ? seconds(peer) : processor_seconds(peer)));
    ratios.push_back(peer_times.back() / our_times.back());
  }
  const double ratio = median(ratios);
  std::printf("%-22s ratio %5.2f  limit %5.2f  %-6s  (at least; ours %.1f us, peer %.1f us; %s)\n", name, ratio, limit,
              ratio >= limit ? "ok" : "MISSED", median(our_times) * 1e6, median(peer_times) * 1e6, details.c_str());
}

}  // namespace hwbak::bench
