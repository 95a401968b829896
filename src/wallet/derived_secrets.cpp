// Secrets made from keys: BIP-85 words and the password of Coldcard clone files
// (docs/formats/coldcard.md, "Clone files"); see bip32.h.
#include "base/as_bytes.h"
#include "base/hex.h"
#include "crypto/digest.h"
#include "hwbak/error.h"
#include "wallet/bip32.h"
#include "wallet/bip39.h"
#include "wallet/curve.h"

namespace hwbak::wallet {

std::optional<SecretString> bip85_words(const Node& master, unsigned words, std::uint32_t index) {
  if ((words != 12 && words != 18 && words != 24) || index >= hardened) return std::nullopt;
  constexpr std::uint32_t purpose = 83696968, application = 39, english = 0;
  const std::uint32_t path[] = {hardened | purpose, hardened | application, hardened | english, hardened | words,
                                hardened | index};
  const auto node = master.derive(path);
  if (!node) return std::nullopt;
  SecretBytes entropy(64);
  crypto::hmac_sha512(as_bytes("bip-entropy-from-k"), node->private_key(), entropy.expose().first<64>());
  return mnemonic_from_entropy(entropy.expose().first(words * 4 / 3));
}

std::optional<SecretString> clone_password(FixedView<32> private_key, FixedView<33> public_key) {
  // The point itself is the secret, so it is kept in locked memory in libsecp256k1's form too.
  SecretBytes opaque(sizeof(secp256k1_pubkey));
  auto* const point = reinterpret_cast<secp256k1_pubkey*>(opaque.expose().data());
  if (secp256k1_ec_pubkey_parse(curve(), point, public_key.data(), public_key.size()) != 1 ||
      secp256k1_ec_pubkey_tweak_mul(curve(), point, private_key.data()) != 1) {
    return std::nullopt;
  }
  SecretBytes coordinates(65);  // 04, X, Y
  std::size_t size = coordinates.size();
  secp256k1_ec_pubkey_serialize(curve(), coordinates.expose().data(), &size, point, SECP256K1_EC_UNCOMPRESSED);
  SecretBytes hash(32);
  crypto::sha256_into(coordinates.expose().subspan(1), hash.expose().first<32>());
  return to_hex_secret(hash.expose());
}

CloneKey fresh_clone_key(RandomSource& random) {
  // One in 2^128 draws is no key; a generator that gives none of a few is broken.
  constexpr int draws = 8;
  CloneKey key{SecretBytes(32), {}};
  for (int i = 0; i < draws; ++i) {
    random.fill(key.private_key.expose());
    if (const auto point = point_of(key.private_key.expose().first<32>())) {
      key.public_key = *point;
      return key;
    }
  }
  throw Error(Outcome::io, "the system's random generator gives bytes that cannot be random", std::nullopt,
              "use another computer: nothing made on this one is safe");
}

}  // namespace hwbak::wallet
