// hwbak rekey FILE --output PATH: same contents, new password; of wrapped keys, under another DKEK.
#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {

namespace {

int run_rewrap(const Options& options) {
  Session session(options, true);
  RewrapOptions how;
  how.output = options.output;
  if (!options.output) how.folder = options.create.cards.front();
  how.overwrite = options.force;
  how.parts = options.exporting.parts;
  rewrap(session.context(), session.subjects(), how, [&](Report report) { session.give(std::move(report)); });
  return session.exit();
}

}  // namespace

int run_rekey(const Options& options) {
  if (!options.secrets.new_shares.empty()) return run_rewrap(options);
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
