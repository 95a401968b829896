// PBKDF2-HMAC-SHA256 as OpenSSL has it, for the check before a search; see pbkdf2_sha256_chain.h. Apart from the others, because its first use
// costs time that opening a backup does not have (crypto/openssl.h).
#include <utility>

#include "crypto/openssl_keys.h"
#include "crypto/pbkdf2_sha256_chain.h"

namespace hwbak::crypto {

void pbkdf2_hmac_sha256_openssl(const Pbkdf2Job& job) {
  (void)context();  // no configuration file from here on
  const bool fits = std::in_range<int>(job.password.size()) && std::in_range<int>(job.salt.size()) && std::in_range<int>(job.iterations);
  const char* const password = job.password.empty() ? "" : reinterpret_cast<const char*>(job.password.data());
  check(fits && PKCS5_PBKDF2_HMAC(password, static_cast<int>(job.password.size()), job.salt.data(), static_cast<int>(job.salt.size()),
                                  static_cast<int>(job.iterations), EVP_sha256(), static_cast<int>(job.key.size()), job.key.data()) == 1,
        "PBKDF2-HMAC-SHA256");
}

}  // namespace hwbak::crypto
