// hwbak FILE: recognise it, ask what is needed, answer on one page.
#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {

int run_glance(const Options& options) {
  Session session(options, true);
  for (const Subject& subject : session.subjects()) session.give(glance(session.context(), subject));
  return session.exit();
}

}  // namespace hwbak::cli
