// One practice device at a time on one state: two would overwrite each other's, and a wrong PIN would not count.
#pragma once

#include <filesystem>
#include <string_view>

#include "io/descriptor.h"

namespace hwbak::practice {

// Held while the result lives; not open when there is no such folder. `device` is for the sentence: "practice badge". Throws
// Error(refused) when another process holds it.
[[nodiscard]] io::Descriptor lock_state(const std::filesystem::path& state, std::string_view device);

}  // namespace hwbak::practice
