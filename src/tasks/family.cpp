// The registry of families and the way every verb begins: read, recognise, unlock, judge.
#include "tasks/family.h"

#include <array>

#include "base/unicode.h"
#include "tasks/coldcard_examination.h"

namespace hwbak::tasks {

std::span<const Family> families() {
  static const std::array<Family, 1> all{coldcard_family()};
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

Begun begin(const Context& context, const Subject& subject) {
  Loaded file;
  file.subject = subject;
  file.shown = printable(subject.native());
  const bool named = subject.native() != "-";
  file.bytes = context.files.read(subject, context.max_size, named ? &file.info.emplace() : nullptr);
  if (file.bytes.empty())
    throw Error(Outcome::damaged, "the file is empty: all its bytes are missing", 0,
                "look for another copy: `hwbak copies FOLDER` lists the backups on a card");
  for (const Family& family : families())
    if (family.recognise(file.bytes)) return {&family, family.begin(context, std::move(file))};
  throw Error(Outcome::unsupported,
              "this is not a backup that hwbak knows: no 7z archive and no text of a Coldcard", std::nullopt,
              "check that it is the right file; `hwbak copies FOLDER` lists the backups on a card");
}

void unlock(const Context& context, const Begun& begun) {
  if (!begun.examination->question()) return;
  Examination* const file = begun.examination.get();
  std::optional<Error> error;
  begun.family->unlock(context, std::span(&file, 1), std::span(&error, 1));
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
