// hwbak device list|backup|restore|delete: a badge on a serial port.
#include "base/unicode.h"
#include "cli/commands.h"
#include "cli/plan_text.h"
#include "cli/session.h"
#include "term/consent.h"

namespace hwbak::cli {
namespace {

// The plan, and a typed yes. A script says --yes.
ConfirmPlan confirm_on_terminal(const Options& options, Session& session) {
  if (options.yes) return [](const std::string&, const std::vector<Section>&) { return true; };
  return [&session](const std::string& question, const std::vector<Section>& plan) {
    return term::ask_consent(*session.secrets().terminal(), plan_text(plan) + printable(question) + "\r\n");
  };
}

// Before anything is sent: what will be asked needs a terminal.
void check_terminal(const Options& options, Session& session, bool asks_passphrase, bool asks_consent) {
  if (session.secrets().terminal() != nullptr) return;
  if (asks_passphrase && !options.secrets.password)
    throw Error(Outcome::refused, "there is no terminal to ask for the passphrase", std::nullopt,
                "give --password-from file:PATH, fd:N, env:NAME or stdin");
  if (asks_consent && !options.yes)
    throw Error(Outcome::refused, "there is no terminal to ask whether to go on", std::nullopt,
                "add --yes to go on without a question");
}

// A badge on a serial port.
Report run_badge(const Options& options, Session& session) {
  const std::string& verb = options.arguments[0];
  const DeviceOptions device{options.port, options.secrets.pin.has_value()};
  if (verb == "list") {
    return device_list(session.context(), options.port.empty() ? std::nullopt : std::optional(options.port));
  }
  if (verb == "backup") {
    check_terminal(options, session, true, false);
    return device_backup(session.context(), device, {*options.output, options.force});
  }
  if (verb == "restore") {
    check_terminal(options, session, true, true);
    return device_restore(session.context(), options.arguments[1], device, confirm_on_terminal(options, session));
  }
  check_terminal(options, session, false, true);
  return device_delete(session.context(), device, confirm_on_terminal(options, session));
}

// The passphrase of a backup that is made now is a new one: typed, it is asked for twice.
Options with_new_passphrase(Options options) {
  if (options.arguments[0] == "backup") options.secrets.new_password = options.secrets.password.value_or(term::Source{});
  return options;
}

}  // namespace

int run_device(const Options& given) {
  if (given.arguments[0] == "init-plan") return run_init_plan(given);
  const Options options = with_new_passphrase(given);
  Session session(options, true);
  try {
    session.give(run_badge(options, session));
  } catch (const Error& error) {
    session.give(failed("device", options.port, error));
  }
  return session.exit();
}

}  // namespace hwbak::cli
