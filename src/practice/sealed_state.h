// The state of a practice device on disk, sealed under its PIN: nobody who finds the folder reads the
// practice secrets, and a kill at any moment leaves the old state or the new one.
//
//   "hwbakpst"  version 1  rounds n   salt      nonce     AES-256-GCM ciphertext   tag
//   8 bytes     1 byte     1 byte     16 bytes  12 bytes  as long as the state     16 bytes
//
// key = PBKDF2-HMAC-SHA512(PIN, salt, 2^n), 32 bytes; everything before the ciphertext is authenticated.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "hwbak/files.h"
#include "hwbak/random.h"
#include "hwbak/secret.h"

namespace hwbak::practice {

class SealedState final {
 public:
  static constexpr unsigned default_rounds_pow = 17, max_rounds_pow = 20;
  SealedState(Files& files, std::filesystem::path file, unsigned rounds_pow = default_rounds_pow)
      : files_(files), file_(std::move(file)), rounds_pow_(rounds_pow) {}
  [[nodiscard]] bool exists();
  // nullopt for a wrong PIN; damage behind the header cannot be told from it. Throws Error(damaged) for what is no
  // sealed state, Error(unsupported) for a newer version, and what Files::read throws.
  [[nodiscard]] std::optional<SecretBytes> load(const SecretString& pin);
  // Atomic; a fresh salt and nonce every time.
  void save(const SecretString& pin, ByteView state, RandomSource& random);

  // The same in memory, for a device that keeps several sealed parts in one file; `name` is for the sentences of errors.
  [[nodiscard]] static Bytes seal(const SecretString& pin, ByteView state, unsigned rounds_pow, RandomSource& random);
  [[nodiscard]] static std::optional<SecretBytes> unseal(const SecretString& pin, ByteView sealed, const std::string& name);

 private:
  Files& files_;
  std::filesystem::path file_;
  unsigned rounds_pow_;
};

}  // namespace hwbak::practice
