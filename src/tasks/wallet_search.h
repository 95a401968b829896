// Looking for a key, an address or a fingerprint among everything that the wallets of a backup give (docs/coldcard.md, "Is this my wallet").
#pragma once

#include "device/coldcard/wallets.h"
#include "hwbak/tasks.h"
#include "tasks/wallet_target.h"

namespace hwbak::tasks {

inline constexpr std::uint32_t searched_accounts = 10;

struct WalletHit {
  std::string kind;                    // "master", "account", "chain", "address", "multisig", "signer"
  std::string wallet, wallet_kind;     // its name, and "main", "seed-vault", "duress" or "multisig"; the name is untrusted text
  std::string path;                    // "m/84h/0h/0h/0/3"; of a multisig wallet's address below its keys: "0/3"; may be empty
  wallet::Fingerprint fingerprint{};   // of that wallet; of a multisig wallet none
  bool has_fingerprint = true;
  std::optional<wallet::Chain> chain;  // of a multisig wallet; else that of the backup
  bool origin_differs = false;         // the origin that was given with the key names another place
};

struct WalletSearch {
  const std::vector<coldcard::SeedWallet>& wallets;
  const std::vector<coldcard::SharedWallet>& shared;
  unsigned gap;
  const Progress& progress;

  // Throws Error(refused) when it would be more work than anybody waits for.
  [[nodiscard]] std::optional<WalletHit> find(const WalletTarget& target) const;
  // The multisig wallet that has this key of another signer; empty when there is none.
  [[nodiscard]] std::string others_key(const WalletTarget& target) const;
};

}  // namespace hwbak::tasks
