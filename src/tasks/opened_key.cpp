// See opened_key.h.
#include "tasks/opened_key.h"

#include "base/sentence.h"
#include "base/unicode.h"
#include "tasks/dkek_proof.h"
#include "tasks/dkek_set.h"

namespace hwbak::tasks {
namespace {

// What goes along with the key, and what does not.
class Parts final {
 public:
  Parts(OpenedKey& opened, const PartsChoice& choice, Report& report)
      : opened_(opened), survey_(*opened.key->survey()), choice_(choice), report_(report) {}

  void choose() {
    opened_.description = survey_.at(survey_.description);
    opened_.certificate = survey_.at(survey_.certificate);
    if (survey_.dead_end && survey_.dead_end->outcome() == Outcome::damaged) behind();
    if (const pico_hsm::Beside* const beside = opened_.key->beside()) compared(*beside);
    if (choice_.without_certificate) leave_out(opened_.certificate, "certificate", "as was asked");
    if (choice_.without_description) leave_out(opened_.description, "description", "as was asked");
    if (!list_.empty()) report_.facts.put("left_out", std::move(list_));
  }

 private:
  // Whatever stands behind the last part that is whole.
  void behind() {
    std::uint64_t end = survey_.blob.end();
    for (const Region& part : {survey_.description, survey_.certificate}) end = std::max(end, part.end());
    report_.findings.push_back(
        {Severity::warning, "frame-damaged", survey_.dead_end->sentence() + ". The key itself is whole", ""});
    if (end < survey_.file.size())
      say("byte " + std::to_string(end), "what stands from byte " + std::to_string(end) + " on is left out",
          within_sentence(survey_.dead_end->sentence()));
  }

  void compared(const pico_hsm::Beside& beside) {
    std::string what;
    for (const std::string& one : beside.what_differs) what += (what.empty() ? "" : "; ") + within_sentence(one);
    what = printable(what);
    if (beside.certificate_damaged()) leave_out(opened_.certificate, "certificate", what);
    if (beside.description_unreadable) leave_out(opened_.description, "description", what);
    if (beside.certificate_of_another() && !choice_.without_certificate)
      refuse(what, "find out which of the two is wanted; --without-certificate goes on with the key alone");
    if (beside.description == pico_hsm::Match::differs && !choice_.without_description)
      refuse(what, "find out which of the two is wanted; --without-description goes on without it, and with it go the "
                   "label and the ID");
  }
  [[noreturn]] static void refuse(const std::string& what, const char* next) {
    throw Error(Outcome::inconsistent,
                "the key opens and is good, but what stands beside it is of another key: " + what +
                    "; nothing was written",
                std::nullopt, next);
  }

  void leave_out(ByteView& part, const char* name, const std::string& reason) {
    if (part.empty()) return;
    part = {};
    say(name, "the " + std::string(name) + " beside the key is left out", reason);
  }
  void say(const std::string& where, const std::string& sentence, const std::string& reason) {
    opened_.left_out += "; " + sentence;
    report_.findings.push_back({Severity::warning, "left-out", sentence + ": " + reason, ""});
    Object item;
    item.put("where", where).put("reason", reason);
    list_.emplace_back(std::move(item));
  }

  OpenedKey& opened_;
  const wrapped_key::Survey& survey_;
  const PartsChoice& choice_;
  Report& report_;
  List list_;
};

}  // namespace

OpenedKey open_wrapped(const Context& context, Loaded file, const std::shared_ptr<HsmShares>& shares, bool any_kind,
                       const PartsChoice& choice, Report& report) {
  if (!wrapped_key::recognise(file.bytes))
    throw Error(Outcome::unsupported, "this is no wrapped key", std::nullopt, "see what it is: `hwbak inspect FILE`");
  OpenedKey out{std::make_unique<WrappedKeyExamination>(context, std::move(file)), {}, {}, {}};
  WrappedKeyExamination& key = *out.key;
  key.open_with(shares);
  key.judge(context, nullptr);
  key.describe_key(report, Detail::facts, false);
  const Error* const trouble = key.key_error();
  const bool other_kind = any_kind && trouble != nullptr && trouble->outcome() == Outcome::unsupported;
  if (key.key() == nullptr && !other_kind) throw Error(report.outcome, report.message, report.offset, report.next);
  if (!key.opening()->mended.empty())
    report.findings.push_back({Severity::warning, "key-mended", report.message, ""});
  if (other_kind)
    report.findings.push_back({Severity::warning, "key-not-checked",
                               "the key could not be checked: " + within_sentence(trouble->sentence()), ""});
  Parts(out, choice, report).choose();
  report.outcome = Outcome::ok;
  report.offset.reset();
  report.page.clear();
  report.next.clear();
  return out;
}

std::shared_ptr<HsmShares> shared_set(const Context& context, Report& report, bool to_wrap) {
  ShareSet set = opened_set(context, report);
  if (const SecretBytes dkek = set.dkek(); to_wrap && dkek::kcv_of(dkek_bytes(dkek)) == dkek::zero_dkek_kcv)
    throw Error(Outcome::refused,
                "these shares make a DKEK of nothing but zeros, which everybody knows; nothing was written",
                std::nullopt, "check that no share is named twice");
  if (to_wrap) tell_unproven(set, report);
  report.levels = {};
  return std::make_shared<HsmShares>(std::move(set));
}

}  // namespace hwbak::tasks
