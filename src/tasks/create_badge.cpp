// hwbak create cdc-badge: a backup that a badge takes, of a payload or of other programs' records.
#include "base/counted.h"
#include "base/unicode.h"
#include "device/cdc_badge/level.h"
#include "tasks/badge_description.h"
#include "tasks/badge_seal.h"
#include "tasks/badge_sources.h"
#include "tasks/check_output.h"
#include "tasks/shell_quoted.h"

namespace hwbak {
namespace {

using tasks::BadgeText;

std::vector<Subject> inputs_of(const CreateBadgeOptions& options) {
  std::vector<Subject> out;
  if (options.payload) out.push_back(*options.payload);
  for (const auto* list : {&options.json, &options.otpauth, &options.csv, &options.vcf}) out.insert(out.end(), list->begin(), list->end());
  return out;
}

void check(const CreateBadgeOptions& options, std::size_t inputs) {
  const auto usage = [](const char* sentence, const char* next) { throw Error(Outcome::usage, sentence, std::nullopt, next); };
  if (inputs == 0) usage("there is nothing to make a backup of", "give --payload, or --json, --otpauth, --csv and --vcf in any mix");
  if (options.payload && inputs > 1) usage("--payload takes the exact bytes, so nothing can be added to it", "use --json for a payload that others are added to");
  if (options.payload && options.skip_misfits) usage("--payload takes the exact bytes, so nothing can be left out of it", "use --json instead of --payload");
  if (options.host_api_level.empty()) return;
  if (options.payload) usage("--payload takes the exact bytes, so its level stays", "use --json instead of --payload");
  if (!cdc_badge::parse_level(options.host_api_level))
    usage("that is no level of a badge: two whole numbers and a point between them are", "give one like --host-api-level 0.7");
}

// Nothing is written: what has to be changed first?
[[noreturn]] void refuse(Report& report, const std::vector<tasks::Refusal>& refused) {
  report.page.push_back(tasks::refused_section("What a badge would cut or refuse", refused));
  const tasks::Refusal& first = refused.front();
  throw Error(Outcome::refused,
              counted(refused.size(), "place") + (refused.size() == 1 ? " does" : " do") + " not fit a badge: " + first.source + ", " + first.where + ": " +
                  first.reason + (refused.size() == 1 ? "" : ", and so on") + "; nothing was written",
              std::nullopt, "mend them where they come from, or add --skip-misfits to write the others without them");
}

void verdict(Report& report, const CreateBadgeOptions& options, const cdc_badge::Payload& payload, std::size_t refused) {
  const bool exact = options.payload.has_value();
  report.outcome = (exact ? payload.flaws.empty() : refused == 0) ? Outcome::ok : Outcome::partial;
  report.message = "written and opened again: " + printable(options.output.native()) + " holds " + tasks::records_words(payload);
  if (refused != 0 && exact)
    report.message += ", the exact bytes of the payload; " + counted(refused, "place") + " in it would be cut or refused by a badge";
  else if (refused != 0) report.message += "; " + counted(refused, "place") + " did not fit and " + is_or_are(refused) + " left out";
  report.next = "rehearse the restore: `hwbak drill " + tasks::shell_quoted(printable(options.output.native())) + "`";
}

}  // namespace

WrittenResult create_badge(const Context& context, const CreateBadgeOptions& options) {
  WrittenResult result;
  Report& report = result.report;
  report = tasks::blank_report("create", options.payload.value_or("cdc-badge"));
  tasks::guarded(report, [&] {
    const std::vector<Subject> inputs = inputs_of(options);
    check(options, inputs.size());
    tasks::check_output(context, inputs, options.output, options.overwrite);
    report.format = "cdcbak";
    BadgeText text = options.payload ? tasks::exact_payload(context, *options.payload) : tasks::built_payload(context, options);
    report.facts.put("refused", tasks::refused_fact(text.refused));
    report.findings = std::move(text.remarks);
    if (!options.payload && !options.skip_misfits && !text.refused.empty()) refuse(report, text.refused);
    tasks::check_payload_size(text.payload.size());
    const auto passphrase = tasks::new_passphrase(context, printable(options.output.native()), report);
    const auto file = tasks::write_badge(context, text.payload.expose(), passphrase, options.output, options.overwrite, report);
    file->describe(report, tasks::Detail::facts, false);
    verdict(report, options, *file->payload(), text.refused.size());
    if (!text.refused.empty())
      report.page.push_back(tasks::refused_section(options.payload ? "What a badge would cut or refuse" : "Left out", text.refused));
    report.page.push_back(tasks::written_section(report, text.payload.size()));
  });
  return result;
}

}  // namespace hwbak
