// The serial ports of this machine, by libserialport.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace hwbak::serial {

struct Port {
  std::string path, description;                 // untrusted: a USB device chose the text
  std::optional<unsigned> usb_vendor, usb_product;
  std::string manufacturer, product, serial;     // untrusted; may be empty
  // A badge shows itself as a USB CDC port; other ports are never written to unasked.
  [[nodiscard]] bool may_be_badge() const { return usb_vendor && path.find("ttyACM") != std::string::npos; }
};
// Throws Error(io) when the system does not tell.
[[nodiscard]] std::vector<Port> ports();

}  // namespace hwbak::serial
