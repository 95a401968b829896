// Building output scripts, and reading them off addresses; see script.h.
#include "wallet/script.h"

#include <algorithm>

#include "base/as_bytes.h"
#include "base/ascii.h"
#include "base/byte_writer.h"
#include "crypto/digest.h"
#include "hwbak/error.h"
#include "wallet/base58.h"
#include "wallet/curve.h"
#include "wallet/typo.h"

namespace hwbak::wallet {
namespace {

enum Op : std::uint8_t { op_0 = 0x00, op_1 = 0x51, op_16 = 0x60, op_dup = 0x76, op_equal = 0x87, op_equalverify = 0x88, op_hash160 = 0xA9,
                         op_checksig = 0xAC, op_checkmultisig = 0xAE };

// A short push: up to 75 bytes.
ByteWriter& push(ByteWriter& out, ByteView bytes) { return out.u8(static_cast<std::uint8_t>(bytes.size())).bytes(bytes); }

ByteWriter& number(ByteWriter& out, std::size_t n) {
  if (n <= 16) return out.u8(static_cast<std::uint8_t>(op_1 + n - 1));
  return out.u8(1).u8(static_cast<std::uint8_t>(n));
}

XOnly tagged_hash(std::string_view tag, ByteView data) {
  const auto hash = crypto::sha256(as_bytes(tag));
  return crypto::sha256(ByteWriter().bytes(hash).bytes(hash).bytes(data).view());
}

struct Network {
  Chain chain;
  std::string_view segwit;
  std::uint8_t pay_to_key, pay_to_script;
};
constexpr Network networks[] = {{Chain::mainnet, "bc", 0x00, 0x05}, {Chain::testnet, "tb", 0x6F, 0xC4}, {Chain::regtest, "bcrt", 0x6F, 0xC4}};

const Network& network_of(Chain chain) {
  return *std::ranges::find(networks, chain, &Network::chain);
}

std::string versioned(std::uint8_t version, ByteView hash) {
  return std::string(base58check(ByteWriter().u8(version).bytes(hash).view()).expose());
}

bool is(ByteView script, std::size_t size, std::initializer_list<std::uint8_t> front, std::initializer_list<std::uint8_t> back) {
  return script.size() == size && std::ranges::equal(script.first(front.size()), front) && std::ranges::equal(script.last(back.size()), back);
}

Bytes hash_script(std::initializer_list<std::uint8_t> front, ByteView hash, std::initializer_list<std::uint8_t> back) {
  ByteWriter out;
  for (const std::uint8_t op : front) out.u8(op);
  push(out, hash);
  for (const std::uint8_t op : back) out.u8(op);
  return out.take();
}

std::optional<ReadAddress> read_segwit(std::string_view text, std::string& fault) {
  auto address = from_segwit_address(text);
  if (!address) {
    fault = "its checksum does not hold: a character is missing, wrong or too much" +
            where_words(lone_typo(to_lower(text), bech32_alphabet, text.rfind('1') + 1, [](std::string_view t) { return from_segwit_address(t).has_value(); }));
    return std::nullopt;
  }
  const auto* const network = std::ranges::find(networks, address->hrp, &Network::segwit);
  if (network == std::end(networks)) {
    fault = "it is an address of no Bitcoin network";
    return std::nullopt;
  }
  ByteWriter script;
  script.u8(address->version == 0 ? std::uint8_t{op_0} : static_cast<std::uint8_t>(op_1 + address->version - 1));
  push(script, address->program);
  return ReadAddress{script.take(), network->chain == Chain::mainnet};
}

}  // namespace

Bytes p2pk(ByteView public_key) {
  ByteWriter out;
  return push(out, public_key).u8(op_checksig).take();
}

Bytes p2pkh(ByteView public_key) {
  return hash_script({op_dup, op_hash160}, crypto::hash160(public_key), {op_equalverify, op_checksig});
}

Bytes p2sh(ByteView redeem_script) { return hash_script({op_hash160}, crypto::hash160(redeem_script), {op_equal}); }
Bytes p2wpkh(ByteView public_key) { return hash_script({op_0}, crypto::hash160(public_key), {}); }
Bytes p2wsh(ByteView witness_script) { return hash_script({op_0}, crypto::sha256(witness_script), {}); }

std::optional<Bytes> p2tr(const XOnly& internal, const std::optional<XOnly>& root) {
  Point even{0x02};
  std::ranges::copy(internal, even.begin() + 1);
  ByteWriter committed;
  committed.bytes(internal);
  if (root) committed.bytes(*root);
  const auto output = add_tweak(even, tagged_hash("TapTweak", committed.view()));
  if (!output) return std::nullopt;
  return hash_script({op_1}, ByteView(*output).subspan(1), {});
}

XOnly tap_leaf(const XOnly& key) {
  constexpr std::uint8_t leaf_version = 0xC0;
  const Bytes script = p2pk(key);
  ByteWriter leaf;
  leaf.u8(leaf_version);
  push(leaf, script);
  return tagged_hash("TapLeaf", leaf.view());
}

XOnly tap_branch(const XOnly& a, const XOnly& b) {
  const auto& [low, high] = std::minmax(a, b);
  return tagged_hash("TapBranch", ByteWriter().bytes(low).bytes(high).view());
}

Bytes multisig_script(unsigned m, const std::vector<Bytes>& keys) {
  constexpr std::size_t max_keys = 20;
  if (m < 1 || m > keys.size() || keys.size() > max_keys)
    throw Error(Outcome::damaged, "a multisig script has 1 to 20 keys and wants no more signatures than it has keys");
  ByteWriter script;
  number(script, m);
  for (const Bytes& key : keys) push(script, key);
  return number(script, keys.size()).u8(op_checkmultisig).take();
}

std::string address_of(ByteView script, Chain chain) {
  const Network& network = network_of(chain);
  if (is(script, 25, {op_dup, op_hash160, 20}, {op_equalverify, op_checksig})) return versioned(network.pay_to_key, script.subspan(3, 20));
  if (is(script, 23, {op_hash160, 20}, {op_equal})) return versioned(network.pay_to_script, script.subspan(2, 20));
  if (is(script, 22, {op_0, 20}, {}) || is(script, 34, {op_0, 32}, {})) return segwit_address(network.segwit, 0, script.subspan(2));
  if (is(script, 34, {op_1, 32}, {})) return segwit_address(network.segwit, 1, script.subspan(2));
  return {};
}

std::optional<ReadAddress> read_address(std::string_view text, std::string& fault) {
  constexpr std::size_t longest = 90;  // BIP-173; those of Base58 have 35
  if (text.size() > longest) return fault = "it is longer than any address", std::nullopt;
  const std::string lower = to_lower(text);
  for (const Network& network : networks)
    if (lower.starts_with(std::string(network.segwit) + '1')) return read_segwit(text, fault);
  const auto payload = from_base58check(text);
  if (!payload && from_segwit_address(text)) return fault = "it is an address of no Bitcoin network", std::nullopt;
  if (!payload) {
    fault = "its checksum does not hold: a character is missing, wrong or too much" +
            where_words(lone_typo(std::string(text), base58_alphabet, 0, [](std::string_view t) { return from_base58check(t).has_value(); }));
    return std::nullopt;
  }
  constexpr std::size_t versioned_hash = 21;
  const ByteView bytes = payload->expose();
  if (bytes.size() == versioned_hash)
    for (const Network& network : networks) {
      const ByteView hash = bytes.subspan(1);
      const bool mainnet = network.chain == Chain::mainnet;
      if (bytes[0] == network.pay_to_key) return ReadAddress{hash_script({op_dup, op_hash160}, hash, {op_equalverify, op_checksig}), mainnet};
      if (bytes[0] == network.pay_to_script) return ReadAddress{hash_script({op_hash160}, hash, {op_equal}), mainnet};
    }
  fault = "it is an address of no Bitcoin network";
  return std::nullopt;
}

}  // namespace hwbak::wallet
