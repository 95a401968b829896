// See opened_wallet.h.
#include "tasks/opened_wallet.h"

#include <algorithm>

namespace hwbak::tasks {
namespace {

// A damaged text may still prove its secret whole. In a whole one the checksum of the contents stands for it.
bool usable_secret(const coldcard::Backup& backup) {
  const auto unproven = [](const Finding& finding) { return finding.code == "secret-unproven"; };
  return backup.secret && (!backup.damaged || std::ranges::none_of(backup.findings, unproven));
}

}  // namespace

OpenedWallet open_wallet(const Context& context, Loaded file, Report& report) {
  Begun begun = begin(context, std::move(file));
  if (begun.family->name != coldcard_family().name)
    throw Error(Outcome::unsupported, "this is a backup of a " + std::string(begun.family->name) + ": there is no Bitcoin wallet in it", std::nullopt,
                "name the backup of a Coldcard");
  unlock(context, begun);
  OpenedWallet out{std::unique_ptr<ColdcardExamination>(static_cast<ColdcardExamination*>(begun.examination.release()))};
  out.file->judge(context, nullptr);
  out.file->describe(report, Detail::facts, false);
  if (out.file->is_notes())
    throw Error(Outcome::unsupported, "this is an export of notes: there is no wallet in it", std::nullopt, "name the backup of the device");
  const bool open = out.file->backup() != nullptr;
  if (!open && report.outcome == Outcome::ok)
    throw Error(Outcome::refused, "without the password nobody can tell which wallet is in it", std::nullopt, std::string(out.file->way_in()));
  const bool usable = report.outcome == Outcome::ok || report.outcome == Outcome::partial || report.outcome == Outcome::damaged;
  if (!open || !usable || !usable_secret(out.backup())) throw Error(report.outcome, report.message, report.offset, report.next);
  // The page of these verbs has no section for it.
  for (Finding& finding : report.findings)
    if (finding.code == "advisory" && finding.level >= Severity::high) finding.on_page = true;
  return out;
}

std::string maybe_lost_wallets(const coldcard::Backup& backup) {
  const auto lost = [&](std::string_view key) {
    const coldcard::Line* const line = backup.text.find(key);
    return backup.damaged && (line == nullptr || line->suspect);
  };
  const bool shared = lost("setting.multisig"), vault = lost("setting.seeds");
  if (shared) return vault ? "a multisig wallet, or one of the Seed Vault," : "a multisig wallet";
  return vault ? "a wallet of the Seed Vault" : "";
}

}  // namespace hwbak::tasks
