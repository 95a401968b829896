// hwbak rekey: the same contents under a new password, in the layout of a device.
#include "base/unicode.h"
#include "tasks/family.h"

namespace hwbak {
namespace {

// Before any work: the target must not be the backup itself, nor another file unless asked for.
void check_output(const Context& context, const Subject& subject, const RekeyOptions& options) {
  const auto target = context.files.info(options.output);
  if (!target) return;
  const auto source = subject == "-" ? std::nullopt : context.files.info(subject);
  if (source && source->device == target->device && source->inode == target->inode)
    throw Error(Outcome::refused, "the output is the backup itself: a backup is never overwritten by its own copy", std::nullopt,
                "name another file with --output");
  if (!options.overwrite)
    throw Error(Outcome::refused, "there is already a file " + printable(options.output.native()) + "; nothing was written", std::nullopt,
                "name another file, or add --force to replace it");
}

}  // namespace

WrittenResult rekey(const Context& context, const Subject& subject, const RekeyOptions& options, const ConfirmWords& confirm) {
  WrittenResult result;
  result.report = tasks::blank_report("rekey", subject);
  tasks::guarded(result.report, [&] {
    check_output(context, subject, options);
    const auto begun = tasks::examine(context, subject, true);
    begun.examination->describe(result.report, tasks::Detail::verdict, false);
    result.report.page.clear();
    begun.examination->rekey(context, options, confirm, result);
  });
  return result;
}

}  // namespace hwbak
