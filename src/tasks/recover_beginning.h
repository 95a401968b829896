// What searching and exporting begin with: the file, what is remembered of its password, and the classes that are to be tried
// (docs/recover.md, "Before it starts").
#pragma once

#include "tasks/recover_search.h"

namespace hwbak::tasks {

inline constexpr std::uint64_t most_candidates = std::uint64_t{1} << 62;  // more cannot be counted through

struct RecoverBeginning {
  Bytes bytes;
  Begun begun;
  RecoverPlan planned;
};
// Fills format and levels of `report`. Throws Error: what opening throws, usage and io for what is to be written, unsupported for a file
// without a password, and what plan_recovery() and choose_classes() throw.
[[nodiscard]] RecoverBeginning begin_recovery(const Context& context, const Subject& subject, const Remembered& remembered,
                                              const RecoverOptions& options, Report& report);

// Bytes of the first candidate. Throws Error(refused) when there is none.
[[nodiscard]] std::size_t typical_length(const RecoverPlan& planned);

// "2/40".
[[nodiscard]] std::string shard_text(const RecoverOptions& options);
// The classes and their numbers, as facts.
void put_plan(const RecoverPlan& planned, const Choice& choice, const RecoverOptions& options, Report& report);

}  // namespace hwbak::tasks
