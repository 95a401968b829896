// A serial line as the badge's client sees it: bytes out, bytes in, and a clock. The program passes a terminal device
// (tty_line.h), tests a peer that plays a badge and a clock that they move themselves.
#pragma once

#include <chrono>
#include <cstddef>

#include "hwbak/bytes.h"

namespace hwbak::serial {

using Clock = std::chrono::steady_clock;

class ByteLine {
 public:
  virtual ~ByteLine() = default;
  // Sends all of it. Throws Error(io) when the device is gone, or takes nothing more until `deadline`.
  virtual void write(ByteView bytes, Clock::time_point deadline) = 0;
  // What has come, out.size() bytes at most: waits for the first of them until `deadline`, and gives 0 when there is none.
  // Throws Error(io) when the device is gone.
  [[nodiscard]] virtual std::size_t read(ByteSpan out, Clock::time_point deadline) = 0;
  [[nodiscard]] virtual Clock::time_point now() const = 0;
};

}  // namespace hwbak::serial
