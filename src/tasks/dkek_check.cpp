// hwbak dkek check: do these shares open, what do they make, and which wrapped keys do they fit?
#include <algorithm>

#include "base/counted.h"
#include "base/unicode.h"
#include "tasks/dkek_proof.h"
#include "tasks/dkek_set.h"
#include "tasks/hsm_key_examination.h"

namespace hwbak {
namespace {

using tasks::ShareSet;

// A wrapped file, as far as it lies open; `report` holds the outcome where it is none.
struct Wrapped {
  Report report;
  std::unique_ptr<tasks::WrappedKeyExamination> key;
};

Wrapped begun(const Context& context, const Subject& subject) {
  Wrapped out{tasks::blank_report("dkek", subject), nullptr};
  tasks::guarded(out.report, [&] {
    tasks::Loaded file = tasks::load(context, subject);
    if (!wrapped_key::recognise(file.bytes))
      throw Error(Outcome::unsupported, "this is no wrapped key", std::nullopt, "see what it is: `hwbak inspect FILE`");
    auto key = std::make_unique<tasks::WrappedKeyExamination>(context, std::move(file));
    if (key->survey() != nullptr) out.key = std::move(key);
    else key->describe(out.report, tasks::Detail::facts, false);
  });
  return out;
}

void page_of_set(Report& report, const ShareSet& set) {
  Section section{"Shares", {}};
  for (const tasks::OpenedShare& share : set.shares)
    section.row(std::to_string(share.id),
                share.shown + (share.error             ? ": " + share.error->sentence()
                               : share.custodians != 0 ? ": opened by " + counted(share.custodians, "custodian")
                                                       : ": opened") +
                    (share.damaged.empty() ? "" : "; " + tasks::damage_of(share) + " is damaged, and put right here"));
  report.page.push_back(std::move(section));
  if (set.all_open()) report.page.push_back({"The DKEK", {}});
  if (set.all_open()) report.page.back().row("KCV", tasks::kcv_text(set.dkek()));
}

// `proof`: a wrapped file whose key showed the shares whole, or damaged; empty: none.
void tell_set(Report& report, const ShareSet& set, const std::string& proof) {
  tasks::put_set(report, set);
  page_of_set(report, set);
  if (const auto trouble = set.trouble()) throw *trouble;
  const std::string kcv = tasks::kcv_text(set.dkek());
  report.kind = {"DKEK of " + counted(set.shares.size(), "share"), "", "KCV " + kcv};
  report.message = counted(set.shares.size(), "share") + (set.shares.size() == 1 ? " opens" : " open") +
                   "; the KCV of the DKEK is " + kcv + tasks::proof_words(set);
  if (!set.damage().empty()) {
    report.outcome = Outcome::damaged;
    report.levels.content = Level::fail;
    report.next = "write a sound share file: `" + tasks::reshare_command(set, proof) + "`";
  } else if (!set.proven) {
    report.next = "compare the KCV with the device's, or with a wrapped key: `" + tasks::compare_command(set) + "`";
  }
}

// As `verify` opens it, but what is in it is not judged.
void tell_file(const std::shared_ptr<tasks::HsmShares>& shares, Wrapped& file) {
  if (file.key == nullptr) return;
  Report& report = file.report;
  tasks::guarded(report, [&] {
    file.key->open_with(shares);
    file.key->describe_key(report, tasks::Detail::facts, false);
    if (report.outcome != Outcome::ok) return;
    report.message = "fits: the DKEK of these shares opens it, and its MAC holds";
    report.next.clear();
  });
}

// The name of the first file whose key shows the shares whole: as they stand if there is such a one, else with a byte put right.
std::string proven_by(const std::vector<Wrapped>& files, tasks::HsmShares& shares) {
  if (shares.keys() == nullptr) return {};
  const auto first_of = [&](const auto& shows) {
    const auto found = std::ranges::find_if(files, [&](const Wrapped& file) { return file.key != nullptr && shows(file.key->survey()->kcv); });
    return found == files.end() ? std::string() : found->report.subject;
  };
  const dkek::Kcv own = shares.keys()->kcv;
  std::string name = first_of([&](const dkek::Kcv& kcv) { return kcv == own && shares.fitting(kcv) != nullptr; });
  if (name.empty()) name = first_of([&](const dkek::Kcv& kcv) { return shares.fitting(kcv) != nullptr && shares.set().proven == kcv; });
  return name;
}

}  // namespace

void dkek_check(const Context& context, const std::vector<Subject>& wrapped, const EachReport& each) {
  Report of_set = tasks::blank_report("dkek", tasks::set_name(context.shares));
  std::shared_ptr<tasks::HsmShares> shares;
  std::vector<Wrapped> files;
  tasks::guarded(of_set, [&] {
    if (context.shares.empty())
      throw Error(Outcome::usage, "no share file is named", std::nullopt,
                  "name each share file with --share FILE=SOURCE");
    shares = std::make_shared<tasks::HsmShares>(
        tasks::open_shares(context, context.shares, Secrets::ShareQuestion::List::shares));
    for (const Subject& subject : wrapped) files.push_back(begun(context, subject));
    const std::string proof = proven_by(files, *shares);
    tell_set(of_set, shares->set(), proof);
  });
  each(std::move(of_set));
  for (Wrapped& file : files) {
    tell_file(shares, file);
    each(std::move(file.report));
  }
}

}  // namespace hwbak
