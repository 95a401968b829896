// Bitwarden's and Aegis' JSON: to the byte, and as Python's json reads it.
#include <regex>

#include "base/json_spans.h"
#include "crypto/peer.h"
#include "foreign/records.h"

namespace hwbak::foreign {
namespace {

using namespace foreign::test;

std::optional<std::string> python_json(const std::string& program, const SecretBytes& file) {
  return hwbak::test::run("/usr/bin/python3 -c 'import json,sys,uuid; d=json.load(sys.stdin.buffer); " + program + "'", file.expose());
}

// Each identifier must look like one.
std::string without_ids(const SecretBytes& file) {
  static const std::regex id("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  return std::regex_replace(text(file), id, "ID");
}

TEST(Aegis, VaultIsPlainAndToTheByte) {
  EXPECT_EQ(without_ids(write_aegis(difficult())),
            R"({"version":1,"header":{"slots":null,"params":null},"db":{"version":2,"entries":[)"
            R"({"type":"totp","uuid":"ID","name":"me@x.org","issuer":"A:b & c","note":"","favorite":false,"icon":null,)"
            R"("info":{"secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","algo":"SHA1","digits":6,"period":30}},)"
            R"({"type":"hotp","uuid":"ID","name":"counting","issuer":"","note":"","favorite":false,"icon":null,)"
            R"("info":{"secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","algo":"SHA512","digits":8,"counter":9007199254740993}},)"
            R"({"type":"totp","uuid":"ID","name":"y","issuer":"X","note":"","favorite":false,"icon":null,)"
            R"("info":{"secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","algo":"SHA1","digits":6,"period":60}}]}})" "\n");
  EXPECT_EQ(text(write_aegis(Contents{})), R"({"version":1,"header":{"slots":null,"params":null},"db":{"version":2,"entries":[]}})" "\n");
}

TEST(Bitwarden, JsonIsToTheByte) {
  Contents contents;
  contents.logins.push_back(login_of("Work", "a\"b\\", "u", "p\t\x01", "https://x", "n\n\xC3\xA4"));
  contents.accounts.push_back(account_of("", "code"));
  EXPECT_EQ(without_ids(write_bitwarden_json(contents)),
            R"({"encrypted":false,"folders":[{"id":"ID","name":"Work"}],"items":[{"id":"ID","organizationId":null,"folderId":"ID","type":1,)"
            R"("reprompt":0,"name":"a\"b\\","notes":"n\n)" "\xC3\xA4" R"(","favorite":false,"login":{"uris":[{"match":null,"uri":"https://x"}],"username":"u",)"
            R"("password":"p\t\u0001","totp":null},"collectionIds":null},{"id":"ID","organizationId":null,"folderId":null,"type":1,"reprompt":0,)"
            R"("name":"code","notes":null,"favorite":false,"login":{"uris":[],"username":"code","password":null,)"
            R"("totp":"otpauth://totp/code?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30"},"collectionIds":null}]})" "\n");
}

TEST(ForeignJson, PythonReadsTheSame) {
  const auto logins = python_json(
      "folder={f[\"id\"]:f[\"name\"] for f in d[\"folders\"]}; ids=[str(uuid.UUID(i[\"id\"])) for i in d[\"items\"]]; "
      "assert d[\"encrypted\"] is False and len(set(ids))==len(ids)==5 and len(folder)==2 and all(i[\"type\"]==1 for i in d[\"items\"]); "
      "l=[i[\"login\"] for i in d[\"items\"]]; "
      "sys.stdout.buffer.write(\"\\x02\".join(\"\\x01\".join([folder.get(i[\"folderId\"],\"\"),i[\"name\"],k[\"username\"] or \"\",k[\"password\"] or \"\","
      "\"\".join(u[\"uri\"] for u in k[\"uris\"]),i[\"notes\"] or \"\",k[\"totp\"] or \"\"]) for i,k in zip(d[\"items\"],l)).encode())",
      write_bitwarden_json(difficult()));
  const Contents contents = difficult();
  std::string expected;
  for (const Login& login : contents.logins)
    for (const std::string& field : fields_of(login)) expected += field + '\1';
  ASSERT_TRUE(logins) << "python3 is needed";
  std::string got = *logins;
  for (char& c : got)
    if (c == '\2') c = '\1';
  EXPECT_THAT(got, testing::StartsWith(expected));

  const auto entries = python_json(
      "e=d[\"db\"][\"entries\"]; assert d[\"version\"]==1 and d[\"header\"]=={\"slots\":None,\"params\":None}; "
      "assert len({str(uuid.UUID(x[\"uuid\"])) for x in e})==len(e); "
      "print([(x[\"type\"],x[\"issuer\"],x[\"name\"],sorted(x[\"info\"].items())) for x in e][1])",
      write_aegis(difficult()));
  ASSERT_TRUE(entries);
  EXPECT_EQ(*entries, "('hotp', '', 'counting', [('algo', 'SHA512'), ('counter', 9007199254740993), ('digits', 8), "
                      "('secret', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')])\n");
}

TEST(ForeignJson, IdentifiersStayTheSameAndAreNeverShared) {
  Contents twice;
  for (int i = 0; i < 3; ++i) twice.accounts.push_back(account_of("same", "same", "key" + std::to_string(i)));
  const SecretBytes first = write_aegis(twice);
  EXPECT_EQ(text(first), text(write_aegis(twice)));
  EXPECT_EQ(python_json("print(len({x[\"uuid\"] for x in d[\"db\"][\"entries\"]}))", first), "3\n");
  twice.accounts[0].secret = SecretBytes::copy_of(as_bytes("another secret"));
  const auto ids = [](const SecretBytes& file) { return python_json("print([x[\"uuid\"] for x in d[\"db\"][\"entries\"]])", file); };
  EXPECT_EQ(ids(write_aegis(twice)), ids(first)) << "an identifier tells nothing of the secret";
}

RC_GTEST_PROP(ForeignJsonProperties, EveryTextIsInIt, ()) {
  const Contents contents = arbitrary_logins(true);
  const SecretBytes file = write_bitwarden_json(contents);
  const std::string whole = text(file);
  const auto json = JsonSpans::parse(std::string_view(whole).substr(0, whole.size() - 1));
  RC_ASSERT(json.has_value());
  const auto items = json->root().member("items");
  RC_ASSERT(items->size() == contents.logins.size() + contents.accounts.size());
  for (std::size_t i = 0; i < contents.logins.size(); ++i) {
    const auto item = items->element(i);
    RC_ASSERT(item->member("name")->string()->equals(contents.logins[i].title.expose()));
    RC_ASSERT(item->member("login")->member("password")->string()->equals(contents.logins[i].password.expose()));
    if (contents.logins[i].totp) RC_ASSERT(item->member("login")->member("totp")->string()->equals(otp::to_uri(*contents.logins[i].totp).expose()));
  }
  const std::string vault = text(write_aegis(contents));
  RC_ASSERT(JsonSpans::parse(std::string_view(vault).substr(0, vault.size() - 1)).has_value());
}

}  // namespace
}  // namespace hwbak::foreign
