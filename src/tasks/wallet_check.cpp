// hwbak wallet check: is this the wallet in use? (docs/coldcard.md, "Is this my wallet")
#include "hwbak/wallet.h"

#include "base/counted.h"
#include "base/unicode.h"
#include "tasks/opened_wallet.h"
#include "tasks/wallet_search.h"

namespace hwbak {
namespace {

using tasks::WalletHit;
using tasks::WalletTarget;

constexpr unsigned largest_gap = 10'000;

std::string called(const WalletHit& hit) {
  if (hit.wallet_kind == "main") return "this backup's own wallet";
  const std::string name = printable(hit.wallet);
  if (hit.wallet_kind == "seed-vault") return "the wallet \"" + name + "\" of its Seed Vault";
  if (hit.wallet_kind == "duress") return "its duress wallet (" + name + ")";
  return "its multisig wallet \"" + name + "\"";
}

// Of a step with thousands of values the sentence says that there are more; facts.path has them all.
std::string shown_path(const std::string& path) {
  constexpr std::size_t longest = 120;
  std::string out = path.substr(0, longest);
  if (path.size() > longest) out += "...";
  return out;
}

std::string yes_words(const WalletTarget& target, const WalletHit& hit, unsigned gap) {
  const std::string what = std::string(name(target.kind));
  if (hit.kind == "signer") {
    const std::string not_it = target.descriptor && !target.descriptor->ranged()
                                   ? "no multisig wallet registered in the backup gives this output among its first " + counted(gap, "address", "addresses")
                                   : "the multisig wallet itself is not registered in the backup";
    return "yes: a key of this " + what + " is " + shown_path(hit.path) + " of " + called(hit) + "; " + not_it;
  }
  if (hit.kind == "multisig") return "yes: this is " + called(hit) + (target.kind == WalletTarget::Kind::descriptor ? "" : ", " + what + " " + shown_path(hit.path) + " (chain/index)");
  if (hit.kind == "master") return "yes: this " + what + " is that of " + called(hit) + (hit.path == "m" ? "" : ", " + shown_path(hit.path));
  return "yes: this " + what + " belongs to " + called(hit) + ", " + shown_path(hit.path);
}

Object searched(const std::vector<coldcard::SeedWallet>& wallets, const std::vector<coldcard::SharedWallet>& shared, unsigned gap) {
  List names, multisig;
  for (const auto& one : wallets) names.emplace_back(printable(one.name));
  for (const auto& one : shared) multisig.emplace_back(printable(one.wallet->name));
  Object out;
  out.put("accounts", tasks::searched_accounts).put("chains", 2).put("gap", gap).put("wallets", std::move(names)).put("multisig", std::move(multisig));
  return out;
}

std::string no_words(const WalletTarget& target, std::size_t wallets, std::size_t shared, unsigned gap) {
  std::string out = "no: this " + std::string(name(target.kind)) + " is not of this backup, as far as was searched: " + counted(wallets, "wallet");
  if (shared != 0) out += " and " + counted(shared, "multisig wallet");
  out += ", accounts 0 to " + std::to_string(tasks::searched_accounts - 1) + " of BIP-44, 49, 84 and 86";
  const bool scripts = target.kind == WalletTarget::Kind::address || target.kind == WalletTarget::Kind::descriptor;
  return out + (scripts ? ", the first " + counted(gap, "address", "addresses") + " on both chains" : ", and the keys of BIP-45, 48 and 87");
}

// What opening the file said of its damage; empty for a whole one.
std::string damage_words(const Report& report) { return report.outcome == Outcome::damaged ? ". The file is damaged: " + report.message : ""; }

void answer_no(Report& report, const WalletTarget& target, const tasks::WalletSearch& search, const std::string& may_be_lost) {
  const bool partial = report.outcome == Outcome::partial;
  const std::string damage = damage_words(report);
  report.message = no_words(target, search.wallets.size(), search.shared.size(), search.gap);
  if (partial) report.message += ". Records of the backup that cannot be read were not searched";
  report.message += damage;
  if (!may_be_lost.empty()) {
    const std::string lost = may_be_lost + " may have stood in what is lost, and was not searched";
    report.message += "; " + lost + ". So this no is not certain";
    report.findings.push_back({Severity::warning, "not-searched", "The text is damaged: " + lost + ".", ""});
  }
  report.outcome = may_be_lost.empty() ? Outcome::inconsistent : Outcome::damaged;
  report.next = target.kind == WalletTarget::Kind::address
                    ? "a wallet behind a BIP-39 passphrase is in no backup: its addresses are never found here" + std::string(search.gap < largest_gap ? ". Of an old wallet, try a larger --gap" : "")
                    : "a wallet behind a BIP-39 passphrase is in no backup, so it is never found here; otherwise look for another backup: `hwbak copies FOLDER`";
  if (!may_be_lost.empty()) report.next = "look for another copy of this backup and ask that one: `hwbak copies FOLDER`";
  if (const std::string other = search.others_key(target); !other.empty())
    report.findings.push_back({Severity::note, "other-signer", "It is the key of another signer of the multisig wallet " + printable(other) + ", not of this backup's seed.", ""});
}

void answer_yes(Report& report, const WalletTarget& target, const WalletHit& hit, unsigned gap, wallet::Chain chain) {
  report.message = yes_words(target, hit, gap) + damage_words(report);
  if (report.outcome == Outcome::partial) report.outcome = Outcome::ok;
  report.facts.put("kind", hit.kind).put("wallet", printable(hit.wallet)).put("wallet_kind", hit.wallet_kind);
  if (!hit.path.empty()) report.facts.put("path", hit.path);
  if (hit.has_fingerprint) report.facts.put("wallet_fingerprint", wallet::to_text(hit.fingerprint));
  const bool mainnet = hit.chain.value_or(chain) == wallet::Chain::mainnet;
  if (target.kind == WalletTarget::Kind::address && target.mainnet != mainnet)
    report.findings.push_back({Severity::warning, "other-network", std::string("This is an address of ") + (target.mainnet ? "the main network" : "a test network") +
                               ", and the wallet is set to " + (mainnet ? "the main network" : "a test network") + ": the key is the same, but coins of one are not on the other.", ""});
  if (hit.origin_differs)
    report.findings.push_back({Severity::warning, "origin-differs", "The fingerprint or the path in [ ] before the key is not where the key was found: a signer that "
                               "goes by it may refuse to sign. The path named here is the right one.", ""});
  report.next = report.outcome == Outcome::damaged ? "the file is damaged, though its secret is whole: see what is left, `hwbak open FILE`" : "";
}

}  // namespace

Report wallet_check(const Context& context, const Subject& subject, const WalletCheckOptions& options) {
  // The two were exchanged: then the name of the file is the secret. One that exists is a file's name, whatever it looks like.
  const bool exchanged = tasks::is_secret_text(subject.filename().native()) && !context.files.info(subject);
  Report report = tasks::blank_report("wallet", exchanged ? Subject("(not shown)") : subject);
  tasks::guarded(report, [&] {
    if (exchanged) tasks::refuse_secret_name(subject.filename().native());
    if (options.gap == 0 || options.gap > largest_gap) throw Error(Outcome::usage, "the gap is 1 to 10000 addresses");
    const WalletTarget target = tasks::read_wallet_target(options.against);
    const tasks::OpenedWallet opened = tasks::open_wallet(context, tasks::load(context, subject), report);
    const auto wallets = coldcard::seed_wallets(opened.backup());
    const auto shared = coldcard::shared_wallets(opened.backup());
    const tasks::WalletSearch search{wallets, shared, options.gap, context.progress};
    const auto hit = search.find(target);
    report.facts.put("against", std::string(name(target.kind))).put("match", hit.has_value()).put("searched", searched(wallets, shared, options.gap));
    if (target.descriptor && !target.descriptor->checksum_given)
      report.findings.push_back({Severity::note, "no-checksum", "The descriptor has no checksum (eight characters behind a #), so a typing error in it may go unseen.", ""});
    if (hit) answer_yes(report, target, *hit, options.gap, opened.backup().chain);
    else answer_no(report, target, search, tasks::maybe_lost_wallets(opened.backup()));
  });
  return report;
}

}  // namespace hwbak
