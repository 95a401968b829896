// Descriptors of a wallet's own accounts and of shared wallets, with origins and checksums (BIP-380 to 386).
#pragma once

#include <span>

#include "wallet/address.h"
#include "wallet/descriptor.h"

namespace hwbak::wallet {

struct DescribedKey {
  std::optional<KeyOrigin> origin;   // nullopt: not known
  const Node* node = nullptr;        // of the account
  bool with_private = false;         // needs a private node
};
// Chain 0 receives, 1 takes change. They end with /0/* or /1/*, and the checksum.
[[nodiscard]] SecretString account_descriptor(Purpose purpose, const DescribedKey& key, Chain chain, unsigned change);
[[nodiscard]] SecretString multisig_descriptor(unsigned m, bool sorted, ScriptType script, std::span<const DescribedKey> keys, Chain chain, unsigned change);

}  // namespace hwbak::wallet
