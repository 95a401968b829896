// What `wallet check --against` was given: an extended key, a descriptor, an address or a fingerprint.
#pragma once

#include "wallet/descriptor.h"
#include "wallet/slip132.h"

namespace hwbak::tasks {

struct WalletTarget {
  enum class Kind { fingerprint, xpub, descriptor, address };
  Kind kind = Kind::fingerprint;
  wallet::Fingerprint fingerprint{};
  std::optional<wallet::UsedKey> key;
  std::optional<wallet::Descriptor> descriptor;
  Bytes script;                          // of an address
  bool mainnet = true;                   // of an address
};
[[nodiscard]] std::string_view name(WalletTarget::Kind kind) noexcept;
// Throws Error: usage for what is none of these or mistyped, refused for a secret, unsupported for a descriptor of another kind.
// Nothing of the text is in the sentence.
[[nodiscard]] WalletTarget read_wallet_target(std::string_view text);

}  // namespace hwbak::tasks
