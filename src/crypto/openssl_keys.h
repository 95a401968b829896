// OpenSSL's numbers, keys and ASN.1 for the files of crypto/ that handle HSM keys: owners that clear what they release, and
// a library context of our own. Apart from openssl.h: what is here costs time at its first use, and no backup of a wallet
// or a badge needs it.
#pragma once

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/provider.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <new>
#include <optional>

#include "crypto/curves.h"
#include "crypto/openssl.h"
#include "hwbak/bytes.h"
#include "hwbak/secret.h"

namespace hwbak::crypto {

struct Release {
  void operator()(BIGNUM* p) const noexcept { BN_clear_free(p); }
  void operator()(BN_CTX* p) const noexcept { BN_CTX_free(p); }
  void operator()(BN_MONT_CTX* p) const noexcept { BN_MONT_CTX_free(p); }
  void operator()(EC_GROUP* p) const noexcept { EC_GROUP_free(p); }
  void operator()(EC_POINT* p) const noexcept { EC_POINT_clear_free(p); }
  void operator()(EC_KEY* p) const noexcept { EC_KEY_free(p); }
  void operator()(RSA* p) const noexcept { RSA_free(p); }
  void operator()(BIO* p) const noexcept { BIO_free(p); }
  void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
  void operator()(EVP_PKEY_CTX* p) const noexcept { EVP_PKEY_CTX_free(p); }
  void operator()(EVP_MD* p) const noexcept { EVP_MD_free(p); }
  void operator()(EVP_MD_CTX* p) const noexcept { EVP_MD_CTX_free(p); }
  void operator()(EVP_CIPHER* p) const noexcept { EVP_CIPHER_free(p); }
  void operator()(EVP_CIPHER_CTX* p) const noexcept { EVP_CIPHER_CTX_free(p); }
  void operator()(X509* p) const noexcept { X509_free(p); }
  void operator()(X509_ALGOR* p) const noexcept { X509_ALGOR_free(p); }
  void operator()(X509_PUBKEY* p) const noexcept { X509_PUBKEY_free(p); }
  void operator()(X509_SIG* p) const noexcept { X509_SIG_free(p); }
  void operator()(ECDSA_SIG* p) const noexcept { ECDSA_SIG_free(p); }
  void operator()(PKCS8_PRIV_KEY_INFO* p) const noexcept { PKCS8_PRIV_KEY_INFO_free(p); }
  void operator()(PKCS12* p) const noexcept { PKCS12_free(p); }
  void operator()(PKCS12_SAFEBAG* p) const noexcept { PKCS12_SAFEBAG_free(p); }
  void operator()(STACK_OF(PKCS12_SAFEBAG)* p) const noexcept { sk_PKCS12_SAFEBAG_pop_free(p, PKCS12_SAFEBAG_free); }
  void operator()(STACK_OF(PKCS7)* p) const noexcept { sk_PKCS7_pop_free(p, PKCS7_free); }
  void operator()(PBEPARAM* p) const noexcept { PBEPARAM_free(p); }
  void operator()(PBE2PARAM* p) const noexcept { PBE2PARAM_free(p); }
  void operator()(PBKDF2PARAM* p) const noexcept { PBKDF2PARAM_free(p); }
  void operator()(SCRYPT_PARAMS* p) const noexcept { SCRYPT_PARAMS_free(p); }
};
template <typename T>
using Owned = std::unique_ptr<T, Release>;

// What a constructor of OpenSSL gave; it gives nothing only without memory.
template <typename T>
[[nodiscard]] Owned<T> owned(T* made) {
  if (made == nullptr) throw std::bad_alloc();
  return Owned<T>(made);
}

// A library context with the default provider, which is built in: no configuration file of the machine is read, nothing is
// loaded, no work is left for the end of the process. Made at its first use, and never freed: threads may still hold it then.
[[nodiscard]] OSSL_LIB_CTX* context();

// What OpenSSL notes about errors within its life is forgotten: a failure is an answer here.
class QuietErrors final {
 public:
  QuietErrors() { ERR_set_mark(); }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
  ~QuietErrors() { ERR_pop_to_mark(); }
};

[[nodiscard]] Owned<BIGNUM> number(ByteView big_endian);
[[nodiscard]] Owned<BIGNUM> new_number();
[[nodiscard]] Owned<BN_CTX> scratch();                                    // for calculations with secrets
[[nodiscard]] Bytes bytes_of(const BIGNUM* value);                        // without leading zeros
[[nodiscard]] SecretBytes secret_bytes_of(const BIGNUM* value);
[[nodiscard]] SecretBytes secret_bytes_of(const BIGNUM* value, std::size_t size);
[[nodiscard]] ByteView without_leading_zeros(ByteView number);

// The DER that one of OpenSSL's i2d functions writes.
template <typename Out, typename T>
[[nodiscard]] Out der_of(int (*write)(const T*, unsigned char**), const T* value) {
  const int size = write(value, nullptr);
  check(size > 0, "DER: size");
  Out out(static_cast<std::size_t>(size));
  unsigned char* at;
  if constexpr (requires { out.expose(); }) at = out.expose().data();
  else at = out.data();
  check(write(value, &at) == size, "DER: writing");
  return out;
}

[[nodiscard]] const EC_GROUP* group_of(Curve curve);
[[nodiscard]] int nid_of(Curve curve);
[[nodiscard]] std::optional<Curve> curve_of_nid(int nid);

}  // namespace hwbak::crypto
