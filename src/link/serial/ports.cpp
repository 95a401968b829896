// See ports.h.
#include "link/serial/ports.h"

#include <libserialport.h>

#include "hwbak/error.h"

namespace hwbak::serial {
namespace {

std::string text_or_none(const char* text) { return text == nullptr ? std::string() : std::string(text); }

Port described(const sp_port* port) {
  Port out;
  out.path = text_or_none(sp_get_port_name(port));
  out.description = text_or_none(sp_get_port_description(port));
  if (sp_get_port_transport(port) != SP_TRANSPORT_USB) return out;
  int vendor = 0, product = 0;
  if (sp_get_port_usb_vid_pid(port, &vendor, &product) == SP_OK) {
    out.usb_vendor = static_cast<unsigned>(vendor);
    out.usb_product = static_cast<unsigned>(product);
  }
  out.manufacturer = text_or_none(sp_get_port_usb_manufacturer(port));
  out.product = text_or_none(sp_get_port_usb_product(port));
  out.serial = text_or_none(sp_get_port_usb_serial(port));
  return out;
}

}  // namespace

std::vector<Port> ports() {
  sp_port** list = nullptr;
  if (sp_list_ports(&list) != SP_OK) throw Error(Outcome::io, "the system does not tell which serial ports there are");
  std::vector<Port> out;
  for (sp_port* const* port = list; *port != nullptr; ++port) out.push_back(described(*port));
  sp_free_port_list(list);
  return out;
}

}  // namespace hwbak::serial
