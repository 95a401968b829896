// hwbak merge FILE... --output PATH: badge backups into one, the newest named last.
#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {

int run_merge(const Options& options) {
  Session session(options, true);
  try {
    check_new_password(options, session);
  } catch (const Error& error) {
    session.give(failed("merge", options.arguments.back(), error));
    return session.exit();
  }
  MergeOptions how;
  how.output = *options.output;
  how.overwrite = options.force;
  // As they were named: their order says which is the newest.
  session.give(merge(session.context(), options.subjects(), how).report);
  return session.exit();
}

}  // namespace hwbak::cli
