// A Coldcard backup opened for a verb that works with its wallet.
#pragma once

#include <memory>

#include "device/coldcard/wallets.h"
#include "tasks/coldcard_examination.h"

namespace hwbak::tasks {

struct OpenedWallet {
  std::unique_ptr<ColdcardExamination> file;
  [[nodiscard]] const coldcard::Backup& backup() const { return *file->backup(); }
};
// Opened and judged, described into `report`: its outcome is ok, partial, or damaged with a secret that is proven whole. Throws Error for
// everything else: another format (unsupported), no password (refused), and the outcomes of opening.
[[nodiscard]] OpenedWallet open_wallet(const Context& context, Loaded file, Report& report);
// What is lost or in doubt of the text may have held a multisig wallet or one of the Seed Vault.
[[nodiscard]] bool wallets_may_be_lost(const coldcard::Backup& backup);

}  // namespace hwbak::tasks
