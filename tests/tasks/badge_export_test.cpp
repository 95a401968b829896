// export: a badge's records in other programs' formats, values as they are, and what no format has a place for.
#include <boost/json.hpp>

#include "foreign/foreign.h"
#include "tasks/badge_fixture.h"

namespace hwbak {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string contents =
    R"({"host_api_level":"0.7","fw_version":"0.6.5","modules":{"mod_2fa":{"schema_ver":1,"entries":[)"
    R"({"name":"octo","issuer":"GitHub","type":0,"algorithm":0,"digits":6,"period":30,"secret":"GEZDGNBVGY3TQOJQ"},)"
    R"({"name":"odd","type":0,"algorithm":1,"digits":8,"period":60,"secret":"GEZDGNBVGY3TQOJQ"},)"
    R"({"name":"cr","type":2,"algorithm":0,"digits":6,"period":30,"flags":2,"secret":"GEZDGNBVGY3TQOJQ"}]},)"
    "\"mod_password\":{\"schema_ver\":1,\"entries\":[{\"title\":\"Mail\",\"username\":\"m\x81\",\"password\":\"=1+1,\\\"x\\\"\",\"notes\":\"a\\nb\",\"totp_slot\":0},"
    "{\"title\":\"To CR\",\"totp_slot\":2},{\"title\":\"None\"}]},"
    R"("mod_vcard":{"schema_ver":1,"own":"BEGIN:VCARD\nVERSION:4.0\nFN:Me/../me\nEND:VCARD\n","received":["BEGIN:VCARD\nVERSION:4.0\nFN:Bob\nEND:VCARD\n"]}}})";

class Export : public BadgeTask {
 protected:
  ExportOptions options_;
  std::filesystem::path backup_;
  Export() {
    secrets_.add(Secrets::Kind::password, passphrase_);
    backup_ = backup("backup.cdcbak", contents);
  }
  ExportResult run(std::string_view format, bool reveal = false) {
    options_.format = format;
    return export_as(context(secrets_, reveal), backup_, options_);
  }
};

TEST_F(Export, LoginsForKeePassXcAndTheLinkOnlyWithConsent) {
  ExportResult result = run("keepassxc-csv");
  ASSERT_EQ(result.report.outcome, Outcome::ok) << result.report.message;
  const std::string csv = as_text(result.data);
  EXPECT_THAT(csv, HasSubstr(",Mail,m\xC3\xBC,\"=1+1,\"\"x\"\"\",,\"a\nb\",\r\n")) << csv;
  EXPECT_THAT(csv, HasSubstr("otpauth://totp/GitHub:octo"));
  EXPECT_TRUE(has_finding(result.report, "spreadsheet"));
  EXPECT_TRUE(has_finding(result.report, "totp-link"));
  EXPECT_TRUE(has_finding(result.report, "challenge-response"));
  EXPECT_THAT(texts_of(list_fact(result.report.facts, "totp_links"), "account"), ElementsAre("octo"));
  const Object& fact = object_fact(result.report.facts, "export");
  EXPECT_EQ(number_fact(fact, "accounts"), 2);
  EXPECT_EQ(number_fact(fact, "logins"), 3);
  EXPECT_EQ(number_fact(fact, "cards"), 0);

  options_.link_totp = true;
  const std::string linked = as_text(run("keepassxc-csv").data);
  EXPECT_THAT(linked, HasSubstr("\"a\nb\",otpauth://totp/GitHub:octo"));
  EXPECT_EQ(linked.find("GitHub:octo"), linked.rfind("GitHub:octo")) << "not on its own as well";
}

TEST_F(Export, CodesAndWhatProgramsMayGetWrong) {
  const ExportResult result = run("otpauth");
  EXPECT_EQ(as_text(result.data), "otpauth://totp/GitHub:octo?secret=GEZDGNBVGY3TQOJQ&issuer=GitHub&algorithm=SHA1&digits=6&period=30\n"
                                  "otpauth://totp/odd?secret=GEZDGNBVGY3TQOJQ&algorithm=SHA256&digits=8&period=60\n");
  bool odd = false;
  for (const Finding& finding : result.report.findings) odd = odd || (finding.code == "export-loss" && finding.where == "modules.mod_2fa.entries[1]");
  EXPECT_TRUE(odd);
  EXPECT_THAT(as_text(run("otpauth-qr").data), HasSubstr("GitHub: octo\n"));
  EXPECT_THAT(as_text(run("aegis").data), HasSubstr("\"name\":\"odd\""));
  EXPECT_THAT(as_text(run("bitwarden-json").data), HasSubstr("\"=1+1,\\\"x\\\"\""));
  EXPECT_THAT(as_text(run("browser-csv").data), Not(HasSubstr("otpauth")));
}

TEST_F(Export, ChallengeResponseKeysOnlyOnRequestAndRevealed) {
  options_.challenge_response = true;
  const auto keys = [&](bool reveal) { return texts_of(list_fact(run("otpauth", reveal).report.facts, "challenge_response"), "key_hex"); };
  EXPECT_TRUE(keys(false).empty());
  EXPECT_THAT(keys(true), ElementsAre("31323334353637383930"));
}

TEST_F(Export, CardsAsOneFileOrOneFileEach) {
  options_.output = folder_ / "all.vcf";
  ASSERT_EQ(run("vcf").report.outcome, Outcome::ok);
  const Bytes all = read_bytes(*options_.output);
  EXPECT_EQ(std::string(all.begin(), all.end()), "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Me/../me\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:4.0\r\nFN:Bob\r\nEND:VCARD\r\n");
  EXPECT_EQ(run("vcf").report.outcome, Outcome::refused) << "never over a file";
  options_.output = (folder_ / "cards") / "";
  const Report each = run("vcf").report;
  ASSERT_EQ(each.outcome, Outcome::ok) << each.message;
  EXPECT_TRUE(std::filesystem::exists(folder_ / "cards/Bob.vcf"));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_ / "cards"), {}), 2) << "and no name leads out of the folder";
  EXPECT_EQ(run("vcf").report.outcome, Outcome::refused);
}

TEST_F(Export, QrCodesAsPictures) {
  options_.output = folder_ / "one.svg";
  EXPECT_EQ(run("otpauth-qr").report.outcome, Outcome::refused) << "two accounts";
  options_.output = folder_ / "codes";
  const Report report = run("otpauth-qr").report;
  ASSERT_EQ(report.outcome, Outcome::ok) << report.message;
  std::size_t pictures = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "codes")) pictures += entry.path().extension() == ".svg" ? 1 : 0;
  EXPECT_EQ(pictures, 2u);
}

TEST_F(Export, JsonForPeople) {
  const std::string json = as_text(run("json").data);
  const auto document = boost::json::parse(json);
  EXPECT_EQ(document.at("schema").as_string(), "hwbak-cdc-badge/1");
  EXPECT_EQ(document.at("twofa").at(0).at("secret").as_string(), "GEZDGNBVGY3TQOJQ");
  EXPECT_EQ(document.at("twofa").at(0).as_object().if_contains("code"), nullptr) << "it would be another one in a minute";
  EXPECT_EQ(document.at("twofa").at(2).at("secret_hex").as_string(), "31323334353637383930");
  EXPECT_EQ(document.at("passwords").at(0).at("username").as_string(), "m\xC3\xBC");
  EXPECT_EQ(document.at("passwords").at(0).at("password").as_string(), "=1+1,\"x\"");
  EXPECT_THAT(std::string(document.at("own").at("text").as_string()), HasSubstr("FN:Me/../me"));
}

TEST_F(Export, WhatComesBackIsTheSame) {
  // Out as other programs' files and in again: the records are those of the badge.
  CreateBadgeOptions made;
  made.output = folder_ / "again.cdcbak";
  for (const auto& [format, list] : {std::pair<const char*, std::vector<Subject>*>{"bitwarden-csv", &made.csv}, {"vcf", &made.vcf}}) {
    options_.output = folder_ / (std::string("out-") + format);
    ASSERT_EQ(run(format).report.outcome, Outcome::ok);
    list->push_back(*options_.output);
  }
  ASSERT_EQ(create_badge(context(secrets_), made).report.outcome, Outcome::ok);
  const Report report = diff(context(secrets_), backup_, made.output);
  EXPECT_THAT(texts_of(list_fact(report.facts, "went"), "identity"), ElementsAre("cr", "Me/../me")) << "no format has keys of challenge-response, nor an own card";
  EXPECT_THAT(texts_of(list_fact(report.facts, "came"), "identity"), ElementsAre("Me/../me")) << "as a received card";
  EXPECT_THAT(texts_of(list_fact(report.facts, "changed"), "identity"), ElementsAre("Mail", "To CR")) << "the CP437 text, the slots";
}

TEST_F(Export, NothingIsWrittenWithoutTheRightPassphraseOrFormat) {
  options_.output = folder_ / "out.csv";
  EXPECT_EQ(run("pdf").report.outcome, Outcome::usage);
  FixedSecrets wrong("wrong");
  options_.format = "json";
  EXPECT_EQ(export_as(context(wrong), backup_, options_).report.outcome, Outcome::wrong_secret);
  FixedSecrets none;
  EXPECT_EQ(export_as(context(none), backup_, options_).report.outcome, Outcome::refused);
  EXPECT_FALSE(std::filesystem::exists(*options_.output));
  options_.output = backup_;
  options_.overwrite = true;
  EXPECT_EQ(run("json").report.outcome, Outcome::refused);
}

TEST_F(Export, OneWrongRecordLeavesTheGoodOnes) {
  backup_ = backup("partly.cdcbak", R"({"modules":{"mod_password":{"schema_ver":1,"entries":[5,{"title":"good","password":"p"}]}}})");
  const ExportResult result = run("browser-csv");
  EXPECT_EQ(result.report.outcome, Outcome::partial);
  EXPECT_EQ(as_text(result.data), "name,url,username,password,note\r\ngood,,,p,\r\n");
  EXPECT_THAT(texts_of(list_fact(result.report.facts, "left_out"), "where"), ElementsAre("modules.mod_password.entries[0]"));
  EXPECT_TRUE(has_finding(result.report, "left-out"));
  EXPECT_THAT(result.report.message, HasSubstr("1 place of the backup could not be read and is left out"));
}

TEST_F(Export, ValuesThatAreMissingAreNamed) {
  backup_ = backup("hole.cdcbak", R"({"modules":{"mod_password":{"schema_ver":1,"entries":[{"title":"t","username":"u","password":7}]},"mod_2fa":{"schema_ver":2}},)"
                                  R"("system":{"tz_offset":99}})");
  const ExportResult result = run("keepassxc-csv");
  EXPECT_EQ(result.report.outcome, Outcome::partial);
  EXPECT_THAT(texts_of(list_fact(result.report.facts, "left_out"), "where"), ElementsAre("modules.mod_password.entries[0].password", "modules.mod_2fa"));
  EXPECT_THAT(texts_of(list_fact(result.report.facts, "left_out"), "reason").front(), HasSubstr("the record is exported without it"));
  EXPECT_EQ(list_fact(run("json").report.facts, "left_out").size(), 3u) << "there the settings count too";
}

}  // namespace
}  // namespace hwbak
