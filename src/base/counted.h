// Numbers with their unit, as people say them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hwbak {

// "1 byte", "2 bytes"; for units whose plural ends in s.
[[nodiscard]] inline std::string counted(std::uint64_t count, std::string_view one) {
  return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

}  // namespace hwbak
