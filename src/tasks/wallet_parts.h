// What of a backup goes into another wallet program: accounts and multisig wallets, each with what every format needs.
#pragma once

#include "device/coldcard/wallets.h"
#include "foreign/wallets.h"
#include "wallet/address.h"

namespace hwbak::tasks {

struct WalletPart {
  std::string name;                     // "bip84", or the multisig wallet's; untrusted text
  std::optional<wallet::Purpose> purpose;   // of an account
  std::string path;                     // "m/84h/0h/0h"; of a multisig wallet empty
  std::string script;                   // "p2wpkh", "p2wsh", ...
  wallet::Chain chain = wallet::Chain::mainnet;
  unsigned m = 1;
  bool has_private = false;
  std::array<std::string, 2> watching;  // descriptors: receive, change
  std::array<SecretString, 2> written;  // the same as they are exported
  std::string first_address;
  std::vector<foreign::ElectrumKey> electrum;   // empty: Electrum cannot have it
  std::string not_electrum;             // why
};
// Account 0 of each purpose, then the multisig wallets. Private keys only with `secrets`.
[[nodiscard]] std::vector<WalletPart> wallet_parts(const coldcard::SeedWallet& wallet, wallet::Chain chain, const std::vector<coldcard::SharedWallet>& shared,
                                                   bool secrets);

}  // namespace hwbak::tasks
