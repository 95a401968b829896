// See shell_quoted.h.
#include "tasks/shell_quoted.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace hwbak::tasks {

std::string shell_quoted(const std::string& shown) {
  const bool plain = !shown.empty() && shown[0] != '-' && std::all_of(shown.begin(), shown.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || std::string_view("/._-+,:@%").find(c) != std::string_view::npos;
  });
  if (plain) return shown;
  std::string out = "'";
  for (const char c : shown) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace hwbak::tasks
