// BIP-32 nodes over libsecp256k1, and BIP-85 words. Private keys live in locked memory.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hwbak/random.h"
#include "hwbak/secret.h"

namespace hwbak::wallet {

using Fingerprint = std::array<std::uint8_t, 4>;  // first bytes of HASH160(public key)
[[nodiscard]] std::string to_text(const Fingerprint& xfp);  // 8 upper-case hex digits
[[nodiscard]] std::optional<Fingerprint> fingerprint_from_text(std::string_view hex);
// Coldcard settings keep it as a little-endian integer.
[[nodiscard]] Fingerprint fingerprint_from_le(std::uint32_t value) noexcept;

enum class Chain { mainnet, testnet, regtest };  // Coldcard: BTC, XTN, XRT
[[nodiscard]] std::string_view coldcard_code(Chain chain) noexcept;
[[nodiscard]] std::optional<Chain> chain_from_code(std::string_view code) noexcept;

inline constexpr std::uint32_t hardened = 0x80000000u;

// An extended key: private, or public only. The public key of a private node is computed when it is first
// asked for and then kept, so one node must not be read by two threads at once.
class Node final {
 public:
  // `seed`: 16 to 64 bytes. nullopt in the negligible case that BIP-32 calls invalid.
  [[nodiscard]] static std::optional<Node> from_seed(ByteView seed);
  // nullopt when the key is not in 1..n-1.
  [[nodiscard]] static std::optional<Node> from_private(FixedView<32> chain_code, FixedView<32> key);
  // xprv/xpub/tprv/tpub by Base58Check; any depth. nullopt for a wrong checksum, version, length or key.
  struct Parsed;
  [[nodiscard]] static std::optional<Parsed> parse(std::string_view text);

  [[nodiscard]] bool is_private() const noexcept { return !key_.empty(); }
  [[nodiscard]] Fingerprint fingerprint() const;
  [[nodiscard]] const std::array<std::uint8_t, 33>& public_key() const;  // compressed
  [[nodiscard]] ByteView private_key() const noexcept { return key_.expose(); }
  [[nodiscard]] ByteView chain_code() const noexcept { return chain_code_.expose(); }
  [[nodiscard]] unsigned depth() const noexcept { return depth_; }
  // nullopt for a hardened step from a public node, or BIP-32's negligible case.
  [[nodiscard]] std::optional<Node> child(std::uint32_t index) const;
  [[nodiscard]] std::optional<Node> derive(std::span<const std::uint32_t> path) const;
  [[nodiscard]] Node clone() const;
  [[nodiscard]] Node rerooted() const;  // same key and chain code, depth 0, no parent
  [[nodiscard]] Node neutered() const;  // public only
  [[nodiscard]] SecretString xprv(Chain chain) const;  // needs a private node
  [[nodiscard]] std::string xpub(Chain chain) const;
  [[nodiscard]] bool same_key(const Node& other) const;  // public key and chain code

 private:
  Node() = default;
  [[nodiscard]] std::optional<Node> step(std::uint32_t index) const;  // a child that does not know its parent yet
  [[nodiscard]] SecretString text(std::uint32_t version, ByteView key) const;
  SecretBytes key_;         // 32 bytes, empty for a public node
  SecretBytes chain_code_;  // 32 bytes
  mutable std::optional<std::array<std::uint8_t, 33>> public_;  // of a private node: once it was asked for
  std::uint8_t depth_ = 0;
  std::array<std::uint8_t, 4> parent_{};
  std::uint32_t index_ = 0;
};

struct Node::Parsed {
  Node node;
  bool testnet = false;  // tprv/tpub
};

// "m/84h/0h/0h" (h or '); nullopt when it is not a path.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> parse_path(std::string_view path);
[[nodiscard]] std::string path_text(std::span<const std::uint32_t> path);  // with h

// BIP-85, application 39h, language 0h: words (12, 18 or 24) of index.
[[nodiscard]] std::optional<SecretString> bip85_words(const Node& master, unsigned words, std::uint32_t index);

// Coldcard clone files: SHA-256(X || Y) of own private key times their public key, as 64 lower-case hex
// digits (docs/formats/coldcard.md, "Clone files"). nullopt when a key is invalid.
[[nodiscard]] std::optional<SecretString> clone_password(FixedView<32> private_key, FixedView<33> public_key);
// A one-time key pair for a clone.
struct CloneKey {
  SecretBytes private_key;                     // 32 bytes
  std::array<std::uint8_t, 33> public_key{};   // compressed
};
[[nodiscard]] CloneKey fresh_clone_key(RandomSource& random);

}  // namespace hwbak::wallet
