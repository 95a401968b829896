// hwbak device list|backup|restore|delete|init-plan: a badge on a serial port, an HSM in a smart card reader.
#include "cli/commands.h"
#include "cli/plan_text.h"
#include "cli/session.h"
#include "hwbak/hsm_device.h"
#include "tasks/hsm_device_verbs.h"
#include "term/consent.h"

namespace hwbak::cli {
namespace {

// The plan, and a typed yes. A script says --yes.
ConfirmPlan confirm_on_terminal(const Options& options, Session& session) {
  if (options.yes) return [](const std::string&, const std::vector<Section>&) { return true; };
  return [&session](const std::string& question, const std::vector<Section>& plan) {
    return term::ask_consent(*session.secrets().terminal(), question_text(plan, question));
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
  if (verb == "list") return device_list(session.context(), options.port);
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

// A restore without --port or --reader: what the file is says what it belongs to.
bool is_for_hsm(const Options& options, Session& session) {
  if (options.names_hsm()) return true;
  if (options.arguments[0] != "restore" || !options.port.empty()) return false;
  tasks::check_goes_into_hsm(session.context(), options.arguments[1]);
  return true;
}

// An HSM in a smart card reader.
Report run_hsm(const Options& options, Session& session) {
  const std::string& verb = options.arguments[0];
  const HsmDeviceOptions device{options.reader, options.secrets.pin.has_value()};
  if (verb == "backup") return hsm_backup(session.context(), device, {options.create.cards[0], options.force});
  if (verb != "restore") return hsm_list(session.context(), device);
  check_terminal(options, session, false, true);
  HsmRestoreOptions restore = options.hsm_restore;
  restore.overwrite = options.force;
  return hsm_restore(session.context(), options.arguments[1], device, restore, confirm_on_terminal(options, session));
}

Report run(const Options& options, Session& session) {
  if (is_for_hsm(options, session)) return run_hsm(options, session);
  if (options.port.empty()) return device_list_all(session.context(), {options.reader, options.secrets.pin.has_value()});
  return run_badge(options, session);
}

// The passphrase of a backup that is made now is a new one: typed, it is asked for twice.
// An HSM always wants its PIN for that.
Options with_usual_sources(Options options) {
  const std::string& verb = options.arguments[0];
  const bool hsm = (verb == "backup" && options.names_hsm()) || (verb == "restore" && options.port.empty());
  if (hsm && !options.secrets.pin) options.secrets.pin = term::Source{};
  if (verb == "backup" && !hsm) options.secrets.new_password = options.secrets.password.value_or(term::Source{});
  return options;
}

// Of an answer that no task gave.
Subject subject_of(const Options& options) {
  if (options.arguments.size() > 1) return options.arguments[1];
  if (!options.create.cards.empty()) return options.create.cards[0];
  return options.port.empty() ? Subject(options.reader) : Subject(options.port);
}

}  // namespace

int run_device(const Options& given) {
  if (given.arguments[0] == "init-plan") return run_init_plan(given);
  const Options options = with_usual_sources(given);
  Session session(options, true);
  try {
    session.give(run(options, session));
  } catch (const Error& error) {
    session.give(failed("device", subject_of(options), error));
  }
  return session.exit();
}

}  // namespace hwbak::cli
