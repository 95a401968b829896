// Every vector and every expected field, through the tasks.
#include <algorithm>

#include "base/hex.h"
#include "crypto/digest.h"
#include "support/vectors.h"

namespace hwbak {
namespace {

using namespace test;

class Vectors : public testing::TestWithParam<std::size_t> {
 protected:
  const Vector& vector() const { return vectors().at(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(All, Vectors, testing::Range(std::size_t{0}, vectors().size()), [](const auto& parameter) {
  std::string name = vectors().at(parameter.param).file.substr(0, 24);
  std::replace_if(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

std::vector<std::string> strings(const List& list) {
  std::vector<std::string> out;
  for (const Value& value : list) out.push_back(std::get<std::string>(value.get()));
  return out;
}

TEST_P(Vectors, AreVerifiedToTheLastField) {
  FixedSecrets secrets(vector().password);
  const Report report = verify_one(vector().path(), vector().password.empty() ? nullptr : &secrets);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(report.format, vector().kind == "cleartext" ? "coldcard-text" : "coldcard-7z");
  EXPECT_EQ(report.levels.structure, Level::pass);
  EXPECT_EQ(report.levels.content, Level::pass);
  EXPECT_EQ(report.levels.meaning, Level::pass);
  EXPECT_EQ(text_fact(report.facts, "plaintext_sha256"), vector().sha256);
  EXPECT_EQ(number_fact(report.facts, "plaintext_size"), vector().all.at("plaintext_size").as_int64());
  if (const auto* rounds = vector().all.if_contains("rounds_pow"); rounds != nullptr && rounds->is_int64()) {
    EXPECT_EQ(number_fact(report.facts, "rounds_pow"), rounds->as_int64());
  }
  if (const auto* name = vector().all.if_contains("inner_name")) {
    EXPECT_EQ(text_fact(report.facts, "inner_name"), name->as_string().c_str());
  }

  const auto& expect = vector().expect();
  for (const char* key : {"chain", "fw_date", "fw_version", "fw_timestamp", "serial", "hardware", "mode"})
    EXPECT_EQ(text_fact(report.facts, key), expect.contains(key) ? expect.at(key).as_string().c_str() : "(none)") << key;
  EXPECT_EQ(text_fact(report.facts, "fingerprint"), expect.at("master_fingerprint").as_string().c_str());
  EXPECT_EQ(text_fact(object_fact(report.facts, "advisory"), "level"), vector().all.at("advisory_level").as_string().c_str());
  std::vector<std::string> keys;
  for (const auto& key : expect.at("keys").as_array()) keys.emplace_back(key.as_string().c_str());
  EXPECT_EQ(strings(list_fact(report.facts, "keys")), keys);
  const Object& consistent = object_fact(report.facts, "consistent");
  for (const char* key : {"xprv", "xpub", "mnemonic"}) {
    const Value* const found = consistent.find(key);
    const auto* const wanted = expect.at("consistent").as_object().if_contains(key);
    ASSERT_EQ(found != nullptr, wanted != nullptr) << key;
    if (wanted != nullptr) {
      EXPECT_EQ(std::get<bool>(found->get()), wanted->as_bool()) << key;
    }
  }
}

TEST_P(Vectors, KeepTheirSecretsUntilRevealed) {
  FixedSecrets secrets(vector().password);
  Context context;
  context.secrets = vector().password.empty() ? nullptr : &secrets;
  EXPECT_EQ(open(context, vector().path(), {}).report.facts.find("secrets"), nullptr);
  context.reveal = true;
  const OpenResult opened = open(context, vector().path(), {});
  const Object& revealed = object_fact(opened.report.facts, "secrets");
  if (const auto* words = vector().expect().if_contains("mnemonic")) {
    EXPECT_EQ(std::get<SecretString>(revealed.find("mnemonic")->get()).expose(), words->as_string().c_str());
  }
  EXPECT_EQ(std::get<SecretString>(revealed.find("xprv")->get()).expose(), vector().expect().at("xprv").as_string().c_str());
}

TEST_P(Vectors, GiveTheirBytesUnjudged) {
  FixedSecrets secrets(vector().password);
  Context context;
  context.secrets = vector().password.empty() ? nullptr : &secrets;
  const OpenResult raw = open(context, vector().path(), {.raw = true});
  EXPECT_EQ(raw.report.outcome, Outcome::ok) << raw.report.message;
  EXPECT_EQ(to_hex(crypto::sha256(raw.data.expose())), vector().sha256);
  EXPECT_EQ(raw.report.levels.content, Level::pass);
  EXPECT_EQ(raw.report.levels.meaning, Level::not_run);
  EXPECT_NE(raw.report.message.find("not judged"), std::string::npos);
  EXPECT_EQ(raw.report.facts.find("fingerprint"), nullptr);
  EXPECT_EQ(raw.report.facts.find("advisory"), nullptr) << "nothing is said of a wallet that was not looked at";
}

TEST_P(Vectors, NeedTheRightPassword) {
  if (vector().password.empty()) return;  // the cleartext one has none
  FixedSecrets wrong("abandon ability able about above absent absorb abstract absurd abuse access accident");
  const Report report = verify_one(vector().path(), &wrong);
  EXPECT_EQ(report.outcome, Outcome::wrong_secret) << report.message;
  EXPECT_EQ(report.levels.structure, Level::pass);
  EXPECT_EQ(report.levels.content, Level::fail);
  EXPECT_EQ(report.levels.meaning, Level::not_run);
  EXPECT_EQ(report.facts.find("fingerprint"), nullptr);
  EXPECT_FALSE(report.next.empty());

  const Report closed = verify_one(vector().path(), nullptr);
  EXPECT_EQ(closed.outcome, Outcome::ok);
  EXPECT_EQ(closed.levels.content, Level::not_run);
}

TEST(Clone, OpensWithTheReceiversKey) {
  for (const Vector& vector : vectors()) {
    if (vector.kind != "clone") continue;
    FixedSecrets secrets;
    secrets.add(Secrets::Kind::receiver_key, vector.all.at("receiver_private_key").as_string().c_str());
    const Report report = verify_one(vector.path(), &secrets);
    EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
    EXPECT_TRUE(has_finding(report, "clone"));
    EXPECT_EQ(std::get<bool>(report.facts.find("clone")->get()), true);
  }
}

TEST(Batch, ManyFilesAndAListOfPasswords) {
  FixedSecrets secrets("nobody's password");
  std::vector<Subject> files;
  for (const Vector& vector : vectors()) {
    if (vector.password.empty()) continue;
    secrets.add(Secrets::Kind::password, vector.password);
    files.push_back(vector.path());
  }
  files.push_back("/nonexistent/backup.7z");
  files.push_back(files[0]);
  Context context;
  context.secrets = &secrets;
  std::vector<Report> reports;
  verify(context, files, {}, [&](Report report) { reports.push_back(std::move(report)); });
  ASSERT_EQ(reports.size(), files.size());
  for (std::size_t i = 0; i < reports.size(); ++i) {
    EXPECT_EQ(reports[i].subject, files[i].native());
    EXPECT_EQ(reports[i].outcome, i == files.size() - 2 ? Outcome::io : Outcome::ok) << reports[i].message;
  }
}

TEST(Verify, AnotherWalletIsInconsistent) {
  const Vector& vector = test::vector("mk4-12words.7z");
  FixedSecrets secrets(vector.password);
  VerifyOptions options;
  options.expect_fingerprint = "380c7afd";
  EXPECT_EQ(verify_one(vector.path(), &secrets, options).outcome, Outcome::ok);
  options.expect_fingerprint = "00000000";
  EXPECT_EQ(verify_one(vector.path(), &secrets, options).outcome, Outcome::inconsistent);
  EXPECT_EQ(verify_one(vector.path(), nullptr, options).outcome, Outcome::findings) << "not compared is not equal";
  VerifyOptions content;
  content.require = Require::content;
  EXPECT_EQ(verify_one(vector.path(), nullptr, content).outcome, Outcome::findings);
  EXPECT_EQ(verify_one(vector.path(), &secrets, content).outcome, Outcome::ok);
}

}  // namespace
}  // namespace hwbak
