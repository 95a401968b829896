// Which outcome a Coldcard backup gets, and the sentence that says it (docs/outcomes.md).
#include <algorithm>

#include "base/unicode.h"
#include "device/coldcard/naming.h"
#include "tasks/coldcard_description.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

std::string bytes_text(const Region& place) {
  if (place.length <= 1) return "byte " + std::to_string(place.offset);
  return "bytes " + std::to_string(place.offset) + "-" + std::to_string(place.end() - 1);
}

std::string and_more(std::size_t count) { return count > 1 ? " (and " + std::to_string(count - 1) + " more)" : ""; }

constexpr std::string_view look_elsewhere = "look for another copy: `hwbak copies FOLDER` lists the backups on a card";

}  // namespace

std::string ColdcardDescription::command(std::string_view line) const {
  std::string out(line);
  if (const auto at = out.find("{}"); at != std::string::npos) out.replace(at, 2, shell_quoted(x_.file_.shown));
  return out;
}

void ColdcardDescription::say(Outcome outcome, std::string message, std::string next) {
  report_.outcome = outcome;
  report_.message = std::move(message);
  report_.next = std::move(next);
}

std::string ColdcardDescription::format() const {
  using Contents = ColdcardExamination::Contents;
  switch (x_.contents_) {
    case Contents::notes: return "coldcard-notes";
    case Contents::backup: return x_.bare_text_ ? "coldcard-text" : "coldcard-7z";
    case Contents::other: return "sevenzip";
    case Contents::closed: break;
  }
  const auto inner = coldcard::judge_inner_name(x_.inner_name_);
  const bool device = x_.survey_->writer == sevenzip::Writer::device;
  if (device && inner == coldcard::InnerName::notes_json) return "coldcard-notes";
  const bool named = inner == coldcard::InnerName::before_4_0_0 || inner == coldcard::InnerName::word_and_number;
  return device || named || x_.clone_key_ || x_.survey_->recovered ? "coldcard-7z" : "sevenzip";
}

void ColdcardDescription::levels() {
  if (x_.bare_text_) {
    report_.levels.structure = Level::pass;  // there is no container to contradict itself
    report_.levels.content = Level::pass;
  } else {
    report_.levels.structure = flawed() || iv_wrong() || (x_.survey_->dead_end && x_.survey_->dead_end->outcome() == Outcome::damaged) ? Level::fail : Level::pass;
    if (x_.opened_) report_.levels.content = damaged_contents() ? Level::fail : Level::pass;
    else if (x_.secret_was_wrong_) report_.levels.content = Level::fail;
  }
  if (x_.backup_) {
    const bool good = x_.backup_->contradictions.empty() && x_.backup_->bad_lines.empty() &&
                      x_.backup_->unreadable_records.empty() && x_.backup_->meaning_complete;
    report_.levels.meaning = good ? Level::pass : Level::fail;
  } else if (x_.is_notes() && x_.judged_) {
    report_.levels.meaning = x_.notes_parse_ && x_.unreadable_notes_ == 0 ? Level::pass : Level::fail;
  }
}

void ColdcardDescription::verdict() {
  report_.format = format();
  levels();
  if (x_.survey_ && x_.survey_->dead_end)
    verdict_dead_end();
  else if (!x_.unlocked())
    verdict_closed();
  else if (damaged_contents() || flawed() || iv_wrong())
    verdict_damaged();
  else
    verdict_meaning();
  if (!report_.offset && flawed() && report_.outcome == Outcome::damaged) report_.offset = x_.survey_->flaws[0].place.offset;
}

// Not even the password would help, or a limit forbids to try.
void ColdcardDescription::verdict_dead_end() {
  fail(report_, *x_.survey_->dead_end);
  if (!report_.next.empty()) return;
  report_.next = report_.outcome == Outcome::damaged ? std::string(look_elsewhere)
                                                     : command("see what the headers say: `hwbak inspect {}`");
}

// No password, or a wrong one.
void ColdcardDescription::verdict_closed() {
  if (flawed()) {
    const auto& flaws = x_.survey_->flaws;
    std::string message = flaws[0].sentence + and_more(flaws.size());
    if (x_.secret_was_wrong_)
      return say(Outcome::damaged,
                 message + ". This password does not open it; with a damaged header nobody can tell whether the password is "
                           "wrong, or right and the salt or IV altered",
                 std::string(look_elsewhere));
    const bool mended = std::all_of(flaws.begin(), flaws.end(), [](const auto& flaw) { return flaw.mended; });
    if (mended) message += ". The true bytes were found and proven by the checksum";
    return say(Outcome::damaged, message, command("see what is left with the password: `hwbak open {}`"));
  }
  if (x_.secret_was_wrong_ && x_.header_opened_)
    return say(Outcome::damaged,
               "the password is right, for it opened the encrypted header; but of the contents nothing could be unpacked: they are damaged",
               std::string(look_elsewhere));
  if (x_.secret_was_wrong_)
    return say(Outcome::wrong_secret,
               "this password does not open it, and nothing shows damage. (A wrong password and a body damaged from end to "
               "end look the same: the only check inside is a CRC-32)",
               command("check the sheet word by word and try again: `hwbak verify {}`"));
  say(Outcome::ok,
      "the headers are whole and every byte is there; without the password nothing can be said of the contents, and a "
      "changed byte inside them cannot be noticed",
      command("prove the contents with the password: `hwbak verify {}`"));
}

void ColdcardDescription::verdict_damaged() {
  const std::string rescue = command("save what is left: `hwbak open {} --salvage --output rescued.txt`");
  if (!damaged_contents()) {
    const auto& flaws = x_.survey_->flaws;
    if (iv_wrong()) report_.offset = x_.aes_place_.offset;
    return say(Outcome::damaged,
               "the contents are whole (their CRC holds), but the file is damaged around them: " +
                   (flaws.empty() ? "the IV that is stored is wrong, so no other program opens it; the right one follows from the first line"
                                  : flaws[0].sentence + and_more(flaws.size())),
               command("make a fresh file with the same contents: `hwbak rekey {} --output fresh.7z`"));
  }
  if (!x_.opened_->holes.empty()) report_.offset = x_.opened_->holes[0].file.offset;
  else if (x_.crc_place_.length != 0) report_.offset = x_.crc_place_.offset;
  if (x_.opened_->mended_byte) {
    report_.offset = x_.opened_->mended_byte;
    return say(Outcome::damaged,
               "the password is right and nothing inside is lost: byte " + std::to_string(*x_.opened_->mended_byte) +
                   " of the file was damaged, and its true value was found and proven by the CRC",
               command("make a fresh file with the same contents: `hwbak rekey {} --output fresh.7z`"));
  }
  const std::string around = flawed() ? x_.survey_->flaws[0].sentence + and_more(x_.survey_->flaws.size()) + "; inside, " : "";
  say(Outcome::damaged, "the password is right; " + around + holes_words() + survivors_words(), rescue);
}

std::string ColdcardDescription::holes_words() const {
  const auto& holes = x_.opened_->holes;
  if (x_.opened_->grade == sevenzip::Grade::unverified)
    return "the contents read well, but the checksum that would prove them is lost with the header";
  if (holes.empty())
    return "every block reads as text, but the CRC-32 does not fit: the CRC field itself or single characters are wrong";
  const Region& first = holes[0].file;
  const std::string where = first.length == 0 ? "bytes are missing at offset " + std::to_string(first.offset)
                                              : bytes_text(first) + (first.length == 1 ? " is damaged" : " are damaged");
  return where + and_more(holes.size());
}

// "; your seed words are intact (BIP-39 checksum); also proven intact: xprv, ..."
std::string ColdcardDescription::survivors_words() const {
  if (!x_.backup_) return {};
  const auto& survivors = x_.backup_->survivors;
  if (survivors.empty()) return "; none of the wallet's secrets is proven to have survived";
  std::string words, others;
  for (const coldcard::Survivor& survivor : survivors) {
    if (survivor.what == "mnemonic") words = "; your seed words are intact (" + survivor.proof + ")";
    else others += (others.empty() ? "" : ", ") + survivor.what;
  }
  if (others.empty()) return words;
  return words + (words.empty() ? "; proven intact: " : "; also proven intact: ") + others;
}

// Open and whole: what do the contents say?
void ColdcardDescription::verdict_meaning() {
  using Contents = ColdcardExamination::Contents;
  if (!x_.judged_ && x_.contents_ != Contents::other)
    return say(Outcome::ok,
               std::string(x_.bare_text_ ? "the contents are not encrypted and carry no checksum; they"
                                         : "the contents are whole (their CRC holds) and") +
                   " were given exactly as they are; what they mean was not judged",
               command("have it judged: `hwbak verify {}`"));
  if (x_.contents_ == Contents::notes) {
    const std::string as_it_is = command("look at it as it is: `hwbak open {} --raw --output notes.json`");
    if (!x_.notes_parse_)
      return say(Outcome::unsupported, "these are the bytes that were packed, but the list of notes in them is broken: it is not the JSON it should be",
                 as_it_is);
    if (x_.unreadable_notes_ != 0)
      return say(Outcome::partial, std::to_string(x_.unreadable_notes_) + " of the entries are no notes; the others read well", as_it_is);
    return say(Outcome::ok, std::string("this notes export is good: ") + (x_.bare_text_ ? "" : "its CRC holds and ") + "every note reads",
               detail_ == Detail::contents ? "see the notes themselves: add --reveal" : command("see its titles: `hwbak open {}`"));
  }
  if (x_.contents_ == Contents::other)
    return say(Outcome::unsupported,
               "the archive opens and its contents are whole, but they are not a Coldcard backup",
               command("look at them as they are: `hwbak open {} --raw --output contents.bin`"));
  const coldcard::Backup& backup = *x_.backup_;
  if (!backup.contradictions.empty())
    return say(Outcome::inconsistent,
               "it opens, but its parts contradict each other: " + backup.contradictions[0] + and_more(backup.contradictions.size()),
               command("see what it holds before you trust it: `hwbak open {}`"));
  if (!backup.bad_lines.empty()) {
    std::string lines;
    for (std::size_t i = 0; i < backup.bad_lines.size() && i < 5; ++i) lines += (i == 0 ? "" : ", ") + std::to_string(backup.bad_lines[i]);
    return say(Outcome::partial,
               "the wallet's secret is good, but some lines cannot be used: line " + lines + (backup.bad_lines.size() > 5 ? ", ..." : ""),
               command("see the findings: `hwbak open {}`"));
  }
  if (!backup.unreadable_records.empty())
    return say(Outcome::partial,
               "the wallet's secret is good, but not every record beside it: " + backup.unreadable_records[0] +
                   and_more(backup.unreadable_records.size()),
               command("see the findings: `hwbak open {}`"));
  if (x_.others_damaged_)
    return say(Outcome::partial, "the backup in this archive is good, but another file beside it is damaged, or under another password",
               command("see what is in the backup: `hwbak open {}`"));
  const std::string proven = x_.bare_text_ ? "every line parses and all parts agree; this file is not encrypted: whoever has it has the wallet"
                                           : "this backup is good: structure, contents and meaning are proven";
  std::string message = proven;
  const auto found = [&](std::initializer_list<std::string_view> codes) {
    return std::ranges::count_if(backup.findings, [&](const Finding& finding) { return std::ranges::find(codes, finding.code) != codes.end(); });
  };
  if (found({"secret-unproven"}) != 0)
    message = "the archive is whole and its secret can be used, but nothing else in the text confirms that secret: compare the fingerprint";
  if (found({"no-first-comment", "no-last-newline"}) != 0)
    message += ". But a device refuses to restore this text as it is, see the findings";
  if (const auto foreign = found({"multisig", "seed-vault"}); foreign != 0)
    message += ". Of the records beside the wallet's own secret, " + std::to_string(foreign) + (foreign == 1 ? " does" : " do") +
               " not belong to it or to its label, see the findings";
  const bool act = x_.advisory_.level == audit::AdvisoryLevel::high || x_.advisory_.level == audit::AdvisoryLevel::critical;
  if (act) message += ". The file is good, but the seed in it is possibly weak: see the advisory";
  const bool steps_shown = detail_ == Detail::contents || detail_ == Detail::summary;
  say(Outcome::ok, message,
      act && steps_shown ? "go through the steps above, one by one"
      : act              ? command("read the advisory and what to do: `hwbak open {}`")
      : steps_shown      ? "compare the fingerprint with the one the device shows"
                         : command("see what is in it: `hwbak open {}`"));
}

}  // namespace hwbak::tasks
