// BIP-32 nodes: derivation and the Base58Check form; see bip32.h. Names and paths are in bip32_text.cpp.
#include "wallet/bip32.h"

#include <algorithm>
#include <limits>

#include "base/as_bytes.h"
#include "crypto/digest.h"
#include "hwbak/error.h"
#include "wallet/base58.h"
#include "wallet/curve.h"

namespace hwbak::wallet {
namespace {

// The first four bytes of a serialised key: xprv, xpub, tprv, tpub.
constexpr std::uint32_t main_private = 0x0488ADE4, main_public = 0x0488B21E;
constexpr std::uint32_t test_private = 0x04358394, test_public = 0x043587CF;
constexpr std::size_t serialised_size = 78;

std::array<std::uint8_t, 4> be32(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
          static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

std::uint32_t from_be32(FixedView<4> bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
}

// Both halves of HMAC-SHA512: left is key or tweak, right the chain code.
struct Halves {
  SecretBytes both{64};
  [[nodiscard]] FixedView<32> left() const { return both.expose().first<32>(); }
  [[nodiscard]] FixedView<32> right() const { return both.expose().last<32>(); }
};

Halves hmac(ByteView key, ByteView data) {
  Halves out;
  crypto::hmac_sha512(key, data, out.both.expose().first<64>());
  return out;
}

}  // namespace

std::optional<Node> Node::from_seed(ByteView seed) {
  if (seed.size() < 16 || seed.size() > 64) return std::nullopt;
  const Halves halves = hmac(as_bytes("Bitcoin seed"), seed);
  return from_private(halves.right(), halves.left());
}

std::optional<Node> Node::from_private(FixedView<32> chain_code, FixedView<32> key) {
  if (!is_private_key(key)) return std::nullopt;
  Node node;
  node.key_ = SecretBytes::copy_of(key);
  node.chain_code_ = SecretBytes::copy_of(chain_code);
  return node;
}

std::optional<Node::Parsed> Node::parse(std::string_view text) {
  const auto payload = from_base58check(text);
  if (!payload || payload->size() != serialised_size) return std::nullopt;
  const ByteView bytes = payload->expose();
  const std::uint32_t version = from_be32(bytes.first<4>());
  const bool testnet = version == test_private || version == test_public;
  const bool is_private = version == main_private || version == test_private;
  if (!testnet && version != main_private && version != main_public) return std::nullopt;

  Node node;
  node.depth_ = bytes[4];
  std::copy_n(bytes.begin() + 5, 4, node.parent_.begin());
  node.index_ = from_be32(bytes.subspan<9, 4>());
  if (node.depth_ == 0 && (node.index_ != 0 || node.parent_ != Fingerprint{})) return std::nullopt;
  node.chain_code_ = SecretBytes::copy_of(bytes.subspan<13, 32>());
  const auto key = bytes.subspan<45, 33>();
  if (is_private) {
    if (key[0] != 0 || !is_private_key(key.last<32>())) return std::nullopt;
    node.key_ = SecretBytes::copy_of(key.last<32>());
  } else {
    if (!is_point(key)) return std::nullopt;
    std::copy(key.begin(), key.end(), node.public_.emplace().begin());
  }
  return Parsed{std::move(node), testnet};
}

const Point& Node::public_key() const {
  if (!public_) public_ = point_of(key_.expose().first<32>());
  if (!public_) throw Error(Outcome::internal, "a private key without a public one");  // each was checked when it came in
  return *public_;
}

Fingerprint Node::fingerprint() const {
  const auto hash = crypto::hash160(public_key());
  return {hash[0], hash[1], hash[2], hash[3]};
}

std::optional<Node> Node::step(std::uint32_t index) const {
  if (depth_ == std::numeric_limits<std::uint8_t>::max()) return std::nullopt;
  SecretBytes data;
  data.reserve(37);
  if (index >= hardened) {
    if (!is_private()) return std::nullopt;
    data.append(0);
    data.append(key_.expose());
  } else {
    data.append(public_key());
  }
  data.append(be32(index));
  const Halves halves = hmac(chain_code_.expose(), data.expose());

  Node node = clone();
  if (is_private()) {
    if (secp256k1_ec_seckey_tweak_add(curve(), node.key_.expose().data(), halves.left().data()) != 1) return std::nullopt;
    node.public_.reset();
  } else {
    node.public_ = add_tweak(public_key(), halves.left());
    if (!node.public_) return std::nullopt;
  }
  node.chain_code_ = SecretBytes::copy_of(halves.right());
  node.depth_ = static_cast<std::uint8_t>(depth_ + 1);
  node.parent_ = {};
  node.index_ = index;
  return node;
}

std::optional<Node> Node::child(std::uint32_t index) const {
  auto node = step(index);
  if (node) node->parent_ = fingerprint();
  return node;
}

// Nobody sees the nodes on the way, so they need no fingerprint, and for hardened steps no public key.
std::optional<Node> Node::derive(std::span<const std::uint32_t> path) const {
  if (path.empty()) return clone();
  std::optional<Node> node = clone();
  for (const std::uint32_t index : path.first(path.size() - 1)) {
    node = node->step(index);
    if (!node) return std::nullopt;
  }
  return node->child(path.back());
}

Node Node::clone() const {
  Node node;
  node.key_ = key_.clone();
  node.chain_code_ = chain_code_.clone();
  node.public_ = public_;
  node.depth_ = depth_;
  node.parent_ = parent_;
  node.index_ = index_;
  return node;
}

Node Node::rerooted() const {
  Node node = clone();
  node.depth_ = 0;
  node.parent_ = {};
  node.index_ = 0;
  return node;
}

Node Node::neutered() const {
  Node node = clone();
  node.public_ = public_key();
  node.key_.clear();
  return node;
}

SecretString Node::text(std::uint32_t version, ByteView key) const {
  SecretBytes payload;
  payload.reserve(serialised_size);
  payload.append(be32(version));
  payload.append(depth_);
  payload.append(parent_);
  payload.append(be32(index_));
  payload.append(chain_code_.expose());
  if (key.size() == 32) payload.append(0);  // a private key fills the place of a compressed public one
  payload.append(key);
  return base58check(payload.expose());
}

SecretString Node::xprv(Chain chain) const {
  if (!is_private()) throw Error(Outcome::internal, "a public key was asked for its private form");
  return text(chain == Chain::mainnet ? main_private : test_private, key_.expose());
}

std::string Node::xpub(Chain chain) const {
  return std::string(text(chain == Chain::mainnet ? main_public : test_public, public_key()).expose());
}

bool Node::same_key(const Node& other) const {
  if (!chain_code_.equals(other.chain_code_.expose())) return false;
  return is_private() && other.is_private() ? key_.equals(other.key_.expose()) : public_key() == other.public_key();
}

}  // namespace hwbak::wallet
