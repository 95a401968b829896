// Several files written at once: a disk that is told of them together needs hardly longer than for one.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "hwbak/error.h"
#include "hwbak/files.h"

namespace hwbak::io {

struct NewFile {
  std::filesystem::path path;
  Bytes contents;
  WriteOptions options = {};
  std::optional<Error> error = {};     // why it could not be written
};
// Each by Files::write, so that each is whole or not there; `files` is used by several threads. Returns when all are done. Signals
// that end the program wait until then. A system that gives no more threads only makes it slower.
void write_side_by_side(Files& files, std::span<NewFile> all);

}  // namespace hwbak::io
