// hwbak export FILE --as FORMAT: the contents in another program's format.
#include <unistd.h>

#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {
namespace {

// A QR code is there to be seen; anything else on a terminal is an accident.
void check_place(const Options& options) {
  if (options.output || ::isatty(STDOUT_FILENO) != 1 || options.reveal || options.exporting.format == "otpauth-qr") return;
  throw Error(Outcome::refused, "the contents hold secrets and would be shown on this terminal", std::nullopt,
              "give --output PATH, or --reveal to show them here");
}

}  // namespace

int run_export(const Options& options) {
  Session session(options, true, options.output ? STDOUT_FILENO : STDERR_FILENO);
  const Subject subject = options.arguments.front();
  ExportResult result;
  try {
    check_place(options);
    ExportOptions how = options.exporting;
    how.output = options.output;
    how.overwrite = options.force;
    result = export_as(session.context(), subject, how);
    if (!result.data.empty()) report::write_all(STDOUT_FILENO, result.data.expose());
  } catch (const Error& error) {
    result.report = failed("export", subject, error);
  }
  session.give(std::move(result.report));
  return session.exit();
}

}  // namespace hwbak::cli
