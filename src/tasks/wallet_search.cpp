// See wallet_search.h.
#include "tasks/wallet_search.h"

#include <algorithm>
#include <functional>

#include "hwbak/error.h"

namespace hwbak::tasks {
namespace {

using wallet::hardened;
using wallet::Purpose;
using Path = std::vector<std::uint32_t>;

constexpr std::uint64_t most_addresses = 10'000'000;  // some minutes

struct Place {
  Path path;
  wallet::Node node;
};

std::string path_words(Path path, std::initializer_list<std::uint32_t> further = {}) {
  path.insert(path.end(), further);
  return wallet::path_text(path);
}

WalletHit hit_in(const coldcard::SeedWallet& wallet, std::string kind, std::string path) {
  return {std::move(kind), wallet.name, std::string(name(wallet.kind)), std::move(path), wallet.fingerprint, true, {}};
}

WalletHit hit_in(const coldcard::SharedWallet& shared, std::string path) {
  return {"multisig", shared.wallet->name, "multisig", std::move(path), {}, false, shared.chain};
}

// The root, and the accounts of single keys: BIP-44, 49, 84, 86.
std::vector<Path> account_paths(std::span<const std::uint32_t> coins) {
  std::vector<Path> out{{}};
  for (std::uint32_t account = 0; account < searched_accounts; ++account)
    for (const std::uint32_t coin : coins)
      for (const std::uint32_t purpose : {84u, 49u, 44u, 86u}) out.push_back({purpose | hardened, coin | hardened, account | hardened});
  return out;
}

// And those of a signer of multisig wallets: BIP-45, 48, 87.
std::vector<Path> key_paths() {
  constexpr std::uint32_t coins[] = {0, 1};
  std::vector<Path> out = account_paths(coins);
  out.push_back({45 | hardened});
  for (std::uint32_t account = 0; account < searched_accounts; ++account)
    for (const std::uint32_t coin : coins) {
      for (const std::uint32_t script : {1u, 2u}) out.push_back({48 | hardened, coin | hardened, account | hardened, script | hardened});
      out.push_back({87 | hardened, coin | hardened, account | hardened});
    }
  return out;
}

// Calls `look` for each place; an answer ends it.
std::optional<WalletHit> first_of(const std::vector<coldcard::SeedWallet>& wallets, const std::vector<Path>& paths,
                                  const std::function<std::optional<WalletHit>(const coldcard::SeedWallet&, const Place&)>& look) {
  for (const coldcard::SeedWallet& wallet : wallets)
    for (const Path& path : paths) {
      auto node = wallet.node.derive(path);
      if (!node) continue;
      if (auto hit = look(wallet, {path, std::move(*node)})) return hit;
    }
  return std::nullopt;
}

std::optional<WalletHit> find_key(const std::vector<coldcard::SeedWallet>& wallets, const std::vector<Path>& paths, const wallet::Node& key) {
  return first_of(wallets, paths, [&](const coldcard::SeedWallet& wallet, const Place& place) -> std::optional<WalletHit> {
    if (place.node.same_key(key)) return hit_in(wallet, place.path.empty() ? "master" : "account", path_words(place.path));
    for (const std::uint32_t change : {0u, 1u})
      if (const auto child = place.node.child(change); child && child->same_key(key)) return hit_in(wallet, "chain", path_words(place.path, {change}));
    return std::nullopt;
  });
}

// What a single key is paid to by a script of this shape; nullopt: no script of single keys.
std::optional<Purpose> purpose_of(ByteView script) {
  switch (script.size()) {
    case 25: return Purpose::bip44;
    case 23: return Purpose::bip49;
    case 22: return Purpose::bip84;
    case 34: return script[0] == 0 ? std::nullopt : std::optional(Purpose::bip86);
    default: return std::nullopt;
  }
}

class ScriptSearch final {
 public:
  ScriptSearch(const WalletSearch& search, const Bytes& script, std::vector<std::uint32_t> coins)
      : search_(search), script_(script), purpose_(purpose_of(script)), paths_(account_paths(coins)) {
    constexpr std::uint64_t chains = 2;
    const std::uint64_t singles = purpose_ ? search.wallets.size() * paths_.size() : 0;
    total_ = (singles + search.shared.size()) * chains * search.gap;
    if (total_ > most_addresses)
      throw Error(Outcome::refused, "that would be " + std::to_string(total_) + " addresses, which takes too long", std::nullopt, "give a smaller --gap");
  }

  std::optional<WalletHit> find() {
    if (auto hit = find_shared()) return hit;
    if (!purpose_) return std::nullopt;
    return first_of(search_.wallets, paths_, [&](const coldcard::SeedWallet& wallet, const Place& place) { return look(wallet, place); });
  }

  std::optional<WalletHit> find_shared() {
    for (const coldcard::SharedWallet& shared : search_.shared)
      for (const std::uint32_t change : {0u, 1u})
        for (std::uint32_t index = 0; index < search_.gap; ++index) {
          step();
          if (const auto output = shared.output(change, index); output && *output == script_)
            return hit_in(shared, std::to_string(change) + "/" + std::to_string(index));
        }
    return std::nullopt;
  }

 private:
  std::optional<WalletHit> look(const coldcard::SeedWallet& wallet, const Place& place) {
    const wallet::Node open = place.node.neutered();
    for (const std::uint32_t change : {0u, 1u}) {
      const auto chain = open.child(change);
      for (std::uint32_t index = 0; chain && index < search_.gap; ++index) {
        step();
        const std::uint32_t last[] = {index};
        const auto leaf = chain->derive(last);
        if (leaf && wallet::output_script(*purpose_, leaf->public_key()) == script_) return hit_in(wallet, "address", path_words(place.path, {change, index}));
      }
    }
    return std::nullopt;
  }

  void step() {
    constexpr std::uint64_t rarely = 2048;
    if (++done_ % rarely == 0 && search_.progress && !search_.progress(static_cast<double>(done_) / static_cast<double>(total_)))
      throw Error(Outcome::stopped, "the search was stopped");
  }

  const WalletSearch& search_;
  const Bytes& script_;
  std::optional<Purpose> purpose_;
  std::vector<Path> paths_;
  std::uint64_t total_ = 0, done_ = 0;
};

std::string join(const std::string& path, const std::string& behind) { return behind.empty() ? path : path + "/" + behind; }

// The same outputs one after the other: a single one may be the same by chance, where keys that are not sorted stand in order.
bool same_outputs(const coldcard::SharedWallet& shared, std::uint32_t change, const wallet::Descriptor& descriptor, std::size_t choice) {
  constexpr std::uint32_t looked_at = 8;
  for (std::uint32_t index = 0; index < looked_at; ++index) {
    const auto output = shared.output(change, index);
    if (!output || output != descriptor.script_at(choice, index)) return false;
  }
  return true;
}

// One output of a registered multisig wallet: where the steps behind the first key say, or within the gap.
std::optional<WalletHit> find_registered_output(const WalletSearch& search, const wallet::Descriptor& descriptor, std::size_t choice) {
  const auto script = descriptor.script_at(choice, 0);
  if (!script) return std::nullopt;
  const auto& steps = descriptor.keys[0].path;
  if (steps.size() >= 2) {
    const auto step = [&](std::size_t at) { return steps[at][steps[at].size() == 1 ? 0 : choice]; };
    const std::uint32_t change = step(steps.size() - 2), index = step(steps.size() - 1);
    for (const coldcard::SharedWallet& shared : search.shared)
      if (change <= 1 && index < hardened && shared.output(change, index) == script) return hit_in(shared, std::to_string(change) + "/" + std::to_string(index));
  }
  return ScriptSearch(search, *script, {0, 1}).find_shared();
}

std::optional<WalletHit> find_extended(const std::vector<coldcard::SeedWallet>& wallets, const wallet::Node& key, const std::optional<wallet::KeyOrigin>& origin) {
  std::vector<Path> paths = key_paths();
  if (origin) paths.insert(paths.begin(), origin->path);
  auto hit = find_key(wallets, paths, key);
  // A key may be its own origin: what is above it is then not told.
  const bool own = origin && origin->path.empty() && origin->fingerprint == key.fingerprint();
  if (hit && origin && !own) hit->origin_differs = origin->fingerprint != hit->fingerprint || wallet::path_text(origin->path) != hit->path;
  return hit;
}

// A single public key is found where its origin says.
std::optional<WalletHit> find_fixed(const std::vector<coldcard::SeedWallet>& wallets, const wallet::DescriptorKey& key) {
  if (!key.origin) return std::nullopt;
  constexpr std::size_t x_size = 32;
  const std::size_t prefix = key.fixed.size() == x_size ? 0 : 1;
  return first_of(wallets, {key.origin->path}, [&](const coldcard::SeedWallet& wallet, const Place& place) -> std::optional<WalletHit> {
    const auto& known = place.node.public_key();
    // Compressed and not, a key has the same x; the other one of the two with this x is nobody's by chance.
    if (!std::equal(known.begin() + 1, known.end(), key.fixed.begin() + static_cast<std::ptrdiff_t>(prefix))) return std::nullopt;
    auto hit = hit_in(wallet, "address", path_words(place.path));
    hit.origin_differs = key.origin->fingerprint != wallet.fingerprint;
    return hit;
  });
}

std::optional<WalletHit> find_descriptor(const WalletSearch& search, const wallet::Descriptor& descriptor) {
  using Form = wallet::Descriptor::Form;
  const bool multi = descriptor.form == Form::multi || descriptor.form == Form::sortedmulti;
  // A registered multisig wallet, by either of its chains.
  if (multi && descriptor.ranged())
    for (const coldcard::SharedWallet& shared : search.shared)
      for (std::size_t choice = 0; choice < descriptor.choices(); ++choice)
        for (const std::uint32_t change : {0u, 1u})
          if (same_outputs(shared, change, descriptor, choice)) return hit_in(shared, descriptor.keys[0].path_words());
  if (multi && !descriptor.ranged())
    for (std::size_t choice = 0; choice < descriptor.choices(); ++choice)
      if (auto hit = find_registered_output(search, descriptor, choice)) return hit;
  for (const wallet::DescriptorKey& key : descriptor.keys) {
    auto hit = key.node ? find_extended(search.wallets, *key.node, key.origin) : find_fixed(search.wallets, key);
    if (!hit) continue;
    hit->path = join(hit->path, key.path_words());
    if (multi || !descriptor.depths.empty()) hit->kind = "signer";
    return hit;
  }
  const bool fixed = !descriptor.ranged();
  const auto script = fixed ? descriptor.script_at(0, 0) : std::nullopt;
  return script ? ScriptSearch(search, *script, {0, 1}).find() : std::nullopt;
}

std::optional<WalletHit> find_fingerprint(const WalletSearch& search, const wallet::Fingerprint& fingerprint) {
  for (const coldcard::SeedWallet& wallet : search.wallets)
    if (wallet.fingerprint == fingerprint) return hit_in(wallet, "master", "m");
  return first_of(search.wallets, key_paths(), [&](const coldcard::SeedWallet& wallet, const Place& place) -> std::optional<WalletHit> {
    if (place.node.fingerprint() == fingerprint) return hit_in(wallet, "account", path_words(place.path));
    return std::nullopt;
  });
}

}  // namespace

std::optional<WalletHit> WalletSearch::find(const WalletTarget& target) const {
  switch (target.kind) {
    case WalletTarget::Kind::fingerprint: return find_fingerprint(*this, target.fingerprint);
    case WalletTarget::Kind::xpub: return find_extended(wallets, target.key->node, target.origin);
    case WalletTarget::Kind::descriptor: return find_descriptor(*this, *target.descriptor);
    case WalletTarget::Kind::address: return ScriptSearch(*this, target.script, {target.mainnet ? 0u : 1u}).find();
  }
  return std::nullopt;
}

std::string WalletSearch::others_key(const WalletTarget& target) const {
  for (const coldcard::SharedWallet& one : shared)
    for (const coldcard::SharedWallet::Key& key : one.keys)
      if (target.key ? key.node.same_key(target.key->node) : target.kind == WalletTarget::Kind::fingerprint && key.fingerprint == target.fingerprint)
        return one.wallet->name;
  return {};
}

}  // namespace hwbak::tasks
