// hwbak inspect: what can be known without a secret.
#include "tasks/family.h"

namespace hwbak {

Report inspect(const Context& context, const Subject& subject) {
  Report report = tasks::blank_report("inspect", subject);
  tasks::guarded(report, [&] {
    tasks::examine(context, subject, false).examination->describe(report, tasks::Detail::container, false);
  });
  return report;
}

}  // namespace hwbak
