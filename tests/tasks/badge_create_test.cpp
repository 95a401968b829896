// create cdc-badge: each vector to the byte, records of other programs, and everything that a badge would cut or refuse.
#include "support/replay.h"
#include "tasks/badge_fixture.h"

namespace hwbak {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class CreateBadge : public BadgeTask {
 protected:
  CreateBadgeOptions options_;
  CreateBadge() { options_.output = folder_ / "backup.cdcbak"; }

  WrittenResult run() { return create_badge(context(secrets_), options_); }
  [[nodiscard]] std::string written() const { return opened_by_python(options_.output, passphrase_); }
  [[nodiscard]] bool nothing_written() const { return !std::filesystem::exists(options_.output); }
  static std::vector<std::string> refused(const Report& report, const char* member = "where") {
    return texts_of(list_fact(report.facts, "refused"), member);
  }
};

const std::string uris =
    "otpauth://totp/GitHub:octo?secret=GEZDGNBVGY3TQOJQ&issuer=GitHub\n# a comment\n"
    "otpauth://hotp/bank?secret=GEZDGNBVGY3TQOJQ&counter=7&digits=8\n";
const std::string keepass =
    "\"Group\",\"Title\",\"Username\",\"Password\",\"URL\",\"Notes\",\"TOTP\"\r\n"
    "\"Root\",\"Mail\",\"me\",\"=cmd|' /C calc'!A0\",\"https://m.example\",\"two\nlines, \"\"quoted\"\"\",\"\"\r\n";
const std::string folded_card = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada, B\\; C\r\nNOTE:a line that is folded at th\r\n e right place\r\nEND:VCARD\r\n";

TEST_F(CreateBadge, WithRecordedSaltAndNonceEveryVectorIsReproduced) {
  std::size_t compared = 0;
  for (const BadgeVector& vector : badge_vectors()) {
    // Other iterations and wrapped lines are nothing that create writes.
    if (vector.header().at("kdf_iters").as_int64() != 200'000 || vector.bytes.back() == '\n') continue;
    FixedSecrets present(vector.passphrase);
    CreateBadgeOptions options;
    options.payload = folder_ / (vector.file + ".json");
    options.output = folder_ / vector.file;
    const OpenResult opened = open(context(present), std::filesystem::path(HWBAK_VECTORS) / "cdc-badge" / vector.file, {.raw = true});
    write_bytes(*options.payload, opened.data.expose());
    Bytes recorded = from_hex(vector.header().at("salt").as_string().c_str()).value();
    const Bytes nonce = from_hex(vector.header().at("nonce").as_string().c_str()).value();
    recorded.insert(recorded.end(), nonce.begin(), nonce.end());
    Replay random(std::move(recorded));
    FixedSecrets fresh;
    fresh.add(Secrets::Kind::new_password, vector.passphrase);
    Context replaying{.files = real_files(), .secrets = &fresh, .random = random, .progress = {}};
    const Report report = create_badge(replaying, options).report;
    EXPECT_THAT(report.outcome, testing::AnyOf(Outcome::ok, Outcome::partial)) << vector.file << ": " << report.message;
    EXPECT_EQ(read_bytes(options.output), vector.bytes) << vector.file;
    EXPECT_EQ(text_fact(report.facts, "passphrase_encoding"), vector.encoding) << "as a badge takes it, where it can: " << vector.file;
    EXPECT_EQ(text_fact(report.facts, "plaintext_sha256"), vector.text("plaintext_sha256"));
    ++compared;
  }
  EXPECT_GE(compared, 13u);
}

TEST_F(CreateBadge, APayloadIsTakenAsItIsAndWhatABadgeWouldDoIsSaid) {
  const std::string json = " {\"modules\" : {\"mod_password\":{\"schema_ver\":1,\"entries\":[{\"title\":\"t\",\"password\":\"" + std::string(64, 'p') + "\"}]}}}\n";
  options_.payload = file("payload.json", json);
  const Report report = run().report;
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(written(), json);
  EXPECT_THAT(refused(report), ElementsAre("modules.mod_password.entries[0].password"));
  EXPECT_THAT(refused(report, "reason"), ElementsAre("has 64 bytes; a badge keeps 63"));
  EXPECT_TRUE(has_finding(report, "device-cuts"));
  EXPECT_EQ(report.levels.meaning, Level::pass);
  EXPECT_EQ(number_fact(report.facts, "kdf_iterations"), 200'000);
  EXPECT_EQ(std::filesystem::status(options_.output).permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(CreateBadge, PayloadsThatAreNoneOrTooLargeAreRefused) {
  for (const auto& [json, outcome] : {std::pair<std::string, Outcome>{"[]", Outcome::damaged}, {"", Outcome::damaged}, {std::string(100'000, '{'), Outcome::damaged},
                                      {R"({"modules":{}})" + std::string(300'000, ' '), Outcome::refused}}) {
    options_.payload = file("payload.json", json);
    const Report report = run().report;
    EXPECT_EQ(report.outcome, outcome) << report.message;
    EXPECT_THAT(report.message, HasSubstr("payload.json")) << "which file it is";
    EXPECT_TRUE(nothing_written());
  }
}

TEST_F(CreateBadge, RecordsOfOtherProgramsInAnyMix) {
  options_.otpauth = {file("codes.txt", uris)};
  options_.csv = {file("logins.csv", keepass)};
  options_.vcf = {file("cards.vcf", folded_card)};
  const Report report = run().report;
  ASSERT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(written(),
            R"({"host_api_level":"0.5","modules":{"mod_2fa":{"schema_ver":1,"entries":[)"
            R"({"name":"octo","issuer":"GitHub","type":0,"algorithm":0,"digits":6,"period":30,"counter":0,"flags":0,"secret":"GEZDGNBVGY3TQOJQ"},)"
            R"({"name":"bank","issuer":"","type":1,"algorithm":0,"digits":8,"period":30,"counter":7,"flags":0,"secret":"GEZDGNBVGY3TQOJQ"}]},)"
            R"("mod_password":{"schema_ver":1,"entries":[{"title":"Mail","username":"me","password":"=cmd|' /C calc'!A0","url":"https://m.example",)"
            R"("notes":"two\nlines, \"quoted\"","totp_slot":255}]},)"
            R"("mod_vcard":{"schema_ver":1,"received":["BEGIN:VCARD\nVERSION:4.0\nFN:Ada, B\\; C\nNOTE:a line that is folded at the right place\nEND:VCARD\n"]}}})");
  EXPECT_TRUE(has_finding(report, "import-remark")) << "the group";
  EXPECT_THAT(refused(report), IsEmpty());
}

TEST_F(CreateBadge, JsonKeepsWhatIsUnknownToTheByteAndItsLevel) {
  const std::string base = R"({"host_api_level":"0.7","x":{ "deep" : [1, 1e400] },"modules":{"mod_future":{ "a" : 1 },"mod_2fa":{"schema_ver":1,"entries":[)"
                           R"({"name":"a\u00e4","type":0,"algorithm":0,"digits":6,"period":30,"secret":"mfrgg","new":[ ]}]}},"system":{"language":"de"}})";
  options_.json = {file("base.json", base)};
  options_.otpauth = {file("codes.txt", uris)};
  ASSERT_EQ(run().report.outcome, Outcome::ok);
  std::string json = written();
  const std::size_t from = json.find(R"(,{"name":"octo")"), to = json.find("]}},\"system\"");
  ASSERT_LT(from, to);
  EXPECT_EQ(json.erase(from, to - from), base);
  options_.overwrite = true;
  options_.host_api_level = "0.10";
  const Report report = run().report;
  EXPECT_EQ(text_fact(report.facts, "host_api_level"), "0.10");
  EXPECT_TRUE(has_finding(report, "host-level-newer"));
  options_.host_api_level = "0.x";
  EXPECT_EQ(run().report.outcome, Outcome::usage);
}

TEST_F(CreateBadge, UnknownKeysKeepTheirWhiteSpaceWhereverTheyStand) {
  const std::string kept = R"("zz": "k")", whole = R"({"host_api_level":"0.7",)" + kept + R"(,"modules":{"mod_2fa":{"schema_ver":1,"entries":[{"name":"a","type":0,)" + kept +
                           R"(,"algorithm":0,"digits":6,"period":30,"secret":"MFRGG"}],)" + kept + R"(},"mod_x" : [ ]},"system":{"wifi":{"ssid":"n",)" + kept + "}," + kept + "}}";
  options_.json = {file("base.json", whole)};
  ASSERT_EQ(run().report.outcome, Outcome::ok);
  EXPECT_EQ(written(), whole);
  // Those of a second file are added, or said to contradict.
  options_.json.push_back(file("more.json", R"({"modules":{},"zz":1,"yy" : 2})"));
  options_.overwrite = true;
  EXPECT_THAT(refused(run().report), ElementsAre("zz"));
  options_.skip_misfits = true;
  ASSERT_EQ(run().report.outcome, Outcome::partial);
  EXPECT_EQ(written(), whole.substr(0, whole.size() - 1) + R"(,"yy" : 2})");
}

TEST_F(CreateBadge, ANulInAUriIsSaidToBeOne) {
  options_.otpauth = {file("codes.txt", "otpauth://totp/a%00b?secret=MFRGG\n")};
  const Report report = run().report;
  EXPECT_THAT(refused(report), ElementsAre("line 1"));
  EXPECT_THAT(refused(report, "reason"), ElementsAre(HasSubstr("a NUL character (%00)")));
}

TEST_F(CreateBadge, SeveralJsonFilesAreJoinedAndContradictionsSaid) {
  options_.json = {file("a.json", R"({"modules":{"mod_password":{"schema_ver":1,"entries":[{"title":"one"}]},"mod_x":{}}})"),
                   file("b.json", R"({"modules":{"mod_password":{"schema_ver":1,"entries":[{"title":"one"},{"title":"two"}]},"mod_y":{},"mod_vcard":{"own":"BEGIN:VCARD\nVERSION:4.0\nEND:VCARD\n"}},"system":{}})")};
  const Report joined = run().report;
  ASSERT_EQ(joined.outcome, Outcome::ok) << joined.message;
  EXPECT_EQ(written(), R"({"modules":{"mod_password":{"schema_ver":1,"entries":[{"title":"one"},{"title":"two"}]},"mod_x":{},)"
                       R"("mod_vcard":{"schema_ver":1,"own":"BEGIN:VCARD\nVERSION:4.0\nEND:VCARD\n","received":[]},"mod_y":{}},"system":{}})");
  EXPECT_TRUE(has_finding(joined, "same-record"));
  options_.json.push_back(file("c.json", R"({"modules":{"mod_x":{"other":1},"mod_2fa":{"schema_ver":2},"mod_vcard":{"own":"BEGIN:VCARD\nVERSION:4.0\nFN:C\nEND:VCARD\n"}},"system":{"language":"de"}})"));
  options_.overwrite = true;
  EXPECT_THAT(refused(run().report), testing::UnorderedElementsAre("modules.mod_2fa.entries", "modules.mod_vcard.own", "system", "modules.mod_x"));
}

TEST_F(CreateBadge, WhatDoesNotFitIsListedAndNothingIsWritten) {
  options_.otpauth = {file("codes.txt", "otpauth://totp/a-name-of-16-byte?secret=MFRGG\notpauth://totp/ok?secret=MFRGG\notpauth://totp/s?secret=MFRGG&encoder=steam\n"
                                        "otpauth://totp/p?secret=MFRGG&period=10\notpauth://totp/five?secret=MFRGG&digits=5\n")};
  options_.csv = {file("logins.csv", "name,url,username,password\nbank,,," + std::string(64, 'p') + "\nfine,,u,p\nbank,,,other\n")};
  options_.vcf = {file("cards.vcf", "BEGIN:VCARD\nVERSION:3.0\nFN:Old\nEND:VCARD\n" + folded_card)};
  const Report report = run().report;
  EXPECT_EQ(report.outcome, Outcome::refused);
  EXPECT_TRUE(nothing_written());
  EXPECT_THAT(refused(report), testing::UnorderedElementsAre("line 3", "line 5", "line 1", "line 4", "login 1, password", "login 3, title", "line 1"));
  for (const std::string& reason : refused(report, "reason")) EXPECT_THAT(reason, Not(HasSubstr("ppp"))) << "never a value";

  options_.skip_misfits = true;
  const Report partial = run().report;
  EXPECT_EQ(partial.outcome, Outcome::partial) << partial.message;
  const std::string json = written();
  EXPECT_THAT(json, HasSubstr(R"("name":"ok")"));
  EXPECT_THAT(json, HasSubstr(R"("title":"fine")"));
  EXPECT_THAT(json, HasSubstr(R"("password":"other")")) << "it fits when the other bank is gone";
  EXPECT_THAT(json, HasSubstr("FN:Ada"));
  EXPECT_THAT(json, Not(HasSubstr("ppp")));
  EXPECT_EQ(refused(partial).size(), 6u);
}

TEST_F(CreateBadge, TooMuchForABadgeIsRefused) {
  std::string logins = "name,url,username,password\n", codes;
  for (int i = 0; i < 365; ++i) logins += "t" + std::to_string(i) + ",,,p\n";
  for (int i = 0; i < 101; ++i) codes += "otpauth://totp/n" + std::to_string(i) + "?secret=MFRGG\n";
  options_.csv = {file("logins.csv", logins)};
  options_.otpauth = {file("codes.txt", codes)};
  EXPECT_THAT(refused(run().report), testing::UnorderedElementsAre("login 365", "line 101"));
  options_.skip_misfits = true;
  EXPECT_EQ(run().report.outcome, Outcome::partial);
  std::string large = R"({"modules":{"mod_x":")" + std::string(262'144, 'x') + "\"}}";
  options_ = {};
  options_.output = folder_ / "large.cdcbak";
  options_.json = {file("large.json", large)};
  options_.skip_misfits = true;
  EXPECT_EQ(run().report.outcome, Outcome::refused);
  EXPECT_TRUE(nothing_written());
}

TEST_F(CreateBadge, PassphrasesThatSuitNoBadgeAreSaid) {
  options_.payload = file("payload.json", R"({"modules":{}})");
  const auto with = [&](std::string_view passphrase) {
    FixedSecrets secrets;
    if (!passphrase.empty()) secrets.add(Secrets::Kind::new_password, passphrase);
    options_.overwrite = true;
    return create_badge(context(secrets), options_).report;
  };
  const Report german = with("Gr\xC3\xBC\xC3\x9F" "e an alle, die es lesen");
  EXPECT_TRUE(has_finding(german, "password-cp437"));
  EXPECT_EQ(opened_by_python(options_.output, "Gr\x81\xE1" "e an alle, die es lesen"), R"({"modules":{}})");
  EXPECT_TRUE(has_finding(with("\xD0\xBF\xD0\xB0\xD1\x80\xD0\xBE\xD0\xBB\xD1\x8C"), "password-untypable"));
  EXPECT_TRUE(has_finding(with("password"), "password-weak"));
  std::filesystem::remove(options_.output);
  EXPECT_EQ(with("").outcome, Outcome::refused);
  EXPECT_TRUE(nothing_written());
}

TEST_F(CreateBadge, PassphrasesThatAreBytesStayAsTheyAre) {
  options_.payload = file("payload.json", R"({"modules":{}})");
  options_.overwrite = true;
  const std::string utf8 = "Gr\xC3\xBC\xC3\x9F" "e an alle, die es lesen", odd = "Gr\x81\xE1" "e an alle, die es lesen";
  FixedSecrets as_bytes_given;
  as_bytes_given.exact = true;
  as_bytes_given.add(Secrets::Kind::new_password, utf8);
  const Report exact = create_badge(context(as_bytes_given), options_).report;
  EXPECT_EQ(opened_by_python(options_.output, utf8), R"({"modules":{}})");
  EXPECT_EQ(text_fact(exact.facts, "output_passphrase_encoding"), "utf-8");
  EXPECT_TRUE(has_finding(exact, "password-untypable"));
  EXPECT_FALSE(has_finding(exact, "password-cp437"));
  FixedSecrets no_text;
  no_text.add(Secrets::Kind::new_password, odd);
  const Report bytes = create_badge(context(no_text), options_).report;
  EXPECT_EQ(opened_by_python(options_.output, odd), R"({"modules":{}})");
  EXPECT_EQ(text_fact(bytes.facts, "output_passphrase_encoding"), "cp437");
  EXPECT_EQ(text_fact(bytes.facts, "passphrase_encoding"), "cp437");
  EXPECT_TRUE(has_finding(bytes, "password-untypable"));
}

TEST_F(CreateBadge, NeverOverAnotherFileOrItsOwnSource) {
  options_.payload = file("payload.json", R"({"modules":{}})");
  options_.output = *options_.payload;
  options_.overwrite = true;
  EXPECT_EQ(run().report.outcome, Outcome::refused);
  options_.output = file("there.cdcbak", "something");
  options_.overwrite = false;
  EXPECT_EQ(run().report.outcome, Outcome::refused);
  EXPECT_EQ(read_bytes(options_.output).size(), 9u);
}

TEST_F(CreateBadge, TheCommandLineThatMakesNoSenseIsUsage) {
  EXPECT_EQ(run().report.outcome, Outcome::usage);
  options_.payload = file("payload.json", R"({"modules":{}})");
  options_.vcf = {file("cards.vcf", folded_card)};
  EXPECT_EQ(run().report.outcome, Outcome::usage);
  options_.vcf.clear();
  options_.host_api_level = "0.5";
  EXPECT_EQ(run().report.outcome, Outcome::usage);
}

}  // namespace
}  // namespace hwbak
