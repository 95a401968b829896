// The parts of `hwbak recover`: what is to be tried, in which time, and what is kept of it (docs/recover.md).
#pragma once

#include <memory>

#include "hwbak/recover.h"
#include "recover/plan.h"
#include "recover/search.h"
#include "recover/state.h"
#include "recover/typed_quorum.h"
#include "recover/word_template.h"
#include "tasks/family.h"

namespace hwbak::tasks {

// What is remembered, ready to be counted.
struct RecoverPlan {
  std::unique_ptr<recover::Plan> plan;
  std::optional<recover::WordTemplate> words;   // to say what was wrong with them
  std::optional<recover::TypedQuorum> quorum;   // likewise
  std::string what;                             // "words", "password", "digits"
  std::string read;                             // "12 words, 1 of them may be one of several": what was understood; empty: nothing to be told
  std::string more;                             // what would make the search shorter
  std::string when_exhausted;                   // what is left to do
};
// `remembered` outlives it. Throws Error(refused, unsupported).
[[nodiscard]] RecoverPlan plan_recovery(std::string_view family, const Remembered& remembered);

// "3 hours", "less than a second".
[[nodiscard]] std::string in_words(double seconds);
// A number for the facts: as a number where JSON keeps it exactly, else its digits.
[[nodiscard]] Value count_value(const recover::Count& count);

// Classes of a search. `named`: by the user, or by the state that is resumed; empty: those that end within `seconds` at `rate` a second, or all
// of them when there is no limit.
struct Choice {
  std::vector<std::size_t> chosen, left_out;
  recover::Count total;
};
// Throws Error(usage) for a name that is no class of this plan, Error(refused) for a class that could not be counted.
[[nodiscard]] Choice choose_classes(const RecoverPlan& planned, std::span<const std::string> named, std::optional<double> seconds, double rate);

// The state file of a search: read when there is one, written now and then.
class StateKeeper final {
 public:
  // Throws Error(refused) for the state of another search, Error(damaged) for one that was changed.
  StateKeeper(const Context& context, const RecoverOptions& options, const recover::Plan& plan, ByteView file, ByteView judged_by);
  // Of a resumed search, else empty.
  [[nodiscard]] const std::vector<std::string>& classes() const noexcept { return saved_.classes; }
  [[nodiscard]] std::uint64_t next() const noexcept { return saved_.next; }
  // The first save is the caller's, when nothing speaks against the search.
  void begin(const recover::Route& route);
  // At most every few seconds, unless `now`. A failure does not end a search: it is kept in failure(), until a later save succeeds.
  void save(std::uint64_t next, bool now);
  [[nodiscard]] const std::optional<std::string>& failure() const noexcept { return failure_; }

 private:
  const Context& context_;
  const RecoverOptions& options_;
  recover::SavedSearch saved_;
  recover::StateKey key_{};
  std::optional<std::string> failure_;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace hwbak::tasks
