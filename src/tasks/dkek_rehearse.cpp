// hwbak dkek rehearse: can every set of custodians that must be enough really open its share? Nothing is stored.
#include <algorithm>
#include <functional>

#include "base/counted.h"
#include "tasks/dkek_set.h"
#include "tasks/family.h"

namespace hwbak {
namespace {

using tasks::OpenedShare;

constexpr std::size_t most_subsets = 20'000;     // of one quorum; each is computed, none needs a derivation
constexpr std::size_t most_tried = 64;           // passwords that are tried when all parts together fail

// Calls `use` with every subset of `size` of `count`, as ascending places, until it returns false.
void for_each_subset(std::size_t count, std::size_t size,
                     const std::function<bool(const std::vector<std::size_t>&)>& use) {
  std::vector<std::size_t> at(size);
  for (std::size_t i = 0; i < size; ++i) at[i] = i;
  while (use(at)) {
    std::size_t i = size;
    while (i != 0 && at[i - 1] == count - size + i - 1) --i;
    if (i == 0) return;
    ++at[i - 1];
    for (std::size_t j = i; j < size; ++j) at[j] = at[j - 1] + 1;
  }
}

dkek::Quorum subset_of(const dkek::Quorum& quorum, const std::vector<std::size_t>& places) {
  dkek::Quorum out;
  out.prime = quorum.prime.clone();
  out.weak_prime = quorum.weak_prime;
  for (const std::size_t place : places) out.shares.push_back(quorum.shares[place].clone());
  return out;
}

// One share under a quorum, and what came of rehearsing it.
struct Rehearsed {
  OpenedShare* share = nullptr;
  dkek::Quorum quorum;
  SecretBytes password;              // the right one; empty: none was found
  dkek::Reading reading = dkek::Reading::padded;
  unsigned threshold = 0;
  std::size_t subsets = 0, opened = 0;
  bool all_tried = true;
  std::vector<std::string> failed;   // "1, 2, 4"; the first few
  std::vector<std::uint64_t> suspects;  // custodians in no subset that opens
};

bool gives(const Rehearsed& one, const dkek::Quorum& some) {
  const auto passwords = dkek::passwords_of(some);
  return std::ranges::any_of(passwords, [&](const auto& candidate) {
    return candidate.reading == one.reading && candidate.password.equals(one.password.expose());
  });
}

std::string ids_of(const dkek::Quorum& quorum, const std::vector<std::size_t>& places) {
  std::string out;
  for (const std::size_t place : places) out += (out.empty() ? "" : ", ") + std::to_string(quorum.shares[place].id);
  return out;
}

// Which of these passwords opens the share, and what it opens; derivations side by side.
struct Found {
  std::size_t index = 0;
  OpenedShare share;
};
std::optional<Found> which_opens(const Context& context, const OpenedShare& share,
                                 const std::vector<dkek::QuorumPassword>& passwords) {
  std::vector<OpenedShare> copies(passwords.size());
  std::vector<tasks::ShareTry> tries(passwords.size());
  for (std::size_t i = 0; i < passwords.size(); ++i) {
    copies[i].survey = share.survey;
    copies[i].shown = share.shown;
    tries[i].share = &copies[i];
    tries[i].candidates.push_back({passwords[i].password.clone(), passwords[i].reading});
  }
  if (!tasks::try_candidates(context, tries)) return std::nullopt;
  for (std::size_t i = 0; i < copies.size(); ++i)
    if (!copies[i].share.empty()) return Found{i, std::move(copies[i])};
  return std::nullopt;
}

// The password that opened the share.
void find_password(const Context& context, Rehearsed& one) {
  std::vector<dkek::QuorumPassword> same;
  for (auto& candidate : dkek::passwords_of(one.quorum))
    if (one.share->reading == candidate.reading) same.push_back(std::move(candidate));
  std::size_t index = 0;
  if (same.size() > 1) {
    const auto found = which_opens(context, *one.share, same);
    if (!found) return;
    index = found->index;
  }
  if (same.empty()) return;
  one.reading = same[index].reading;
  one.password = std::move(same[index].password);
}

// All parts together did not open it: one of them may be wrong. Smaller groups are tried, as many derivations as are
// worth it.
void search(const Context& context, Rehearsed& one, unsigned threshold) {
  const std::size_t count = one.quorum.shares.size();
  std::vector<dkek::QuorumPassword> passwords;
  for (std::size_t size = threshold != 0 ? threshold : count - 1; size >= 2 && size <= count; --size) {
    for_each_subset(count, size, [&](const auto& places) {
      for (auto& candidate : dkek::passwords_of(subset_of(one.quorum, places)))
        if (candidate.reading == dkek::Reading::padded && std::ranges::none_of(passwords, [&](const auto& known) {
              return known.password.equals(candidate.password.expose());
            }))
          passwords.push_back(std::move(candidate));
      return passwords.size() < most_tried;
    });
    if (threshold != 0) break;
  }
  auto found = which_opens(context, *one.share, passwords);
  if (!found) return;
  one.password = std::move(passwords[found->index].password);
  one.share->key = std::move(found->share.key);
  one.share->share = std::move(found->share.share);
  one.share->error.reset();
}

void rehearse_subsets(Rehearsed& one, unsigned threshold) {
  const std::size_t count = one.quorum.shares.size();
  std::vector<bool> good(count, false);
  const auto try_size = [&](std::size_t size) {
    one.subsets = one.opened = 0;
    one.all_tried = true;
    one.failed.clear();
    good.assign(count, false);
    for_each_subset(count, size, [&](const auto& places) {
      if (one.subsets == most_subsets) {
        one.all_tried = false;
        return false;
      }
      ++one.subsets;
      if (gives(one, subset_of(one.quorum, places))) {
        ++one.opened;
        for (const std::size_t place : places) good[place] = true;
      } else if (one.failed.size() < 20) {
        one.failed.push_back(ids_of(one.quorum, places));
      }
      return true;
    });
    one.threshold = static_cast<unsigned>(size);
  };
  if (threshold != 0) {
    try_size(threshold);
  } else {
    // The smallest number of which any group opens the share.
    for (std::size_t size = 2; size <= count; ++size) {
      try_size(size);
      if (one.opened != 0) break;
    }
  }
  for (std::size_t i = 0; i < count; ++i)
    if (!good[i]) one.suspects.push_back(one.quorum.shares[i].id);
}

Object fact_of(const OpenedShare& share, const Rehearsed* quorum) {
  Object out;
  out.put("file", share.shown).put("id", share.id).put("protection", quorum != nullptr ? "quorum" : "password");
  out.put("opens", !share.share.empty() && (quorum == nullptr || quorum->opened == quorum->subsets));
  if (quorum == nullptr) return out;
  out.put("custodians", static_cast<std::uint64_t>(quorum->quorum.shares.size())).put("threshold", quorum->threshold);
  out.put("subsets", static_cast<std::uint64_t>(quorum->subsets))
      .put("opened", static_cast<std::uint64_t>(quorum->opened));
  out.put("complete", quorum->all_tried);
  List failed, suspects;
  for (const std::string& ids : quorum->failed) failed.emplace_back(ids);
  for (const std::uint64_t id : quorum->suspects) suspects.emplace_back(id);
  out.put("failed", std::move(failed)).put("suspects", std::move(suspects));
  return out;
}

std::string sentence_of(const Rehearsed& one) {
  const std::string groups = counted(one.subsets, "group") + " of " + std::to_string(one.threshold);
  if (one.password.empty())
    return "no group of these " + std::to_string(one.quorum.shares.size()) + " custodians opens it";
  if (one.opened == one.subsets)
    return (one.all_tried ? "all " : "the first ") + groups +
           (one.subsets == 1 ? " custodians opens it" : " custodians open it");
  std::string out = std::to_string(one.opened) + " of " + groups + " custodians open it";
  if (!one.suspects.empty() && one.opened != 0) {
    out += "; the part of custodian";
    for (std::size_t i = 0; i < one.suspects.size(); ++i) out += (i == 0 ? " " : ", ") + std::to_string(one.suspects[i]);
    out += one.suspects.size() == 1 ? " is wrong" : " are wrong";
  }
  return out;
}

// The quorums among the shares, as they were given.
std::vector<Rehearsed> quorums_of(tasks::ShareSet& set) {
  std::vector<Rehearsed> out;
  for (OpenedShare& share : set.shares) {
    if (!share.quorum) continue;
    Rehearsed one;
    one.share = &share;
    one.quorum = share.quorum->clone();
    out.push_back(std::move(one));
  }
  return out;
}

void tell(Report& report, const tasks::ShareSet& set, const std::vector<Rehearsed>& quorums) {
  List list;
  Section page{"Rehearsal", {}};
  const Rehearsed* bad = nullptr;
  for (const OpenedShare& share : set.shares) {
    const auto found = std::ranges::find(quorums, &share, &Rehearsed::share);
    const Rehearsed* const quorum = found == quorums.end() ? nullptr : &*found;
    list.emplace_back(fact_of(share, quorum));
    page.row(share.shown, quorum != nullptr ? sentence_of(*quorum)
                          : share.error     ? share.error->sentence()
                                            : "its password opens it");
    if (quorum != nullptr && bad == nullptr && quorum->opened != quorum->subsets) bad = quorum;
  }
  report.facts.put("rehearsal", std::move(list));
  report.page.push_back(std::move(page));
  if (bad != nullptr)
    throw Error(Outcome::wrong_secret, bad->share->shown + ": " + sentence_of(*bad), std::nullopt,
                "check the parts of these custodians against their papers; while enough good ones are left, write new "
                "shares: `hwbak dkek reshare`");
  if (const auto trouble = set.trouble()) throw *trouble;
  report.message =
      quorums.empty()
          ? counted(set.shares.size(), "share") + " under a password, opened; there is no quorum to rehearse"
          : sentence_of(quorums.front()) + (quorums.size() == 1 ? "" : "; the other quorums do so too");
  if (quorums.size() >= 1) report.message = quorums.front().share->shown + ": " + report.message;
  report.message += ". KCV " + tasks::kcv_text(set.dkek()) + "; nothing was stored";
  report.next = "prove the wrapped keys too: `hwbak dkek check --share FILE=SOURCE WRAPPED...`";
}

}  // namespace

Report dkek_rehearse(const Context& context, unsigned threshold) {
  Report report = tasks::blank_report("dkek", tasks::set_name(context.shares));
  tasks::guarded(report, [&] {
    if (context.shares.empty())
      throw Error(Outcome::usage, "no share file is named", std::nullopt,
                  "name each share file with --share FILE=quorum:PATH");
    tasks::ShareSet set = tasks::open_shares(context, context.shares, Secrets::ShareQuestion::List::shares);
    std::vector<Rehearsed> quorums = quorums_of(set);
    for (Rehearsed& one : quorums) {
      if (threshold > one.quorum.shares.size())
        throw Error(Outcome::usage,
                    "the parts of " + counted(one.quorum.shares.size(), "custodian") + " are given for " +
                        one.share->shown + ", fewer than --threshold " + std::to_string(threshold),
                    std::nullopt, "give the parts of all custodians");
      if (!one.share->share.empty()) find_password(context, one);
      else if (one.share->survey) search(context, one, threshold);
      if (!one.password.empty()) rehearse_subsets(one, threshold);
      else one.subsets = 1, one.threshold = static_cast<unsigned>(one.quorum.shares.size());
    }
    tasks::put_set(report, set);
    tell(report, set, quorums);
  });
  return report;
}

}  // namespace hwbak
