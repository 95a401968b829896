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

#include "hwbak/bytes.h"
#include "hwbak/error.h"
#include "hwbak/random.h"
#include "hwbak/secret.h"

namespace hwbak::crypto {

// --- named curves (SEC 2, RFC 5639, RFC 7748) ---

enum class Curve {
  secp192r1, secp224r1, secp256r1, secp384r1, secp521r1, secp192k1, secp224k1, secp256k1,
  brainpoolP160r1, brainpoolP192r1, brainpoolP224r1, brainpoolP256r1, brainpoolP320r1, brainpoolP384r1, brainpoolP512r1,
  brainpoolP160t1, brainpoolP192t1, brainpoolP224t1, brainpoolP256t1, brainpoolP320t1, brainpoolP384t1, brainpoolP512t1,
};
struct CurveParameters {
  Curve curve;
  std::string_view name;       // "secp256r1", "brainpoolP256r1"
  unsigned bits;               // of the field: 521 for secp521r1
  std::size_t field_size;      // bytes of P, A, B, x and y
  Bytes p, a, b, g, n;         // each of full length: field_size; g: 1 + 2 * field_size; n: bytes of the order
};
[[nodiscard]] const CurveParameters& parameters(Curve curve);
[[nodiscard]] std::optional<Curve> curve_named(std::string_view name);            // also "P-256", "prime256v1", "NIST P-256"
// By the values of P and B (leading zeros do not count): r1 and t1 curves of one field share P.
[[nodiscard]] std::optional<Curve> curve_with(ByteView p, ByteView b);

// d * G; nullopt when d is not in 1..n-1.
[[nodiscard]] std::optional<Bytes> ec_public_point(Curve curve, ByteView d);
[[nodiscard]] bool ec_point_is_valid(Curve curve, ByteView point);                 // on the curve, not infinity

enum class Montgomery { x25519, x448 };
[[nodiscard]] constexpr std::size_t size_of(Montgomery kind) noexcept { return kind == Montgomery::x25519 ? 32 : 56; }
[[nodiscard]] Bytes montgomery_public(Montgomery kind, ByteView private_key);      // size_of(kind) bytes each

// --- keys ---

struct RsaKey {
  Bytes n, e;
  SecretBytes d, p, q;         // p > q; p and q are always known
};
struct EcKey {
  Curve curve = Curve::secp256r1;
  SecretBytes d;               // field_size bytes
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

// Finds p and q of n from e and d (random witnesses, at most 64 of them); nullopt when d does not belong to n and e.
[[nodiscard]] std::optional<RsaKey> rsa_from_exponents(ByteView n, ByteView e, ByteView d, RandomSource& random);
// From the CRT parts: checks n = p * q, dP, dQ, qInv against e; d is computed. The sentence says what does not belong.
struct RsaCrtParts {
  ByteView p, q, dp, dq, qinv;
};
[[nodiscard]] std::optional<RsaKey> rsa_from_crt(const RsaCrtParts& parts, ByteView n, ByteView e, std::string& what_is_wrong);
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
