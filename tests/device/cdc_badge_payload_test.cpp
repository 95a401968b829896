// Odd and hostile payloads: what is noticed, with its path, and that nothing good is lost beside it.
#include "base/as_bytes.h"
#include "device/cdc_badge/payload.h"
#include "hwbak/error.h"

namespace hwbak::cdc_badge {
namespace {

Payload read(const std::string& json) { return understand(as_bytes(json)); }

// A whole payload around one section.
std::string with(const std::string& module, const std::string& entries) {
  return R"({"host_api_level":"0.7","fw_version":"0.6.5","modules":{")" + module + R"(":{"schema_ver":1,"entries":[)" + entries + "]}}}";
}
std::string account(const std::string& name, const std::string& numbers) {
  return R"({"name":")" + name + R"(","issuer":"",)" + numbers + R"(,"secret":"MFRGG"})";
}
const std::string good = account("good", R"("type":0,"algorithm":0,"digits":6,"period":30,"counter":0,"flags":0)");

std::vector<std::string> flaws(const Payload& payload) {
  std::vector<std::string> out;
  for (const Flaw& flaw : payload.flaws) out.push_back(flaw.path);
  return out;
}
std::vector<std::string> places(const Payload& payload, std::string_view code) {
  std::vector<std::string> out;
  for (const Finding& finding : payload.findings)
    if (finding.code == code) out.push_back(finding.where);
  return out;
}
Outcome outcome_of(const std::string& json) {
  try {
    (void)read(json);
    return Outcome::ok;
  } catch (const Error& error) {
    return error.outcome();
  }
}
using testing::ElementsAre;
using testing::IsEmpty;

TEST(BadgePayload, NumbersAreReadExactlyAndNeverWrap) {
  const std::string head = R"("type":1,"algorithm":0,"digits":6,)";
  for (const char* wrong : {"-1", "1e400", "18446744073709551616", "1.8446744073709552e+19", "0.5", "-1e400"}) {
    const Payload payload = read(with("mod_2fa", account("a", head + R"("period":30,"counter":)" + wrong) + "," + good));
    EXPECT_THAT(flaws(payload), ElementsAre("modules.mod_2fa.entries[0].counter")) << wrong;
    ASSERT_EQ(payload.twofa.size(), 1u) << "the good one stays";
    EXPECT_EQ(payload.twofa[0].name.text.expose(), "good");
  }
  const Payload payload = read(with("mod_2fa", account("a", head + R"("period":3.0e1,"counter":18446744073709551615)")));
  EXPECT_THAT(flaws(payload), IsEmpty());
  EXPECT_EQ(payload.twofa.at(0).counter, UINT64_MAX);
  EXPECT_THAT(places(payload, "counter-inexact"), ElementsAre("modules.mod_2fa.entries[0].counter"));
  for (const char* wrong : {"256", "-2", "1e400", "4294967296", "0.5"}) {
    const Payload login = read(with("mod_password", R"({"title":"t","totp_slot":)" + std::string(wrong) + "}"));
    EXPECT_THAT(flaws(login), ElementsAre("modules.mod_password.entries[0].totp_slot")) << wrong;
    EXPECT_EQ(login.logins.size(), 1u) << "the password is not lost for it";
  }
  for (const char* none : {"-1", "255", "null", "\"3\""}) {
    const Payload login = read(with("mod_password", R"({"title":"t","totp_slot":)" + std::string(none) + "}"));
    EXPECT_THAT(flaws(login), IsEmpty()) << none;
    EXPECT_EQ(login.logins.at(0).totp_slot, std::nullopt);
  }
}

TEST(BadgePayload, EveryWrongFieldIsNamed) {
  EXPECT_THAT(flaws(read(with("mod_2fa", R"({"name":""},1,{"name":5,"type":0,"algorithm":0,"digits":6,"period":30,"secret":"!"},)" + good))),
              ElementsAre("modules.mod_2fa.entries[0].name", "modules.mod_2fa.entries[0].type", "modules.mod_2fa.entries[0].algorithm",
                          "modules.mod_2fa.entries[0].digits", "modules.mod_2fa.entries[0].period", "modules.mod_2fa.entries[0].secret",
                          "modules.mod_2fa.entries[1]", "modules.mod_2fa.entries[2].name", "modules.mod_2fa.entries[2].secret"));
  EXPECT_THAT(flaws(read(R"({"host_api_level":7,"modules":{"mod_vcard":{"schema_ver":1,"own":"x","received":[3]},"mod_2fa":[],
      "mod_password":{"schema_ver":"1","entries":{}}},"system":5})")),
              ElementsAre("host_api_level", "modules.mod_vcard.own", "modules.mod_vcard.received[0]", "modules.mod_2fa",
                          "modules.mod_password.schema_ver", "modules.mod_password.entries", "system"));
}

TEST(BadgePayload, DocumentIsLookedOver) {
  const Payload payload = read("\xEF\xBB\xBF" R"({"host_api_level":"0.7","modules":{"mod_password":{"schema_ver":1,"entries":[
      {"title":"first","title":"second","t\u0069tle":"third","password":"a\u0000b","extra":1}]},"mod_x\u202e":{}},"modules":[]})" + std::string("\0junk", 5));
  EXPECT_THAT(places(payload, "byte-order-mark"), ElementsAre(""));
  EXPECT_THAT(places(payload, "trailing-data"), ElementsAre(""));
  EXPECT_THAT(places(payload, "embedded-nul"), ElementsAre("modules.mod_password.entries[0].password"));
  EXPECT_THAT(places(payload, "duplicate-key"),
              testing::UnorderedElementsAre("modules.mod_password.entries[0].title", "modules.mod_password.entries[0].title", "modules"));
  EXPECT_THAT(places(payload, "unknown-key"), ElementsAre("modules.mod_password.entries[0].extra"));
  EXPECT_THAT(places(payload, "unknown-section"), ElementsAre("modules.mod_x\\u{202E}"));
  EXPECT_EQ(payload.logins.at(0).title.text.expose(), "first");
  EXPECT_EQ(payload.logins.at(0).password.text.size(), 3u) << "the text itself is whole";
}

TEST(BadgePayload, TextsCutByABadgeAreUtf8) {
  const Payload payload = read(with("mod_password", "{\"title\":\"\xC3\xA4\xE6\x97\",\"username\":\"\x81\xE1\",\"password\":\"x\xE6\x97\"}"));
  const Login& login = payload.logins.at(0);
  EXPECT_TRUE(login.title.cut);
  EXPECT_EQ(login.title.text.expose(), "\xC3\xA4");
  EXPECT_EQ(login.title.bytes.size(), 4u);
  EXPECT_EQ(login.username.text.expose(), "\xC3\xBC\xC3\x9F");
  EXPECT_TRUE(login.password.cp437) << "no whole character says that it is UTF-8";
  EXPECT_THAT(places(payload, "text-cut-in-character"), ElementsAre("modules.mod_password.entries[0].title"));
  EXPECT_THAT(places(payload, "cp437-text"), ElementsAre("modules.mod_password.entries[0].username"));
}

TEST(BadgePayload, DeviceLimitsAreToldInBytesAndWithoutValues) {
  const std::string entry = R"({"title":")" + std::string(23, 't') + R"(","password":")" + std::string(64, 'p') + R"("})";
  const Payload payload = read(with("mod_password", entry));
  EXPECT_THAT(places(payload, "device-cuts"), ElementsAre("modules.mod_password.entries[0].password"));
  for (const Finding& finding : payload.findings) {
    EXPECT_NE(finding.message.find("63 of these 64 bytes"), std::string::npos);
    EXPECT_EQ(finding.message.find("ppp"), std::string::npos);
  }
  EXPECT_EQ(payload.logins.at(0).password.text.size(), 64u);
}

TEST(BadgePayload, SecureElementKeysAreAViolation) {
  for (const char* section : {"mod_fido2", "mod_gpg", "mod_gpg_rsa", "mod_piv", "mod_ca"}) {
    const Payload payload = read(with(section, ""));
    EXPECT_THAT(places(payload, "forbidden-section"), ElementsAre("modules." + std::string(section)));
    EXPECT_TRUE(payload.sections.at(0).forbidden);
  }
  // openssl ecparam -name prime256v1 -genkey, as SEC1 and as PKCS#8, with the key set to 1.
  const std::string sec1 = "302502010104200000000000000000000000000000000000000000000000000000000000000001";
  const std::string pkcs8 = "MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQ==";
  for (const std::string& key : {std::string("-----BEGIN OPENSSH PRIVATE KEY-----"), sec1, pkcs8, pkcs8.substr(0, 40) + "\\r\\n" + pkcs8.substr(40)}) {
    EXPECT_THAT(places(read(with("mod_password", R"({"title":"t","password":")" + key + "\"}")), "private-key"),
                ElementsAre("modules.mod_password.entries[0].password")) << key;
    const Payload noted = read(with("mod_password", R"({"title":"t","notes":")" + key + "\"}"));
    EXPECT_THAT(places(noted, "private-key"), IsEmpty());
    EXPECT_THAT(places(noted, "private-key-in-note"), ElementsAre("modules.mod_password.entries[0].notes"));
  }
  std::string url_safe = pkcs8.substr(0, pkcs8.find('='));
  std::ranges::replace(url_safe, '+', '-');
  std::ranges::replace(url_safe, '/', '_');
  EXPECT_THAT(places(read(with("mod_password", R"({"title":"t","notes":"my key: )" + url_safe + "\"}")), "private-key-in-note"),
              ElementsAre("modules.mod_password.entries[0].notes"));
  const std::string card = "BEGIN:VCARD\\nVERSION:4.0\\nFN:A\\nKEY:data:application/pkcs8;base64," + pkcs8 + "\\nEND:VCARD\\n";
  EXPECT_THAT(places(read(R"({"modules":{"mod_vcard":{"schema_ver":1,"received":[")" + card + "\"]}}}"), "private-key"), ElementsAre("modules.mod_vcard.received[0]"));
  for (const std::string& harmless : {sec1.substr(2), sec1 + "00", pkcs8.substr(4), std::string(64, 'M'), std::string("30")})
    EXPECT_THAT(places(read(with("mod_password", R"({"title":"t","password":")" + harmless + "\"}")), "private-key"), IsEmpty()) << harmless;
}

TEST(BadgePayload, HostileDocumentsAreRefusedOrRead) {
  for (const std::string& bad : {std::string(), std::string("x"), std::string(100'000, '{'), std::string(100'000, '['), std::string("{\"a\":1"),
                                 std::string("\0\0", 2), std::string("{\"a\":\"\\x\"}"), std::string("[]"), std::string("7"), std::string("{\"modules\":[]}"),
                                 std::string("{\"modules\":null}"), R"({"modules":)" + std::string(1001, '[') + std::string(1001, ']') + "}"})
    EXPECT_EQ(outcome_of(bad), Outcome::damaged) << bad.substr(0, 20);
  std::string nested;
  for (int i = 0; i < 100'000; ++i) nested += "{\"a\":";
  EXPECT_EQ(outcome_of(nested), Outcome::damaged);
  EXPECT_EQ(outcome_of(R"({"modules":{"x":)" + std::string(990, '[') + std::string(990, ']') + "}}"), Outcome::ok);
}

TEST(BadgePayload, RecordsThatABadgeHasNoRoomForAreNamed) {
  std::string accounts, logins, cards;
  const auto one = [](std::string name) { return account(name, R"("type":0,"algorithm":0,"digits":6,"period":30)"); };
  for (int i = 0; i < 101; ++i) accounts += one("n" + std::to_string(i)) + ",";
  const Payload full = read(with("mod_2fa", accounts + one("n5")));
  EXPECT_THAT(flaws(full), ElementsAre("modules.mod_2fa.entries[100]")) << "one that is there already needs no room";
  EXPECT_EQ(full.flaws[0].kind, Flaw::Kind::full);
  EXPECT_EQ(full.twofa.size(), 102u) << "it is read all the same";
  EXPECT_FALSE(full.twofa[100].room);
  EXPECT_TRUE(full.twofa[100].good && full.twofa[101].room);
  for (int i = 0; i < 365; ++i) logins += "{\"title\":\"t" + std::to_string(i) + "\"},";
  EXPECT_THAT(flaws(read(with("mod_password", logins + R"({"title":"T7"},{"title":"a title of over 15 bytes"})"))),
              ElementsAre("modules.mod_password.entries[364]", "modules.mod_password.entries[366]"));
  for (int i = 0; i < 101; ++i) cards += (i == 0 ? "" : ",") + ("\"BEGIN:VCARD\\nVERSION:4.0\\nFN:" + std::to_string(i)) + "\\nEND:VCARD\\n\"";
  EXPECT_THAT(flaws(read(R"({"modules":{"mod_vcard":{"schema_ver":1,"received":[)" + cards + "]}}}")), ElementsAre("modules.mod_vcard.received[100]"));
}

TEST(BadgePayload, VersionsThatAreNoneAreFlaws) {
  for (const char* wrong : {"1e400", "-1", "-1e400", "2.5", "1.5", "99999999999999999999"})
    EXPECT_THAT(flaws(read(R"({"host_api_level":"0.7","modules":{"mod_2fa":{"schema_ver":)" + std::string(wrong) + R"(,"entries":[]}}})")),
                ElementsAre("modules.mod_2fa.schema_ver")) << wrong;
  const Payload other = read(R"({"host_api_level":"0.7","modules":{"mod_2fa":{"schema_ver":2,"entries":[]}},"system":{"schema_ver":0}})");
  EXPECT_THAT(flaws(other), IsEmpty()) << "another layout is not wrong";
  EXPECT_THAT(places(other, "section-not-read"), ElementsAre("modules.mod_2fa", "system"));
  for (const char* high : {"-1.0", "0.-1", "99999999999999999999.0", " 0.8"})
    EXPECT_THAT(places(read(R"({"host_api_level":")" + std::string(high) + R"(","modules":{}})"), "host-level-newer"), ElementsAre("host_api_level")) << high;
  EXPECT_THAT(places(read(R"({"host_api_level":" 0.7","modules":{}})"), "host-level-unclear"), ElementsAre("host_api_level"));
}

TEST(BadgePayload, LargeDocumentsStayQuick) {
  std::string entries, keys;
  for (int i = 0; i < 60'000; ++i) entries += i == 0 ? "1" : ",1";
  for (int i = 0; i < 30'000; ++i) keys += "\"k\":0,";
  const Payload many = read(with("mod_2fa", entries));
  EXPECT_EQ(many.flaws.size(), 10'001u) << "the last tells how many more";
  EXPECT_EQ(many.sections.at(0).records, 60'000u);
  const Payload repeated = read("{" + keys + R"("modules":{}})");
  EXPECT_EQ(places(repeated, "duplicate-key").size(), 200u);
  const Payload large = read(with("mod_password", R"({"title":"t","notes":")" + std::string(300'000, 'n') + "\"}"));
  EXPECT_EQ(large.logins.at(0).notes.text.size(), 300'000u);
}

}  // namespace
}  // namespace hwbak::cdc_badge
