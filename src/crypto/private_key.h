// Keys of HSM backups over OpenSSL: RSA, elliptic curves, X25519 and X448, and secret keys. Shapes: integers are unsigned and
// big-endian without leading zeros unless a size is said; points are 04 || x || y; Montgomery values are as RFC 7748 has them
// (little-endian). Private parts are in locked memory; OpenSSL's own copies are wiped when it releases them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/curves.h"
#include "hwbak/bytes.h"
#include "hwbak/error.h"
#include "hwbak/random.h"
#include "hwbak/secret.h"

namespace hwbak::crypto {

// --- keys ---

struct RsaKey {
  Bytes n, e;
  SecretBytes d, p, q;         // p > q; p and q are always known
};
struct EcKey {
  Curve curve = Curve::secp256r1;
  SecretBytes d;               // as long as the curve's n
  Bytes q;
};
struct MontgomeryKey {
  Montgomery kind = Montgomery::x25519;
  SecretBytes d;               // little-endian
  Bytes q;
};
struct SecretKey {
  SecretBytes key;             // AES: 16, 24, 32 or 64 bytes
};
using PrivateKey = std::variant<RsaKey, EcKey, MontgomeryKey, SecretKey>;
[[nodiscard]] PrivateKey clone(const PrivateKey& key);

// Finds p and q of n from e and d (random witnesses, at most 64 of them); nullopt when d does not belong to n and e, and for an
// e of more than 64 bits, of which the caller has to say so.
[[nodiscard]] std::optional<RsaKey> rsa_from_exponents(ByteView n, ByteView e, ByteView d, RandomSource& random);
// From the CRT parts: checks n = p * q, dP, dQ, qInv against e; d is computed. The sentence says what does not belong.
struct RsaCrtParts {
  ByteView p, q, dp, dq, qinv;
};
[[nodiscard]] std::optional<RsaKey> rsa_from_crt(const RsaCrtParts& parts, ByteView n, ByteView e, std::string& what_is_wrong);
// The same primes with another exponent, and so another key; nullopt when they have none for it.
[[nodiscard]] std::optional<RsaKey> rsa_with_exponent(const RsaKey& key, ByteView e);
struct RsaDerived {
  SecretBytes dp, dq, qinv;
};
[[nodiscard]] RsaDerived rsa_derived(const RsaKey& key);

// Fresh keys; `random` is not used where OpenSSL draws itself (RSA).
[[nodiscard]] RsaKey fresh_rsa(unsigned bits);                                     // e = 65537
[[nodiscard]] EcKey fresh_ec(Curve curve, RandomSource& random);
[[nodiscard]] MontgomeryKey fresh_montgomery(Montgomery kind, RandomSource& random);

// --- public keys ---

struct RsaPublic {
  Bytes n, e;
};
struct EcPublic {
  Curve curve = Curve::secp256r1;
  Bytes q;
};
struct MontgomeryPublic {
  Montgomery kind = Montgomery::x25519;
  Bytes q;
};
using PublicKey = std::variant<RsaPublic, EcPublic, MontgomeryPublic>;
[[nodiscard]] std::optional<PublicKey> public_of(const PrivateKey& key);           // nullopt for a secret key
[[nodiscard]] bool same(const PublicKey& a, const PublicKey& b);
// By their public keys, of which a private key of good numbers is the only one; secret keys by themselves.
[[nodiscard]] bool same(const PrivateKey& a, const PrivateKey& b);
// SubjectPublicKeyInfo (RFC 5280) as DER, and as PEM with a newline at the end. Named curves.
[[nodiscard]] Bytes spki_der(const PublicKey& key);
[[nodiscard]] std::string spki_pem(const PublicKey& key);
// The key of an X.509 certificate (DER, exactly one); nullopt when it cannot be read or its key is of another kind.
struct CertificateFacts {
  std::optional<PublicKey> key;
  std::string subject, issuer, not_after;   // printable
};
[[nodiscard]] std::optional<CertificateFacts> read_certificate(ByteView der);
// Does `signature` over `data` verify? RSA: PKCS#1 v1.5; EC: r || s of equal halves. hash_bits: 1 (SHA-1), 224, 256, 384, 512.
[[nodiscard]] bool verify_signature(const PublicKey& key, unsigned hash_bits, ByteView data, ByteView signature);

// --- files of other programs (PKCS#8, PKCS#12, PEM: RFC 5208, 7292, 7468) ---
inline constexpr std::size_t largest_key_file = std::size_t{1} << 20;


// Encrypted with PBES2: AES-256-CBC, PBKDF2-HMAC-SHA256, 600,000 iterations. Not for a SecretKey: Error(unsupported).
[[nodiscard]] SecretBytes pkcs8_der(const PrivateKey& key);                        // PrivateKeyInfo, in the clear
[[nodiscard]] Bytes pkcs8_encrypted_der(const PrivateKey& key, ByteView password);
[[nodiscard]] SecretBytes to_pem(ByteView der, std::string_view label);            // "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "CERTIFICATE"
// With the certificate when there is one (DER); Error(inconsistent) when it is not of this key.
[[nodiscard]] Bytes pkcs12(const PrivateKey& key, ByteView certificate, const std::string& friendly_name, ByteView password);

// A key out of a file: PEM (PKCS#8 in the clear or encrypted, "RSA PRIVATE KEY", "EC PRIVATE KEY" with old encryption too), DER of
// these, PKCS#12. `password` may be empty. Certificates found beside it (PEM, PKCS#12) are in `certificate` (the one of this key).
struct ReadKey {
  PrivateKey key;
  Bytes certificate;           // DER; empty: none
};
enum class KeyFileNeeds { nothing, password };
[[nodiscard]] std::optional<KeyFileNeeds> key_file_kind(ByteView file);            // nullopt: none of these
// Throws Error: wrong_secret, damaged, unsupported (another kind of key or curve; explicit parameters of no known curve).
[[nodiscard]] ReadKey read_key_file(ByteView file, ByteView password);

}  // namespace hwbak::crypto
