// Master nodes that this run has derived already. Backups of one owner share their seed, and making a node
// from a mnemonic costs 2048 rounds of PBKDF2: a run over many files does that once per seed.
#pragma once

#include <vector>

#include "hwbak/secret.h"
#include "wallet/bip32.h"

namespace hwbak::coldcard {

// For one thread. Both sides stay in locked memory and are wiped with this object.
class SecretMemo final {
 public:
  // nullptr when it is not known; valid until the next keep().
  [[nodiscard]] const wallet::Node* find(ByteView entropy) const noexcept;
  // Beyond 64 entries the oldest one goes.
  void keep(ByteView entropy, const wallet::Node& node);

 private:
  struct Entry {
    SecretBytes entropy;
    wallet::Node node;
  };
  std::vector<Entry> entries_;  // a ring once it is full
  std::size_t oldest_ = 0;
};

}  // namespace hwbak::coldcard
