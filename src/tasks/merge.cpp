// hwbak merge: several backups of a badge become one, the newest first in every doubt.
#include "base/counted.h"
#include "base/unicode.h"
#include "device/cdc_badge/level.h"
#include "tasks/badge_description.h"
#include "tasks/badge_merge.h"
#include "tasks/badge_seal.h"
#include "tasks/check_output.h"
#include "tasks/shell_quoted.h"

namespace hwbak {
namespace {

using tasks::MergedBadges;
using tasks::MergeSource;

struct Source {
  Report report;
  tasks::OpenedBadge file;
};

std::vector<Source> opened(const Context& context, const std::vector<Subject>& subjects) {
  std::vector<Source> out;
  for (const Subject& subject : subjects) {
    Source& source = out.emplace_back();
    source.report = tasks::blank_report("merge", subject);
    try {
      source.file = tasks::open_badge(context, subject, source.report);
    } catch (const Error& error) {
      throw Error(error.outcome(), printable(subject.native()) + ": " + error.sentence(), error.offset(), error.next());
    }
  }
  return out;
}

// The order on the command line says which is the newest; a badge's level never goes back.
void check_order(const std::vector<MergeSource>& sources, Report& report) {
  const auto level = [](const MergeSource& source) {
    const auto parsed = cdc_badge::parse_level(source.payload->host_api_level);
    return parsed ? cdc_badge::packed(*parsed) : 0;
  };
  for (std::size_t i = 0; i + 1 < sources.size(); ++i)
    if (level(sources[i]) > level(sources.back()))
      report.findings.push_back({Severity::warning, "older-level-last",
                                 sources[i].name + " was written by a badge of a higher level than " + sources.back().name +
                                     ", which is named last and so taken for the newest. If that is wrong, name them in the other order.",
                                 sources[i].name});
}

void put_findings(const MergedBadges& merged, Report& report) {
  const auto add = [&](Severity level, const char* code, std::string sentence) { report.findings.push_back({level, code, std::move(sentence), ""}); };
  if (!merged.counters.empty())
    add(Severity::note, "counter-kept-high",
        counted(merged.counters.size(), "HOTP counter") + " came from an older file, or from another record of the same name, which had a higher one: a counter that "
        "goes back gives used codes again.");
  if (merged.slots_in_doubt)
    add(Severity::warning, "totp-link",
        "Logins of an older file name accounts by their slot. Those numbers stay as they were, but in the merged list they may lead to other accounts.");
}

Section sources_section(const std::vector<MergeSource>& sources, const MergedBadges& merged) {
  Section section{"Where it comes from", {}};
  for (std::size_t i = sources.size(); i-- > 0;)
    section.row(sources[i].name, counted(merged.taken[i], "record") + (i + 1 == sources.size() ? ", the newest" : " of which no newer file has a good one"));
  return section;
}

Section conflicts_section(const List& conflicts) {
  Section section{"Conflicts", {}};
  for (const Value& value : conflicts) {
    const Object& item = std::get<Object>(value.get());
    const auto text = [&](const char* key) {
      const Value::Variant& held = item.find(key)->get();
      const auto* const secret = std::get_if<SecretString>(&held);
      return secret != nullptr ? printable(secret->expose()) : std::get<std::string>(held);
    };
    std::string fields;
    for (const Value& field : std::get<List>(item.find("fields")->get())) fields += (fields.empty() ? "" : ", ") + std::get<std::string>(field.get());
    section.row(text("kind") + " " + text("identity"), fields + ": kept as in " + text("kept") + ", dropped from " + text("dropped"));
  }
  return section;
}

// "3 conflicts: the newer one kept in 2, the older one, because the newer is not good, in 1"
std::string conflict_words(const MergedBadges& merged) {
  const std::size_t all = merged.kept_newer + merged.kept_older + merged.kept_of_one;
  if (all == 0) return "no conflicts";
  if (all == merged.kept_newer) return counted(all, "conflict") + ", the newer one kept";
  if (all == merged.kept_older) return counted(all, "conflict") + ", the older one kept, because the newer is not good";
  std::string out;
  const auto add = [&](const char* words, std::size_t count) {
    if (count != 0) out += (out.empty() ? ": " : "; ") + std::string(words) + " in " + std::to_string(count);
  };
  add("the newer one kept", merged.kept_newer);
  add("the older one kept, because the newer is not good,", merged.kept_older);
  add("one of two in the same file kept", merged.kept_of_one);
  return counted(all, "conflict") + out;
}

}  // namespace

WrittenResult merge(const Context& context, const std::vector<Subject>& subjects, const MergeOptions& options) {
  WrittenResult result;
  Report& report = result.report;
  report = tasks::blank_report("merge", subjects.empty() ? Subject{} : subjects.back());
  tasks::guarded(report, [&] {
    if (subjects.size() < 2) throw Error(Outcome::usage, "there is nothing to merge with", std::nullopt, "name two or more backups, the newest last");
    tasks::check_output(context, subjects, options.output, options.overwrite);
    const std::vector<Source> files = opened(context, subjects);
    std::vector<MergeSource> sources;
    for (const Source& file : files) sources.push_back({printable(file.report.subject), &file.file.payload()});
    MergedBadges merged = tasks::merge_payloads(sources, context.reveal);
    const std::string conflicts_said = conflict_words(merged);
    report.format = "cdcbak";
    const std::size_t conflicts = merged.conflicts.size(), refused = merged.refused.size();
    Section conflict_rows = conflicts_section(merged.conflicts);
    report.facts.put("conflicts", std::move(merged.conflicts)).put("refused", tasks::refused_fact(merged.refused));
    put_findings(merged, report);
    report.facts.put("counters", std::move(merged.counters));
    check_order(sources, report);
    tasks::check_payload_size(merged.payload.size());
    const auto passphrase = tasks::new_passphrase(context, printable(options.output.native()), report);
    const auto written = tasks::write_badge(context, merged.payload.expose(), passphrase, options.output, options.overwrite, report);
    written->describe(report, tasks::Detail::facts, false);
    report.outcome = refused == 0 ? Outcome::ok : Outcome::partial;
    report.message = "written and opened again: " + printable(options.output.native()) + " holds " + tasks::records_words(*written->payload()) + " of " +
                     counted(sources.size(), "backup") + "; " + conflicts_said;
    if (refused != 0) report.message += "; " + counted(refused, "place") + " " + is_or_are(refused) + " not as " + (refused == 1 ? "it" : "they") + " should be: see the list";
    report.next = "rehearse the restore: `hwbak drill " + tasks::shell_quoted(printable(options.output.native())) + "`";
    report.page.push_back(sources_section(sources, merged));
    if (conflicts != 0) report.page.push_back(std::move(conflict_rows));
    if (refused != 0) report.page.push_back(tasks::refused_section("Not good, not taken, or not stored by a badge", merged.refused));
    report.page.push_back(tasks::written_section(report, merged.payload.size()));
  });
  return result;
}

}  // namespace hwbak
