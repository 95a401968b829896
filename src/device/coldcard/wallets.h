// The wallets of a backup that coins can lie in: its own, those of the Seed Vault, the duress wallets, and those shared with other
// signers (docs/formats/coldcard.md, "Settings").
#pragma once

#include <string>
#include <vector>

#include "device/coldcard/backup.h"
#include "wallet/address.h"

namespace hwbak::coldcard {

struct SeedWallet {
  enum class Kind { main, seed_vault, duress };
  Kind kind = Kind::main;
  std::string name;                    // "main", the label of the vault's entry, or the duress wallet's key; untrusted text
  wallet::Fingerprint fingerprint{};
  wallet::Node node;                   // depth 0; public only where a backup has no more of a duress wallet
  SecretString mnemonic;               // empty: there are no words
  std::string listed;                  // of the vault: the fingerprint as the entry has it, which may not be its own; untrusted text
};
[[nodiscard]] std::string_view name(SeedWallet::Kind kind) noexcept;  // "main", "seed-vault", "duress"
// The main one first. Those whose secret does not decode are left out.
[[nodiscard]] std::vector<SeedWallet> seed_wallets(const Backup& backup);

struct SharedWallet {
  struct Key {
    wallet::Node node;                             // public
    wallet::Fingerprint fingerprint{};
    std::optional<std::vector<std::uint32_t>> path;  // nullopt: not known
  };
  const MultisigWallet* wallet = nullptr;
  wallet::Chain chain = wallet::Chain::mainnet;
  wallet::ScriptType script = wallet::ScriptType::p2sh;
  std::vector<Key> keys;

  // Chain 0 receives, 1 takes change. nullopt in BIP-32's negligible case.
  [[nodiscard]] std::optional<Bytes> output(std::uint32_t change, std::uint32_t index) const;
};
// Those that addresses can be made of.
[[nodiscard]] std::vector<SharedWallet> shared_wallets(const Backup& backup);

}  // namespace hwbak::coldcard
