// hwbak FILE: the one-page answer.
#include "tasks/family.h"

namespace hwbak {

Report glance(const Context& context, const Subject& subject) {
  Report report = tasks::blank_report("hwbak", subject);
  tasks::guarded(report, [&] {
    tasks::examine(context, subject, true).examination->describe(report, tasks::Detail::summary, context.reveal);
  });
  return report;
}

}  // namespace hwbak
