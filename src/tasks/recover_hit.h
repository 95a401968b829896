// What is done with a password that was found: proven, told, kept, and the other parts stopped (docs/recover.md, "The answer").
#pragma once

#include "tasks/recover_quorum.h"
#include "tasks/recover_search.h"

namespace hwbak::tasks {

// Fills result and report. Throws Error(internal) when it does not open the file.
void take_hit(const Context& context, const Begun& begun, const RecoverPlan& planned, const RecoverOptions& options,
              OtherShares& others, const recover::Route& route, std::uint64_t position, RecoverResult& result);

}  // namespace hwbak::tasks
