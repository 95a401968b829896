// Whether the key in an HSM is that of a file: by its public key, by what it does, by wrapping it again (docs/pico-hsm.md, "Keys back
// into a device").
#pragma once

#include "tasks/hsm_restore_item.h"

namespace hwbak::tasks {

// The key of this reference, wrapped again and opened; nullopt: without the shares of its domain's DKEK, or for a blob that does
// not open, nobody can tell. Throws what the device answers.
[[nodiscard]] std::optional<pico_hsm::Key> wrapped_and_opened(pcsc::HsmClient& hsm, std::uint8_t reference,
                                                              const std::shared_ptr<HsmShares>& shares, RandomSource& random);

// Fills proof and proof_words. `made`: the public key of the certificate that the device itself made. Throws
// Error(inconsistent) when the device holds another key; Error(device) when the card is gone.
void prove_item(const Context& context, RestoreItem& item, pcsc::HsmClient& hsm, const std::optional<crypto::PublicKey>& made,
                const std::shared_ptr<HsmShares>& shares);
// The same for a key that the device has already: its certificate there is only a file that somebody wrote.
void prove_present(const Context& context, RestoreItem& item, const DeviceKey& there, pcsc::HsmClient& hsm,
                   const std::shared_ptr<HsmShares>& shares);

}  // namespace hwbak::tasks
