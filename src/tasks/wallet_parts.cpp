// See wallet_parts.h.
#include "tasks/wallet_parts.h"

#include "base/ascii.h"
#include "wallet/descriptor_text.h"
#include "wallet/slip132.h"

namespace hwbak::tasks {
namespace {

using wallet::DescribedKey;
using wallet::hardened;
using wallet::KeyUse;
using wallet::Purpose;
using wallet::ScriptType;

std::string_view script_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::bip44: return "p2pkh";
    case Purpose::bip49: return "p2sh-p2wpkh";
    case Purpose::bip84: return "p2wpkh";
    case Purpose::bip86: return "p2tr";
  }
  return {};
}

KeyUse use_of(Purpose purpose) { return purpose == Purpose::bip49 ? KeyUse::p2sh_p2wpkh : purpose == Purpose::bip84 ? KeyUse::p2wpkh : KeyUse::any; }

KeyUse use_of(ScriptType script) {
  switch (script) {
    case ScriptType::p2sh: return KeyUse::any;
    case ScriptType::p2wsh: return KeyUse::multisig_p2wsh;
    case ScriptType::p2sh_p2wsh: return KeyUse::multisig_p2sh_p2wsh;
  }
  return KeyUse::any;
}

foreign::ElectrumKey electrum_key(const DescribedKey& key, KeyUse use, wallet::Chain chain) {
  foreign::ElectrumKey out;
  out.xpub = used_xpub(*key.node, use, chain);
  if (key.with_private) out.xprv = used_xprv(*key.node, use, chain);
  if (key.origin) {
    out.derivation = wallet::path_text(key.origin->path);
    out.root_fingerprint = to_lower(wallet::to_text(key.origin->fingerprint));
  }
  return out;
}

DescribedKey without_private(DescribedKey key) {
  key.with_private = false;
  return key;
}

std::string public_text(const SecretString& text) { return std::string(text.expose()); }

std::optional<WalletPart> account(const coldcard::SeedWallet& wallet, wallet::Chain chain, Purpose purpose, bool secrets) {
  const std::vector<std::uint32_t> path{hardened | static_cast<std::uint32_t>(purpose), hardened | (chain == wallet::Chain::mainnet ? 0u : 1u), hardened};
  const auto node = wallet.node.derive(path);
  const auto first = node ? node->derive(std::array{0u, 0u}) : std::nullopt;
  if (!first) return std::nullopt;
  const DescribedKey key{wallet::KeyOrigin{wallet.fingerprint, path}, &*node, secrets};
  WalletPart out;
  out.name = "bip" + std::to_string(static_cast<std::uint32_t>(purpose));
  out.purpose = purpose;
  out.path = wallet::path_text(path);
  out.script = script_of(purpose);
  out.chain = chain;
  out.has_private = secrets;
  for (const unsigned change : {0u, 1u}) {
    out.watching[change] = public_text(account_descriptor(purpose, without_private(key), chain, change));
    out.written[change] = account_descriptor(purpose, key, chain, change);
  }
  out.first_address = wallet::address(purpose, first->public_key(), chain);
  if (purpose == Purpose::bip86) out.not_electrum = "Electrum knows no wallet of Taproot addresses";
  else out.electrum.push_back(electrum_key(key, use_of(purpose), chain));
  return out;
}

WalletPart multisig(const coldcard::SeedWallet& wallet, const coldcard::SharedWallet& shared, bool secrets) {
  const coldcard::MultisigWallet& known = *shared.wallet;
  WalletPart out;
  out.name = known.name;
  out.script = known.script;
  out.chain = shared.chain;
  out.m = known.m;
  std::vector<wallet::Node> own;          // of this seed, in place of the public ones
  own.reserve(shared.keys.size());
  std::vector<DescribedKey> keys, watching;
  for (const auto& key : shared.keys) {
    DescribedKey described{std::nullopt, &key.node, false};
    if (key.path) described.origin = wallet::KeyOrigin{key.fingerprint, *key.path};
    if (secrets && key.path && key.fingerprint == wallet.fingerprint) {
      auto node = wallet.node.derive(*key.path);
      if (node && node->is_private() && node->same_key(key.node)) {
        own.push_back(std::move(*node));
        described.node = &own.back();
        described.with_private = out.has_private = true;
      }
    }
    keys.push_back(described);
    watching.push_back(without_private(described));
  }
  for (const unsigned change : {0u, 1u}) {
    out.watching[change] = public_text(multisig_descriptor(known.m, known.sorted, shared.script, watching, shared.chain, change));
    out.written[change] = multisig_descriptor(known.m, known.sorted, shared.script, keys, shared.chain, change);
  }
  if (const auto output = shared.output(0, 0)) out.first_address = wallet::address_of(*output, shared.chain);
  if (!known.sorted) {
    out.not_electrum = "its keys are not sorted (BIP-67), and Electrum always sorts them: it would show other addresses";
  } else if (keys.size() == 1) {
    out.not_electrum = "it has one key only, and Electrum's multisig wallets have two or more";
  } else {
    for (const DescribedKey& key : keys) out.electrum.push_back(electrum_key(key, use_of(shared.script), shared.chain));
  }
  return out;
}

}  // namespace

std::vector<WalletPart> wallet_parts(const coldcard::SeedWallet& wallet, wallet::Chain chain, const std::vector<coldcard::SharedWallet>& shared,
                                     bool secrets) {
  std::vector<WalletPart> out;
  for (const Purpose purpose : {Purpose::bip44, Purpose::bip49, Purpose::bip84, Purpose::bip86})
    if (auto made = account(wallet, chain, purpose, secrets)) out.push_back(std::move(*made));
  for (const auto& one : shared) out.push_back(multisig(wallet, one, secrets));
  return out;
}

}  // namespace hwbak::tasks
