// Symbolic links in a folder that somebody else may have filled: what is written there must not end up elsewhere.
#pragma once

#include <filesystem>

namespace hwbak::io {

[[nodiscard]] inline bool is_link(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_symlink(std::filesystem::symlink_status(path, error));
}
// A link that leads nowhere is there too.
[[nodiscard]] inline bool is_there(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::symlink_status(path, error).type() != std::filesystem::file_type::not_found;
}

}  // namespace hwbak::io
