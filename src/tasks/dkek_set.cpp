// See dkek_set.h.
#include "tasks/dkek_set.h"

#include "base/unicode.h"
#include "tasks/dkek_proof.h"

namespace hwbak::tasks {

Subject set_name(std::span<const std::filesystem::path> files) {
  std::string out;
  for (const auto& file : files) out += (out.empty() ? "" : " + ") + file.native();
  return out;
}

std::string kcv_text(const SecretBytes& dkek) { return dkek::to_text(dkek::kcv_of(dkek_bytes(dkek))); }

void put_set(Report& report, const ShareSet& set) {
  report.format = "dkek-set";
  bool whole = true;
  for (const OpenedShare& share : set.shares) {
    whole = whole && share.survey.has_value();
    for (Finding finding : share.findings) {
      if (finding.where.empty()) finding.where = share.shown;
      report.findings.push_back(std::move(finding));
    }
  }
  report.findings.insert(report.findings.end(), set.findings.begin(), set.findings.end());
  if (set.all_open()) report.facts.put("kcv", kcv_text(set.dkek()));
  report.facts.put("shares", shares_fact(set));
  report.levels.structure = whole ? Level::pass : Level::fail;
  if (whole) report.levels.content = set.all_open() ? Level::pass : Level::fail;
}

ShareSet opened_set(const Context& context, Report& report, std::span<const Subject> wrapped) {
  if (context.shares.empty())
    throw Error(Outcome::usage, "no share file is named", std::nullopt, "name each share file with --share FILE=SOURCE");
  ShareSet set = open_shares(context, context.shares, Secrets::ShareQuestion::List::shares);
  auto trouble = set.trouble();
  try {
    if (!trouble) prove_by(context, wrapped, set);
  } catch (const Error& error) {
    trouble = error;
  }
  put_set(report, set);
  if (trouble) throw *trouble;
  return set;
}

Section dkek_cautions(std::size_t shares) {
  Section section{"Keep in mind", {}};
  section.row("", shares == 1 ? "Losing this share, or what opens it, is losing every key under this DKEK."
                              : "All " + std::to_string(shares) +
                                    " shares are needed: losing one of them, or what opens it, is losing all.");
  section.row("", "If the device and the DKEK are both lost, nobody can recover the keys.");
  section.row("",
              "Keep shares offline and apart from each other, from their passwords and from the wrapped keys; whoever "
              "has all of them has the keys.");
  section.row("", "Restore a wrapped key into a second device as a test before you rely on it.");
  return section;
}

}  // namespace hwbak::tasks
