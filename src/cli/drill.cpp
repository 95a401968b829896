// hwbak drill FILE: what would the device do with it?
#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {

int run_drill(const Options& options) {
  Session session(options, true);
  session.give(drill(session.context(), options.arguments.front(), options.drill));
  return session.exit();
}

}  // namespace hwbak::cli
