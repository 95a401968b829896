// Lists of otpauth URIs, what each format loses, and codes of oathtool for what is read.
#include "crypto/peer.h"
#include "foreign/records.h"
#include "otp/codes.h"

namespace hwbak::foreign {
namespace {

using namespace foreign::test;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(OtpauthList, GoodLinesStayBesideBadOnes) {
  const Imported read = read_otpauth(as_bytes(
      "\xEF\xBB\xBF# from a phone\r\n\r\n"
      "otpauth://totp/A:one?secret=MFRGG&issuer=A\r\n"   // 3
      "  otpauth://hotp/two?secret=MFRGG \t\n"           // 4
      "otpauth://steam/x?secret=MFRGG\n"                 // 5
      "not a URI\n"                                      // 6
      "otpauth://totp/\x1b[2J?secret=0\n"                // 7
      "otpauth://totp/three?secret=MFRGG&digits=5\n"     // 8
      "otpauth://totp/" + std::string(10'000, 'a') + "?secret=MFRGG\n"  // 9
      "otpauth://totp/four?secret=MFRGG&color=red"));    // 10
  EXPECT_THAT(places(read.refused), ElementsAre("line 5", "line 6", "line 7", "line 8", "line 9"));
  EXPECT_THAT(places(read.remarks), ElementsAre("line 4", "line 10"));
  std::vector<std::string> names;
  for (const otp::Account& account : read.contents.accounts) names.emplace_back(account.name.expose());
  EXPECT_THAT(names, ElementsAre("one", "two", "four"));
  for (const Remark& refused : read.refused) EXPECT_EQ(refused.sentence.find('\x1b'), std::string::npos);
}

TEST(OtpauthList, ForeignAndHostileFilesAreRefused) {
  EXPECT_EQ(outcome_of(read_otpauth, ""), Outcome::damaged);
  EXPECT_EQ(outcome_of(read_otpauth, "a,b,c\n1,2,3\n"), Outcome::unsupported);
  EXPECT_EQ(outcome_of(read_otpauth, "# only a comment\n"), Outcome::unsupported);
  EXPECT_EQ(outcome_of(read_otpauth, std::string(max_file + 1, '\n')), Outcome::refused);
  std::string many;
  for (std::size_t i = 0; i <= max_records; ++i) many += "x\n";
  EXPECT_EQ(outcome_of(read_otpauth, many), Outcome::refused);
}

TEST(OtpauthList, OathtoolAgreesOnTheCodes) {
  const Imported read = read_otpauth(as_bytes(
      "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=8\n"
      "otpauth://totp/b?secret=jbsw%20y3dp%20ehpk%203pxp&algorithm=SHA512&period=45&digits=7\n"
      "otpauth://hotp/c?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&counter=2\n"));
  const auto& accounts = read.contents.accounts;
  ASSERT_EQ(accounts.size(), 3u);
  const auto code = [](const otp::Account& a) { return std::string(otp::totp(a.secret.expose(), a.hash, 1770091506, a.period, a.digits).expose()) + "\n"; };
  const std::string when = " --now='2026-02-03 04:05:06 UTC' -b ";
  EXPECT_EQ(code(accounts[0]), hwbak::test::run("oathtool --totp --digits=8" + when + "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
  EXPECT_EQ(code(accounts[1]), hwbak::test::run("oathtool --totp=sha512 --digits=7 --time-step-size=45s" + when + "JBSWY3DPEHPK3PXP"));
  EXPECT_EQ(otp::hotp(accounts[2].secret.expose(), accounts[2].hash, accounts[2].counter, 6).expose(), "359152");
}

RC_GTEST_PROP(OtpauthListProperties, AccountsComeBack, ()) {
  const Contents contents = arbitrary_logins(true);
  const SecretBytes file = write_otpauth(contents);
  if (file.empty()) return;
  const Imported read = read_otpauth(file.expose());
  RC_ASSERT(read.refused.empty() && read.remarks.empty());
  RC_ASSERT(text(write_otpauth(read.contents)) == text(file));
}

TEST(Losses, AreToldForEachFormat) {
  const Contents contents = difficult();   // a TOTP, an HOTP of SHA512; logins with groups, the second with a TOTP of 60 s; a card
  const auto lost = [&](Format format) { return places(losses(contents, format)); };
  EXPECT_THAT(lost(Format::otpauth), ElementsAre("account 2", "login 1", "login 2", "login 2", "login 3", "vCard 1"));
  EXPECT_THAT(lost(Format::otpauth_qr), lost(Format::otpauth));
  EXPECT_THAT(lost(Format::keepassxc_csv), ElementsAre("account 2", "vCard 1"));
  EXPECT_THAT(lost(Format::bitwarden_json), ElementsAre("account 2", "vCard 1"));
  EXPECT_THAT(lost(Format::bitwarden_csv), ElementsAre("account 2", "vCard 1"));
  EXPECT_THAT(lost(Format::onepassword_csv), ElementsAre("account 2", "login 1", "login 2", "login 3", "vCard 1"));
  EXPECT_THAT(lost(Format::browser_csv), ElementsAre("account 1", "account 2", "login 1", "login 2", "login 2", "login 3", "vCard 1"));
  EXPECT_THAT(lost(Format::aegis), ElementsAre("login 1", "login 2", "login 3", "vCard 1"));
  EXPECT_THAT(lost(Format::vcf), ElementsAre("account 1", "account 2", "login 1", "login 2", "login 2", "login 3"));
  for (const char* known : {"otpauth", "otpauth-qr", "keepassxc-csv", "bitwarden-json", "bitwarden-csv", "1password-csv", "browser-csv", "aegis", "vcf"})
    EXPECT_EQ(name(format_named(known).value()), known);
  EXPECT_FALSE(format_named("json"));
}

}  // namespace
}  // namespace hwbak::foreign
