// The state of a practice device on disk, sealed under its PIN: nobody who finds the folder reads the
// practice secrets, and a kill at any moment leaves the old state or the new one.
#pragma once

#include <filesystem>
#include <optional>

#include "hwbak/files.h"
#include "hwbak/random.h"
#include "hwbak/secret.h"

namespace hwbak::practice {

class SealedState final {
 public:
  SealedState(Files& files, std::filesystem::path file) : files_(files), file_(std::move(file)) {}
  [[nodiscard]] bool exists();
  // nullopt for a wrong PIN. Throws Error(damaged) for what is no sealed state, Error(unsupported) for a newer version.
  [[nodiscard]] std::optional<SecretBytes> load(const SecretString& pin);
  // Atomic; a fresh salt and nonce every time.
  void save(const SecretString& pin, ByteView state, RandomSource& random);

 private:
  Files& files_;
  std::filesystem::path file_;
};

}  // namespace hwbak::practice
