// Reads memory of this process the way another one would: through the kernel, whatever the
// sanitizers say of it.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <optional>

#include "hwbak/bytes.h"

namespace hwbak::test {

// nullopt when it is not mapped any more.
inline std::optional<Bytes> peek(std::uintptr_t address, std::size_t size) {
  Bytes out(size);
  const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  const ssize_t got = pread(memory, out.data(), size, static_cast<off_t>(address));
  close(memory);
  if (got != static_cast<ssize_t>(size)) return std::nullopt;
  return out;
}

}  // namespace hwbak::test
