// hwbak diff A B: what came, went and changed.
#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {

int run_diff(const Options& options) {
  Session session(options, true);
  session.give(diff(session.context(), options.arguments[0], options.arguments[1]));
  return session.exit();
}

}  // namespace hwbak::cli
