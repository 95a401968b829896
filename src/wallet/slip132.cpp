// Between the forms of SLIP-132 and the plain ones; see slip132.h.
#include "wallet/slip132.h"

#include <algorithm>
#include <array>

#include "wallet/base58.h"

namespace hwbak::wallet {
namespace {

using Version = std::array<std::uint8_t, 4>;

struct Form {
  KeyUse use;
  bool testnet;
  Version public_key, private_key;
};
constexpr Form forms[] = {
    {KeyUse::any, false, {0x04, 0x88, 0xB2, 0x1E}, {0x04, 0x88, 0xAD, 0xE4}},
    {KeyUse::p2sh_p2wpkh, false, {0x04, 0x9D, 0x7C, 0xB2}, {0x04, 0x9D, 0x78, 0x78}},
    {KeyUse::p2wpkh, false, {0x04, 0xB2, 0x47, 0x46}, {0x04, 0xB2, 0x43, 0x0C}},
    {KeyUse::multisig_p2sh_p2wsh, false, {0x02, 0x95, 0xB4, 0x3F}, {0x02, 0x95, 0xB0, 0x05}},
    {KeyUse::multisig_p2wsh, false, {0x02, 0xAA, 0x7E, 0xD3}, {0x02, 0xAA, 0x7A, 0x99}},
    {KeyUse::any, true, {0x04, 0x35, 0x87, 0xCF}, {0x04, 0x35, 0x83, 0x94}},
    {KeyUse::p2sh_p2wpkh, true, {0x04, 0x4A, 0x52, 0x62}, {0x04, 0x4A, 0x4E, 0x28}},
    {KeyUse::p2wpkh, true, {0x04, 0x5F, 0x1C, 0xF6}, {0x04, 0x5F, 0x18, 0xBC}},
    {KeyUse::multisig_p2sh_p2wsh, true, {0x02, 0x42, 0x89, 0xEF}, {0x02, 0x42, 0x85, 0xB5}},
    {KeyUse::multisig_p2wsh, true, {0x02, 0x57, 0x54, 0x83}, {0x02, 0x57, 0x50, 0x48}},
};

const Form& form_of(KeyUse use, bool testnet) {
  return *std::ranges::find_if(forms, [&](const Form& form) { return form.use == use && form.testnet == testnet; });
}

// The same key with other bytes in front.
SecretString with_version(SecretBytes payload, const Version& version) {
  std::ranges::copy(version, payload.expose().begin());
  return base58check(payload.expose());
}

}  // namespace

std::optional<UsedKey> read_used_key(std::string_view text) {
  auto payload = from_base58check(text);
  if (!payload || payload->size() < Version{}.size()) return std::nullopt;
  const auto front = payload->expose().first<4>();
  for (const Form& form : forms) {
    const bool is_public = std::ranges::equal(front, form.public_key);
    if (!is_public && !std::ranges::equal(front, form.private_key)) continue;
    const Form& plain = form_of(KeyUse::any, form.testnet);
    auto parsed = Node::parse(with_version(std::move(*payload), is_public ? plain.public_key : plain.private_key).expose());
    if (!parsed) return std::nullopt;
    return UsedKey{std::move(parsed->node), form.use, form.testnet};
  }
  return std::nullopt;
}

std::string used_xpub(const Node& node, KeyUse use, Chain chain) {
  auto payload = from_base58check(node.xpub(chain));
  return std::string(with_version(std::move(*payload), form_of(use, chain != Chain::mainnet).public_key).expose());
}

SecretString used_xprv(const Node& node, KeyUse use, Chain chain) {
  auto payload = from_base58check(node.xprv(chain).expose());
  return with_version(std::move(*payload), form_of(use, chain != Chain::mainnet).private_key);
}

}  // namespace hwbak::wallet
