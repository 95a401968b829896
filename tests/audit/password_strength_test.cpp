// The strength of chosen passwords: known weak ones, drawn ones, and odd ones that must not cost much.
#include "audit/password_strength.h"

#include <cmath>

namespace hwbak::audit {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

PasswordStrength of(std::string_view password) { return password_strength(SecretString::copy_of(password)); }

TEST(PasswordStrength, TellsWeakFromStrong) {
  for (const char* weak : {"", "a", "password", "Passw0rd!", "correct horse", "12345678901234567890123456789012",
                           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "qwertyuiopasdfghjklzxcvbnmqwertyuiop"})
    EXPECT_TRUE(of(weak).weak) << weak << " " << of(weak).bits;
  for (const char* strong : {"mass celery settle flash seed never say dust track sick stick reduce",
                             "zX3-rT9_qL6+wB1*hN8.pV4:kD7?sG2!", "f4c1a07be63d982514c7e0ab39d65f82"})
    EXPECT_FALSE(of(strong).weak) << strong << " " << of(strong).bits;
  EXPECT_EQ(of("").bits, 0);
  EXPECT_LT(of("password").bits, 10);
}

TEST(PasswordStrength, SaysSoInWordsWithoutAnyPartOfThePassword) {
  const PasswordStrength strength = of("dragon monkey");
  EXPECT_EQ(strength.words, "weak: about 2^" + std::to_string(std::lround(strength.bits)) + " guesses");
  EXPECT_THAT(of("zX3-rT9_qL6+wB1*hN8.pV4:kD7?sG2!").words, StartsWith("strong: about 2^"));
  EXPECT_THAT(strength.words, ::testing::Not(HasSubstr("dragon")));
}

TEST(PasswordStrength, TakesAnyBytesOfAnyLength) {
  std::string every;
  for (int value = 0; value < 256; ++value) every.push_back(static_cast<char>(value));
  EXPECT_TRUE(std::isfinite(of(every).bits));
  EXPECT_TRUE(std::isfinite(of(every.substr(1)).bits));
  EXPECT_TRUE(std::isfinite(of("p\xC3\xA4ssw\xC3\xB6rd mit Umlaut \xE2\x82\xAC").bits));
  // A million characters cost what 128 do: the rest is not looked at.
  for (const std::string& piece : {std::string("a"), std::string("password1987"), every.substr(1)}) {
    std::string huge;
    while (huge.size() < 1'000'000) huge += piece;
    EXPECT_EQ(of(huge).bits, of(huge.substr(0, 128)).bits);
  }
}

}  // namespace
}  // namespace hwbak::audit
