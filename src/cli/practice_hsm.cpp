// hwbak practice pico-hsm: a virtual HSM in a virtual reader, until the reader goes away.
#include "base/as_bytes.h"
#include "base/unicode.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "harden/harden.h"
#include "report/json_lines.h"

namespace hwbak::cli {

int run_practice_hsm(const Options& options) {
  harden::lock_all_memory();
  Answers answers(options, 1);
  const Subject& state = options.practice_hsm.state;
  try {
    const auto ready = [] {
      report::write_all(2, as_bytes("hwbak: the practice HSM is in the reader; Ctrl-C takes it out\n"), "standard error");
    };
    practice::pico_hsm::practice(options.practice_hsm, steady_files(), system_random(), ready);
    Report report;
    report.command = "practice";
    report.subject = state.native();
    report.message = "the reader is gone; the practice HSM is kept in " + printable(state.native()) + ", its keys sealed under its PIN";
    report.next = "remove that folder when you need it no more";
    answers.give(std::move(report));
  } catch (const Error& error) {
    answers.give(failed("practice", state, error));
  }
  return answers.exit();
}

}  // namespace hwbak::cli
