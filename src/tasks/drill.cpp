// hwbak drill: what would a device do with this file?
#include <algorithm>

#include "base/unicode.h"
#include "tasks/family.h"

namespace hwbak {
namespace {

using tasks::DrillTarget;

std::string known_devices() {
  std::string out;
  for (const tasks::Family& family : tasks::families())
    for (const std::string_view device : family.devices) out += (out.empty() ? "" : ", ") + std::string(device);
  return out;
}

bool has_device(const tasks::Family& family, std::string_view name) { return std::ranges::find(family.devices, name) != family.devices.end(); }

const tasks::Family& family_of(std::string_view device) {
  for (const tasks::Family& family : tasks::families())
    if (has_device(family, device)) return family;
  throw Error(Outcome::usage, "there is no device " + printable(device) + " to rehearse on; known: " + known_devices() + ", all", std::nullopt,
              "hwbak drill --help");
}

// "coldcard", "coldcard@5.6.1", "coldcard@all", "all"
DrillTarget parse_target(const std::string& text) {
  if (text == "all") return {{}, "all"};
  const auto at = text.find('@');
  DrillTarget target{text.substr(0, at), at == std::string::npos ? "" : text.substr(at + 1)};
  const tasks::Family& family = family_of(target.device);
  if (at != std::string::npos && target.version.empty())
    throw Error(Outcome::usage, "no version stands after the @ of " + printable(text), std::nullopt,
                "name one: " + target.device + "@VERSION, or leave out the @");
  family.check_target(target);
  return target;
}

std::vector<DrillTarget> parse_targets(const std::vector<std::string>& named) {
  std::vector<DrillTarget> targets;
  for (const std::string& text : named) targets.push_back(parse_target(text));
  if (targets.empty()) targets.push_back({});
  return targets;
}

void check_targets(const tasks::Family& family, const std::vector<DrillTarget>& targets) {
  for (const DrillTarget& target : targets)
    if (!target.device.empty() && !has_device(family, target.device))
      throw Error(Outcome::usage, "this is a file of a " + std::string(family.name) + ": a " + target.device + " has no use for it", std::nullopt,
                  "name a target of the file's own family: --target " + std::string(family.name));
}

// What describe() found out about the file, in front of what the devices do with it.
std::string with_condition(const Report& file, bool damaged, std::string rehearsed) {
  if (file.outcome == Outcome::ok) return rehearsed;
  if (damaged) return file.message + "; " + rehearsed;
  if (file.outcome == Outcome::wrong_secret) return file.message + ". As it is, " + rehearsed;
  return "the file is " + std::string(name(file.outcome)) + " (" + file.message + "); as it is, " + rehearsed;
}

}  // namespace

Report drill(const Context& context, const Subject& subject, const DrillOptions& options) {
  Report report = tasks::blank_report("drill", subject);
  tasks::guarded(report, [&] {
    const std::vector<DrillTarget> targets = parse_targets(options.targets);
    const auto begun = tasks::begin(context, subject);
    check_targets(*begun.family, targets);
    tasks::unlock(context, begun);
    begun.examination->judge(context, nullptr);
    begun.examination->describe(report, tasks::Detail::verdict, false);
    tasks::Rehearsal rehearsal = begun.examination->rehearse(context, targets, options);
    report.message = with_condition(report, rehearsal.damaged, std::move(rehearsal.message));
    // The rehearsal ran. Only a password that does not fit, and a limit that kept it from being tried, are still to be said
    // by the outcome, and what is damaged beside the file: the rest is what a device was shown.
    if (report.outcome != Outcome::wrong_secret && report.outcome != Outcome::refused && !rehearsal.damaged) {
      report.outcome = Outcome::ok;
      report.offset.reset();
      if (!rehearsal.next.empty()) report.next = std::move(rehearsal.next);
    }
    report.facts.put("drill", std::move(rehearsal.drill));
    report.page = std::move(rehearsal.page);
    if (!rehearsal.all_accept) report.headline = "REHEARSED";
    if (options.require_accept && !rehearsal.all_accept && report.outcome == Outcome::ok) {
      report.outcome = Outcome::findings;
      report.message = "not every device would accept it, as --require-accept asks. " + report.message;
    }
  });
  return report;
}

}  // namespace hwbak
