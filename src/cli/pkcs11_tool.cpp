// hwbak pkcs11-tool: the lines of the Pico HSM manual, done as they are meant.
#include <cstdlib>

#include "base/as_bytes.h"
#include "cli/commands.h"
#include "cli/custodians.h"
#include "cli/session.h"
#include "hwbak/pkcs11_lines.h"
#include "report/json_lines.h"

namespace hwbak::cli {
namespace {

constexpr std::uint8_t usual_id = 0x01;

// Where programs of this user keep what they must not lose (XDG Base Directory Specification).
Subject usual_folder() {
  const auto variable = [](const char* name) { return Subject(std::getenv(name) != nullptr ? std::getenv(name) : ""); };
  if (const Subject data = variable("XDG_DATA_HOME"); data.is_absolute()) return data / "hwbak";
  if (const Subject home = variable("HOME"); home.is_absolute()) return home / ".local" / "share" / "hwbak";
  throw Error(Outcome::usage, "neither XDG_DATA_HOME nor HOME says where the share files are to lie", std::nullopt,
              "give --state DIR");
}

DkekPlace place_of(const Options& options, const Bytes& id) {
  const Subject& state = options.practice_hsm.state;
  return {state.empty() ? usual_folder() : state, id.empty() ? Bytes{usual_id} : id};
}

HsmDeviceOptions device_of(const Options& options) {
  const bool asks = options.pkcs11.login || options.pkcs11.pin || options.secrets.pin;
  return {options.reader, asks || !options.pkcs11.generate};
}

// The password of a share that is made now is a new one; that of the share of --wrapping-key opens it.
Options with_secrets(Options options) {
  term::SecretOptions& secrets = options.secrets;
  const Pkcs11Line& line = options.pkcs11;
  secrets.typed_pin = line.pin;
  if (!line.pin && !secrets.pin && device_of(options).log_in) secrets.pin = term::Source{};
  if (line.generate) secrets.new_password = secrets.password;
  if (line.imports && secrets.password && !line.wrapping_key.empty())
    secrets.shares.push_back({place_of(options, line.wrapping_key).file(), *secrets.password, false});
  return options;
}

Report generate(const Options& options, Session& session) {
  if (options.pkcs11.shares == 0 && !options.secrets.password && session.secrets().terminal() == nullptr)
    throw Error(Outcome::refused, "there is no terminal to ask for the password of the new share on; nothing was done", std::nullopt,
                "give --password-from file:PATH, fd:N, env:NAME or stdin");
  GenerateDkekOptions how;
  how.place = place_of(options, options.wrapped_key.id);
  how.threshold = options.threshold;
  how.total = options.pkcs11.shares;
  how.sheets = options.write_shares.sheets;
  how.quorums = options.write_shares.quorums;
  return pkcs11_generate(session.context(), device_of(options), how, show_on_terminal(session));
}

Report wrap(const Options& options, Session& session) {
  WrapKeyOptions how;
  how.id = options.wrapped_key.id;
  how.output = *options.output;
  how.overwrite = options.force;
  if (!options.pkcs11.wrapping_key.empty()) how.share = place_of(options, options.pkcs11.wrapping_key);
  return pkcs11_wrap(session.context(), device_of(options), how);
}

Report unwrap(const Options& options, Session& session) {
  HsmRestoreOptions how = options.hsm_restore;
  how.overwrite = options.force;
  return pkcs11_unwrap(session.context(), device_of(options), *options.pkcs11.input, how);
}

Report run(const Options& options, Session& session) {
  const Pkcs11Line& line = options.pkcs11;
  if (line.generate) return generate(options, session);
  if (line.imports) return unwrap(options, session);
  if (!line.wraps)
    return pkcs11_export_share(session.context(), place_of(options, options.wrapped_key.id), *options.output, options.force);
  return wrap(options, session);
}

void tell_pin(Report& report) {
  report.findings.push_back({Severity::warning, "pin-in-argv",
                             "the PIN stood on the command line, where other programs of this machine can read it, and the shell "
                             "keeps it in its history: use --pin-from",
                             "", false});
}

void tell_real_way(Report& report) {
  const Value* const fact = report.facts.find("stands_for");
  const auto* const command = fact != nullptr ? std::get_if<std::string>(&fact->get()) : nullptr;
  if (command == nullptr) return;
  Section section{"What this line stands for", {}};
  section.row("OpenSC", *command);
  report.page.push_back(std::move(section));
}

int refuse(const Options& options) {
  Answers answers(options, 1);
  answers.give(failed("pkcs11-tool", {}, Error(Outcome::refused, options.pkcs11.refused, std::nullopt, options.pkcs11.instead)));
  return answers.exit();
}

}  // namespace

int run_pkcs11_tool(const Options& given) {
  if (!given.pkcs11.refused.empty()) return refuse(given);
  const bool pin_seen = given.pkcs11.pin || given.pkcs11.so_pin;
  if (pin_seen)
    report::write_all(
        2, as_bytes("hwbak: warning: a PIN on the command line can be read by other programs of this machine; use --pin-from\n"),
        "standard error");
  const Options options = with_secrets(given);
  Session session(options, true);
  Report report = run(options, session);
  if (pin_seen) tell_pin(report);
  tell_real_way(report);
  session.give(std::move(report));
  return session.exit();
}

}  // namespace hwbak::cli
