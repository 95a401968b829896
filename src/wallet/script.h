// Output scripts (what an address stands for) and back: BIP-13, 16, 141, 341, and their texts (BIP-173, 350, Base58Check).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wallet/bip32.h"

namespace hwbak::wallet {

using XOnly = std::array<std::uint8_t, 32>;  // a point of BIP-340: its x alone

[[nodiscard]] Bytes p2pk(ByteView public_key);
[[nodiscard]] Bytes p2pkh(ByteView public_key);
[[nodiscard]] Bytes p2sh(ByteView redeem_script);
[[nodiscard]] Bytes p2wpkh(ByteView public_key);
[[nodiscard]] Bytes p2wsh(ByteView witness_script);
// With the root of a script tree, or without any. nullopt when `internal` is no point.
[[nodiscard]] std::optional<Bytes> p2tr(const XOnly& internal, const std::optional<XOnly>& root = std::nullopt);
// BIP-341: a leaf `<key> OP_CHECKSIG`, and the joint of two.
[[nodiscard]] XOnly tap_leaf(const XOnly& key);
[[nodiscard]] XOnly tap_branch(const XOnly& a, const XOnly& b);
// m-of-n, keys in this order. 1 <= m <= n <= 20.
[[nodiscard]] Bytes multisig_script(unsigned m, const std::vector<Bytes>& keys);

// The address of an output script; empty when it has none.
[[nodiscard]] std::string address_of(ByteView script, Chain chain);

struct ReadAddress {
  Bytes script;
  bool mainnet = true;   // the forms of testnet and regtest are not always different
};
// What an address stands for. nullopt when it is none; then `fault` says why, and where, in a clause without its value.
[[nodiscard]] std::optional<ReadAddress> read_address(std::string_view text, std::string& fault);

}  // namespace hwbak::wallet
