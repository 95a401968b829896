// hwbak create KIND: a backup of a wallet on one or several cards, one that a badge takes, or shares and wrapped keys of an HSM.
#include "cli/commands.h"
#include "cli/custodians.h"
#include "cli/session.h"
#include "term/terminal.h"

namespace hwbak::cli {
namespace {

int run_create_badge(const Options& options) {
  Session session(options, true);
  try {
    check_new_password(options, session);
  } catch (const Error& error) {
    session.give(failed("create", options.create_badge.payload.value_or(Subject{}), error));
    return session.exit();
  }
  CreateBadgeOptions how = options.create_badge;
  how.output = *options.output;
  how.overwrite = options.force;
  session.give(create_badge(session.context(), how).report);
  return session.exit();
}

int run_create_share(const Options& options) {
  Session session(options, true);
  WriteSharesOptions how = options.write_shares;
  how.overwrite = options.force;
  session.give(create_dkek_share(session.context(), how, show_on_terminal(session)));
  return session.exit();
}

int run_create_wrapped_key(const Options& options) {
  Session session(options, true);
  CreateWrappedKeyOptions how = options.wrapped_key;
  how.output = *options.output;
  how.overwrite = options.force;
  session.give(create_wrapped_key(session.context(), how));
  return session.exit();
}

}  // namespace

int run_create(const Options& options) {
  if (options.arguments.front() == "cdc-badge") return run_create_badge(options);
  if (options.arguments.front() == "dkek-share") return run_create_share(options);
  if (options.arguments.front() == "wrapped-key") return run_create_wrapped_key(options);
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
  // From the first copy on an interrupt waits for the next one, so that the answer can say what is on the cards.
  std::optional<term::SignalsHeld> held;
  Context context = session.context();
  context.progress = [&](double part) {
    if (!held) held.emplace();
    return session.context().progress(part) && !held->pending();
  };
  session.give(create_coldcard(context, options.create, confirm_words(session)).report);
  return session.exit();
}

}  // namespace hwbak::cli
