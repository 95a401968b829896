// What the system's error numbers mean to the owner of a card, and the sentences made of them.
#pragma once

#include <filesystem>
#include <string>

#include "hwbak/error.h"

namespace hwbak::io {

// A path as it may be printed; "-" is "standard input".
[[nodiscard]] std::string shown(const std::filesystem::path& path);
// "the card or disk is full (No space left on device)".
[[nodiscard]] std::string reason(int error);
// One thing to do about it; may be empty.
[[nodiscard]] std::string advice(int error);
// Error(io) for something that could not be read.
[[nodiscard]] Error cannot_read(const std::filesystem::path& path, int error);

}  // namespace hwbak::io
