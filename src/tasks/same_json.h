// Whether two JSON texts say the same: the order of members, white space and the way a string is escaped do not count.
#pragma once

#include <string_view>

namespace hwbak::tasks {

// What is no JSON is the same only byte for byte.
[[nodiscard]] bool same_json(std::string_view a, std::string_view b);

}  // namespace hwbak::tasks
