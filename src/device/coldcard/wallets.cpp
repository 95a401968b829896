// See wallets.h.
#include "device/coldcard/wallets.h"

#include <algorithm>
#include <array>

namespace hwbak::coldcard {
namespace {

std::optional<SeedWallet> duress_wallet(const Backup& backup, const DuressWallet& found) {
  const Line* const line = backup.text.find(found.key);
  const auto spans = line == nullptr || !found.fingerprint ? std::nullopt : JsonSpans::parse(line->value);
  const auto text = spans ? spans->root().string() : std::nullopt;
  if (!text) return std::nullopt;
  if (found.key.ends_with("_words")) {
    SecretFault fault;
    auto secret = secret_from_mnemonic(text->expose(), fault);
    if (!secret) return std::nullopt;
    return SeedWallet{SeedWallet::Kind::duress, found.key, *found.fingerprint, std::move(*secret->node), std::move(secret->mnemonic), {}};
  }
  auto parsed = wallet::Node::parse(text->expose());
  if (!parsed) return std::nullopt;
  return SeedWallet{SeedWallet::Kind::duress, found.key, *found.fingerprint, std::move(parsed->node), {}, {}};
}

std::optional<wallet::ScriptType> script_named(std::string_view name) {
  using enum wallet::ScriptType;
  constexpr std::pair<std::string_view, wallet::ScriptType> names[] = {{"p2sh", p2sh}, {"p2wsh", p2wsh}, {"p2sh-p2wsh", p2sh_p2wsh}};
  for (const auto& [known, script] : names)
    if (known == name) return script;
  return std::nullopt;
}

}  // namespace

std::string_view name(SeedWallet::Kind kind) noexcept {
  switch (kind) {
    case SeedWallet::Kind::main: return "main";
    case SeedWallet::Kind::seed_vault: return "seed-vault";
    case SeedWallet::Kind::duress: return "duress";
  }
  return {};
}

std::vector<SeedWallet> seed_wallets(const Backup& backup) {
  std::vector<SeedWallet> out;
  if (backup.secret && backup.fingerprint)
    out.push_back({SeedWallet::Kind::main, "main", *backup.fingerprint, backup.secret->node->clone(), backup.secret->mnemonic.clone(), {}});
  for (const VaultEntry& entry : backup.vault) {
    auto parsed = wallet::Node::parse(entry.xprv.expose());
    if (!parsed) continue;
    const auto fingerprint = parsed->node.fingerprint();
    out.push_back({SeedWallet::Kind::seed_vault, entry.label, fingerprint, std::move(parsed->node), entry.mnemonic.clone(), entry.listed_fingerprint});
  }
  const bool has_private = std::ranges::any_of(backup.duress, [](const DuressWallet& one) { return one.key == "duress_xprv"; });
  for (const DuressWallet& found : backup.duress)
    if (!has_private || found.key != "duress_xpub")
      if (auto made = duress_wallet(backup, found)) out.push_back(std::move(*made));
  return out;
}

std::optional<Bytes> SharedWallet::output(std::uint32_t change, std::uint32_t index) const {
  std::vector<std::array<std::uint8_t, 33>> public_keys;
  const std::uint32_t path[] = {change, index};
  for (const Key& key : keys) {
    const auto node = key.node.derive(path);
    if (!node) return std::nullopt;
    public_keys.push_back(node->public_key());
  }
  return wallet::multisig_output(wallet->m, std::move(public_keys), script, wallet->sorted);
}

std::vector<SharedWallet> shared_wallets(const Backup& backup) {
  std::vector<SharedWallet> out;
  for (const MultisigWallet& found : backup.multisig) {
    const auto script = script_named(found.script);
    const auto chain = wallet::chain_from_code(found.chain);
    if (!script || !chain || found.m == 0 || found.m > found.n || found.cosigners.size() != found.n) continue;
    SharedWallet made{&found, *chain, *script, {}};
    for (const Cosigner& cosigner : found.cosigners) {
      auto parsed = wallet::Node::parse(cosigner.xpub);
      if (!parsed || parsed->node.is_private()) break;
      // A path of another length than the key is deep is none that leads to it.
      auto path = wallet::parse_path(cosigner.path.empty() ? "m" : cosigner.path);
      if (path && path->size() != parsed->node.depth()) path.reset();
      made.keys.push_back({std::move(parsed->node), cosigner.fingerprint, std::move(path)});
    }
    if (made.keys.size() == found.n) out.push_back(std::move(made));
  }
  return out;
}

}  // namespace hwbak::coldcard
