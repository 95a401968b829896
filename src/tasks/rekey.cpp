// hwbak rekey: the same contents under a new password, in the layout of a device.
#include "tasks/check_output.h"
#include "tasks/family.h"

namespace hwbak {

WrittenResult rekey(const Context& context, const Subject& subject, const RekeyOptions& options, const ConfirmWords& confirm) {
  WrittenResult result;
  result.report = tasks::blank_report("rekey", subject);
  tasks::guarded(result.report, [&] {
    tasks::check_output(context, std::span(&subject, 1), options.output, options.overwrite);
    const auto begun = tasks::examine(context, subject, true);
    begun.examination->describe(result.report, tasks::Detail::verdict, false);
    result.report.page.clear();
    begun.examination->rekey(context, options, confirm, result);
  });
  return result;
}

}  // namespace hwbak
