// What a device with a given firmware would answer to Verify and to Restore, and what it would keep of the
// contents (docs/formats/coldcard.md, "Restoring on a device"). `hwbak drill` reports it; the practice device does it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "device/coldcard/reader.h"
#include "device/coldcard/secret.h"

namespace hwbak::coldcard {

// empty: the ordinary restore. seeded: the same on a device that holds a seed. temporary: a seeded device
// loads the file as a temporary seed.
enum class DeviceState { empty, seeded, temporary };

// How the file comes to the device.
enum class Way {
  menu,       // Restore Backup, twelve words typed
  developer,  // Restore Bkup of the developer menu: custom passwords, cleartext files
  clone,      // the receiver of a clone
};

enum class Verdict { accept, reject, unproven };
[[nodiscard]] std::string_view name(Verdict verdict) noexcept;  // "accept", "reject", "unproven"

struct DeviceAnswer {
  Verdict verdict = Verdict::accept;
  std::string reason;    // our words; empty when accepted
  std::string message;   // what the device shows, as it shows it; "{password}" stands for the password it repeats
  std::string mend;      // what to do about a refusal; "{file}" stands for the file's name
};

// Without a limit of its own a device would work on a key for days; a rehearsal does not.
inline constexpr unsigned longest_key = 24;
inline constexpr const char* mend_longest_key = "Take another backup of this wallet: nothing opens this one in reasonable time.";

struct Presented {
  ByteView file;
  std::string_view name;                     // bare file name on the card
  std::optional<ByteView> typed_password;    // nullopt: not known; cleartext files need none
  Way way = Way::menu;
  DecryptMemo* memo = nullptr;               // shared by the rehearsals of one file with one password; nullptr for a single one
};

// Does the file picker show a name with this ending? Cards write names in upper case, too.
[[nodiscard]] bool picker_shows(std::string_view name, std::string_view extension) noexcept;
// The text itself and no archive, by its name; by its first byte where the name has neither ending.
[[nodiscard]] bool is_cleartext(const Presented& presented) noexcept;

[[nodiscard]] DeviceAnswer verify(const Presented& presented, const Firmware& firmware);

struct TakenSetting {
  std::string name;      // without "setting."
  SecretString json;     // as the device keeps it
};
struct Restored {
  DeviceAnswer answer;
  std::optional<wallet::Fingerprint> fingerprint;  // the one it asks to confirm (or would use, where it does not ask)
  bool asks_to_confirm = false;
  std::vector<std::string> dropped;                // keys of the text that are not taken over: "setting.ccc", "long_secret"
  std::vector<std::string> changed;                // settings that get another value or are made anew: "setting.nfc", "setting.tp"
  std::optional<WalletSecret> secret;              // with all below: what the device holds afterwards
  std::string chain_code = "BTC";
  std::vector<TakenSetting> settings;
  std::optional<SecretString> long_secret;         // 832 hex digits
  std::optional<SecretString> hsm_policy;          // a JSON string, as in the text
};
[[nodiscard]] Restored restore(const Presented& presented, const Firmware& firmware, DeviceState state);
// From the decrypted text on.
[[nodiscard]] Restored restore_text(std::string_view text, const Firmware& firmware, DeviceState state);

}  // namespace hwbak::coldcard
