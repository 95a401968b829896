// hwbak export FILE --as FORMAT: the contents in another program's format, or the wallets of a Coldcard backup.
#include <unistd.h>

#include "cli/commands.h"
#include "cli/session.h"

namespace hwbak::cli {
namespace {

// A QR code is there to be seen; anything else on a terminal is an accident.
void check_place(const Options& options, bool wallet) {
  const bool terminal = ::isatty(STDOUT_FILENO) == 1;
  if (wallet) {
    if (!options.wallet_export.with_secrets || options.output || terminal) return;
    throw Error(Outcome::refused, "secrets go to a terminal or to a file of their own, and standard output is neither", std::nullopt, "give --output PATH");
  }
  if (options.output || !terminal || options.reveal || options.exporting.format == "otpauth-qr") return;
  throw Error(Outcome::refused, "the contents hold secrets and would be shown on this terminal", std::nullopt,
              "give --output PATH, or --reveal to show them here");
}

ExportResult wallets(const Options& options, const Context& context, const Subject& subject, WalletFormat format) {
  WalletExportOptions how = options.wallet_export;
  how.format = format;
  how.output = options.output;
  how.overwrite = options.force;
  return export_wallet(context, subject, how);
}

ExportResult records(const Options& options, const Context& context, const Subject& subject) {
  ExportOptions how = options.exporting;
  how.output = options.output;
  how.overwrite = options.force;
  return export_as(context, subject, how);
}

}  // namespace

int run_export(const Options& options) {
  Session session(options, true, options.output ? STDOUT_FILENO : STDERR_FILENO);
  const Subject subject = options.arguments.front();
  ExportResult result;
  try {
    const auto format = wallet_format_named(options.exporting.format);
    check_place(options, format.has_value());
    result = format ? wallets(options, session.context(), subject, *format) : records(options, session.context(), subject);
    if (!result.data.empty()) report::write_all(STDOUT_FILENO, result.data.expose());
  } catch (const Error& error) {
    result.report = failed("export", subject, error);
  }
  session.give(std::move(result.report));
  return session.exit();
}

}  // namespace hwbak::cli
