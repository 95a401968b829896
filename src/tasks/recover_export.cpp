// hwbak recover --export-candidates: the same candidates for another program, none of them tried (docs/recover.md, "The answer").
#include <cmath>

#include "base/hex.h"
#include "hwbak/recover.h"
#include "tasks/recover_beginning.h"

namespace hwbak {
namespace {

constexpr std::uint64_t looked_at = 1000;

// A candidate as it stands in the list; the bytes of a quorum's password are no text.
void read_line(const tasks::RecoverPlan& planned, const recover::Route& route, std::uint64_t position, SecretString& out) {
  out.clear();
  route.candidate(position, out);
  if (planned.quorum) out = to_hex_secret(out.expose_bytes());
  out.append('\n');
}

// Bytes of the list, by candidates from all over it: exact for a short one. Their lengths differ little.
double list_size(const tasks::RecoverPlan& planned, const recover::Route& route) {
  const std::uint64_t looks = std::min(looked_at, route.size());
  std::uint64_t bytes = 0;
  SecretString candidate;
  for (std::uint64_t i = 0; i < looks; ++i) {
    read_line(planned, route, route.size() / looks * i + route.size() % looks * i / looks, candidate);
    bytes += candidate.size();
  }
  return looks == 0 ? 0 : static_cast<double>(bytes) / static_cast<double>(looks) * static_cast<double>(route.size());
}

// "about 21,000,000,000 bytes": two digits of it, or all where all candidates were looked at.
std::string size_text(double bytes, bool exact) {
  const double unit = exact || bytes < 100 ? 1 : std::pow(10, std::floor(std::log10(bytes)) - 1);
  return (exact ? "" : "about ") + recover::Count(static_cast<std::uint64_t>(std::llround(bytes / unit) * std::llround(unit))).grouped() + " bytes";
}

void announce(const tasks::RecoverPlan& planned, const tasks::Choice& choice, const recover::Route& route, const RecoverOptions& options,
              const std::string& size) {
  if (!options.announce) return;
  const auto candidates = [](const recover::Count& count) { return count.grouped() + (count == recover::Count(1) ? " candidate" : " candidates"); };
  Section section{"The list", {}};
  if (!planned.read.empty()) section.row("read", planned.read);
  for (const std::size_t i : choice.chosen) section.row(planned.plan->classes()[i].name, candidates(planned.plan->classes()[i].candidates));
  section.row("together", candidates(choice.total));
  for (const std::string& name : planned.plan->not_offered()) section.row(name, "too many to be counted: not in the list");
  if (options.parts != 1) section.row("part " + tasks::shard_text(options), candidates(route.size()));
  section.row("size", size);
  std::vector<Section> plan;
  plan.push_back(std::move(section));
  options.announce(plan);
}

}  // namespace

Report export_candidates(const Context& context, const Subject& subject, const Remembered& remembered, const RecoverOptions& options,
                         const TakeCandidate& take) {
  Report report = tasks::blank_report("recover", subject);
  tasks::guarded(report, [&] {
    const tasks::RecoverBeginning beginning = tasks::begin_recovery(context, subject, remembered, options, report);
    const tasks::RecoverPlan& planned = beginning.planned;
    const recover::Plan& plan = *planned.plan;
    const tasks::Choice choice = tasks::choose_classes(planned, options.classes, std::nullopt, 1);
    tasks::put_plan(planned, choice, options, report);
    if (choice.total.clamped() >= tasks::most_candidates)
      throw Error(Outcome::refused, "there are " + choice.total.grouped() + " candidates: more than any program takes", std::nullopt,
                  planned.more + (plan.classes().size() > 1 ? "; or name the likely classes alone with --classes" : ""));
    const recover::Route route(plan, choice.chosen, {options.part, options.parts});
    const double bytes = list_size(planned, route);
    const std::string size = size_text(bytes, route.size() <= looked_at);
    announce(planned, choice, route, options, size);
    if (options.output) {
      const auto folder = options.output->parent_path();
      context.files.check_room(folder.empty() ? Subject(".") : folder, static_cast<std::uint64_t>(std::min(bytes, 9e18)), 1);
    }
    SecretString candidate;
    std::uint64_t written = 0;
    for (bool wanted = true; wanted && written < route.size(); ++written) {
      read_line(planned, route, written, candidate);
      wanted = take(candidate.expose_bytes());
    }
    report.facts.put("candidates_exported", written);
    report.message = recover::Count(written).grouped() + (written == 1 ? " candidate was written; it" : " candidates were written; each of them") + " may be the password";
    report.next = "destroy the list when the search is over";
  });
  return report;
}

}  // namespace hwbak
