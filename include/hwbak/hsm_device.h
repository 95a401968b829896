// The verbs of HSM tokens in a smart card reader: SmartCard-HSM, Nitrokey HSM, Pico HSM (docs/pico-hsm.md, "The device over
// PC/SC"). As in tasks.h, a task prints nothing and throws nothing for what a device does.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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


struct HsmBackupOptions {
  Subject folder;                      // made when missing; one that holds a backup of this device is brought up to date
  bool overwrite = false;              // fetch everything again, and replace what is there
};
// hwbak device backup --to: every key of every key domain that can be exported, as files that sc-hsm-tool takes, and
// manifest.json. With Context::shares each key is opened and compared with its certificate before it is kept. A run that was
// interrupted is gone on with by the next one. Outcomes: ok; partial (a key that should be exported is not there); refused (a
// folder with another device's backup, or with files that no manifest names); wrong_secret (shares of another DKEK, and
// nothing is fetched); inconsistent (a certificate on the device is of another key); device; io.
[[nodiscard]] Report hsm_backup(const Context& context, const HsmDeviceOptions& device, const HsmBackupOptions& options,
                                CardReaders& readers = pcsc_readers());

struct HsmRestoreOptions {
  bool overwrite = false;                          // a key of the device that is in the way is replaced
  std::optional<std::uint8_t> reference = {};      // of a single file; else that of the manifest or the description, or a free one
  std::optional<std::string> label = {};           // of a single file: instead of that in its description
  std::optional<Bytes> id = {};                    // the same
};
// hwbak device restore: a wrapped key, or all of a folder, back into the device. Each is rehearsed against this very device;
// `confirm` sees the plan; what fails a check is never sent. Afterwards the key in the device is proven to be that of the
// file. Outcomes: ok; partial (some are not restored: facts.keys[].why); that of its refusal for a single file; refused (given
// up); device; io.
[[nodiscard]] Report hsm_restore(const Context& context, const Subject& subject, const HsmDeviceOptions& device,
                                 const HsmRestoreOptions& options, const ConfirmPlan& confirm,
                                 CardReaders& readers = pcsc_readers());

}  // namespace hwbak
