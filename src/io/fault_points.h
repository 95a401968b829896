// Where a test can make the disk fail. The product runs with all of them empty.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "hwbak/files.h"

namespace hwbak::io {

struct FaultPoints {
  // Before each step of a write: an errno, with which the step then fails; 0 to go on. May end the process.
  std::function<int(WriteStep)> before_step;
  // Before each read(2) and write(2): may lower `length` (a short transfer), or give an errno.
  std::function<int(std::size_t& length)> before_transfer;
  // A file system without renameat2(RENAME_NOREPLACE), or without hard links.
  bool lacks_noreplace = false;
  bool lacks_links = false;
};

[[nodiscard]] std::unique_ptr<Files> files_with_faults(FaultPoints faults);

}  // namespace hwbak::io
