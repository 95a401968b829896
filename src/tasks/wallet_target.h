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
  std::optional<wallet::KeyOrigin> origin;  // of the key
  std::optional<wallet::Descriptor> descriptor;
  Bytes script;                          // of an address
  bool mainnet = true;                   // of an address
};
[[nodiscard]] std::string_view name(WalletTarget::Kind kind) noexcept;
// Seed words or a private key, right or mistyped, where something else was wanted.
[[nodiscard]] bool is_secret_text(std::string_view text);
// Throws Error(refused), which does not say it again.
[[noreturn]] void refuse_secret_name(std::string_view text);
// Throws Error: usage for what is none of these or mistyped, refused for a secret, unsupported for a descriptor of another kind.
// Nothing of the text is in the sentence.
[[nodiscard]] WalletTarget read_wallet_target(std::string_view text);

}  // namespace hwbak::tasks
