// hwbak device list|backup|restore|delete|init-plan: a badge on a serial port, an HSM in a smart card reader.
#include "base/unicode.h"
#include "cli/commands.h"
#include "cli/plan_text.h"
#include "cli/session.h"
#include "container/cdcbak/cdcbak.h"
#include "container/dkek_share/dkek_share.h"
#include "container/wrapped_key/wrapped_key.h"
#include "hwbak/hsm_device.h"
#include "tasks/shell_quoted.h"
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
  Files& files = session.context().files;
  const Subject subject = options.arguments[1];
  const auto info = files.info(subject);
  if (info && info->kind == FileInfo::Kind::folder) return true;
  const Bytes file = files.read(subject, options.max_size);
  if (wrapped_key::recognise(file)) return true;
  const std::string name = printable(subject.native());
  if (cdcbak::recognise(file))
    throw Error(Outcome::usage, name + " is the backup of a badge, which needs --port PATH", std::nullopt, "`hwbak device list` shows the ports");
  if (dkek::recognise(file))
    throw Error(Outcome::unsupported, name + " is a share of a DKEK, and no key: it goes into a device when that is initialised; nothing was sent",
                std::nullopt, "see the steps: `hwbak device init-plan --share " + tasks::shell_quoted(name) + "`. A key is restored with --share FILE");
  throw Error(Outcome::unsupported, name + " is neither a key that sc-hsm-tool or hwbak wrapped, nor the backup of a badge; nothing was sent",
              std::nullopt, "see what it is: `hwbak inspect " + tasks::shell_quoted(name) + "`");
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
