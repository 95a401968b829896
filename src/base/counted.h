// Counts in sentences: "1 record", "2 records".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hwbak {

// `many` only where it is not `one` with an s: counted(2, "entry", "entries").
[[nodiscard]] inline std::string counted(std::uint64_t count, std::string_view one, std::string_view many = {}) {
  std::string out = std::to_string(count) + " ";
  if (count == 1 || many.empty()) out += one;
  else out += many;
  if (count != 1 && many.empty()) out += 's';
  return out;
}
// The verb behind it: "2 places are", "1 byte follows".
[[nodiscard]] inline const char* is_or_are(std::uint64_t count) noexcept { return count == 1 ? "is" : "are"; }
[[nodiscard]] inline std::string verb_of(std::uint64_t count, std::string_view plural) { return std::string(plural) + (count == 1 ? "s" : ""); }

}  // namespace hwbak
