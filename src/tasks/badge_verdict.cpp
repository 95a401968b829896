// Which outcome a badge backup gets, and the sentence that says it (docs/outcomes.md).
#include <algorithm>

#include "base/counted.h"
#include "base/unicode.h"
#include "tasks/badge_description.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

constexpr std::string_view look_elsewhere = "look for another copy: `hwbak copies FOLDER` lists the backups on a card";

// "a, b and c"
std::string enumerated(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) out += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  return out;
}

// Sections of another layout, by their path; empty when there are none.
std::string unread_words(const cdc_badge::Payload& payload) {
  std::vector<std::string> paths;
  for (const Finding& finding : payload.findings)
    if (finding.code == "section-not-read") paths.push_back(finding.where);
  if (paths.empty()) return {};
  return "nothing of " + enumerated(paths) + " was read: the layout (schema_ver) is another one than 1, and a badge would read nothing of it either, without saying so";
}

// What a badge takes of it; empty when there is nothing.
std::string good_words(const cdc_badge::Payload& payload) {
  const auto good = [](const auto& records, auto which) {
    return static_cast<std::size_t>(std::ranges::count_if(records, [&](const auto& record) { return record.good && record.room && which(record); }));
  };
  const auto any = [](const auto&) { return true; };
  const std::size_t accounts = good(payload.twofa, any), logins = good(payload.logins, any);
  const std::size_t cards = good(payload.cards, [](const auto& card) { return !card.own; });
  const std::size_t own = good(payload.cards, [](const auto& card) { return card.own; });
  std::string out;
  const auto add = [&](std::string words) { out += (out.empty() ? "" : ", ") + words; };
  if (accounts != 0) add(counted(accounts, "account"));
  if (logins != 0) add(counted(logins, "login"));
  if (cards != 0) add(counted(cards, "received card"));
  if (own != 0) add("the own card");
  if (payload.system) add("the badge's settings");
  return out;
}

// Those that can be read, although something in them is not good.
std::size_t flawed_records(const cdc_badge::Payload& payload) {
  const auto count = [](const auto& records) { return std::ranges::count(records, false, [](const auto& record) { return record.good; }); };
  return static_cast<std::size_t>(count(payload.twofa) + count(payload.logins) + count(payload.cards));
}

// "2 accounts can be used, and 1 more record can be read"
std::string usable_words(const cdc_badge::Payload& payload) {
  const std::string good = good_words(payload);
  const std::size_t flawed = flawed_records(payload);
  if (flawed == 0) return (good.empty() ? "no records" : good) + " can be used";
  return (good.empty() ? "" : good + " can be used, and ") + counted(flawed, good.empty() ? "record" : "more record") + " can be read";
}

}  // namespace

std::string records_words(const cdc_badge::Payload& payload) {
  std::string out = good_words(payload);
  if (const std::size_t flawed = flawed_records(payload); flawed != 0)
    out += (out.empty() ? counted(flawed, "record") : ", " + counted(flawed, "more record")) + (flawed == 1 ? " that is not all good" : " that are not all good");
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
  const bool known = x_.payload_->flaws.empty() && !has("forbidden-section") && !has("section-not-read");
  report_.levels.meaning = known ? Level::pass : Level::fail;
}

bool BadgeDescription::has(std::string_view code) const {
  return std::ranges::any_of(x_.payload_->findings, [&](const Finding& finding) { return finding.code == code; });
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
  const std::string unread = unread_words(payload), words = records_words(payload);
  if (!payload.flaws.empty()) {
    const std::size_t count = payload.flaws.size();
    const cdc_badge::Flaw& first = payload.flaws.front();
    return say(Outcome::partial,
               "the contents are authentic, and " + usable_words(payload) + ", but " + counted(count, "place") + " " + is_or_are(count) +
                   " not good: " + first.path + " " + first.sentence + (count == 1 ? "" : ", and so on") + (unread.empty() ? "" : "; and ") + unread,
               detail_ == Detail::contents ? command("see what a badge would take of it: `hwbak drill {}`")
                                           : command("see all of them: `hwbak open {}`"));
  }
  std::string message = "this backup is good: structure, contents and meaning are proven; it holds " + words;
  if (payload.json.size() > cdcbak::max_plaintext)
    message = "the contents are whole and every record reads, but no badge takes them: they have " + counted(payload.json.size(), "byte") + ", and " +
              std::to_string(cdcbak::max_plaintext) + " fit; it holds " + words;
  if (has("forbidden-section"))
    message = "the contents are authentic and every record reads, but there are sections that no badge writes: do not trust where it comes from";
  else if (!unread.empty())
    message = "the contents are authentic, " + (words == "no records" ? "" : "and " + words + " can be used, ") + "but " + unread;
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
