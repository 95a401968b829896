// Which outcome a badge backup gets, and the sentence that says it (docs/outcomes.md).
#include <algorithm>

#include "base/unicode.h"
#include "tasks/badge_description.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

constexpr std::string_view look_elsewhere = "look for another copy: `hwbak copies FOLDER` lists the backups on a card";

std::string counted(std::size_t count, const char* one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

}  // namespace

std::string records_words(const cdc_badge::Payload& payload) {
  const auto own = static_cast<std::size_t>(std::ranges::count_if(payload.cards, [](const auto& card) { return card.own; }));
  std::string out;
  const auto add = [&](std::string words) { out += (out.empty() ? "" : ", ") + words; };
  if (!payload.twofa.empty()) add(counted(payload.twofa.size(), "account"));
  if (!payload.logins.empty()) add(counted(payload.logins.size(), "login"));
  if (payload.cards.size() > own) add(counted(payload.cards.size() - own, "received card"));
  if (own != 0) add("the own card");
  if (payload.system) add("the badge's settings");
  return out.empty() ? "no records" : out;
}

std::string BadgeDescription::command(std::string_view line) const {
  std::string out(line);
  if (const auto at = out.find("{}"); at != std::string::npos) out.replace(at, 2, shell_quoted(x_.file_.shown));
  return out;
}

void BadgeDescription::say(Outcome outcome, std::string message, std::string next) {
  report_.outcome = outcome;
  report_.message = std::move(message);
  report_.next = std::move(next);
}

void BadgeDescription::levels() {
  const bool closed_by_damage = x_.dead_end_ && !x_.survey_;
  report_.levels.structure = closed_by_damage || (x_.survey_ && x_.survey_->iterations == 0) ? Level::fail : Level::pass;
  if (x_.unlocked()) report_.levels.content = Level::pass;
  else if (x_.secret_was_wrong_) report_.levels.content = Level::fail;
  if (x_.unreadable_) report_.levels.meaning = Level::fail;
  if (!x_.payload_) return;
  const bool forbidden = std::ranges::any_of(x_.payload_->sections, [](const auto& section) { return section.forbidden; });
  report_.levels.meaning = x_.payload_->flaws.empty() && !forbidden ? Level::pass : Level::fail;
}

void BadgeDescription::verdict() {
  report_.format = "cdcbak";
  levels();
  if (x_.dead_end_) {
    fail(report_, *x_.dead_end_);
    if (report_.next.empty())
      report_.next = report_.outcome == Outcome::damaged ? std::string(look_elsewhere)
                                                         : command("see what the header says: `hwbak inspect {}`");
  } else if (x_.unlocked()) {
    verdict_meaning();
  } else if (x_.secret_was_wrong_) {
    say(Outcome::wrong_secret,
        "this passphrase does not open it, or the file is damaged: in this format the two cannot be told apart",
        command("type the passphrase again with care: `hwbak verify {}`; if it is certain, look for another copy: `hwbak copies FOLDER`"));
  } else {
    say(Outcome::ok,
        "this is a container of a badge's backup; without the passphrase nothing can be said of the contents, and neither a changed byte "
        "nor a missing end can be noticed",
        command("prove the contents with the passphrase: `hwbak verify {}`"));
  }
}

// Open: what do the contents say?
void BadgeDescription::verdict_meaning() {
  const bool shown = detail_ == Detail::contents || detail_ == Detail::summary;
  if (x_.unreadable_) {
    fail(report_, *x_.unreadable_);
    return;
  }
  if (!x_.payload_)
    return say(Outcome::ok, "the contents are whole (their tag holds) and were given exactly as they are; what they mean was not judged",
               command("have it judged: `hwbak verify {}`"));
  const cdc_badge::Payload& payload = *x_.payload_;
  if (!payload.flaws.empty()) {
    const cdc_badge::Flaw& first = payload.flaws.front();
    return say(Outcome::partial,
               "the contents are authentic, and " + records_words(payload) + " can be used, but " + counted(payload.flaws.size(), "place") +
                   (payload.flaws.size() == 1 ? " is" : " are") + " not good: " + first.path + " " + first.sentence +
                   (payload.flaws.size() == 1 ? "" : ", and so on"),
               detail_ == Detail::contents ? command("see what a badge would take of it: `hwbak drill {}`")
                                           : command("see all of them: `hwbak open {}`"));
  }
  std::string message = "this backup is good: structure, contents and meaning are proven; it holds " + records_words(payload);
  const auto has = [&](std::string_view code) {
    return std::ranges::any_of(payload.findings, [&](const Finding& finding) { return finding.code == code; });
  };
  if (has("forbidden-section"))
    message = "the contents are authentic and every record reads, but there are sections that no badge writes: do not trust where it comes from";
  if (has("section-not-read")) message += ". A section of another layout was not read, see the findings";
  say(Outcome::ok, message, shown ? command("see what a badge would make of it: `hwbak drill {}`") : command("see what is in it: `hwbak open {}`"));
}

void BadgeExamination::describe(Report& report, Detail detail, bool reveal) const {
  BadgeDescription description(*this, report, detail, reveal);
  description.verdict();
  description.facts();
  description.findings();
  if (detail != Detail::facts) description.page();
}

}  // namespace hwbak::tasks
