// hwbak copies DIR...: the backups on these cards, compared.
#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {

int run_copies(const Options& options) {
  Session session(options, true);
  session.give(copies(session.context(), session.subjects()));
  return session.exit();
}

}  // namespace hwbak::cli
