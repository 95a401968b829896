// See recover_quorum.h.
#include "tasks/recover_quorum.h"

namespace hwbak::tasks {

void check_quorum_subject(std::string_view format) {
  if (format == "dkek-share") return;
  if (format == "wrapped-key")
    throw Error(Outcome::unsupported, "a quorum of custodians opens a DKEK share file, and this is a wrapped key", std::nullopt,
                "name the share file of its DKEK: `hwbak recover SHARE.pbe --quorum-from SOURCE`");
  throw Error(Outcome::unsupported, "a quorum of custodians opens a DKEK share file, and this is none", std::nullopt,
              "of this file the words are searched for with `--password-from SOURCE`, any other password with `--pattern-from SOURCE`");
}

OtherShares::OtherShares(const Context& context) {
  if (context.shares.empty()) return;
  Context alone = context;
  alone.expect_kcv.reset();  // it is of all shares together
  set_ = open_shares(alone, context.shares, Secrets::ShareQuestion::List::shares);
  if (auto trouble = set_.trouble()) throw *std::move(trouble);
}

SecretBytes OtherShares::together() const { return empty() ? SecretBytes() : set_.dkek(); }

void OtherShares::judge(const Context& context, OpenedShare share, Report& seen) {
  share.id = static_cast<unsigned>(set_.shares.size() + 1);
  set_.shares.push_back(std::move(share));
  set_.findings.clear();
  set_.judge(context.expect_kcv);
  const SecretBytes dkek = set_.dkek();
  const std::string kcv = dkek::to_text(dkek::kcv_of(FixedView<32>(dkek.expose().data(), dkek::share_size)));
  seen.facts.put("kcv", kcv);
  seen.findings = set_.findings;
  for (const OpenedShare& one : set_.shares) seen.findings.insert(seen.findings.end(), one.findings.begin(), one.findings.end());
  seen.levels.content = Level::fail;
  if (set_.error) {
    seen.outcome = set_.error->outcome();
    seen.message = set_.error->sentence();
    seen.next = set_.error->next();
  } else if (const std::string damage = set_.damage(); !damage.empty()) {
    seen.outcome = Outcome::damaged;
    seen.message = damage + " damaged, and put right here; no share is lost";
    seen.next = "write the shares anew: `hwbak dkek reshare`";
  } else {
    seen.outcome = Outcome::ok;
    seen.levels.content = Level::pass;
    seen.message = context.expect_kcv ? "with the other shares it makes the DKEK whose KCV is expected: all of them are whole"
                                      : "with the other shares it makes a DKEK with the KCV " + kcv + ": compare it with that of the device or of a wrapped key";
    seen.next.clear();
  }
}

}  // namespace hwbak::tasks
