// First receive addresses of the usual accounts: BIP-44 (P2PKH), BIP-49 (P2SH-P2WPKH),
// BIP-84 (P2WPKH), BIP-86 (P2TR, BIP-341 key path), and multisig scripts.
#pragma once

#include <string>

#include "wallet/script.h"

namespace hwbak::wallet {

enum class Purpose : std::uint32_t { bip44 = 44, bip49 = 49, bip84 = 84, bip86 = 86 };

// What one compressed public key is paid to, and its address.
[[nodiscard]] Bytes output_script(Purpose purpose, const std::array<std::uint8_t, 33>& public_key);
[[nodiscard]] std::string address(Purpose purpose, const std::array<std::uint8_t, 33>& public_key, Chain chain);
struct Account {
  Purpose purpose;
  std::string path;           // m/84h/0h/0h
  std::string xpub;           // standard xpub/tpub form
  std::string first_address;  // .../0/0
};
// Account 0 of each purpose; coin type 0h on mainnet, 1h elsewhere.
[[nodiscard]] std::vector<Account> first_accounts(const Node& master, Chain chain);

enum class ScriptType { p2sh, p2wsh, p2sh_p2wsh };
// m-of-n of compressed keys, sorted first when `sorted` (BIP-67). 1 <= m <= n <= 15.
[[nodiscard]] Bytes multisig_output(unsigned m, std::vector<std::array<std::uint8_t, 33>> keys, ScriptType type, bool sorted);
[[nodiscard]] std::string multisig_address(unsigned m, std::vector<std::array<std::uint8_t, 33>> keys, ScriptType type,
                                           bool sorted, Chain chain);

}  // namespace hwbak::wallet
