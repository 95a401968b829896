// Reads memory of this process the way another one would: through the kernel, whatever the
// sanitizers say of it.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <optional>

#include "hwbak/bytes.h"

namespace hwbak::test {

// False when it is not mapped any more. Allocates nothing.
inline bool peek_into(std::uintptr_t address, ByteSpan out) {
  const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  const ssize_t got = pread(memory, out.data(), out.size(), static_cast<off_t>(address));
  close(memory);
  return got == static_cast<ssize_t>(out.size());
}

// nullopt when it is not mapped any more.
inline std::optional<Bytes> peek(std::uintptr_t address, std::size_t size) {
  Bytes out(size);
  if (!peek_into(address, out)) return std::nullopt;
  return out;
}

}  // namespace hwbak::test
