// The part of `hwbak rekey` that knows badge backups: the same payload to the byte under a new passphrase.
#include "base/counted.h"
#include "tasks/badge_examination.h"
#include "tasks/badge_seal.h"

namespace hwbak::tasks {

void BadgeExamination::rekey(const Context& context, const RekeyOptions& options, const ConfirmWords&, WrittenResult& result) const {
  Report& report = result.report;
  if (!unlocked()) {
    if (report.outcome != Outcome::ok) throw Error(report.outcome, report.message, report.offset, report.next);
    throw Error(Outcome::refused, "without the present passphrase the contents cannot be opened", std::nullopt, "give it with --password-from");
  }
  // What a badge could not read is not worth a new file, and would look like a good one.
  if (unreadable_) throw *unreadable_;
  const auto passphrase = new_passphrase(context, file_.shown, report);
  (void)write_badge(context, plaintext_.expose(), passphrase, options.output, options.overwrite, report);
  const Outcome found = report.outcome;
  report.outcome = Outcome::ok;
  report.offset.reset();
  report.message = "written and opened again: the new file holds the same " + counted(plaintext_.size(), "byte") + " under the new passphrase";
  if (found != Outcome::ok)
    report.message += " (the old file is " + std::string(name(found)) + "; its contents were taken over as they are)";
  report.next = "copy it to two places, then `hwbak verify` each copy; the old file still opens with the old passphrase: destroy it if that "
                "passphrase is known to others";
  report.page.push_back(written_section(report, plaintext_.size()));
}

}  // namespace hwbak::tasks
