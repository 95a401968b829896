// hwbak rekey FILE --output PATH: same contents, new password.
#include "cli/commands.h"
#include "cli/session.h"
#include "term/word_entry.h"

namespace hwbak::cli {

int run_rekey(const Options& options) {
  Session session(options, true);
  const Subject subject = options.arguments.front();
  try {
    check_output(real_files(), subject, options);
    if (!options.secrets.new_password && session.secrets().terminal() == nullptr)
      throw Error(Outcome::refused, "there is no terminal to show twelve new words on", std::nullopt,
                  "give --new-password-from file:PATH, fd:N, env:NAME or stdin");
  } catch (const Error& error) {
    session.give(failed("rekey", subject, error));
    return session.exit();
  }
  RekeyOptions how;
  how.output = *options.output;
  how.overwrite = options.force;
  const auto confirm = [&](const SecretString& words) {
    return term::show_and_confirm_words(*session.secrets().terminal(), words, session.context().random);
  };
  session.give(rekey(session.context(), subject, how, confirm).report);
  return session.exit();
}

}  // namespace hwbak::cli
