// hwbak practice coldcard: a virtual device at the terminal.
#include "base/unicode.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "harden/harden.h"
#include "term/device_screen.h"

namespace hwbak::cli {

int run_practice(const Options& options) {
  if (options.arguments[0] == "cdc-badge") return run_practice_badge(options);
  if (options.arguments[0] == "pico-hsm") return run_practice_hsm(options);
  harden::lock_all_memory();
  Answers answers(options, 1);
  const Subject& state = options.practice.state;
  try {
    const auto terminal = term::Terminal::open();
    if (!terminal)
      throw Error(Outcome::refused, "there is no terminal to play the device's screen and keys", std::nullopt,
                  "run it in a terminal; a script can use `hwbak drill`");
    term::DeviceScreen screen(*terminal);
    practice::coldcard::practice(options.practice, steady_files(), system_random(), screen);
    Report report;
    report.command = "practice";
    report.subject = state.native();
    report.message = "logged out; the practice device is kept in " + printable(state.native()) + ", sealed under its PIN";
    report.next = "remove that folder and the files on the practice card when you need them no more";
    answers.give(std::move(report));
  } catch (const Error& error) {
    answers.give(failed("practice", state, error));
  }
  return answers.exit();
}

}  // namespace hwbak::cli
