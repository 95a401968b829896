// hwbak recover --export-candidates: the same candidates for another program, none of them tried (docs/recover.md, "The answer").
#include "base/hex.h"
#include "hwbak/recover.h"
#include "tasks/recover_beginning.h"

namespace hwbak {

Report export_candidates(const Context& context, const Subject& subject, const Remembered& remembered, const RecoverOptions& options,
                         const TakeCandidate& take) {
  Report report = tasks::blank_report("recover", subject);
  tasks::guarded(report, [&] {
    const tasks::RecoverBeginning beginning = tasks::begin_recovery(context, subject, remembered, options, report);
    const tasks::RecoverPlan& planned = beginning.planned;
    const recover::Plan& plan = *planned.plan;
    const tasks::Choice choice = tasks::choose_classes(plan, options.classes, std::nullopt, 1);
    tasks::put_plan(planned, choice, options, report);
    if (choice.total.clamped() >= tasks::most_candidates)
      throw Error(Outcome::refused, "there are " + choice.total.grouped() + " candidates: more than any program takes", std::nullopt,
                  planned.more + (plan.classes().size() > 1 ? "; or name the likely classes alone with --classes" : ""));
    const recover::Route route(plan, choice.chosen, {options.part, options.parts});
    SecretString candidate;
    std::uint64_t written = 0;
    for (bool wanted = true; wanted && written < route.size(); ++written) {
      candidate.clear();
      route.candidate(written, candidate);
      if (planned.quorum) candidate = to_hex_secret(candidate.expose_bytes());
      candidate.append('\n');
      wanted = take(candidate.expose_bytes());
    }
    report.facts.put("candidates_exported", written);
    report.message = recover::Count(written).grouped() + " candidates were written; each of them may be the password";
    report.next = "destroy the list when the search is over";
  });
  return report;
}

}  // namespace hwbak
