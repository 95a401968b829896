// What each firmware does with a backup: its limits and habits, from the first release to the newest
// (docs/formats/coldcard.md, "Firmware versions").
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "device/coldcard/firmware_version.h"

namespace hwbak::coldcard {

struct Firmware {
  FirmwareVersion version;              // the one asked for
  Release until;                        // the last known release that behaves the same
  std::uint64_t size_limit = 131072;    // bytes: a larger file is not offered, a longer text not read
  std::uint64_t verify_text_limit = 131072;  // Verify wants a shorter text than this
  unsigned max_rounds_pow = 63;         // 63: no limit
  bool verify_checks_signature = true;  // false: the header check lets it pass, what follows does not
  bool gives_reasons = true;            // false: every failure behind the headers is said to be the password
  bool fixed_inner_name = false;        // only ckcc-backup.txt is taken
  bool reads_odd_digits = true;         // of raw_secret
  bool confirms_fingerprint = true;
  bool confirms_clone = true;           // the same before a clone is taken over
  bool loads_temporary = true;          // a seeded device can load the file as a temporary seed
  bool takes_custom_password = true;    // "Restore Bkup" of the developer menu
  bool stores_password = true;          // setting.bkpw
  bool drops_bkpw = true, drops_sd2fa = true, drops_ccc = true;
  bool drops_notes = true;              // where there is no keyboard
  bool forces_switches_off = true;      // USB, NFC and virtual disk
  bool has_long_secret = true, has_hsm_policy = true, has_trick_pins = true, has_keyboard = false;
  bool clones = true, imports_notes = false;
  bool by_analogy = false;              // Edge: taken from the main line, not from its own source
  bool beyond_known = false;            // newer than the table: taken to do as the newest known one does
};

// A patch release beyond the newest known one ("5.6.9") is taken to do as that one does. nullopt for a version that no
// known release bears out ("5.7.0", "9.9.9").
[[nodiscard]] std::optional<Firmware> firmware(const FirmwareVersion& version);
// The newest of each line that is still made: 5.6.1, 1.5.1Q, 4.2.0.
[[nodiscard]] std::vector<Firmware> current_firmware();
// One for each change of behaviour, oldest first within its line.
[[nodiscard]] std::vector<Firmware> firmware_history();

// The newest release that is known of a line.
[[nodiscard]] Release newest_release(FirmwareFamily family) noexcept;

// "Mk4, Mk5"
[[nodiscard]] std::string_view hardware_of(FirmwareFamily family) noexcept;

}  // namespace hwbak::coldcard
