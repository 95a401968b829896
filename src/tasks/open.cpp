// hwbak open: what is inside; --raw the exact bytes; --salvage what is left of a damaged one.
#include "tasks/family.h"

namespace hwbak {
namespace {

void take_data(OpenResult& result, const tasks::Examination& examination, const OpenOptions& options) {
  if (options.salvage) {
    result.data = examination.salvage();
    if (!result.data.empty() && result.report.outcome == Outcome::damaged)
      result.report.next = "keep the damaged file as well, and look for another copy: `hwbak copies FOLDER`";
  } else if (options.raw) {
    result.data = SecretBytes::copy_of(examination.plaintext());
  }
}

// `ok` would say that it was done.
void refuse_unopened(Report& report, const tasks::Examination& examination) {
  if (examination.unlocked() || report.outcome != Outcome::ok) return;
  report.outcome = Outcome::refused;
  report.message = "without what opens it the contents cannot be shown; " + report.message;
  report.next = examination.way_in();
}

}  // namespace

OpenResult open(const Context& context, const Subject& subject, const OpenOptions& options) {
  OpenResult result;
  result.report = tasks::blank_report("open", subject);
  tasks::guarded(result.report, [&] {
    const auto begun = tasks::unlocked(context, subject, true);
    // Bytes that their checksum proves go out as they are: what they mean is for `verify` to say.
    const bool exact = options.raw && !options.salvage;
    if (!exact || begun.examination->plaintext().empty()) begun.examination->judge(context, nullptr);
    begun.examination->describe(result.report, exact ? tasks::Detail::verdict : tasks::Detail::contents, context.reveal);
    refuse_unopened(result.report, *begun.examination);
    if (options.raw || options.salvage) take_data(result, *begun.examination, options);
  });
  return result;
}

}  // namespace hwbak
