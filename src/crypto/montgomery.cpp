// X25519 and X448 (RFC 7748); see curves.h.
#include "crypto/curves.h"
#include "crypto/openssl_keys.h"
#include "crypto/private_key.h"

namespace hwbak::crypto {

Bytes montgomery_public(Montgomery kind, ByteView private_key) {
  check(private_key.size() == size_of(kind), "a Montgomery key's length");
  const char* const name = kind == Montgomery::x25519 ? "X25519" : "X448";
  const auto key = owned(EVP_PKEY_new_raw_private_key_ex(context(), name, nullptr, private_key.data(), private_key.size()));
  Bytes out(size_of(kind));
  std::size_t size = out.size();
  check(EVP_PKEY_get_raw_public_key(key.get(), out.data(), &size) == 1 && size == out.size(), "a Montgomery public key");
  return out;
}

MontgomeryKey fresh_montgomery(Montgomery kind, RandomSource& random) {
  MontgomeryKey key{kind, SecretBytes(size_of(kind)), {}};
  const ByteSpan d = key.d.expose();
  random.fill(d);
  // As RFC 7748, section 5, has a private number before its use: cards keep it so.
  if (kind == Montgomery::x25519) {
    d[0] &= 0xF8;
    d[31] = static_cast<std::uint8_t>((d[31] & 0x7F) | 0x40);
  } else {
    d[0] &= 0xFC;
    d[55] |= 0x80;
  }
  key.q = montgomery_public(kind, d);
  return key;
}

}  // namespace hwbak::crypto
