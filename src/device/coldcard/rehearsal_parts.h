// What the rehearsal of Verify and of Restore share: the device's sentences, and what mends a refusal. Only for this
// folder; callers use rehearsal.h.
#pragma once

#include "device/coldcard/rehearsal.h"

namespace hwbak::coldcard {

inline constexpr std::string_view old_inner_name = "ckcc-backup.txt";
// What a refusal says of the file itself; "rewrite" is spelt out when it is known for which firmware.
inline constexpr std::string_view mend_rewrite = "rewrite";
inline constexpr std::string_view mend_look = "See what is wrong with it: `hwbak verify {file}`.";
inline constexpr std::string_view mend_reduce = "Make a smaller backup: remove notes or multisig wallets on the device first.";

// Verify and Restore as they are, before a way out of a refusal is looked for.
[[nodiscard]] DeviceAnswer judge_verify(const Presented& presented, const Firmware& firmware);
struct Receiver {
  DeviceState state = DeviceState::empty;
  bool as_words = false;  // as if the password were twelve words, which every firmware takes
};
[[nodiscard]] Restored judge_restore(const Presented& presented, const Firmware& firmware, Receiver receiver);

[[nodiscard]] DeviceAnswer refuse(std::string reason, std::string message, std::string mend);
// A sentence of the device and the few words behind it.
[[nodiscard]] std::string sentence(std::string_view sentence, std::string_view shown);
[[nodiscard]] std::string mend_of(Cure cure);

// Why no password makes this name inside an archive acceptable, and what mends that; nullopt when it is fine.
struct NameFault {
  std::string reason, mend;
};
[[nodiscard]] std::optional<NameFault> name_fault(std::string_view inner_name, const Firmware& firmware);

// What the file picker does not offer; nullopt when it does. `extension` is ".7z" or ".txt".
[[nodiscard]] std::optional<DeviceAnswer> not_offered(const Presented& presented, const Firmware& firmware,
                                                      std::string_view extension);

}  // namespace hwbak::coldcard
