// hwbak rekey FILE --output PATH: same contents, new password.
#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {

int run_rekey(const Options& options) {
  Session session(options, true);
  const Subject subject = options.arguments.front();
  try {
    check_output(real_files(), subject, options);
    check_new_password(options, session);
  } catch (const Error& error) {
    session.give(failed("rekey", subject, error));
    return session.exit();
  }
  RekeyOptions how;
  how.output = *options.output;
  how.overwrite = options.force;
  session.give(rekey(session.context(), subject, how, confirm_words(session)).report);
  return session.exit();
}

}  // namespace hwbak::cli
