// See wallet_choice.h.
#include "tasks/wallet_choice.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/unicode.h"
#include "hwbak/error.h"

namespace hwbak::tasks {

using coldcard::SeedWallet;

std::string wallet_choices(const std::vector<SeedWallet>& wallets) {
  std::string out;
  for (const SeedWallet& one : wallets)
    if (one.kind != SeedWallet::Kind::main) out += (out.empty() ? "" : ", ") + printable(one.name) + " (" + wallet::to_text(one.fingerprint) + ")";
  return out.empty() ? "the backup holds no other wallets than its own" : "there is: " + out;
}

const SeedWallet& choose_wallet(const std::vector<SeedWallet>& wallets, const std::optional<std::string>& wanted) {
  if (!wanted) return wallets.front();
  const auto fingerprint = wallet::fingerprint_from_text(*wanted);
  const SeedWallet* found = nullptr;
  for (const SeedWallet& one : wallets) {
    const bool other = one.kind != SeedWallet::Kind::main;
    const bool same = (fingerprint && one.fingerprint == *fingerprint) || (other && (one.name == *wanted || (fingerprint && same_word(one.listed, *wanted))));
    if (!same) continue;
    // The same wallet twice is no choice.
    if (found != nullptr && found->fingerprint != one.fingerprint)
      throw Error(Outcome::usage, "several wallets in the backup have this name", std::nullopt, "give --vault the fingerprint; " + wallet_choices(wallets));
    if (found == nullptr) found = &one;
  }
  if (found == nullptr) throw Error(Outcome::usage, "there is no such wallet in the backup", std::nullopt, wallet_choices(wallets));
  return *found;
}

std::vector<coldcard::SharedWallet> choose_shared(const coldcard::Backup& backup, const SeedWallet& chosen, const std::optional<std::string>& wanted) {
  std::vector<coldcard::SharedWallet> all = coldcard::shared_wallets(backup);
  std::string names;
  for (const auto& one : all) names += (names.empty() ? "" : ", ") + printable(one.wallet->name);
  std::erase_if(all, [&](const coldcard::SharedWallet& one) {
    if (wanted) return one.wallet->name != *wanted;
    return chosen.kind != SeedWallet::Kind::main && std::ranges::none_of(one.keys, [&](const auto& key) { return key.fingerprint == chosen.fingerprint; });
  });
  if (wanted && all.empty())
    throw Error(Outcome::usage, "there is no such multisig wallet in the backup, or none that addresses can be made of", std::nullopt,
                names.empty() ? "the backup holds none" : "there is: " + names);
  return all;
}

}  // namespace hwbak::tasks
