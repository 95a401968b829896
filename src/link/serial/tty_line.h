// A serial port or a pseudo terminal as a ByteLine. Plain termios: libserialport knows only what is listed in
// /sys/class/tty, so it opens neither a pseudo terminal (a practice badge) nor a symbolic link to a port. One way in
// for all of them is the way that the tests can prove.
#pragma once

#include <filesystem>
#include <memory>

#include "link/serial/byte_line.h"

namespace hwbak::serial {

// 115200 8N1, raw, for this program alone. Throws Error(device) when there is nothing at `path`, when it is no terminal
// device, or when another program uses it; Error(io) when the system refuses it.
[[nodiscard]] std::unique_ptr<ByteLine> open_tty(const std::filesystem::path& path);

}  // namespace hwbak::serial
