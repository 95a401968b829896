// The verbs of a whole HSM behind their public functions, which open the shares that the command names; tests give shares that
// need no derivation, and a practice card.
#pragma once

#include "hwbak/hsm_device.h"
#include "tasks/hsm_session.h"
#include "tasks/opened_key.h"

namespace hwbak::tasks {

// `source` may be empty: no shares.
[[nodiscard]] Report hsm_backup_with(const Context& context, const HsmDeviceOptions& device, const HsmBackupOptions& options,
                                     CardReaders& readers, const SharesSource& source);
[[nodiscard]] Report hsm_restore_with(const Context& context, const Subject& subject, const HsmDeviceOptions& device,
                                      const HsmRestoreOptions& options, const ConfirmPlan& confirm, CardReaders& readers,
                                      const SharesSource& source);

// Of a restore that names no device. Throws Error: usage (the backup of a badge), unsupported (neither a folder nor a wrapped key).
void check_goes_into_hsm(const Context& context, const Subject& subject);

// Context::shares; empty when none are named.
[[nodiscard]] SharesSource shares_of_command(const Context& context);

// Opened once the device is found, so that nobody is asked for a secret in vain; nullptr without a source.
[[nodiscard]] std::shared_ptr<HsmShares> shares_for_device(CardReaders& readers, const HsmDeviceOptions& device, const SharesSource& source,
                                                           Report& report);

// "pico-hsm" or "smartcard-hsm": by what it answers, and by its version.
[[nodiscard]] std::string kind_of(HsmSession& session);
// nullptr: they make none of that KCV.
[[nodiscard]] const wrapped_key::DkekKeys* keys_for(const std::shared_ptr<HsmShares>& shares, const pcsc::Kcv& kcv);
// facts.domains
[[nodiscard]] List domains_fact(const std::vector<pcsc::DomainStatus>& domains);
// After an error: does the card still answer, in the same session?
[[nodiscard]] bool still_there(pcsc::HsmClient& hsm);

}  // namespace hwbak::tasks
