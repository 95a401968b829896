// What a search is going to try: classes of candidates from likely to unlikely. A candidate is in the first class that explains it
// and in no other, so it is tried once (docs/recover.md, "Classes").
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "hwbak/secret.h"
#include "recover/count.h"

namespace hwbak::recover {

struct PlannedClass {
  std::string name;      // "one-wrong"
  Count candidates;      // exact
};

class Plan {
 public:
  virtual ~Plan() = default;
  // All classes, those without candidates too.
  [[nodiscard]] virtual std::span<const PlannedClass> classes() const = 0;
  // Classes that this search would have, were they not too large to be counted.
  [[nodiscard]] virtual std::span<const std::string> not_offered() const { return {}; }
  // Candidate `index` of a class, as a password is typed (UTF-8), into `out`. Any index below the class's number, in any order, from
  // any thread.
  virtual void candidate(std::size_t of_class, std::uint64_t index, SecretString& out) const = 0;
  // Everything that decides which candidate has which place, for the fingerprint in a state file. Secret.
  virtual void describe(SecretBytes& out) const = 0;
};

// The chosen classes of a plan behind one another, or one machine's part of them: position 0 to size() - 1.
// Part K of N takes every N-th run of `run` candidates, so that all parts begin with what is likely.
class Route final {
 public:
  static constexpr std::uint64_t run = 64;
  struct Shard {
    std::uint64_t part = 1, parts = 1;  // part from 1
  };
  struct Place {
    std::size_t of_class = 0;
    std::uint64_t index = 0;   // in the class
    std::uint64_t overall = 0; // in the whole route, over all shards
  };

  // `chosen`: indices of classes, rising. Together they have less than 2^63 candidates.
  Route(const Plan& plan, std::vector<std::size_t> chosen, Shard shard);

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }    // of this part
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }  // of all parts
  [[nodiscard]] Place place(std::uint64_t position) const;
  void candidate(std::uint64_t position, SecretString& out) const;
  [[nodiscard]] const Plan& plan() const noexcept { return *plan_; }
  [[nodiscard]] const std::vector<std::size_t>& chosen() const noexcept { return chosen_; }
  [[nodiscard]] const Shard& shard() const noexcept { return shard_; }

 private:
  const Plan* plan_;
  std::vector<std::size_t> chosen_;
  std::vector<std::uint64_t> ends_;  // of each chosen class, in the whole route
  Shard shard_;
  std::uint64_t total_ = 0, size_ = 0;
};

}  // namespace hwbak::recover
