// hwbak create coldcard --to DIR...: a backup of a wallet, on one or several cards.
#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {

int run_create(const Options& options) {
  Session session(options, true);
  try {
    check_new_password(options, session);
    if (!options.create.text && !options.secrets.mnemonic && session.secrets().terminal() == nullptr)
      throw Error(Outcome::refused, "there is no terminal to ask for the seed words", std::nullopt,
                  "give --mnemonic-from file:PATH, fd:N, env:NAME or stdin, or --text FILE");
  } catch (const Error& error) {
    session.give(failed("create", options.create.text.value_or(Subject{}), error));
    return session.exit();
  }
  session.give(create_coldcard(session.context(), options.create, confirm_words(session)).report);
  return session.exit();
}

}  // namespace hwbak::cli
