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
// "a multisig wallet, or one of the Seed Vault,": what may have stood where a text is lost or in doubt; empty: nothing.
[[nodiscard]] std::string maybe_lost_wallets(const coldcard::Backup& backup);

}  // namespace hwbak::tasks
