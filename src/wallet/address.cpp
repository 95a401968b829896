// Addresses from keys and scripts; see address.h.
#include "wallet/address.h"

#include <algorithm>

#include "hwbak/error.h"

namespace hwbak::wallet {

Bytes output_script(Purpose purpose, const std::array<std::uint8_t, 33>& public_key) {
  switch (purpose) {
    case Purpose::bip44: return p2pkh(public_key);
    case Purpose::bip49: return p2sh(p2wpkh(public_key));
    case Purpose::bip84: return p2wpkh(public_key);
    case Purpose::bip86: {
      XOnly x;
      std::copy_n(public_key.begin() + 1, x.size(), x.begin());
      if (auto script = p2tr(x)) return *script;
      throw Error(Outcome::damaged, "a public key of the wallet is not a point of the curve");
    }
  }
  throw Error(Outcome::internal, "an address of an unknown kind was asked for");
}

std::string address(Purpose purpose, const std::array<std::uint8_t, 33>& public_key, Chain chain) {
  return address_of(output_script(purpose, public_key), chain);
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

Bytes multisig_output(unsigned m, std::vector<std::array<std::uint8_t, 33>> keys, ScriptType type, bool sorted) {
  constexpr std::size_t max_keys = 15;  // more do not fit a P2SH script of 520 bytes
  if (m < 1 || m > keys.size() || keys.size() > max_keys)
    throw Error(Outcome::damaged, "a multisig wallet has 1 to 15 keys and wants no more signatures than it has keys");
  if (sorted) std::sort(keys.begin(), keys.end());
  std::vector<Bytes> listed;
  for (const auto& key : keys) listed.emplace_back(key.begin(), key.end());
  const Bytes script = multisig_script(m, listed);
  switch (type) {
    case ScriptType::p2sh: return p2sh(script);
    case ScriptType::p2wsh: return p2wsh(script);
    case ScriptType::p2sh_p2wsh: return p2sh(p2wsh(script));
  }
  throw Error(Outcome::internal, "a multisig address of an unknown kind was asked for");
}

std::string multisig_address(unsigned m, std::vector<std::array<std::uint8_t, 33>> keys, ScriptType type, bool sorted,
                             Chain chain) {
  return address_of(multisig_output(m, std::move(keys), type, sorted), chain);
}

}  // namespace hwbak::wallet
