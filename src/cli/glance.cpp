// hwbak FILE: recognise it, ask what is needed, answer on one page.
#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {

int run_glance(const Options& options) {
  Session session(options, true);
  for (const Subject& subject : session.subjects()) {
    Report report = glance(session.context(), subject);
    if (report.outcome == Outcome::io && subject.native().find_first_of("./") == std::string::npos && subject != "-")
      report.next = "if a command was meant: there is none of that name, `hwbak --help` lists them";
    session.give(std::move(report));
  }
  return session.exit();
}

}  // namespace hwbak::cli
