// What `device list` sees at the serial ports and in the smart card readers.
#pragma once

#include "hwbak/error.h"
#include "hwbak/hsm_device.h"

namespace hwbak::tasks {

struct PortsSeen {
  List facts;                          // `ports`
  Section page{"Serial ports", {}};
  std::size_t badges = 0;
  std::string badge;                   // the port of the last one
  std::string refusal;                 // of the only port, when it was named: why there is no badge
};
// Throws Error(io).
[[nodiscard]] PortsSeen look_at_ports(const Context& context, const std::optional<std::filesystem::path>& port);

struct ReadersSeen {
  List facts;                          // `readers`
  std::vector<Section> pages;
  std::size_t tokens = 0;
  std::string token;                   // the reader of the last one
  bool initialised = false;            // ... and there is something on it
  std::size_t keys = 0, exportable = 0;  // ... on it
  std::vector<Finding> findings;       // of all
  std::optional<Error> trouble;        // a PIN that was refused, a card pulled out; no reader at all
};
// Throws Error(refused) for a PIN and several tokens: it is sent to none.
[[nodiscard]] ReadersSeen look_at_readers(const Context& context, const HsmDeviceOptions& options, CardReaders& readers);

// The command that goes on from here.
[[nodiscard]] std::string badge_next(const PortsSeen& seen);
[[nodiscard]] std::string hsm_next(const ReadersSeen& seen);

}  // namespace hwbak::tasks
