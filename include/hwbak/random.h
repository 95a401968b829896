// Where random bytes come from. The product uses the operating system's generator
// (`system_random()`); tests replay recorded bytes to reproduce a device's file.
#pragma once

#include "hwbak/bytes.h"

namespace hwbak {

class RandomSource {
 public:
  virtual ~RandomSource() = default;
  // Fills `out` whole. Throws Error(io) when the system has no randomness to give.
  virtual void fill(ByteSpan out) = 0;
};

[[nodiscard]] RandomSource& system_random();

}  // namespace hwbak
