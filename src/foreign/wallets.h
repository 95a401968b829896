// Wallets as other Bitcoin programs take them: Electrum's wallet file, Bitcoin Core's importdescriptors (docs/exports.md, "Bitcoin wallets").
#pragma once

#include <span>
#include <string>
#include <vector>

#include "hwbak/secret.h"

namespace hwbak::foreign {

struct ElectrumKey {
  std::string xpub;                // in the form of SLIP-132, which tells Electrum the kind of address
  SecretString xprv;               // the same; empty: watch-only
  std::string derivation;          // "m/84h/0h/0h"; empty with the fingerprint: not known
  std::string root_fingerprint;    // 8 lower-case hex digits
};
// One key: an ordinary wallet; several: m of them sign.
[[nodiscard]] SecretBytes write_electrum(std::span<const ElectrumKey> keys, unsigned m);

struct CoreDescriptor {
  SecretString descriptor;         // with its checksum
  bool active = false;             // new addresses are taken from it
  bool internal = false;           // for change
};
[[nodiscard]] SecretBytes write_import_descriptors(std::span<const CoreDescriptor> descriptors);

}  // namespace hwbak::foreign
