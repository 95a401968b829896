// See dkek_proof.h.
#include "tasks/dkek_proof.h"

#include "base/unicode.h"
#include "tasks/dkek_set.h"
#include "tasks/family.h"
#include "tasks/shell_quoted.h"

namespace hwbak::tasks {
namespace {

std::string named_shares(const ShareSet& set) {
  std::string out;
  for (const OpenedShare& share : set.shares)
    out += " --share " + shell_quoted(share.shown) + (share.custodians != 0 ? "=quorum:PATH" : "");
  return out;
}

// The MAC proves the DKEK where the KCV in the file is what is damaged.
bool only_its_kcv_differs(const wrapped_key::Survey& survey, const SecretBytes& dkek) {
  return wrapped_key::open(survey, wrapped_key::keys_of(dkek_bytes(dkek))).fit == wrapped_key::Fit::kcv_damaged;
}

}  // namespace

void prove_by(const Context& context, std::span<const Subject> wrapped, ShareSet& set) {
  for (const Subject& subject : wrapped) {
    const Loaded file = load(context, subject);
    if (!wrapped_key::recognise(file.bytes))
      throw Error(Outcome::unsupported, file.shown + " is no wrapped key to compare the DKEK with", std::nullopt,
                  "name wrapped keys of this DKEK behind the options, or none");
    const wrapped_key::Survey survey = wrapped_key::survey(file.bytes);
    if (set.prove(survey.kcv)) continue;
    if (const SecretBytes dkek = set.dkek(); only_its_kcv_differs(survey, dkek)) {
      set.proven = dkek::kcv_of(dkek_bytes(dkek));
      continue;
    }
    throw Error(Outcome::wrong_secret,
                file.shown + " was wrapped under another DKEK: its KCV is " + dkek::to_text(survey.kcv) +
                    ", that of the given shares is " + kcv_text(set.dkek()) + "; nothing was written",
                std::nullopt, "see which shares it needs: `hwbak dkek check" + named_shares(set) + " " + shell_quoted(file.shown) + "`");
  }
}

std::string proof_words(const ShareSet& set) {
  const std::string damage = set.damage();
  const std::string put_right = damage.empty() ? "" : ". In them " + damage + " was damaged, and is put right";
  if (set.proven) return put_right + (damage.empty() ? ". The KCV proves the shares whole" : ": the KCV proves it");
  return put_right + ". Nothing in a share file proves that it is whole: only the KCV of the device or of a wrapped key does";
}

void tell_unproven(const ShareSet& set, Report& report) {
  if (set.proven) return;
  report.findings.push_back(
      {Severity::warning, "share-unproven",
       "nothing has shown that the shares are whole: damage in bytes 16 to 31 of a share file gives another DKEK without a sign. Compare the KCV " +
           kcv_text(set.dkek()) + " with the device's, or with a wrapped key: `" + compare_command(set) + "`",
       ""});
}

std::string compare_command(const ShareSet& set) { return "hwbak dkek check" + named_shares(set) + " WRAPPED"; }

std::string reshare_command(const ShareSet& set, const std::string& wrapped) {
  std::string out = "hwbak dkek reshare" + named_shares(set);
  const std::size_t count = set.shares.size();
  for (std::size_t i = 1; i <= count; ++i) out += " --write-share NEW" + (count == 1 ? "" : "-" + std::to_string(i)) + ".pbe";
  return out + " " + (wrapped.empty() ? "WRAPPED" : shell_quoted(wrapped));
}

void blame_shares(const ShareSet& set, const std::string& wrapped, Report& report) {
  report.outcome = Outcome::damaged;
  report.message = std::string(report.levels.meaning == Level::pass ? "the key is proven" : "the key opens, and its MAC holds") +
                   ", but a share file of its DKEK is damaged: " + set.damage() +
                   ". It was put right here; a device would refuse it, or make another DKEK of it, and not take this key";
  report.next = "write a sound share file: `" + reshare_command(set, wrapped) + "`";
}

}  // namespace hwbak::tasks
