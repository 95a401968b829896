// A pseudo terminal that plays a serial port: raw, without the terminal's own echo.
#pragma once

#include <chrono>
#include <filesystem>

#include "hwbak/bytes.h"
#include "io/descriptor.h"

namespace hwbak::practice::cdc_badge {

class PseudoTerminal final {
 public:
  PseudoTerminal();   // throws Error(io)
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  // Makes `link` a symbolic link to it; one that is there already is replaced, anything else is Error(refused).
  void link(const std::filesystem::path& link) const;
  // How many bytes came within `patience`.
  [[nodiscard]] std::size_t read(ByteSpan out, std::chrono::milliseconds patience);
  // What nobody takes for two seconds is lost, as on a real line.
  void write(ByteView bytes);

 private:
  io::Descriptor master_, slave_;  // the slave stays open, so that its settings last while nobody is connected
  std::filesystem::path path_;
};

}  // namespace hwbak::practice::cdc_badge
