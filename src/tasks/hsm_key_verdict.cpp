// Which outcome a wrapped key gets, in the order of the checks (docs/formats/pico-hsm.md, "Checks"), and the sentence that says it.
#include "base/sentence.h"
#include "base/unicode.h"
#include "tasks/dkek_proof.h"
#include "tasks/hsm_key_examination.h"

namespace hwbak::tasks {
namespace {

using wrapped_key::Fit;

constexpr std::string_view another_copy = "look for another copy of this file; while the device still has the key, wrap it again: `sc-hsm-tool --wrap-key`";

constexpr std::string_view write_sound = "write a sound file: `hwbak rekey --help` shows how; or look for another copy, and keep this one as well";

std::string joined(const std::vector<std::string>& sentences) {
  std::string out;
  for (const std::string& sentence : sentences) out += (out.empty() ? "" : "; ") + within_sentence(sentence);
  return out;
}

std::string places(const std::vector<std::uint64_t>& offsets) {
  std::string out = offsets.size() == 1 ? "byte " : "bytes ";
  for (std::size_t i = 0; i < offsets.size(); ++i) out += (i == 0 ? "" : ", ") + std::to_string(offsets[i]);
  return out;
}

}  // namespace

void WrappedKeyDescription::say(Outcome outcome, std::string message, std::string_view next, std::optional<std::uint64_t> offset) {
  report_.outcome = outcome;
  report_.message = std::move(message);
  report_.next = with_file(next, x_.file_.shown);
  report_.offset = offset;
}

void WrappedKeyDescription::levels() {
  Levels& levels = report_.levels;
  const bool odd_type = x_.dead_end_ && x_.dead_end_->outcome() == Outcome::unsupported && !x_.mended_;
  levels.structure = x_.survey_ && (!x_.dead_end_ || odd_type) ? Level::pass : Level::fail;
  if (x_.opening_) levels.content = x_.opening_->fit == Fit::opens ? Level::pass : Level::fail;
  else if (x_.shares_) {
    // A share that cannot be read says nothing of this file.
    const auto trouble = x_.shares_->set().trouble();
    levels.content = !trouble || trouble->outcome() == Outcome::wrong_secret ? Level::fail : Level::not_run;
  }
  if (!x_.judged_) return;
  const bool differs = x_.beside_ && (x_.beside_->certificate_key == pico_hsm::Match::differs || x_.beside_->description == pico_hsm::Match::differs ||
                                      x_.beside_->self_signature == false || !x_.beside_->good());
  levels.meaning = x_.key_ && !x_.key_error_ && !differs ? Level::pass : Level::fail;
}

void WrappedKeyDescription::verdict() {
  report_.format = "wrapped-key";
  levels();
  if (x_.opening_ && !x_.opening_->mended.empty()) return verdict_damaged();
  if (x_.dead_end_) return verdict_dead_end();
  if (!x_.unlocked()) return x_.opening_ && x_.opening_->fit == Fit::damaged ? verdict_damaged() : verdict_closed();
  if (x_.opening_->fit != Fit::opens) return verdict_damaged();
  verdict_meaning();
}

// It cannot be good, whatever a DKEK makes of it.
void WrappedKeyDescription::verdict_dead_end() {
  fail(report_, *x_.dead_end_);
  const bool whole = x_.unlocked() && x_.key_;
  if (whole) report_.next = write_sound;
  if (whole) report_.message += ". The blob in it is whole: its MAC holds, and the key is good (" + kind_words() + ")";
  if (report_.next.empty())
    report_.next = report_.outcome == Outcome::damaged ? std::string(another_copy) : with_file("see what lies open: `hwbak inspect {}`", x_.file_.shown);
}

// No DKEK, or not this one.
std::string WrappedKeyDescription::other_dkek() const {
  const ShareSet& set = x_.shares_->set();
  std::string out = "this key was wrapped under another DKEK: its KCV is " + dkek::to_text(x_.survey_->kcv);
  if (x_.shares_->keys() != nullptr) out += ", that of the given shares is " + dkek::to_text(x_.shares_->keys()->kcv);
  if (x_.fit_ != nullptr) out += "; of the given shares, " + names_of(set, x_.fit_->ids) + (x_.fit_->ids.size() == 1 ? " alone fits" : " without the others fit");
  return out;
}

void WrappedKeyDescription::verdict_closed() {
  if (!x_.shares_ && x_.as_in_manifest_ == false)
    return say(Outcome::damaged,
               "its SHA-256 is not the one in manifest.json beside it: bytes of it have changed since the device was backed up, or it was written anew",
               "say with the DKEK what it is: `hwbak verify {} --share FILE --share FILE`; or look for another copy");
  if (!x_.shares_ && x_.as_in_manifest_ == true)
    return say(Outcome::ok,
               "this is to the byte what was backed up, as manifest.json has it (" + kind_words() + ", KCV " + dkek::to_text(x_.survey_->kcv) +
                   "); whether the DKEK of it is there only the shares can show",
               "prove it with every share of its DKEK: `hwbak verify {} --share FILE --share FILE`");
  if (!x_.shares_)
    return say(Outcome::ok,
               "this has the form of a wrapped key (" + kind_words() + ", KCV " + dkek::to_text(x_.survey_->kcv) +
                   "); without the DKEK nothing can be said of the key in it, and a changed byte of it cannot be noticed",
               "prove it with every share of its DKEK: `hwbak verify {} --share FILE --share FILE`");
  if (const auto trouble = x_.shares_->set().trouble()) {
    std::string message = trouble->sentence();
    if (x_.fit_ != nullptr) message += "; but " + names_of(x_.shares_->set(), x_.fit_->ids) + " is all that this key needs: name no other";
    return say(trouble->outcome(), std::move(message), trouble->next());
  }
  std::string next = "gather the shares of its DKEK; `hwbak dkek check --share FILE... {}` says which of many shares fit";
  if (x_.fit_ != nullptr) {
    next = "run it with these only: `hwbak verify {}";
    for (const unsigned id : x_.fit_->ids) next += " --share " + with_file("{}", x_.shares_->set().shares[id - 1].shown);
    next += "`";
  }
  say(Outcome::wrong_secret, other_dkek() + (x_.fit_ == nullptr ? ", and no choice of them fits. Damage of the KCV alone was ruled out" : ""), next);
}

// The DKEK is right: what is wrong is the file.
void WrappedKeyDescription::verdict_damaged() {
  const wrapped_key::Opening& opening = *x_.opening_;
  const std::string whole = x_.key_ ? ". With that put right the MAC holds, and the key is whole: " + kind_words() : "";
  if (opening.fit == Fit::kcv_damaged)
    return say(Outcome::damaged, "the KCV in the file is damaged (" + places(opening.mended) + "): the MAC holds only with that of the given shares in its place" + whole,
               write_sound, opening.mended.empty() ? x_.survey_->blob.offset : opening.mended.front());
  if (opening.mac_only)
    return say(Outcome::damaged, "the MAC itself is damaged (" + places(opening.mended) + "); the bytes before it are those it was made of" + whole, write_sound,
               opening.mended.front());
  if (!opening.mended.empty())
    return say(Outcome::damaged, places(opening.mended) + " of the file " + (opening.mended.size() == 1 ? "is" : "are") + " damaged: the MAC proves it" + whole, write_sound,
               opening.mended.front());
  const Region& blob = x_.survey_->blob;
  say(Outcome::damaged,
      "the KCV is that of the given shares, but the MAC does not hold: bytes between " + std::to_string(blob.offset + 8) + " and " +
          std::to_string(blob.end() - 1) + " are damaged in more bytes than can be put right, and nothing can tell which. A device would answer 6400",
      another_copy, blob.offset + 8);
}

void WrappedKeyDescription::verdict_meaning() {
  if (!x_.judged_)
    return say(Outcome::ok, "the MAC holds, and the decrypted bytes were given exactly as they are; what they mean was not judged", "have it judged: `hwbak verify {}`");
  if (x_.key_error_) {
    fail(report_, *x_.key_error_);
    report_.message = "the MAC holds, so the file is as it was made, but " + within_sentence(report_.message);
    if (report_.next.empty()) report_.next = "do not rely on this backup: a device would not take the key, or another one; look for an older copy";
    return;
  }
  const pico_hsm::Beside& beside = *x_.beside_;
  if (beside.certificate_key == pico_hsm::Match::differs || beside.description == pico_hsm::Match::differs)
    return say(Outcome::inconsistent, "the key opens (" + kind_words() + "), but what stands beside it is of another key: " + printable(joined(beside.what_differs)),
               "find out which of the two is wanted: `hwbak open {}` shows both; a device would store them together without a word. `hwbak rekey "
               "--without-certificate` goes on with the key alone");
  if (!beside.good())
    return say(Outcome::damaged, "the key opens and is good (" + kind_words() + "), but what stands beside it is damaged: " + printable(joined(beside.what_differs)),
               "write a sound file, without what is damaged: `hwbak rekey --help` shows how; description and certificate can be written to the device "
               "from another copy",
               beside.self_signature == false ? x_.survey_->certificate.offset : x_.survey_->blob.end());
  std::string message = "this backup is good: " + kind_words() + (label().empty() ? "" : ", label \"" + label() + "\"") + "; its MAC holds, ";
  const bool certified = beside.certificate_key == pico_hsm::Match::same;
  message += certified ? "its numbers belong together, and the certificate is of this key" : "and its numbers belong together";
  say(Outcome::ok, std::move(message), "see whether a device would take it back: `hwbak drill {}`");
}

void WrappedKeyExamination::describe(Report& report, Detail detail, bool reveal) const {
  describe_key(report, detail, reveal);
  if (share_was_mended() && report.outcome == Outcome::ok) blame_shares(shares_->set(), file_.shown, report);
}

void WrappedKeyExamination::describe_key(Report& report, Detail detail, bool reveal) const {
  WrappedKeyDescription description(*this, report, detail, reveal);
  description.verdict();
  description.facts();
  description.findings();
  if (detail != Detail::facts) description.page();
}

}  // namespace hwbak::tasks
