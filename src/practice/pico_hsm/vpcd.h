// The connection of a virtual card to vpcd, the reader driver of Debian's vsmartcard-vpcd: TCP; each frame has its length in
// two bytes before it. Frames of one byte are the reader's: power off, power on, reset, and a question for the ATR.
#pragma once

#include <functional>

#include "hwbak/bytes.h"
#include "hwbak/secret.h"
#include "io/descriptor.h"

namespace hwbak::practice::pico_hsm {

inline constexpr std::uint16_t usual_port = 35963;

// What the reader has in it.
struct Inserted {
  std::function<SecretBytes(ByteView)> transmit;
  std::function<void()> reset;
  ByteView atr;
};

// To 127.0.0.1. Throws Error(device) when nobody listens there.
[[nodiscard]] io::Descriptor connect_to_vpcd(std::uint16_t port);
// Until the reader goes away.
void serve(const io::Descriptor& connection, const Inserted& card);

}  // namespace hwbak::practice::pico_hsm
