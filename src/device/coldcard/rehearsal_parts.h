// What the rehearsal of Verify and of Restore share: the device's sentences, and what mends a refusal. Only for this
// folder; callers use rehearsal.h.
#pragma once

#include "device/coldcard/rehearsal.h"

namespace hwbak::coldcard {

inline constexpr std::string_view mend_rewrite = "hwbak rekey {file} --output NEW.7z";
inline constexpr std::string_view mend_look = "hwbak verify {file}";

[[nodiscard]] DeviceAnswer refuse(std::string reason, std::string message, std::string mend);
// A sentence of the device and the few words behind it.
[[nodiscard]] std::string sentence(std::string_view sentence, std::string_view shown);
[[nodiscard]] std::string mend_of(Cure cure, const Firmware& firmware);

[[nodiscard]] bool ends_as(std::string_view name, std::string_view extension) noexcept;  // any case
// What the file picker does not offer; nullopt when it does. `extension` is ".7z" or ".txt".
[[nodiscard]] std::optional<DeviceAnswer> not_offered(const Presented& presented, const Firmware& firmware,
                                                      std::string_view extension);

}  // namespace hwbak::coldcard
