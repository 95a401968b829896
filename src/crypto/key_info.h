// Private keys in the ASN.1 structures of other programs: PrivateKeyInfo (RFC 5208, 8410), RSAPrivateKey (RFC 8017) and
// ECPrivateKey (RFC 5915); internal to crypto/.
#pragma once

#include "crypto/openssl_keys.h"
#include "crypto/private_key.h"

namespace hwbak::crypto {

inline constexpr int written_iterations = 600'000;   // of PBKDF2 and of the key derivation of PKCS#12

// Not for a SecretKey: Error(unsupported).
[[nodiscard]] Owned<PKCS8_PRIV_KEY_INFO> info_of(const PrivateKey& key);
// A fresh PBES2: AES-256-CBC, PBKDF2-HMAC-SHA256.
[[nodiscard]] Owned<X509_SIG> encrypted_info_of(const PrivateKey& key, ByteView password);

// Checked: public parts are there and fit. Throw Error: damaged, inconsistent, unsupported.
[[nodiscard]] PrivateKey key_of(const PKCS8_PRIV_KEY_INFO* info);
[[nodiscard]] PrivateKey key_of_info_der(ByteView der);
[[nodiscard]] PrivateKey key_of_rsa_der(ByteView der);
[[nodiscard]] PrivateKey key_of_ec_der(ByteView der);

// Whether d is an inverse of e for both factors; in rsa.cpp.
[[nodiscard]] bool rsa_exponents_fit(const RsaKey& key);

// OpenSSL takes passwords as characters; never null, which would mean another kind of empty password.
[[nodiscard]] inline const char* characters(ByteView password) {
  return password.empty() ? "" : reinterpret_cast<const char*>(password.data());
}

}  // namespace hwbak::crypto
