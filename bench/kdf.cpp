// The key derivations. 7z of a device backup: n = 13, a 16-byte salt, a password of 74 characters; PBKDF2 of a badge's
// backup: 200,000 iterations, two compressions of SHA-256 each.
//   kdf_single  one key against one EVP SHA-256 pass over the same bytes
//   kdf_batch   64 keys with different salts side by side against one after the other
//   pbkdf2_single  one passphrase against PKCS5_PBKDF2_HMAC
//   pbkdf2_limit   the same against one EVP SHA-256 pass over as many blocks as it has to compress
//   pbkdf2_batch   16 passphrases side by side against one after the other
// See ratio.h for the lines.
#include <openssl/evp.h>

#include <cstdlib>

#include "crypto/pbkdf2_sha256.h"
#include "crypto/sevenzip_kdf.h"
#include "ratio.h"

namespace {

using hwbak::Bytes;
using hwbak::crypto::SevenZipKdfJob;

constexpr unsigned cycles_pow = 13;

// What is hashed, as one piece of memory.
Bytes whole_message(const Bytes& salt, const Bytes& password) {
  Bytes out;
  for (std::uint64_t i = 0; i < 1u << cycles_pow; ++i) {
    out.insert(out.end(), salt.begin(), salt.end());
    out.insert(out.end(), password.begin(), password.end());
    for (int byte = 0; byte < 8; ++byte) out.push_back(static_cast<std::uint8_t>(i >> (8 * byte)));
  }
  return out;
}

bool bench_sevenzip() {
  Bytes password;
  for (int i = 0; i < 74; ++i) {
    password.push_back(static_cast<std::uint8_t>('a' + i % 26));
    password.push_back(0);
  }
  constexpr std::size_t count = 64;
  std::vector<Bytes> salts(count, Bytes(16)), keys(count, Bytes(32));
  std::vector<SevenZipKdfJob> jobs;
  for (std::size_t i = 0; i < count; ++i) {
    salts[i][0] = static_cast<std::uint8_t>(i);
    jobs.push_back({salts[i], password, cycles_pow, keys[i]});
  }

  const Bytes message = whole_message(salts[0], password);
  EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Bytes digest(32);
  unsigned size = 0;
  const auto evp = [&] { EVP_Digest(message.data(), message.size(), digest.data(), &size, sha256, nullptr); };
  hwbak::bench::speed(
      "kdf_single", 0.95, 201, [&] { hwbak::crypto::derive_sevenzip_key(jobs[0]); }, evp,
      std::to_string(message.size()) + " bytes through one EVP SHA-256");
  EVP_MD_free(sha256);
  if (digest != keys[0]) {
    std::puts("kdf_single: the keys differ");
    return false;
  }

  hwbak::bench::speed(
      "kdf_batch", 1.0, 21, [&] { hwbak::crypto::derive_sevenzip_keys(jobs); },
      [&] {
        for (const auto& job : jobs) hwbak::crypto::derive_sevenzip_key(job);
      },
      "64 keys, engine " + std::string(hwbak::crypto::sevenzip_kdf_engine()));
  return true;
}

bool bench_pbkdf2() {
  using hwbak::crypto::Pbkdf2Job;
  constexpr std::uint32_t iterations = 200'000;
  constexpr std::size_t count = 16;
  std::vector<Bytes> passphrases(count, Bytes(28, 'p')), keys(count, Bytes(32));
  const Bytes salt(16, 0x25);
  std::vector<Pbkdf2Job> jobs;
  for (std::size_t i = 0; i < count; ++i) {
    passphrases[i][0] = static_cast<std::uint8_t>('a' + i);
    jobs.push_back({passphrases[i], salt, iterations, hwbak::FixedSpan<32>(keys[i].data(), 32)});
  }
  Bytes expected(32);
  const auto openssl = [&] {
    PKCS5_PBKDF2_HMAC(reinterpret_cast<const char*>(passphrases[0].data()), static_cast<int>(passphrases[0].size()),
                      salt.data(), static_cast<int>(salt.size()), iterations, EVP_sha256(),
                      static_cast<int>(expected.size()), expected.data());
  };
  const auto ours = [&] { hwbak::crypto::pbkdf2_hmac_sha256(jobs[0]); };
  const std::string engine(hwbak::crypto::pbkdf2_sha256_engine());
  hwbak::bench::speed("pbkdf2_single", 2.8, 21, ours, openssl, "200000 iterations, engine " + engine);
  if (expected != keys[0]) {
    std::puts("pbkdf2_single: the keys differ");
    return false;
  }
  const Bytes message(std::size_t{2} * 64 * iterations);
  EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  unsigned size = 0;
  const auto evp = [&] { EVP_Digest(message.data(), message.size(), expected.data(), &size, sha256, nullptr); };
  hwbak::bench::speed("pbkdf2_limit", 0.9, 21, ours, evp, "400000 blocks through one EVP SHA-256");
  EVP_MD_free(sha256);
  hwbak::bench::speed(
      "pbkdf2_batch", 1.0, 3, [&] { hwbak::crypto::pbkdf2_hmac_sha256_many(jobs); },
      [&] {
        for (const auto& job : jobs) hwbak::crypto::pbkdf2_hmac_sha256(job);
      },
      "16 passphrases");
  return true;
}

}  // namespace

int main() { return bench_sevenzip() && bench_pbkdf2() ? EXIT_SUCCESS : EXIT_FAILURE; }
