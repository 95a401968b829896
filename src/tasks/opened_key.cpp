// See opened_key.h.
#include "tasks/opened_key.h"

#include "tasks/dkek_proof.h"
#include "tasks/dkek_set.h"

namespace hwbak::tasks {

std::unique_ptr<WrappedKeyExamination> open_wrapped(const Context& context, Loaded file,
                                                    const std::shared_ptr<HsmShares>& shares, bool any_kind,
                                                    Report& report) {
  if (!wrapped_key::recognise(file.bytes))
    throw Error(Outcome::unsupported, "this is no wrapped key", std::nullopt, "see what it is: `hwbak inspect FILE`");
  auto key = std::make_unique<WrappedKeyExamination>(context, std::move(file));
  key->open_with(shares);
  key->judge(context, nullptr);
  key->describe_key(report, Detail::facts, false);
  const bool mended = key->opening() != nullptr && !key->opening()->mended.empty();
  const bool other_kind = any_kind && key->unlocked() && key->key() == nullptr && report.outcome == Outcome::unsupported;
  if (report.outcome != Outcome::ok && !other_kind &&
      !(mended && key->key() != nullptr && report.outcome == Outcome::damaged))
    throw Error(report.outcome, report.message, report.offset, report.next);
  if (mended) report.findings.push_back({Severity::warning, "key-mended", report.message, ""});
  if (other_kind)
    report.findings.push_back(
        {Severity::warning, "key-not-checked", "the key could not be checked: " + report.message, ""});
  report.outcome = Outcome::ok;
  report.offset.reset();
  report.page.clear();
  report.next.clear();
  return key;
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
