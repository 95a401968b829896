// secp256k1 over libsecp256k1; see curve.h.
#include "wallet/curve.h"

#include <unistd.h>

#include "hwbak/secret.h"

namespace hwbak::wallet {
namespace {

secp256k1_context* make_context() {
  auto* const context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
  // Blinding hides the key from side channels only: results are right without it too.
  SecretBytes seed(32);
  if (getentropy(seed.expose().data(), seed.size()) == 0) {
    [[maybe_unused]] const int always_one = secp256k1_context_randomize(context, seed.expose().data());
  }
  return context;
}

Point serialise(const secp256k1_pubkey& key) {
  Point out;
  std::size_t size = out.size();
  secp256k1_ec_pubkey_serialize(curve(), out.data(), &size, &key, SECP256K1_EC_COMPRESSED);
  return out;
}

}  // namespace

const secp256k1_context* curve() {
  static const secp256k1_context* const context = make_context();
  return context;
}

bool is_private_key(FixedView<32> key) { return secp256k1_ec_seckey_verify(curve(), key.data()) == 1; }

std::optional<Point> point_of(FixedView<32> private_key) {
  secp256k1_pubkey key;
  if (secp256k1_ec_pubkey_create(curve(), &key, private_key.data()) != 1) return std::nullopt;
  return serialise(key);
}

bool is_point(FixedView<33> point) {
  secp256k1_pubkey key;
  return secp256k1_ec_pubkey_parse(curve(), &key, point.data(), point.size()) == 1;
}

std::optional<Point> compressed(FixedView<65> point) {
  secp256k1_pubkey key;
  constexpr std::uint8_t plain = 0x04;  // the library also reads a hybrid form, which nobody may use
  if (point[0] != plain || secp256k1_ec_pubkey_parse(curve(), &key, point.data(), point.size()) != 1) return std::nullopt;
  return serialise(key);
}

std::optional<std::array<std::uint8_t, 65>> uncompressed(FixedView<33> point) {
  secp256k1_pubkey key;
  if (secp256k1_ec_pubkey_parse(curve(), &key, point.data(), point.size()) != 1) return std::nullopt;
  std::array<std::uint8_t, 65> out;
  std::size_t size = out.size();
  secp256k1_ec_pubkey_serialize(curve(), out.data(), &size, &key, SECP256K1_EC_UNCOMPRESSED);
  return out;
}

std::optional<Point> add_tweak(FixedView<33> point, FixedView<32> tweak) {
  secp256k1_pubkey key;
  if (secp256k1_ec_pubkey_parse(curve(), &key, point.data(), point.size()) != 1 ||
      secp256k1_ec_pubkey_tweak_add(curve(), &key, tweak.data()) != 1) {
    return std::nullopt;
  }
  return serialise(key);
}

}  // namespace hwbak::wallet
