// Password-based encryption as files of other programs name it (PKCS#5, RFC 8018; PKCS#12, RFC 7292): whether it is handled,
// and what it would cost, before any of the work; internal to crypto/.
#pragma once

#include <cstdint>
#include <string_view>

#include "crypto/openssl_keys.h"
#include "hwbak/error.h"

namespace hwbak::crypto {

inline constexpr std::uint64_t most_iterations = 10'000'000;                // of all derivations of one file together
inline constexpr std::uint64_t most_scrypt_memory = std::uint64_t{32} << 20;  // OpenSSL gives it no more in such files
inline constexpr std::uint64_t most_scrypt_work = std::uint64_t{1} << 30;     // bytes of all passes

inline constexpr std::string_view re_encrypt_pem =
    "Encrypt it anew on an offline machine: openssl pkey -provider default -provider legacy -in FILE -aes256 -out NEWFILE";
inline constexpr std::string_view re_encrypt_pkcs12 =
    "Encrypt it anew on an offline machine: openssl pkcs12 -legacy -in FILE -aes256 -out NEWFILE";

// Encryption of a file that a password opens; it counts what the derivations of one file cost.
class PbeCost final {
 public:
  // Throws Error: refused (too much work), unsupported (an algorithm that is not handled; `next` says what to do instead),
  // damaged (no readable parameters).
  void add(const X509_ALGOR* algorithm, std::string_view next);
  void add_iterations(const ASN1_INTEGER* count);

 private:
  void add_pbes2(const X509_ALGOR* algorithm, std::string_view next);
  void add_pbkdf2(const X509_ALGOR* algorithm, std::string_view next);
  void add_scrypt(const X509_ALGOR* algorithm);
  std::uint64_t iterations_ = 0, scrypt_work_ = 0;
};

[[nodiscard]] Error wrong_password(std::string_view what);

}  // namespace hwbak::crypto
