// Extended keys whose first letters say what they are for: ypub, zpub, Ypub, Zpub and their kin (SLIP-132). The key inside
// is the same; only four bytes in front differ.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wallet/bip32.h"

namespace hwbak::wallet {

enum class KeyUse { any, p2sh_p2wpkh, p2wpkh, multisig_p2sh_p2wsh, multisig_p2wsh };  // x, y, z, Y, Z

struct UsedKey {
  Node node;
  KeyUse use = KeyUse::any;
  bool testnet = false;
};
// xpub, ypub, zpub, Ypub, Zpub, tpub, upub, vpub, Upub, Vpub and the private forms. nullopt when it is none of them.
[[nodiscard]] std::optional<UsedKey> read_used_key(std::string_view text);

[[nodiscard]] std::string used_xpub(const Node& node, KeyUse use, Chain chain);
[[nodiscard]] SecretString used_xprv(const Node& node, KeyUse use, Chain chain);

}  // namespace hwbak::wallet
