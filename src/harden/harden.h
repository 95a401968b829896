// What protects this process from others, and an honest list of what could not be had.
// Belongs to the program: a library does not change the process it is loaded into.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace hwbak::harden {

// First in `main`: no core dump, no other process may look into this one, no new rights by exec,
// files private, descriptors 0, 1 and 2 open. Cheap. What is refused shows in the survey.
void protect_process() noexcept;

// Keeps all memory, now and later, out of swap; for commands that handle secrets. Done only where no
// limit can make a later allocation fail because of it. True when in force.
bool lock_all_memory() noexcept;

struct Protection {
  std::string name;      // stable, for JSON: "core-limit"
  bool in_force = false;
  std::string sentence;  // what is the case and, where it is not in force, what to do about it
};

// What `hwbak doctor` prints; locks all memory, to see whether it may. `system` is the root of the
// file tree (tests give another one).
[[nodiscard]] std::vector<Protection> survey_protection(std::string_view libcrypto_version,
                                                        const std::filesystem::path& system = "/");

}  // namespace hwbak::harden
