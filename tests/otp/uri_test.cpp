// otpauth URIs: written as docs/exports.md says, read back, and what is refused.
#include "otp/uri.h"

#include <rapidcheck/gtest.h>

#include "base/as_bytes.h"

namespace hwbak::otp {
namespace {

Account account_of(std::string_view issuer, std::string_view name) {
  Account account;
  account.issuer = SecretString::copy_of(issuer);
  account.name = SecretString::copy_of(name);
  account.secret = SecretBytes::copy_of(as_bytes("12345678901234567890"));
  return account;
}

Outcome outcome_of(std::string_view uri) {
  try {
    (void)from_uri(uri);
    return Outcome::ok;
  } catch (const Error& error) {
    return error.outcome();
  }
}

TEST(OtpauthUri, IsWrittenWithEveryParameter) {
  Account account = account_of("A:b & c", "me@x.org");
  EXPECT_EQ(to_uri(account).expose(),
            "otpauth://totp/A%3Ab%20%26%20c:me%40x.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=A%3Ab%20%26%20c"
            "&algorithm=SHA1&digits=6&period=30");
  account = account_of("", "ascii~-._");
  account.kind = Kind::hotp;
  account.hash = Hash::sha512;
  account.digits = 8;
  account.counter = 18446744073709551615u;
  EXPECT_EQ(to_uri(account).expose(),
            "otpauth://hotp/ascii~-._?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA512&digits=8&counter=18446744073709551615");
}

TEST(OtpauthUri, OfOtherProgramsIsRead) {
  const auto read = from_uri(
      "OTPAUTH://TOTP/Example%3A%20alice@google.com?Secret=jbsw%20y3dp%3D&issuer=Example&algorithm=HmacSHA256&image=x");
  EXPECT_EQ(read.account.issuer.expose(), "Example");
  EXPECT_EQ(read.account.name.expose(), "alice@google.com");
  EXPECT_EQ(read.account.hash, Hash::sha256);
  EXPECT_TRUE(read.account.secret.equals(as_bytes("Hello")));
  ASSERT_EQ(read.remarks.size(), 1u);
  EXPECT_NE(read.remarks[0].find("image"), std::string::npos);

  const auto differing = from_uri("otpauth://totp/Old:me?secret=MFRGG&issuer=New#fragment");
  EXPECT_EQ(differing.account.issuer.expose(), "New");
  EXPECT_EQ(differing.remarks.size(), 1u);
  EXPECT_EQ(from_uri("otpauth://totp/Only:me?secret=MFRGG").account.issuer.expose(), "Only");
  EXPECT_EQ(from_uri("otpauth://totp/a%3Ab?secret=MFRGG").account.name.expose(), "a:b") << "no issuer says that it separates";
  EXPECT_EQ(from_uri("otpauth://totp/A:%20%20me?secret=MFRGG").account.name.expose(), "me");
  EXPECT_EQ(from_uri("otpauth://totp/A:%20%20?secret=MFRGG").account.name.expose(), "  ") << "a name of blanks alone";
  EXPECT_EQ(from_uri("otpauth://hotp/me?secret=MFRGG").remarks.size(), 1u) << "no counter";
}

TEST(OtpauthUri, IsRefusedWithAReason) {
  for (const char* bad : {"", "http://x", "otpauth://totp", "otpauth://totp/?secret=MFRGG", "otpauth://totp/a", "otpauth://totp/a?secret=",
                          "otpauth://totp/a?secret=M1", "otpauth://totp/a?secret=MFRGG&secret=MFRGG", "otpauth://totp/a%ZZ?secret=MFRGG",
                          "otpauth://totp/a%2?secret=MFRGG", "otpauth://totp/a%00?secret=MFRGG", "otpauth://totp/a%FF?secret=MFRGG",
                          "otpauth://totp/a?secret=MFRGG&digits=six", "otpauth://hotp/a?secret=MFRGG&counter=18446744073709551616",
                          "otpauth://hotp/a?secret=MFRGG&counter=-1"})
    EXPECT_EQ(outcome_of(bad), Outcome::damaged) << bad;
  for (const char* foreign : {"otpauth://steam/a?secret=MFRGG", "otpauth://totp/a?secret=MFRGG&encoder=steam", "otpauth://totp/a?secret=MFRGG&digits=5",
                              "otpauth://totp/a?secret=MFRGG&algorithm=MD5", "otpauth://totp/a?secret=MFRGG&period=0",
                              "otpauth-migration://offline?data=CjE"})
    EXPECT_EQ(outcome_of(foreign), Outcome::unsupported) << foreign;
  EXPECT_EQ(outcome_of("otpauth://totp/" + std::string(max_uri, 'a') + "?secret=MFRGG"), Outcome::refused);
}

RC_GTEST_PROP(OtpauthUri, ComesBack, ()) {
  const auto text = [] {
    std::string out;
    for (const auto& piece : *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
             "a", "Z", "9", " ", ":", "%", "&", "=", "?", "#", "/", "+", "~", "\"", "\\", "\xC3\xA4", "\xE6\x97\xA5")))
      out += piece;
    return out;
  };
  const std::string issuer = text(), name = "n" + text();
  Account account = account_of(issuer, name);
  account.kind = *rc::gen::element(Kind::totp, Kind::hotp);
  account.hash = *rc::gen::element(Hash::sha1, Hash::sha256, Hash::sha512);
  account.digits = *rc::gen::inRange(6u, 9u);
  if (account.kind == Kind::totp) account.period = *rc::gen::inRange(15u, 301u);
  else account.counter = *rc::gen::arbitrary<std::uint64_t>();
  const SecretString uri = to_uri(account);
  const ParsedUri back = from_uri(uri.expose());
  RC_ASSERT(to_uri(back.account).equals(uri.expose()));
  RC_ASSERT(back.account.name.equals(name));
  RC_ASSERT(back.account.issuer.equals(issuer));
  RC_ASSERT(back.remarks.empty());
}

}  // namespace
}  // namespace hwbak::otp
