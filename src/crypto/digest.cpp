// Digests, HMAC, PBKDF2; see digest.h.
#include "crypto/digest.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <memory>

#include "crypto/openssl.h"
#include "hwbak/secret.h"

namespace hwbak::crypto {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

void digest(const char* algorithm, ByteView data, ByteSpan out) {
  std::size_t size = 0;
  check(EVP_Q_digest(library(), algorithm, nullptr, data.data(), data.size(), out.data(), &size) == 1 && size == out.size(),
        algorithm);
}

}  // namespace

void sha256_into(ByteView data, FixedSpan<32> out) { digest("SHA256", data, out); }

std::array<std::uint8_t, 32> sha256(ByteView data) {
  std::array<std::uint8_t, 32> out;
  sha256_into(data, out);
  return out;
}

std::array<std::uint8_t, 32> sha256d(ByteView data) {
  auto once = sha256(data);
  const auto twice = sha256(once);
  wipe(once.data(), once.size());
  return twice;
}

std::array<std::uint8_t, 20> hash160(ByteView data) {
  const auto inner = sha256(data);
  std::array<std::uint8_t, 20> out;
  digest("RIPEMD160", inner, out);
  return out;
}

void hmac_sha512(ByteView key, ByteView data, FixedSpan<64> out) {
  std::size_t size = 0;
  check(EVP_Q_mac(library(), "HMAC", nullptr, "SHA512", nullptr, key.data(), key.size(), data.data(), data.size(), out.data(),
                  out.size(), &size) != nullptr,
        "HMAC-SHA512");
}

void pbkdf2_hmac_sha512(ByteView password, ByteView salt, unsigned iterations, ByteSpan out) {
  const std::unique_ptr<EVP_KDF, Deleter<EVP_KDF_free>> kdf(EVP_KDF_fetch(library(), "PBKDF2", nullptr));
  check(kdf != nullptr, "PBKDF2");
  const std::unique_ptr<EVP_KDF_CTX, Deleter<EVP_KDF_CTX_free>> context(EVP_KDF_CTX_new(kdf.get()));
  int no_pkcs5_limits = 1;
  char sha512[] = "SHA512";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, sha512, 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_PASSWORD, const_cast<std::uint8_t*>(password.data()), password.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, const_cast<std::uint8_t*>(salt.data()), salt.size()),
      OSSL_PARAM_construct_uint(OSSL_KDF_PARAM_ITER, &iterations),
      OSSL_PARAM_construct_int(OSSL_KDF_PARAM_PKCS5, &no_pkcs5_limits),
      OSSL_PARAM_construct_end()};
  check(context != nullptr && EVP_KDF_derive(context.get(), out.data(), out.size(), parameters) == 1, "PBKDF2-HMAC-SHA512");
}

}  // namespace hwbak::crypto
