// hwbak open FILE: what is inside; --raw and --salvage write contents instead.
#include <unistd.h>

#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {
namespace {

void check_place(const Options& options, const Subject& subject) {
  if (options.output) return check_output(real_files(), subject, options);
  if (::isatty(STDOUT_FILENO) == 1 && !options.reveal)
    throw Error(Outcome::refused, "the contents hold secrets and would be shown on this terminal", std::nullopt,
                "give --output PATH, or --reveal to show them here");
}

void put_contents(const Options& options, const SecretBytes& data) {
  if (!options.output) return report::write_all(STDOUT_FILENO, data.expose());
  WriteOptions write;
  write.overwrite = options.force;
  steady_files().write(*options.output, data.expose(), write);
}

}  // namespace

int run_open(const Options& options) {
  const bool data = options.raw || options.salvage;
  Session session(options, true, data && !options.output ? STDERR_FILENO : STDOUT_FILENO);
  const Subject subject = options.arguments.front();
  if (session.subjects().size() != 1 || session.subjects().front() != subject) {
    session.give(failed("open", subject, Error(Outcome::refused, "this is a folder; open takes one file", std::nullopt,
                                               "name the file, or use `hwbak inspect` for all of them")));
    return session.exit();
  }
  try {
    if (data) check_place(options, subject);
  } catch (const Error& error) {
    session.give(failed("open", subject, error));
    return session.exit();
  }
  OpenOptions how;
  how.raw = options.raw;
  how.salvage = options.salvage;
  OpenResult result = open(session.context(), subject, how);
  try {
    if (!result.data.empty()) put_contents(options, result.data);
  } catch (const Error& error) {
    result.report.outcome = error.outcome();
    result.report.message = error.sentence();
    result.report.next = error.next();
  }
  session.give(std::move(result.report));
  return session.exit();
}

}  // namespace hwbak::cli
