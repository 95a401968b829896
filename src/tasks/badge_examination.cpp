// See badge_examination.h. What opens, and what a caller gets of it.
#include "tasks/badge_examination.h"

#include "base/as_bytes.h"
#include "base/cp437.h"
#include "base/unicode.h"

namespace hwbak::tasks {
namespace {

std::string_view as_text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// Says what keeps the records from being used.
[[noreturn]] void refuse(const BadgeExamination& file, const Report& report) {
  if (report.outcome != Outcome::ok) throw Error(report.outcome, report.message, report.offset, report.next);
  if (!file.unlocked())
    throw Error(Outcome::refused, "without the passphrase the contents cannot be opened", std::nullopt, "give it with --password-from");
  throw Error(Outcome::internal, "a badge backup is open, but has no records");
}

}  // namespace

BadgeExamination::BadgeExamination(const Context& context, Loaded file) : file_(std::move(file)) {
  try {
    survey_ = cdcbak::survey(file_.bytes, badge_limits(context));
    dead_end_ = survey_->dead_end;
  } catch (const Error& error) {
    dead_end_ = error;
  }
}

std::optional<Secrets::Question> BadgeExamination::question() const {
  if (unlocked()) return std::nullopt;
  Secrets::Question question;
  question.only_given = dead_end_.has_value();
  question.subject = file_.shown;
  question.words_likely = false;
  return question;
}

bool BadgeExamination::try_key(const cdcbak::PassphraseBytes& passphrase, FixedView<32> key) {
  auto opened = cdcbak::open(*survey_, key);
  if (!opened) return false;
  plaintext_ = std::move(*opened);
  form_ = passphrase.form;
  // UTF-8 of a text is never its CP437, except for plain ASCII. What is no UTF-8 was given as bytes.
  const std::string_view bytes = as_text(passphrase.bytes.expose());
  using enum cdcbak::PassphraseForm;
  badge_types_passphrase_ = passphrase.form == cp437 || passphrase.form == cp437_dropped || is_ascii(bytes) || !is_utf8(bytes);
  return true;
}

void BadgeExamination::judge(const Context&, Memo*) {
  if (!unlocked() || payload_ || unreadable_) return;
  try {
    payload_ = cdc_badge::understand(plaintext_.expose());
  } catch (const Error& error) {
    // Its offset is one in the contents, and not in the file.
    unreadable_.emplace(error.outcome(), "The contents are authentic, but they are " + error.sentence(), std::nullopt,
                        "Whoever made this file made it so; write the contents out with `hwbak open --raw` and look at them.");
  }
}

OpenedBadge open_badge(const Context& context, Loaded file, Report& report) {
  Begun begun = begin(context, std::move(file));
  if (begun.family->name != badge_family().name)
    throw Error(Outcome::unsupported, "this is a backup of a " + std::string(begun.family->name) + "; only CDC Badge backups are taken here",
                std::nullopt, "see what it holds: `hwbak open FILE`");
  unlock(context, begun);
  OpenedBadge out{std::unique_ptr<BadgeExamination>(static_cast<BadgeExamination*>(begun.examination.release()))};
  out.file->judge(context, nullptr);
  out.file->describe(report, Detail::facts, false);
  if (out.file->payload() == nullptr) refuse(*out.file, report);
  return out;
}

}  // namespace hwbak::tasks
