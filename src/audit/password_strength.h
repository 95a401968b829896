// How hard a password is to guess, by zxcvbn's estimate. Used for passwords that people chose; drawn words need none.
#pragma once

#include <string>

#include "hwbak/secret.h"

namespace hwbak::audit {

struct PasswordStrength {
  double bits = 0;        // log2 of the guesses an informed attacker needs
  std::string words;      // "weak: about 2^28 guesses", never any part of the password
  bool weak = false;      // below 60 bits
};
[[nodiscard]] PasswordStrength password_strength(const SecretString& password);

}  // namespace hwbak::audit
