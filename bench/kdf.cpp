// The 7z key derivation of a device backup: n = 13, a 16-byte salt, a password of 74 characters.
//   kdf_single  one key against one EVP SHA-256 pass over the same bytes
//   kdf_batch   64 keys with different salts side by side against one after the other
// See ratio.h for the lines.
#include <openssl/evp.h>

#include <cstdlib>

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

}  // namespace

int main() {
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
    return EXIT_FAILURE;
  }

  hwbak::bench::speed(
      "kdf_batch", 1.0, 21, [&] { hwbak::crypto::derive_sevenzip_keys(jobs); },
      [&] {
        for (const auto& job : jobs) hwbak::crypto::derive_sevenzip_key(job);
      },
      "64 keys, engine " + std::string(hwbak::crypto::sevenzip_kdf_engine()));
  return EXIT_SUCCESS;
}
