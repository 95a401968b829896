// Every badge vector and every field of it, through the verbs.
#include <gtest/gtest.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/peer.h"
#include "device/cdc_badge/payload.h"
#include "support/badge_files.h"

namespace hwbak {
namespace {

using namespace test;
namespace json = boost::json;

std::string text_of(const json::object& object, const char* key) { return std::string(object.at(key).as_string()); }

Outcome expected_outcome(const BadgeVector& vector) {
  for (const char* partial : {"s12", "s14", "s15"})
    if (vector.file.starts_with(partial)) return Outcome::partial;
  return Outcome::ok;
}

OpenResult opened(const BadgeVector& vector, bool reveal, bool raw = false) {
  FixedSecrets secrets(vector.passphrase);
  Context context;
  context.secrets = &secrets;
  context.reveal = reveal;
  return open(context, vector.path(), {.raw = raw});
}

class BadgeVectors : public testing::TestWithParam<BadgeVector> {};

TEST_P(BadgeVectors, InspectNeedsNoPassphrase) {
  const BadgeVector& vector = GetParam();
  const Report report = inspect({}, vector.path());
  EXPECT_EQ(report.format, "cdcbak");
  EXPECT_EQ(report.outcome, Outcome::ok);
  EXPECT_EQ(report.levels.structure, Level::pass);
  EXPECT_EQ(report.levels.content, Level::not_run);
  EXPECT_EQ(number_fact(report.facts, "kdf_iterations"), vector.header().at("kdf_iters").as_int64());
  EXPECT_EQ(text_fact(report.facts, "salt"), text_of(vector.header(), "salt"));
  EXPECT_EQ(text_fact(report.facts, "nonce"), text_of(vector.header(), "nonce"));
  EXPECT_EQ(number_fact(report.facts, "payload_size"), vector.number("plaintext_len"));
  EXPECT_EQ(report.facts.find("sections"), nullptr);
  EXPECT_EQ(has_finding(report, "iterations-low"), vector.file.starts_with("s10"));
}

TEST_P(BadgeVectors, VerifyProvesThem) {
  const BadgeVector& vector = GetParam();
  FixedSecrets secrets(vector.passphrase);
  const Report report = verify_one(vector.path(), &secrets);
  EXPECT_EQ(report.outcome, expected_outcome(vector)) << report.message;
  EXPECT_EQ(report.levels.content, Level::pass);
  const bool unread = vector.file.starts_with("s08");
  EXPECT_EQ(report.levels.meaning, report.outcome == Outcome::ok && !unread ? Level::pass : Level::fail);
  EXPECT_EQ(has_finding(report, "section-not-read"), unread);
  EXPECT_EQ(text_fact(report.facts, "plaintext_sha256"), vector.text("plaintext_sha256"));
  EXPECT_EQ(text_fact(report.facts, "passphrase_encoding"), vector.encoding);
  EXPECT_TRUE(list_fact(report.facts, "forbidden_sections").empty());
  FixedSecrets wrong("another passphrase");
  const Report refused = verify_one(vector.path(), &wrong);
  EXPECT_EQ(refused.outcome, Outcome::wrong_secret);
  EXPECT_NE(refused.message.find("cannot be told apart"), std::string::npos);
  EXPECT_EQ(refused.facts.find("plaintext_sha256"), nullptr);
}

TEST_P(BadgeVectors, DrillCountsAsTheBadgeDoes) {
  const BadgeVector& vector = GetParam();
  FixedSecrets secrets(vector.passphrase);
  Context context;
  context.secrets = &secrets;
  const Report report = drill(context, vector.path(), {.targets = {"cdc-badge@0.7"}});
  ASSERT_EQ(report.outcome, Outcome::ok) << report.message;
  const Object& run = item(report.facts, "drill", 0);
  const auto& counts = vector.all.at("restore_into_empty").as_object();
  const auto& left = vector.all.at("stored_after").as_object();
  EXPECT_EQ(text_fact(run, "target"), "cdc-badge@0.7");
  EXPECT_EQ(text_fact(run, "verdict"), counts.at("ok").as_bool() ? "accept" : "reject");
  const Object &restore = object_fact(run, "restore"), &stored = object_fact(run, "stored");
  EXPECT_EQ(bool_fact(restore, "ok"), counts.at("ok").as_bool());
  for (const char* key : {"imported", "failed", "modules", "skipped"}) EXPECT_EQ(number_fact(restore, key), counts.at(key).as_int64()) << key;
  EXPECT_EQ(bool_fact(restore, "system"), counts.at("system").as_bool());
  for (const char* key : {"twofa", "passwords", "received"}) EXPECT_EQ(number_fact(stored, key), left.at(key).as_int64()) << key;
  EXPECT_EQ(bool_fact(stored, "own"), left.at("own").as_bool());
  if (vector.all.contains("badge_refuses")) {
    EXPECT_NE(text_fact(run, "reason").find("newer level"), std::string::npos);
    EXPECT_EQ(text_fact(run, "message"), "ERROR: Import failed (wrong passphrase or corrupt file)");
  }
}

// Accounts that a badge stores are among those that hwbak shows, field by field.
TEST_P(BadgeVectors, OpenShowsTheAccounts) {
  const BadgeVector& vector = GetParam();
  if (!vector.all.contains("stored_twofa")) return;
  const Report report = opened(vector, true).report;
  std::vector<const Object*> shown;
  for (std::size_t i = 0; i < list_fact(report.facts, "twofa").size(); ++i) shown.push_back(&item(report.facts, "twofa", i));
  for (const json::value& value : vector.all.at("stored_twofa").as_array()) {
    const json::object& expected = value.as_object();
    SCOPED_TRACE(text_of(expected, "name"));
    // The last of several with one name is the one that a badge keeps.
    const Object* found = nullptr;
    for (const Object* account : shown)
      if (secret_fact(*account, "name") == text_of(expected, "name")) found = account;
    ASSERT_NE(found, nullptr);
    EXPECT_TRUE(secret_fact(*found, "issuer").starts_with(text_of(expected, "issuer")));
    for (const char* key : {"type", "algorithm"}) EXPECT_EQ(text_fact(*found, key), text_of(expected, key));
    for (const char* key : {"digits", "period", "counter", "flags"}) EXPECT_EQ(number_fact(*found, key), expected.at(key).as_int64()) << key;
    EXPECT_EQ(secret_fact(*found, "secret_hex"), text_of(expected, "secret_hex"));
    EXPECT_EQ(found->find("otpauth") != nullptr, expected.contains("otpauth"));
    if (expected.contains("otpauth") && secret_fact(*found, "issuer") == text_of(expected, "issuer")) {
      EXPECT_EQ(secret_fact(*found, "otpauth"), text_of(expected, "otpauth"));
    }
  }
}

TEST_P(BadgeVectors, RawIsThePayloadToTheByte) {
  const OpenResult result = opened(GetParam(), false, true);
  EXPECT_EQ(result.report.outcome, Outcome::ok);
  EXPECT_EQ(to_hex(crypto::sha256(result.data.expose())), GetParam().text("plaintext_sha256"));
}

INSTANTIATE_TEST_SUITE_P(All, BadgeVectors, testing::ValuesIn(badge_vectors()), [](const auto& one) { return one.param.file.substr(0, 3); });

TEST(BadgeContents, TextsOfTheBadgeAreReadAsTheyWereTyped) {
  const BadgeVector& vector = badge_vector("s04-cp437.cdcbak");
  const auto& decoded = vector.all.at("decoded").as_object();
  const Report report = opened(vector, true).report;
  const Object &account = item(report.facts, "twofa", 0), &login = item(report.facts, "passwords", 0);
  for (const char* key : {"name", "issuer"}) EXPECT_EQ(secret_fact(account, key), text_of(decoded, key));
  for (const char* key : {"title", "username", "password"}) EXPECT_EQ(secret_fact(login, key), text_of(decoded, key));
  EXPECT_EQ(secret_fact(object_fact(report.facts, "system"), "badge_name"), text_of(decoded, "badge_name"));
  EXPECT_TRUE(has_finding(report, "cp437-text"));
}

TEST(BadgeContents, SettingsHaveNamesAndDottedAddresses) {
  const BadgeVector& vector = badge_vector("s02-full.cdcbak");
  const Report report = opened(vector, true).report;
  const Object& system = object_fact(report.facts, "system");
  const Object& wifi = object_fact(system, "wifi");
  for (const char* key : {"ip", "gw", "nm"}) EXPECT_EQ(text_fact(wifi, key), text_of(vector.all.at("decoded").as_object(), key));
  EXPECT_EQ(text_fact(wifi, "security"), "WPA2-PSK");
  EXPECT_EQ(number_fact(wifi, "sec"), 3);
  EXPECT_FALSE(bool_fact(object_fact(system, "modules_enabled"), "mod_msc"));
  EXPECT_EQ(number_fact(object_fact(report.facts, "counts"), "twofa"), 6);
  EXPECT_EQ(number_fact(object_fact(report.facts, "counts"), "received"), 2);
  EXPECT_TRUE(bool_fact(object_fact(report.facts, "counts"), "own"));
  EXPECT_EQ(list_fact(report.facts, "sections").size(), 3u);
  EXPECT_EQ(secret_fact(item(report.facts, "passwords", 0), "totp_probably"), "GitHub");
  EXPECT_FALSE(list_fact(report.facts, "never_in_a_backup").empty());
}

// Every secret of the fullest vector, looked for in all that is told without --reveal; with it, each is found.
TEST(BadgeContents, SecretsAreTheseAndShownOnlyWhenAskedFor) {
  const BadgeVector& vector = badge_vector("s02-full.cdcbak");
  const auto has_secret = [](const Report& report) {
    std::size_t found = 0;
    for (std::size_t i = 0; i < list_fact(report.facts, "twofa").size(); ++i)
      for (const char* key : {"secret", "secret_hex", "otpauth", "code"}) found += item(report.facts, "twofa", i).find(key) != nullptr;
    for (std::size_t i = 0; i < list_fact(report.facts, "passwords").size(); ++i)
      for (const char* key : {"password", "notes"}) found += item(report.facts, "passwords", i).find(key) != nullptr;
    for (std::size_t i = 0; i < list_fact(report.facts, "received").size(); ++i) found += item(report.facts, "received", i).find("text") != nullptr;
    found += object_fact(report.facts, "own").find("text") != nullptr;
    found += object_fact(object_fact(report.facts, "system"), "wifi").find("pass") != nullptr;
    return found;
  };
  EXPECT_EQ(has_secret(opened(vector, false).report), 0u);
  EXPECT_EQ(has_secret(opened(vector, true).report), 6u * 4 - 2 + 4 * 2 + 2 + 1 + 1);
}

TEST(BadgeContents, OathtoolGivesTheSameCodes) {
  const Report before = opened(badge_vector("s02-full.cdcbak"), true).report;
  std::size_t compared = 0;
  for (std::size_t i = 0; i < list_fact(before.facts, "twofa").size(); ++i) {
    const Object& account = item(before.facts, "twofa", i);
    const std::string type = text_fact(account, "type"), digits = std::to_string(number_fact(account, "digits"));
    if (type == "CR") {
      EXPECT_EQ(account.find("code"), nullptr);
      continue;
    }
    const std::string what = type == "HOTP" ? "--hotp --counter=" + std::to_string(number_fact(account, "counter"))
                                            : "--totp=" + text_fact(account, "algorithm") + " --time-step-size=" + std::to_string(number_fact(account, "period")) + "s";
    const std::string line = "oathtool " + what + " --digits=" + digits + " " + secret_fact(account, "secret_hex");
    const std::string shown = secret_fact(account, "code");
    auto peer = run(line);
    ASSERT_TRUE(peer) << "oathtool is needed";
    if (*peer != shown + "\n") {  // a period may have ended in between
      const Report again = opened(badge_vector("s02-full.cdcbak"), true).report;
      peer = run(line);
      EXPECT_EQ(*peer, secret_fact(item(again.facts, "twofa", i), "code") + "\n") << secret_fact(account, "name");
    }
    ++compared;
  }
  EXPECT_EQ(compared, 5u);
}

TEST(BadgeContents, ThePageMasksAndReveals) {
  const auto text = [](const Report& report) {
    std::string out;
    for (const Section& section : report.page)
      for (const Section::Row& row : section.rows) {
        if (const auto* const secret = std::get_if<SecretString>(&row.value.get())) out += secret->expose();
        if (const auto* const plain = std::get_if<std::string>(&row.value.get())) out += *plain;
        out += '\n';
      }
    return out;
  };
  const BadgeVector& vector = badge_vector("s02-full.cdcbak");
  const std::string masked = text(opened(vector, false).report), revealed = text(opened(vector, true).report);
  const Report facts = opened(vector, true).report;
  const std::string password = secret_fact(item(facts.facts, "passwords", 0), "password");
  const std::string key = secret_fact(item(facts.facts, "twofa", 3), "secret_hex");
  for (const std::string& secret : {password, key}) {
    EXPECT_EQ(masked.find(secret), std::string::npos);
    EXPECT_NE(revealed.find(secret), std::string::npos);
  }
  EXPECT_NE(masked.find("FIDO2"), std::string::npos);
  EXPECT_NE(masked.find("probably GitHub"), std::string::npos);
}

}  // namespace
}  // namespace hwbak
