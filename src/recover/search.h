// Threads that take runs of a route from one counter and try them (docs/recover.md, "Interrupted and resumed").
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "recover/plan.h"
#include "recover/trial.h"

namespace hwbak::recover {

// One trial for each thread; the first is `trial` itself.
using Trials = std::vector<std::unique_ptr<Trial>>;
[[nodiscard]] Trials trials_for(std::unique_ptr<Trial> trial, unsigned threads);

// Candidates a second on all threads together, measured on all of them at once for about that long. `length`: bytes of a candidate.
[[nodiscard]] double measure(const Trials& trials, std::size_t length, std::chrono::milliseconds time);

struct SearchState {
  std::uint64_t next = 0;      // every position before this one was tried
  std::uint64_t tried = 0;     // in this run
};
struct SearchEnd {
  std::optional<std::uint64_t> hit;   // position
  bool stopped = false;               // before the end
  SearchState state;
  std::uint64_t false_hits = 0;
};
// Called by the calling thread about ten times a second; false stops the search.
using Tick = std::function<bool(const SearchState& state)>;

// Tries the positions from `from` to the end. Throws what a trial throws.
[[nodiscard]] SearchEnd search(const Route& route, const Trials& trials, std::uint64_t from, const Tick& tick);

}  // namespace hwbak::recover
