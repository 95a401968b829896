// hwbak inspect FILE...: what can be known without a secret.
#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {

int run_inspect(const Options& options) {
  Session session(options, false);
  for (const Subject& subject : session.subjects()) session.give(inspect(session.context(), subject));
  return session.exit();
}

}  // namespace hwbak::cli
