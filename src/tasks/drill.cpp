// hwbak drill: what would a device do with this file?
#include <algorithm>

#include "base/unicode.h"
#include "tasks/family.h"

namespace hwbak {
namespace {

struct Target {
  std::string family;   // empty: the file's own
  std::string version;
};

std::string known_families() {
  std::string out;
  for (const tasks::Family& family : tasks::families()) out += (out.empty() ? "" : ", ") + std::string(family.name);
  return out;
}

const tasks::Family& family_named(std::string_view name) {
  for (const tasks::Family& family : tasks::families())
    if (family.name == name) return family;
  throw Error(Outcome::usage, "there is no device " + printable(name) + " to rehearse on; known: " + known_families() + ", all", std::nullopt,
              "hwbak drill --help");
}

// "coldcard", "coldcard@5.6.1", "coldcard@all", "all"
Target parse_target(const std::string& text) {
  if (text == "all") return {{}, "all"};
  const auto at = text.find('@');
  Target target{text.substr(0, at), at == std::string::npos ? "" : text.substr(at + 1)};
  const tasks::Family& family = family_named(target.family);
  if (at != std::string::npos && target.version.empty())
    throw Error(Outcome::usage, "no version stands after the @ of " + printable(text), std::nullopt,
                "name one: " + target.family + "@VERSION, or leave out the @");
  family.check_version(target.version);
  return target;
}

std::vector<Target> parse_targets(const std::vector<std::string>& named) {
  std::vector<Target> targets;
  for (const std::string& text : named) targets.push_back(parse_target(text));
  if (targets.empty()) targets.push_back({});
  return targets;
}

std::vector<std::string> versions_for(const tasks::Family& family, const std::vector<Target>& targets) {
  std::vector<std::string> versions;
  for (const Target& target : targets) {
    if (!target.family.empty() && target.family != family.name)
      throw Error(Outcome::usage, "this is a file of a " + std::string(family.name) + ": a " + target.family + " has no use for it", std::nullopt,
                  "name a target of the file's own family: --target " + std::string(family.name));
    versions.push_back(target.version);
  }
  return versions;
}

// What describe() found out about the file, in front of what the devices do with it.
std::string with_condition(const Report& file, std::string rehearsed) {
  if (file.outcome == Outcome::ok) return rehearsed;
  if (file.outcome == Outcome::wrong_secret) return file.message + ". As it is, " + rehearsed;
  return "the file is " + std::string(name(file.outcome)) + " (" + file.message + "); as it is, " + rehearsed;
}

}  // namespace

Report drill(const Context& context, const Subject& subject, const DrillOptions& options) {
  Report report = tasks::blank_report("drill", subject);
  tasks::guarded(report, [&] {
    const std::vector<Target> targets = parse_targets(options.targets);
    const auto begun = tasks::begin(context, subject);
    const auto versions = versions_for(*begun.family, targets);
    tasks::unlock(context, begun);
    begun.examination->judge(context, nullptr);
    begun.examination->describe(report, tasks::Detail::verdict, false);
    tasks::Rehearsal rehearsal = begun.examination->rehearse(context, versions, options);
    report.message = with_condition(report, std::move(rehearsal.message));
    // The rehearsal ran. Only a password that does not fit, and a limit that kept it from being tried, are still to be said
    // by the outcome: the rest is what a device was shown.
    if (report.outcome != Outcome::wrong_secret && report.outcome != Outcome::refused) {
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
