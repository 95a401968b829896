// The registry of families and the way every verb begins: read, recognise, unlock, judge.
#include "tasks/family.h"

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "base/unicode.h"
#include "tasks/badge_examination.h"
#include "tasks/coldcard_examination.h"
#include "tasks/hsm_family.h"

namespace hwbak::tasks {

std::span<const Family> families() {
  static const std::array<Family, 3> all{coldcard_family(), badge_family(), hsm_family()};
  return all;
}

Report blank_report(std::string_view command, const Subject& subject) {
  Report report;
  report.command = command;
  report.subject = subject.native();
  return report;
}

void fail(Report& report, const Error& error) {
  report.outcome = error.outcome();
  report.message = error.sentence();
  report.offset = error.offset();
  if (!error.next().empty()) report.next = error.next();
}

void guarded(Report& report, const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    fail(report, error);
  }
}

Loaded load(const Context& context, const Subject& subject) {
  Loaded file;
  file.subject = subject;
  file.shown = printable(subject.native());
  const bool named = subject.native() != "-";
  file.bytes = context.files.read(subject, context.max_size, named ? &file.info.emplace() : nullptr);
  return file;
}

Begun begin(const Context& context, Loaded file) {
  if (file.bytes.empty() || std::ranges::all_of(file.bytes, is_blank))
    throw Error(Outcome::damaged,
                file.bytes.empty() ? "the file is empty: all its bytes are missing"
                                   : "the file holds nothing but blanks: all its contents are missing",
                0, "look for another copy: `hwbak copies FOLDER` lists the backups on a card");
  for (const Family& family : families())
    if (family.recognise(file.bytes)) return {&family, family.begin(context, std::move(file))};
  throw Error(Outcome::unsupported,
              "this is not a backup that hwbak knows: no 7z archive, no text of a Coldcard, no backup of a CDC Badge, no DKEK share or wrapped key of an "
              "HSM", std::nullopt,
              "check that it is the right file; `hwbak copies FOLDER` lists the backups on a card");
}

Begun begin(const Context& context, const Subject& subject) { return begin(context, load(context, subject)); }

void unlock(const Context& context, const Begun& begun) {
  if (!begun.examination->question()) return;
  Examination* const file = begun.examination.get();
  std::optional<Error> error;
  begun.family->unlock(context, std::span(&file, 1), std::span(&error, 1), nullptr);
  if (error) throw *error;
}

Begun unlocked(const Context& context, const Subject& subject, bool with_secrets) {
  Begun begun = begin(context, subject);
  if (with_secrets) unlock(context, begun);
  return begun;
}

Begun examine(const Context& context, const Subject& subject, bool with_secrets) {
  Begun begun = unlocked(context, subject, with_secrets);
  begun.examination->judge(context, nullptr);
  return begun;
}

}  // namespace hwbak::tasks
