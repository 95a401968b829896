// See search.h. Threads share the counter and the wish to stop; what each has in hand it publishes for the state file.
#include "recover/search.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>

namespace hwbak::recover {
namespace {

constexpr std::uint64_t nothing = std::numeric_limits<std::uint64_t>::max();
constexpr std::chrono::milliseconds tick_every{100};

struct Common {
  std::atomic<std::uint64_t> next;
  std::atomic<bool> stop = false;
  std::mutex mutex;
  std::condition_variable ended;
  unsigned running = 0;
};

struct Worker {
  std::atomic<std::uint64_t> in_hand = nothing;  // the first position that is not tried yet by this thread
  std::atomic<std::uint64_t> tried = 0;
  std::uint64_t hit = nothing;
  std::exception_ptr error;
};

void work(const Route& route, Trial& trial, Common& common, Worker& worker) {
  const std::uint64_t step = std::max<std::size_t>(1, trial.batch_size());
  Batch batch;
  SecretString candidate;
  while (!common.stop) {
    // Published before it is taken: what it names is never behind what is taken.
    worker.in_hand = common.next.load();
    const std::uint64_t from = common.next.fetch_add(step);
    if (from >= route.size()) break;
    worker.in_hand = from;
    const std::uint64_t to = std::min(route.size(), from + step);
    batch.clear();
    for (std::uint64_t at = from; at < to; ++at) {
      candidate.clear();
      route.candidate(at, candidate);
      batch.add(candidate.expose_bytes());
    }
    const Tried tried = trial.try_all(batch, common.stop);
    if (tried.hit) {
      worker.hit = from + *tried.hit;
      worker.tried += *tried.hit + 1;
      common.stop = true;
      return;
    }
    if (!tried.finished) return;
    worker.tried += to - from;
  }
  worker.in_hand = nothing;
}

void run(const Route& route, Trial& trial, Common& common, Worker& worker) noexcept {
  try {
    work(route, trial, common, worker);
  } catch (...) {
    worker.error = std::current_exception();
    common.stop = true;
  }
  secret::scrub_stack();
  const std::lock_guard lock(common.mutex);
  --common.running;
  common.ended.notify_all();
}

SearchState state_of(const Route& route, const Common& common, const std::vector<Worker>& workers) {
  SearchState out;
  out.next = common.next.load();
  for (const Worker& worker : workers) {
    out.next = std::min(out.next, worker.in_hand.load());
    out.tried += worker.tried.load();
  }
  out.next = std::min(out.next, route.size());
  return out;
}

// Threads end with this object, whatever is thrown.
class Threads final {
 public:
  explicit Threads(Common& common) : common_(common) {}
  ~Threads() {
    if (std::uncaught_exceptions() != 0) common_.stop = true;
    for (std::thread& thread : threads_) thread.join();
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  template <typename Body>
  void start(Body body) {
    {
      const std::lock_guard lock(common_.mutex);
      ++common_.running;
    }
    threads_.emplace_back(std::move(body));
  }

 private:
  Common& common_;
  std::vector<std::thread> threads_;
};

}  // namespace

Trials trials_for(std::unique_ptr<Trial> trial, unsigned threads) {
  Trials out;
  out.push_back(std::move(trial));
  while (out.size() < threads) out.push_back(out.front()->clone());
  return out;
}

double measure(const Trials& trials, std::size_t length, std::chrono::milliseconds time) {
  std::vector<double> rates(trials.size());
  std::vector<std::exception_ptr> errors(trials.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < trials.size(); ++i)
    threads.emplace_back([&trials, &rates, &errors, i, length, time] {
      try {
        rates[i] = trials[i]->measure(length, time);
      } catch (...) {
        errors[i] = std::current_exception();
      }
    });
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
  double all = 0;
  for (const double rate : rates) all += rate;
  return all;
}

SearchEnd search(const Route& route, const Trials& trials, std::uint64_t from, const Tick& tick) {
  Common common;
  common.next = from;
  std::vector<Worker> workers(trials.size());
  {
    Threads threads(common);
    for (std::size_t i = 0; i < trials.size(); ++i) {
      Trial* const trial = trials[i].get();
      Worker* const worker = &workers[i];
      threads.start([&route, &common, trial, worker] { run(route, *trial, common, *worker); });
    }
    std::unique_lock lock(common.mutex);
    while (common.running != 0) {
      common.ended.wait_for(lock, tick_every);
      lock.unlock();
      if (!common.stop && tick && !tick(state_of(route, common, workers))) common.stop = true;
      lock.lock();
    }
  }
  SearchEnd end;
  std::uint64_t hit = nothing;
  for (const Worker& worker : workers) {
    if (worker.error) std::rethrow_exception(worker.error);
    hit = std::min(hit, worker.hit);
  }
  for (const auto& trial : trials) end.false_hits += trial->false_hits();
  end.state = state_of(route, common, workers);
  if (hit != nothing) end.hit = hit;
  end.stopped = !end.hit && end.state.next < route.size();
  return end;
}

}  // namespace hwbak::recover
