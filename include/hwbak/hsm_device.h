// The verbs of HSM tokens in a smart card reader: SmartCard-HSM, Nitrokey HSM, Pico HSM (docs/pico-hsm.md, "The device over
// PC/SC"). As in tasks.h, a task prints nothing and throws nothing for what a device does.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "hwbak/tasks.h"

namespace hwbak {

namespace pcsc {
class CardLine;
}

// The readers that a task may look into. Tests and rehearsals put a practice card in place of pcsc_readers().
class CardReaders {
 public:
  virtual ~CardReaders() = default;
  // Untrusted. Throws Error(device) when there is no card daemon.
  [[nodiscard]] virtual std::vector<std::string> names() = 0;
  // For this process alone until it is destroyed. Throws Error(device): no card in it, another program has it.
  [[nodiscard]] virtual std::unique_ptr<pcsc::CardLine> connect(const std::string& name) = 0;
};
// Those of PC/SC (pcscd). libpcsclite is loaded with the first call.
[[nodiscard]] CardReaders& pcsc_readers();

struct HsmDeviceOptions {
  std::string reader = {};             // its name or a part of it that only one has; empty: the only token there is
  bool log_in = false;                 // with the PIN of Secrets::Kind::pin, which is sent once and never again
};

// hwbak device list: readers and the tokens in them. Facts readers (docs/json.md, "Facts of `device`"). Outcomes: ok; device (no
// reader, no token, a refused PIN); refused (a PIN and several tokens).
[[nodiscard]] Report hsm_list(const Context& context, const HsmDeviceOptions& options, CardReaders& readers = pcsc_readers());
// Badges and tokens together: facts ports and readers; device when neither answers.
[[nodiscard]] Report device_list_all(const Context& context, const HsmDeviceOptions& options, CardReaders& readers = pcsc_readers());

}  // namespace hwbak
