// How a benchmark measures and what it prints. Ours and the peer take turns in one run, and medians are
// compared, so a noisy or slow machine troubles both alike. One line per claim:
//
//   NAME  ratio X.XX  limit Y.YY  ok|MISSED  (details)
//
// A miss is printed, not an error: no test asserts a time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace hwbak::bench {

template <class Work>
double seconds(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// How many times as fast as the peer; at least `limit` is wanted. The peer may do a part of the work only, where all of it would take too
// long: the whole is `whole` times that.
template <class Ours, class Peer>
void speed(const char* name, double limit, int rounds, Ours&& ours, Peer&& peer, const std::string& details, double whole = 1) {
  std::vector<double> our_times, peer_times;
  for (int i = 0; i < rounds; ++i) {
    our_times.push_back(seconds(ours));
    peer_times.push_back(whole * seconds(peer));
  }
  const double a = median(our_times), b = median(peer_times);
  std::printf("%-22s ratio %5.2f  limit %5.2f  %-6s  (at least; ours %.1f us, peer %.1f us; %s)\n", name, b / a, limit,
              b / a >= limit ? "ok" : "MISSED", a * 1e6, b * 1e6, details.c_str());
}

}  // namespace hwbak::bench
