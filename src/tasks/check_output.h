// Before any work: where a verb may write.
#pragma once

#include <span>
#include <string_view>

#include "hwbak/tasks.h"

namespace hwbak::tasks {

// The target must be none of the files that are read, none of those that secrets are read from (Context::secret_files), and no other file unless asked
// for. Throws Error(refused).
void check_output(const Context& context, std::span<const Subject> inputs, const Subject& output, bool overwrite, std::string_view option = "--output");

// Context::shares and `further`.
[[nodiscard]] std::vector<Subject> inputs_of(const Context& context, std::span<const Subject> further);

}  // namespace hwbak::tasks
