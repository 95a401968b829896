// Addresses from keys and scripts; see address.h.
#include "wallet/address.h"

#include <algorithm>

#include "base/as_bytes.h"
#include "base/byte_writer.h"
#include "crypto/digest.h"
#include "hwbak/error.h"
#include "wallet/base58.h"
#include "wallet/curve.h"

namespace hwbak::wallet {
namespace {

constexpr std::uint8_t op_0 = 0x00, op_1 = 0x51, op_checkmultisig = 0xAE;

std::uint8_t op_number(std::size_t n) { return static_cast<std::uint8_t>(op_1 + n - 1); }

std::string_view segwit_prefix(Chain chain) {
  switch (chain) {
    case Chain::mainnet: return "bc";
    case Chain::testnet: return "tb";
    case Chain::regtest: return "bcrt";
  }
  return {};
}

std::string versioned(std::uint8_t version, ByteView hash) {
  return std::string(base58check(ByteWriter().u8(version).bytes(hash).view()).expose());
}

std::string p2pkh(ByteView public_key, Chain chain) {
  return versioned(chain == Chain::mainnet ? 0x00 : 0x6F, crypto::hash160(public_key));
}

std::string p2sh(ByteView script, Chain chain) {
  return versioned(chain == Chain::mainnet ? 0x05 : 0xC4, crypto::hash160(script));
}

// The script of a version 0 witness program, to be wrapped in P2SH.
Bytes witness_script(ByteView program) {
  return ByteWriter().u8(op_0).u8(static_cast<std::uint8_t>(program.size())).bytes(program).take();
}

// BIP-341's output key without scripts: the even point of `public_key` plus the hash of its X times G.
std::array<std::uint8_t, 32> taproot_output(const Point& public_key) {
  Point even = public_key;
  even[0] = 0x02;
  const auto tag_hash = crypto::sha256(as_bytes("TapTweak"));
  const auto tweak = crypto::sha256(ByteWriter().bytes(tag_hash).bytes(tag_hash).bytes(ByteView(even).subspan(1)).view());
  const auto output = add_tweak(even, tweak);
  if (!output) throw Error(Outcome::damaged, "a public key of the wallet is not a point of the curve");
  std::array<std::uint8_t, 32> x;
  std::copy_n(output->begin() + 1, x.size(), x.begin());
  return x;
}

}  // namespace

std::string address(Purpose purpose, const std::array<std::uint8_t, 33>& public_key, Chain chain) {
  switch (purpose) {
    case Purpose::bip44: return p2pkh(public_key, chain);
    case Purpose::bip49: return p2sh(witness_script(crypto::hash160(public_key)), chain);
    case Purpose::bip84: return segwit_address(segwit_prefix(chain), 0, crypto::hash160(public_key));
    case Purpose::bip86: return segwit_address(segwit_prefix(chain), 1, taproot_output(public_key));
  }
  throw Error(Outcome::internal, "an address of an unknown kind was asked for");
}

std::vector<Account> first_accounts(const Node& master, Chain chain) {
  const std::uint32_t coin = chain == Chain::mainnet ? 0 : 1;
  std::vector<Account> out;
  for (const Purpose purpose : {Purpose::bip44, Purpose::bip49, Purpose::bip84, Purpose::bip86}) {
    const std::uint32_t path[] = {hardened | static_cast<std::uint32_t>(purpose), hardened | coin, hardened};
    const auto account = master.derive(path);
    const auto receive = account ? account->derive(std::array{0u, 0u}) : std::nullopt;
    if (!receive) continue;
    out.push_back({purpose, path_text(path), account->xpub(chain), address(purpose, receive->public_key(), chain)});
  }
  return out;
}

std::string multisig_address(unsigned m, std::vector<std::array<std::uint8_t, 33>> keys, ScriptType type, bool sorted,
                             Chain chain) {
  constexpr std::size_t max_keys = 15;  // more do not fit a P2SH script of 520 bytes
  if (m < 1 || m > keys.size() || keys.size() > max_keys) {
    throw Error(Outcome::damaged, "a multisig wallet has 1 to 15 keys and wants no more signatures than it has keys");
  }
  if (sorted) std::sort(keys.begin(), keys.end());
  ByteWriter script;
  script.u8(op_number(m));
  for (const auto& key : keys) script.u8(static_cast<std::uint8_t>(key.size())).bytes(key);
  script.u8(op_number(keys.size())).u8(op_checkmultisig);
  switch (type) {
    case ScriptType::p2sh: return p2sh(script.view(), chain);
    case ScriptType::p2wsh: return segwit_address(segwit_prefix(chain), 0, crypto::sha256(script.view()));
    case ScriptType::p2sh_p2wsh: return p2sh(witness_script(crypto::sha256(script.view())), chain);
  }
  throw Error(Outcome::internal, "a multisig address of an unknown kind was asked for");
}

}  // namespace hwbak::wallet
