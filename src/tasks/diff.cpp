// hwbak diff: what came, went and changed between two backups of one family.
#include <algorithm>

#include "base/unicode.h"
#include "tasks/family.h"

namespace hwbak {
namespace {

struct Side {
  tasks::Begun begun;
  Report report;   // as `verify` would give it
};

Side side_of(const Context& context, const Subject& subject) {
  Side side;
  side.report = tasks::blank_report("diff", subject);
  try {
    side.begun = tasks::examine(context, subject, true);
    if (side.begun.family->compare == nullptr)
      throw Error(Outcome::unsupported, "backups of a " + std::string(side.begun.family->name) + " cannot be compared", std::nullopt,
                  "see what each holds: `hwbak open FILE`");
    side.begun.examination->describe(side.report, tasks::Detail::facts, false);
    if (!side.begun.examination->unlocked() && side.report.outcome == Outcome::ok)
      throw Error(Outcome::refused, "without the password the contents cannot be compared", std::nullopt, "give it with --password-from or --passwords-from");
    if (side.report.outcome != Outcome::ok && side.report.outcome != Outcome::partial)
      throw Error(side.report.outcome, side.report.message, side.report.offset, side.report.next);
  } catch (const Error& error) {
    throw Error(error.outcome(), printable(subject.native()) + ": " + error.sentence(), error.offset(), error.next());
  }
  return side;
}

Object file_fact(const Side& side) {
  Object out;
  out.put("file", printable(side.report.subject));
  for (const char* key : {"host_api_level", "fingerprint", "hardware", "fw_version", "plaintext_sha256"})
    if (const Value* const value = side.report.facts.find(key))
      if (const auto* const text = std::get_if<std::string>(&value->get())) out.put(key, *text);
  return out;
}

Level lower(Level a, Level b) { return a == Level::fail || b == Level::fail ? Level::fail : a == Level::pass ? b : a; }

}  // namespace

Report diff(const Context& context, const Subject& before, const Subject& after) {
  Report report = tasks::blank_report("diff", before);
  tasks::guarded(report, [&] {
    const Side a = side_of(context, before), b = side_of(context, after);
    if (a.begun.family != b.begun.family)
      throw Error(Outcome::usage, "these are backups of two different devices: there is nothing to compare", std::nullopt, "name two backups of one device");
    report.format = b.report.format;
    report.levels = {lower(a.report.levels.structure, b.report.levels.structure), lower(a.report.levels.content, b.report.levels.content),
                     lower(a.report.levels.meaning, b.report.levels.meaning)};
    report.facts.put("before", file_fact(a)).put("after", file_fact(b));
    a.begun.family->compare(*a.begun.examination, *b.begun.examination, context.reveal, report);
  });
  return report;
}

}  // namespace hwbak
