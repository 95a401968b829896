// `raw_secret` and the secrets of the Seed Vault: what kind of wallet, and its master node
// (docs/formats/coldcard.md, "raw_secret").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "device/coldcard/secret_memo.h"
#include "hwbak/secret.h"
#include "wallet/bip32.h"

namespace hwbak::coldcard {

enum class Mode { words, xprv, master };
[[nodiscard]] std::string_view name(Mode mode) noexcept;  // "words", "xprv", "master"

struct WalletSecret {
  Mode mode = Mode::words;
  unsigned word_count = 0;           // words: 12, 18, 24
  SecretString mnemonic;             // words
  SecretBytes master_secret;         // master: 16 to 64 bytes
  std::optional<wallet::Node> node;  // depth 0; empty passphrase
  bool zero_tail = true;             // false: bytes after the content are not zero
};

struct SecretFault {
  std::string sentence;  // what is wrong, without secret digits
};

// Hex digits with trailing zeros cut; odd counts allowed. On failure `fault` says why. `memo` may be nullptr.
[[nodiscard]] std::optional<WalletSecret> decode_secret(std::string_view hex_digits, SecretFault& fault, SecretMemo* memo = nullptr);
[[nodiscard]] std::optional<WalletSecret> secret_from_mnemonic(std::string_view mnemonic, SecretFault& fault,
                                                               SecretMemo* memo = nullptr);

// From a master xprv or tprv (depth 0). On failure `fault` says why: not Base58Check, a public key, not a master key, a
// yprv/zprv form.
struct XprvSecret {
  WalletSecret secret;
  bool testnet = false;
};
[[nodiscard]] std::optional<XprvSecret> secret_from_xprv(std::string_view xprv, SecretFault& fault);

// `raw_secret` as a device writes it: hex digits with trailing zeros cut.
[[nodiscard]] SecretString encode_secret(const WalletSecret& secret);

}  // namespace hwbak::coldcard
