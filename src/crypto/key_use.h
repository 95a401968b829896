// What a device does with a private key that stays in it: sign, decrypt, agree. See private_key.h for the shapes.
#pragma once

#include <memory>
#include <optional>

#include "crypto/private_key.h"

namespace hwbak::crypto {

enum class RsaPadding { none, pkcs1, pss, oaep };

// hash_bits: 1 (SHA-1), 224, 256, 384, 512; nullopt for others.
[[nodiscard]] std::optional<Bytes> digest(unsigned hash_bits, ByteView data);

// A key made ready once. Every operation gives nullopt when it does not fit the key or its input.
class KeyUse final {
 public:
  explicit KeyUse(const PrivateKey& key);            // a SecretKey fits no operation
  KeyUse(KeyUse&&) noexcept;
  KeyUse& operator=(KeyUse&&) noexcept;
  ~KeyUse();

  // none: the bare power, of a number as long as n. pkcs1: `input` is a DigestInfo, or with hash_bits a digest.
  // pss: a digest; MGF1 and salt of the same hash.
  [[nodiscard]] std::optional<Bytes> rsa_sign(RsaPadding padding, unsigned hash_bits, ByteView input) const;
  // oaep: SHA-256.
  [[nodiscard]] std::optional<SecretBytes> rsa_decrypt(RsaPadding padding, ByteView input) const;
  [[nodiscard]] std::optional<Bytes> ecdsa(ByteView digest) const;          // ECDSA-Sig-Value
  [[nodiscard]] std::optional<Bytes> ecdsa_halves(ByteView digest) const;   // r || s, each as long as the curve's n
  // `point`: 04 || x || y, or of a Montgomery key as RFC 7748 has it. The shared x.
  [[nodiscard]] std::optional<SecretBytes> agree(ByteView point) const;

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace hwbak::crypto
