// The part of `hwbak rekey` that knows Coldcard files: what can be taken over, under which name, and the proof.
#include "base/unicode.h"
#include "device/coldcard/naming.h"
#include "tasks/coldcard_examination.h"
#include "tasks/sealed_backup.h"

namespace hwbak::tasks {
namespace {

std::string inner_name_for(const ColdcardExamination& file, RandomSource& random) {
  const std::string& old = file.inner_name();
  const std::string_view ending = file.is_notes() ? ".json" : ".txt";
  const bool plain = is_ascii(old) && printable(old) == old && old.find_first_of("/\\:") == std::string::npos && old.size() <= 64;
  if (plain && old.size() > ending.size() && old.ends_with(ending)) return old;
  if (!file.is_notes()) return coldcard::fresh_inner_name(random);
  std::string fresh = coldcard::fresh_inner_name(random);
  return fresh.substr(0, fresh.size() - 4) + ".json";
}

void refuse_unfit(const ColdcardExamination& file, const Report& report) {
  if (!file.proven_text().empty() && report.format != "sevenzip") return;
  if (report.format == "sevenzip" && !file.proven_text().empty())
    throw Error(Outcome::unsupported, "the contents are not a Coldcard backup, so a Coldcard file cannot be made of them", std::nullopt,
                report.next);
  if (report.outcome != Outcome::ok) throw Error(report.outcome, report.message, report.offset, report.next);
  throw Error(Outcome::refused, "without the present password the contents cannot be opened", std::nullopt,
              "give it with --password-from");
}

}  // namespace

void ColdcardExamination::rekey(const Context& context, const RekeyOptions& options, const ConfirmWords& confirm,
                                WrittenResult& result) const {
  Report& report = result.report;
  refuse_unfit(*this, report);
  const ByteView text = proven_text();
  const bool unfit = !is_notes() && (text.size() < device_text_min || text.size() > device_text_max);
  if (unfit)
    report.findings.push_back({Severity::warning, "device-limit",
                               "a Coldcard verifies texts of 401 to 131071 bytes and restores at most 131072; this one has " +
                                   std::to_string(text.size()), ""});
  const SecretString password = new_password(context, result, file_.shown, text, ShortPassword::warned_of, confirm);
  const SealedBackup sealed = seal_backup(text, inner_name_for(*this, context.random), password, context.random);
  context.files.write(options.output, sealed.archive, WriteOptions{options.overwrite, 0600});
  prove_backup(context, options.output, sealed, text);

  const std::string output = printable(options.output.native());
  const Outcome found = report.outcome;
  report.outcome = Outcome::ok;
  report.offset.reset();
  report.message = "written and opened again: " + output + " holds the same " + std::to_string(text.size()) + " bytes under the new password";
  if (unfit) report.message += ". A device would not take it: see the findings";
  if (found != Outcome::ok)
    report.message += " (the old file is " + std::string(name(found)) + "; its contents were taken over as they are)";
  report.facts.put("output", output);
  report.facts.put("output_sha256", sealed.sha256);
  report.facts.put("output_inner_name", sealed.inner_name);
  report.facts.put("words_drawn", !result.new_words.empty());
  report.next = "copy it to at least two cards, then `hwbak verify` each copy; the old file still opens with the old password: destroy it "
                "if that password is known to others";
  Section section{"The new file", {}};
  section.row("file", output);
  section.row("size", std::to_string(sealed.archive.size()) + " bytes, SHA-256 " + sealed.sha256);
  section.row("password", result.new_words.empty() ? "as given" : "twelve fresh words");
  section.row("", vendors_support);
  report.page.push_back(std::move(section));
}

}  // namespace hwbak::tasks
