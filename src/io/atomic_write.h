// Puts a file in place so that, whatever happens, the old one or the new one is whole.
#pragma once

#include <filesystem>

#include "hwbak/files.h"
#include "io/fault_points.h"

namespace hwbak::io {

// What Files::write promises. A target that is a symbolic link: with `overwrite` the file it
// leads to is replaced and the link stays, unless the link belongs to another user; without
// `overwrite` it counts as existing, wherever it leads. Devices and pipes are never replaced.
void write_atomically(const std::filesystem::path& path, ByteView contents, const WriteOptions& options, const FaultPoints& faults);

}  // namespace hwbak::io
