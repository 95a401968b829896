// hwbak device init-plan: from shares to a ready HSM.
#include "cli/device_init.h"

#include "cli/commands.h"
#include "cli/custodians.h"
#include "cli/plan_text.h"
#include "cli/session.h"
#include "term/consent.h"

namespace hwbak::cli {
namespace {

void check_serial(const std::string& serial, const std::string& named) {
  if (serial == named) return;
  throw Error(
      Outcome::refused,
      "the device has the serial number " + serial + ", not the one of --confirm-serial: it is another device; nothing was sent",
      std::nullopt, "look at `hwbak device list`, and name its reader with --reader");
}

}  // namespace

// Only a serial number that is typed, or given, lets a device be wiped.
ConfirmInit confirm_init(const Options& options, Session& session) {
  return [&options, &session](const InitQuestion& asked) {
    const bool named = !options.confirm_serial.empty() && !asked.serial.empty();
    if (named) check_serial(asked.serial, options.confirm_serial);
    if (named || (options.yes && !asked.wipes)) return true;
    auto* const terminal = session.secrets().terminal();
    if (terminal == nullptr)
      throw Error(
          Outcome::refused, "there is no terminal to ask whether to go on; nothing was sent", std::nullopt,
          asked.wipes
              ? "give the serial number of the device that is to be wiped: --confirm-serial SERIAL; `hwbak device list` shows it"
              : "add --yes to go on without a question");
    const std::string text = question_text(asked.plan, asked.question);
    return asked.wipes && !asked.serial.empty() ? term::ask_same(*terminal, text, "its serial number", asked.serial)
                                                : term::ask_consent(*terminal, text);
  };
}

int run_init_plan(const Options& given) {
  Options options = given;
  if (options.run && !options.secrets.pin) options.secrets.pin = term::Source{};
  if (options.run && !options.secrets.so_pin) options.secrets.so_pin = term::Source{};
  Session session(options, true);
  InitPlanOptions how;
  how.reader = options.reader;
  how.run = options.run;
  how.write = options.write_shares;
  how.write.overwrite = options.force;
  session.give(init_plan(session.context(), how, confirm_init(options, session), show_on_terminal(session)));
  return session.exit();
}

}  // namespace hwbak::cli
