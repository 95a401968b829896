// hwbak wallet check: is this the wallet in use?
#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {

int run_wallet(const Options& options) {
  Session session(options, true);
  session.give(wallet_check(session.context(), session.subjects().front(), options.wallet_check));
  return session.exit();
}

}  // namespace hwbak::cli
