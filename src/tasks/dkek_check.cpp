// hwbak dkek check: do these shares open, what do they make, and which wrapped keys do they fit?
#include "base/unicode.h"
#include "tasks/dkek_set.h"
#include "tasks/family.h"

namespace hwbak {
namespace {

using tasks::ShareSet;

std::string counted(std::size_t count, const char* what) { return std::to_string(count) + " " + what + (count == 1 ? "" : "s"); }

std::string list_of(const std::vector<unsigned>& ids) {
  std::string out;
  for (const unsigned id : ids) out += (out.empty() ? "" : ", ") + std::to_string(id);
  return out;
}

void page_of_set(Report& report, const ShareSet& set) {
  Section section{"Shares", {}};
  for (const tasks::OpenedShare& share : set.shares)
    section.row(std::to_string(share.id), share.shown + (share.error ? ": " + share.error->sentence() : share.custodians != 0
                                              ? ": opened by " + counted(share.custodians, "custodian")
                                              : ": opened"));
  report.page.push_back(std::move(section));
}

void tell_set(Report& report, const ShareSet& set, bool alone) {
  tasks::put_set(report, set);
  page_of_set(report, set);
  if (const auto trouble = set.trouble()) throw *trouble;
  report.message = counted(set.shares.size(), "share") + (set.shares.size() == 1 ? " opens" : " open") + "; the KCV of the DKEK is " +
                   tasks::kcv_text(set.dkek()) + (alone ? ". Nothing in a share file proves that it is whole: only the KCV of the device or of a wrapped key does" : "");
  if (alone) report.next = "compare the KCV with the device's, or name the wrapped keys too: `hwbak dkek check --share FILE=SOURCE WRAPPED...`";
}

// A KCV that no subset makes may itself be what is damaged: then the MAC still knows this DKEK.
wrapped_key::Opening opened_with(const ShareSet& set, const wrapped_key::Survey& survey, const std::optional<ShareSet::Fit>& fit) {
  if (fit) return wrapped_key::open(survey, fit->keys);
  if (!set.all_open()) return {};
  return wrapped_key::open(survey, wrapped_key::keys_of(tasks::dkek_bytes(set.dkek())));
}

std::vector<unsigned> all_ids(const ShareSet& set) {
  std::vector<unsigned> ids;
  for (const auto& share : set.shares) ids.push_back(share.id);
  return ids;
}

void tell_fit(Report& report, const ShareSet& set, const ShareSet::Fit& fit) {
  if (!fit.mended.empty())
    report.findings.push_back({Severity::warning, "share-damaged",
                               "the shares fit once " + fit.mended + " is put right: that byte of the share file is damaged. Write the share anew: `hwbak dkek reshare`",
                               fit.mended});
  else if (fit.ids.size() != set.shares.size())
    report.findings.push_back({Severity::warning, "other-shares",
                               "only shares " + list_of(fit.ids) + " of those named make the DKEK of this file; the others belong to another one", ""});
}

void tell_opening(Report& report, const ShareSet& set, const wrapped_key::Survey& survey, const std::optional<ShareSet::Fit>& fit) {
  const auto opening = opened_with(set, survey, fit);
  const std::string ids = list_of(fit ? fit->ids : all_ids(set));
  const auto fits = [&](bool yes) {
    List list;
    if (yes)
      for (const unsigned id : fit ? fit->ids : all_ids(set)) list.emplace_back(id);
    report.facts.put("fits", yes).put("shares", std::move(list));
    report.levels.content = yes && opening.fit == wrapped_key::Fit::opens ? Level::pass : Level::fail;
  };
  switch (opening.fit) {
    case wrapped_key::Fit::opens:
      fits(true);
      report.message = "fits: the DKEK of " + std::string(fit->ids.size() == 1 ? "share " : "shares ") + ids + " opens it, and its MAC holds";
      return;
    case wrapped_key::Fit::kcv_damaged:
      fits(true);
      throw Error(Outcome::damaged, "the DKEK fits, but the KCV in the file is damaged; the MAC proves the rest", survey.blob.offset,
                  "write it anew: `hwbak rekey " + printable(report.subject) + " --share ... --new-share ... --output NEW`");
    case wrapped_key::Fit::damaged:
      fits(true);
      throw Error(Outcome::damaged, "the DKEK fits (the KCV is the same), but the MAC does not hold: the wrapped key is damaged", std::nullopt,
                  "look for another copy; `hwbak verify` says whether a single byte can be put right");
    case wrapped_key::Fit::other_dkek: break;
  }
  fits(false);
  const std::string own = set.all_open() ? "; these shares make " + tasks::kcv_text(set.dkek()) : "";
  throw Error(Outcome::wrong_secret, "wrapped under another DKEK: its KCV is " + dkek::to_text(survey.kcv) + own + ", and no subset of the shares that are open fits",
              std::nullopt, "look for the shares of that DKEK; a key of a key domain with XKEK has none");
}

}  // namespace

void dkek_check(const Context& context, const std::vector<Subject>& wrapped, const EachReport& each) {
  Report of_set = tasks::blank_report("dkek", tasks::set_name(context.shares));
  ShareSet set;
  tasks::guarded(of_set, [&] {
    if (context.shares.empty())
      throw Error(Outcome::usage, "no share file is named", std::nullopt, "name each share file with --share FILE=SOURCE");
    set = tasks::open_shares(context, context.shares, Secrets::ShareQuestion::List::shares);
    tell_set(of_set, set, wrapped.empty());
  });
  const bool usable = of_set.outcome != Outcome::usage;
  each(std::move(of_set));
  for (const Subject& subject : wrapped) {
    if (!usable) return;
    Report report = tasks::blank_report("dkek", subject);
    tasks::guarded(report, [&] {
      tasks::Loaded file = tasks::load(context, subject);
      if (!wrapped_key::recognise(file.bytes))
        throw Error(Outcome::unsupported, "this is no wrapped key", std::nullopt, "see what it is: `hwbak inspect FILE`");
      report.format = "wrapped-key";
      const auto survey = wrapped_key::survey(std::move(file.bytes));
      report.levels.structure = Level::pass;
      report.facts.put("kcv", dkek::to_text(survey.kcv));
      const auto fit = set.fitting(survey.kcv);
      if (fit) tell_fit(report, set, *fit);
      tell_opening(report, set, survey, fit);
    });
    each(std::move(report));
  }
}

}  // namespace hwbak
