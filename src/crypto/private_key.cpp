// Copies of keys, and fresh ones on curves; see private_key.h.
#include "crypto/private_key.h"

#include "crypto/openssl_keys.h"

namespace hwbak::crypto {

PrivateKey clone(const PrivateKey& key) {
  struct Copy {
    PrivateKey operator()(const RsaKey& k) const { return RsaKey{k.n, k.e, k.d.clone(), k.p.clone(), k.q.clone()}; }
    PrivateKey operator()(const EcKey& k) const { return EcKey{k.curve, k.d.clone(), k.q}; }
    PrivateKey operator()(const MontgomeryKey& k) const { return MontgomeryKey{k.kind, k.d.clone(), k.q}; }
    PrivateKey operator()(const SecretKey& k) const { return SecretKey{k.key.clone()}; }
  };
  return std::visit(Copy{}, key);
}

bool same(const PrivateKey& a, const PrivateKey& b) {
  const auto *const one = std::get_if<SecretKey>(&a), *const other = std::get_if<SecretKey>(&b);
  if (one != nullptr || other != nullptr) return one != nullptr && other != nullptr && one->key.equals(other->key.expose());
  return same(*public_of(a), *public_of(b));
}

EcKey fresh_ec(Curve curve, RandomSource& random) {
  const Bytes& n = parameters(curve).n;
  unsigned first_byte_mask = 0xFF;
  while (first_byte_mask / 2 >= n.front()) first_byte_mask /= 2;
  EcKey key{curve, SecretBytes(n.size()), {}};
  // Drawn again until it is below n: at most every second time, with a fair generator.
  for (unsigned tried = 0; tried < 256; ++tried) {
    random.fill(key.d.expose());
    key.d.expose()[0] &= static_cast<std::uint8_t>(first_byte_mask);
    if (auto q = ec_public_point(curve, key.d.expose())) {
      key.q = std::move(*q);
      return key;
    }
  }
  throw Error(Outcome::io, "the random numbers of this system are no random numbers", std::nullopt,
              "Do not make keys on this machine.");
}

}  // namespace hwbak::crypto
