// Over libzxcvbn, whose estimate is the base-2 logarithm of the guesses; see password_strength.h.
#include "audit/password_strength.h"

#include <zxcvbn.h>

#include <algorithm>
#include <cmath>

namespace hwbak::audit {
namespace {

constexpr double enough_bits = 60;
// libzxcvbn looks closely at the first 100 bytes and only counts the rest: what is cut off could but add a little.
constexpr std::size_t looked_at = 128;

}  // namespace

PasswordStrength password_strength(const SecretString& password) {
  SecretString terminated = SecretString::copy_of(password.expose().substr(0, looked_at));
  terminated.append('\0');
  PasswordStrength strength;
  strength.bits = std::max(0.0, ZxcvbnMatch(terminated.expose().data(), nullptr, nullptr));
  strength.weak = strength.bits < enough_bits;
  strength.words = std::string(strength.weak ? "weak" : "strong") + ": about 2^" + std::to_string(std::lround(strength.bits)) + " guesses";
  return strength;
}

}  // namespace hwbak::audit
