// Writing a backup onto a card as a device does: the next free name by its own rule, at most 25 attempts in all
// (docs/formats/coldcard.md, "Names on the card").
#pragma once

#include <filesystem>

#include "hwbak/files.h"

namespace hwbak::coldcard {

inline constexpr unsigned max_write_attempts = 25;

// Writes `bytes` under the next name in `folder`, read back; a name that somebody else took meanwhile is passed over.
// Returns the path. Throws what Files::write throws; what was on the card stays.
[[nodiscard]] std::filesystem::path write_backup(Files& files, const std::filesystem::path& folder, ByteView bytes,
                                                 bool cleartext = false);

}  // namespace hwbak::coldcard
