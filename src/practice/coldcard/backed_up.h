// Which wallet lands in a backup, by the firmware's version (docs/formats/coldcard.md, "The text").
#pragma once

#include "device/coldcard/firmware_version.h"

namespace hwbak::practice::coldcard {

// The wallet the device works with: its own, its own seed with a BIP-39 passphrase, or a temporary seed.
enum class InEffect { main, passphrase, temporary };

struct BackedUp {
  enum class What { main_seed, wallet_in_effect } what = What::main_seed;
  bool asks = false;   // key (2) takes the passphrase wallet instead
  bool warns = false;  // the device says first that it is not the main seed
};
[[nodiscard]] BackedUp what_is_backed_up(const hwbak::coldcard::FirmwareVersion& firmware, InEffect in_effect) noexcept;

}  // namespace hwbak::practice::coldcard
