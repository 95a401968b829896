// hwbak drill for a wrapped key: would a device take it back (docs/formats/pico-hsm.md, "What a device takes back")?
#include <algorithm>

#include "base/sentence.h"
#include "base/unicode.h"
#include "device/pico_hsm/restore.h"
#include "tasks/hsm_key_examination.h"

namespace hwbak::tasks {
namespace {

using pico_hsm::Device;
using pico_hsm::Restore;
using pico_hsm::Target;
using pico_hsm::Verdict;

std::vector<Target> targets_for(std::span<const DrillTarget> named) {
  std::vector<Target> out;
  const auto add = [&](const Target& target) {
    if (std::ranges::none_of(out, [&](const Target& known) { return known.text() == target.text(); })) out.push_back(target);
  };
  const std::vector<Target> known = pico_hsm::all_targets();
  for (const DrillTarget& one : named) {
    if (!one.device.empty() && one.version != "all") {
      if (const auto target = pico_hsm::parse_target(one.version.empty() ? one.device : one.device + "@" + one.version)) add(*target);
    } else if (one.version == "all") {
      for (const Target& target : known)
        if (one.device.empty() || target.text().starts_with(one.device)) add(target);
    } else {
      for (const std::string_view device : hsm_family().devices)
        if (const auto target = pico_hsm::parse_target(device)) add(*target);
    }
  }
  return out;
}

std::string_view word(Verdict verdict) {
  switch (verdict) {
    case Verdict::accept: return "accept";
    case Verdict::reject: return "reject";
    case Verdict::unproven: return "unproven";
  }
  return "unproven";
}

List list_of(const std::vector<std::string>& texts) {
  List out;
  for (const std::string& text : texts) out.emplace_back(text);
  return out;
}

Object facts_of(const Restore& restore, const std::string& next) {
  Object out;
  out.put("target", restore.target.text()).put("verdict", word(restore.verdict)).put("status_word", restore.status_word);
  out.put("reason", restore.reason).put("next", next);
  out.put("lost", list_of(restore.lost)).put("notes", list_of(restore.notes));
  return out;
}

Section section_of(const Restore& restore) {
  Section section{restore.target.device == Device::pico_hsm ? "Pico HSM, " + restore.target.text() : "SmartCard-HSM, " + restore.target.text(), {}};
  section.row("restore", std::string(word(restore.verdict)) + (restore.status_word.empty() ? "" : ", status word " + restore.status_word));
  if (!restore.reason.empty()) section.row("reason", restore.reason);
  if (!restore.lost.empty()) section.row("does not come back", list_of(restore.lost));
  if (!restore.notes.empty()) section.row("note", list_of(restore.notes));
  if (!restore.next.empty()) section.row("mend", restore.next);
  return section;
}

std::string message_of(const std::vector<Restore>& all) {
  std::string out;
  for (const Restore& restore : all) {
    out += out.empty() ? "" : "; ";
    switch (restore.verdict) {
      case Verdict::accept: out += restore.target.text() + (restore.other_key ? " would take it, and hold another key" : " would take it back"); break;
      case Verdict::reject:
        out += restore.target.text() + " would refuse it" + (restore.status_word.empty() ? "" : " with " + restore.status_word);
        break;
      case Verdict::unproven: out += "for " + restore.target.text() + " it is not proven"; break;
    }
    const bool plain = restore.verdict == Verdict::accept && restore.next.empty();
    if (!plain && !restore.reason.empty()) out += " (" + within_sentence(restore.reason) + ")";
  }
  return out;
}

}  // namespace

Rehearsal WrappedKeyExamination::rehearse(const Context&, std::span<const DrillTarget> targets, const DrillOptions&) const {
  // Shares that cannot be read are no state of a device.
  if (shares_)
    if (const auto trouble = shares_->set().trouble(); trouble && trouble->outcome() != Outcome::wrong_secret) throw *trouble;
  pico_hsm::Known known;
  known.survey = survey();
  known.opening = opening();
  // A key that only some of the shares fit is, to a device that has them all, one of another DKEK.
  wrapped_key::Opening other;
  if (known.opening == nullptr && shares_ && shares_->keys() != nullptr) known.opening = &other;
  known.key = key();
  known.error = key_error_ ? &*key_error_ : dead_end_ ? &*dead_end_ : nullptr;
  if (beside_) known.beside = &*beside_;
  if (!survey_) known.blob_size = wrapped_key::blob_size(file_.bytes);
  Rehearsal out;
  out.damaged = share_was_mended();
  std::vector<Restore> all;
  for (const Target& target : targets_for(targets)) {
    Restore restore = pico_hsm::restore(target, known);
    restore.next = with_file(restore.next, file_.shown);
    if (out.damaged) restore.notes.emplace_back("this is said of a device that has the right DKEK; it gets none from the damaged share file");
    out.all_accept &= restore.good();
    if (out.next.empty()) out.next = restore.next;
    out.drill.push_back(facts_of(restore, restore.next));
    out.page.push_back(section_of(restore));
    all.push_back(std::move(restore));
  }
  out.all_accept &= !out.damaged;
  out.message = (out.damaged ? "with the right DKEK, " : "") + message_of(all);
  return out;
}

}  // namespace hwbak::tasks
