// hwbak dkek check: do these shares open, what do they make, and which wrapped keys do they fit?
#include "base/unicode.h"
#include "tasks/dkek_set.h"
#include "tasks/hsm_key_examination.h"

namespace hwbak {
namespace {

using tasks::ShareSet;

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

void page_of_set(Report& report, const ShareSet& set) {
  Section section{"Shares", {}};
  for (const tasks::OpenedShare& share : set.shares)
    section.row(std::to_string(share.id),
                share.shown + (share.error             ? ": " + share.error->sentence()
                               : share.custodians != 0 ? ": opened by " + counted(share.custodians, "custodian")
                                                       : ": opened"));
  report.page.push_back(std::move(section));
}

void tell_set(Report& report, const ShareSet& set, bool alone) {
  tasks::put_set(report, set);
  page_of_set(report, set);
  if (const auto trouble = set.trouble()) throw *trouble;
  report.message =
      counted(set.shares.size(), "share") + (set.shares.size() == 1 ? " opens" : " open") +
      "; the KCV of the DKEK is " + tasks::kcv_text(set.dkek()) +
      (alone ? ". Nothing in a share file proves that it is whole: only the KCV of the device or of a wrapped key does"
             : "");
  report.kind = {"DKEK of " + counted(set.shares.size(), "share"), "", "KCV " + tasks::kcv_text(set.dkek())};
  if (alone)
    report.next =
        "compare the KCV with the device's, or name the wrapped keys too: `hwbak dkek check --share FILE=SOURCE "
        "WRAPPED...`";
}

// One wrapped file: as `verify` opens it, but what is in it is not judged.
void tell_file(const Context& context, const Subject& subject, const std::shared_ptr<tasks::HsmShares>& shares,
               Report& report) {
  tasks::Loaded file = tasks::load(context, subject);
  if (!wrapped_key::recognise(file.bytes))
    throw Error(Outcome::unsupported, "this is no wrapped key", std::nullopt, "see what it is: `hwbak inspect FILE`");
  tasks::WrappedKeyExamination key(context, std::move(file));
  key.open_with(shares);
  key.describe(report, tasks::Detail::facts, false);
  if (report.outcome != Outcome::ok) return;
  report.message = "fits: the DKEK of these shares opens it, and its MAC holds";
  report.next.clear();
}

}  // namespace

void dkek_check(const Context& context, const std::vector<Subject>& wrapped, const EachReport& each) {
  Report of_set = tasks::blank_report("dkek", tasks::set_name(context.shares));
  std::shared_ptr<tasks::HsmShares> shares;
  tasks::guarded(of_set, [&] {
    if (context.shares.empty())
      throw Error(Outcome::usage, "no share file is named", std::nullopt,
                  "name each share file with --share FILE=SOURCE");
    shares = std::make_shared<tasks::HsmShares>(
        tasks::open_shares(context, context.shares, Secrets::ShareQuestion::List::shares));
    tell_set(of_set, shares->set(), wrapped.empty());
  });
  each(std::move(of_set));
  for (const Subject& subject : wrapped) {
    if (!shares) return;
    Report report = tasks::blank_report("dkek", subject);
    tasks::guarded(report, [&] { tell_file(context, subject, shares, report); });
    each(std::move(report));
  }
}

}  // namespace hwbak
