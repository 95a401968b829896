// What a search remembers between two runs: how far it came, and which search it was. Holds no secret: words, patterns and file are in it
// as a salted and slow hash (docs/recover.md, "Interrupted and resumed").
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "hwbak/bytes.h"
#include "hwbak/random.h"
#include "recover/plan.h"

namespace hwbak::recover {

struct SavedSearch {
  std::array<std::uint8_t, 16> salt{};
  std::array<std::uint8_t, 32> plan{};         // of a file that was read: which search it was
  std::array<std::uint8_t, 32> check{};        // of a file that was read: over all lines before
  std::vector<std::string> classes;
  Route::Shard shard;
  std::uint64_t next = 0;                      // of the shard: every position before it was tried
};

inline constexpr std::uint64_t max_state_size = 4096;  // bytes

// `judged_by`: what beside the file decides whether a candidate is right. Derived slowly from plan and file: whoever finds the state file must not be able to try words with it faster than with the backup.
using StateKey = SecretBytes;
[[nodiscard]] StateKey state_key(const Plan& plan, ByteView file, FixedView<16> salt, ByteView judged_by = {});

[[nodiscard]] std::string write_state(const SavedSearch& search, const StateKey& key);
// Throws Error(damaged) for a file that is no state, Error(unsupported) for another version of it.
[[nodiscard]] SavedSearch read_state(ByteView file);
// Was it written by the search with this key?
[[nodiscard]] bool is_of(const SavedSearch& search, const StateKey& key);
// Throws Error(damaged): a changed digit would pass over candidates that were never tried.
void check_unchanged(const SavedSearch& search, const StateKey& key);

}  // namespace hwbak::recover
