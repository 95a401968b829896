// drill of badge backups: levels, a badge that holds something already, and what the counts hide.
#include <gtest/gtest.h>

#include "support/badge_files.h"

namespace hwbak {
namespace {

using namespace test;

Report run(const Subject& file, const DrillOptions& options = {}, Secrets* secrets = nullptr) {
  FixedSecrets fixed(badge_passphrase);
  Context context;
  context.secrets = secrets == nullptr ? &fixed : secrets;
  return drill(context, file, options);
}
Report run_payload(std::string_view payload, const DrillOptions& options = {}) { return run(BadgeFile(payload).path(), options); }

// "kind path" of each thing that the counts hide.
std::vector<std::string> losses(const Report& report) {
  std::vector<std::string> out;
  const Object& first = item(report.facts, "drill", 0);
  for (std::size_t i = 0; i < list_fact(first, "lossy").size(); ++i)
    out.push_back(text_fact(item(first, "lossy", i), "kind") + " " + text_fact(item(first, "lossy", i), "path"));
  return out;
}

std::string with_level(const char* level) { return "{\"host_api_level\":\"" + std::string(level) + "\",\"modules\":{}}"; }

TEST(BadgeDrill, LevelsAreNumbersAndNotDecimals) {
  const auto verdict = [](const char* of_file, const char* of_badge) {
    return text_fact(item(run_payload(with_level(of_file), {.targets = {std::string("cdc-badge@") + of_badge}}).facts, "drill", 0), "verdict");
  };
  EXPECT_EQ(verdict("0.7", "0.7"), "accept");
  EXPECT_EQ(verdict("0.8", "0.7"), "reject");
  EXPECT_EQ(verdict("0.8", "0.8"), "accept");
  EXPECT_EQ(verdict("0.10", "0.8"), "reject");
  EXPECT_EQ(verdict("0.10", "0.10"), "accept");
  EXPECT_EQ(verdict("0.65543", "0.7"), "accept");
  EXPECT_EQ(verdict("-1.0", "0.7"), "reject");
  EXPECT_EQ(verdict("nonsense", "0.5"), "accept");
}

TEST(BadgeDrill, TargetsOfTheFamily) {
  const BadgeFile file(with_level("0.7"));
  const Report all = run(file.path(), {.targets = {"all"}});
  std::vector<std::string> verdicts;
  for (std::size_t i = 0; i < list_fact(all.facts, "drill").size(); ++i)
    verdicts.push_back(text_fact(item(all.facts, "drill", i), "target") + " " + text_fact(item(all.facts, "drill", i), "verdict"));
  EXPECT_THAT(verdicts, testing::ElementsAre("cdc-badge@0.5 reject", "cdc-badge@0.6 reject", "cdc-badge@0.7 accept", "cdc-badge@0.8 accept"));
  EXPECT_EQ(text_fact(item(run(file.path()).facts, "drill", 0), "target"), "cdc-badge@0.7");
  for (const char* target : {"cdc-badge@", "cdc-badge@7", "cdc-badge@0.x", "cdc-badge@0.65536", "coldcard", "coldcard@5.6.1"})
    EXPECT_EQ(run(file.path(), {.targets = {target}}).outcome, Outcome::usage) << target;
  EXPECT_EQ(run(file.path(), {.targets = {}, .state = DrillState::seeded}).outcome, Outcome::usage);
  EXPECT_EQ(run(file.path(), {.targets = {"all"}, .require_accept = true}).outcome, Outcome::findings);
  EXPECT_EQ(run(file.path(), {.targets = {"cdc-badge@0.8"}, .require_accept = true}).outcome, Outcome::ok);
}

TEST(BadgeDrill, AColdcardHasNoBackupAsItsState) {
  const Vector& coldcard = vector("mk4-12words.7z");
  FixedSecrets secrets(coldcard.password);
  const BadgeFile file(with_level("0.7"));
  EXPECT_EQ(run(coldcard.path(), {.targets = {}, .onto = file.path()}, &secrets).outcome, Outcome::usage);
  EXPECT_EQ(run(coldcard.path(), {.targets = {"cdc-badge"}}, &secrets).outcome, Outcome::usage);
}

TEST(BadgeDrill, SaysWhatTheCountsHide) {
  const std::string long_title = R"({"title":"a title of over 15 bytes","password":")" + std::string(64, 'p') + R"(","totp_slot":3})";
  const std::string cards = R"("mod_vcard":{"schema_ver":1,"received":["BEGIN:VCARD\nVERSION:4.0\nFN:A\nEND:VCARD"]})";
  const Report report = run_payload(modules(vault_section(long_title) + "," + cards + ",\"mod_2fa\":{\"schema_ver\":2,\"entries\":[]},\"mod_x\":{}"));
  EXPECT_THAT(losses(report), testing::UnorderedElementsAre("cut modules.mod_password.entries[0].title", "cut modules.mod_password.entries[0].password",
                                                            "slot modules.mod_password.entries[0].totp_slot",
                                                            "doubles modules.mod_password.entries[0].title", "doubles modules.mod_vcard.received[0]",
                                                            "not-read modules.mod_2fa", "not-read modules.mod_x"));
  const Object& first = item(report.facts, "drill", 0);
  for (std::size_t i = 0; i < list_fact(first, "lossy").size(); ++i) {
    const Object& loss = item(first, "lossy", i);
    if (text_fact(loss, "path").ends_with(".password")) {
      EXPECT_EQ(number_fact(loss, "before"), 64);
      EXPECT_EQ(number_fact(loss, "after"), 63);
    }
  }
  EXPECT_GT(report.page.size(), 4u) << "a heading for each kind";
  EXPECT_NE(report.message.find("7 things that these numbers do not tell"), std::string::npos) << report.message;
}

TEST(BadgeDrill, NumbersThatABadgeConvertsAreListed) {
  const auto entry = [](const char* name, const char* numbers) { return "{\"name\":\"" + std::string(name) + "\",\"algorithm\":0,\"period\":30,\"secret\":\"MFRGG\"," + numbers + "}"; };
  const std::string accounts = entry("a", R"("type":0,"digits":6,"flags":-1)") + "," + entry("b", R"("type":0,"digits":6,"flags":"q")") + "," +
                               entry("c", R"("type":0,"digits":6.5)") + "," + entry("d", R"("type":0.9,"digits":6,"counter":1.5)");
  const std::string wifi = R"({"ssid":"home","pass":"WPAKEY","sec":9,"dhcp":false,"ip":-1,"gw":4294967296,"nm":1.5})";
  const std::string payload = R"({"host_api_level":"0.7","modules":{"mod_2fa":{"schema_ver":1,"entries":[)" + accounts + R"(]}},"system":{"wifi":)" + wifi + "}}";
  EXPECT_THAT(losses(run_payload(payload)),
              testing::UnorderedElementsAre("changed modules.mod_2fa.entries[0].flags", "not-read modules.mod_2fa.entries[1].flags",
                                            "changed modules.mod_2fa.entries[2].digits", "changed modules.mod_2fa.entries[3].type",
                                            "changed modules.mod_2fa.entries[3].counter", "changed system.wifi.sec", "changed system.wifi.ip",
                                            "changed system.wifi.gw", "changed system.wifi.nm"));
  FixedSecrets secrets(badge_passphrase);
  Context context;
  context.secrets = &secrets;
  context.reveal = true;
  const BadgeFile file(payload);
  const Report opened = open(context, file.path(), {}).report;
  const Object& network = object_fact(object_fact(opened.facts, "system"), "wifi");
  EXPECT_TRUE(std::get<SecretString>(network.find("pass")->get()).equals("WPAKEY")) << "one wrong value hides nothing else";
  EXPECT_EQ(network.find("ip"), nullptr);
}

TEST(BadgeDrill, TheNextStepFitsWhyABadgeRefuses) {
  EXPECT_NE(run_payload("no JSON").next.find("another copy"), std::string::npos);
  EXPECT_NE(run_payload("[]").next.find("another copy"), std::string::npos);
  EXPECT_NE(run_payload(with_level("0.9")).next.find("newer level"), std::string::npos);
}

TEST(BadgeDrill, OntoABadgeThatHoldsAnother) {
  const auto hotp = [](const char* counter) { return account("token", "\"type\":1,\"period\":30,\"counter\":" + std::string(counter)); };
  const BadgeFile present(modules(twofa_section(hotp("50") + "," + account("kept")) + "," + vault_section(R"({"title":"mail","password":"x"})")));
  const BadgeFile older(modules(twofa_section(hotp("41") + "," + account("new")) + "," + vault_section(R"({"title":"MAIL","password":"y"})")));
  const Report report = run(older.path(), {.targets = {}, .onto = present.path()});
  ASSERT_EQ(report.outcome, Outcome::ok) << report.message;
  const Object& stored = object_fact(item(report.facts, "drill", 0), "stored");
  EXPECT_EQ(number_fact(stored, "twofa"), 3);
  EXPECT_EQ(number_fact(stored, "passwords"), 1);
  EXPECT_THAT(losses(report), testing::ElementsAre("counter-back modules.mod_2fa.entries[0].counter", "replaces modules.mod_password.entries[0]"));
  // The same file twice: nothing but what doubles.
  const BadgeFile twice(modules(vault_section(R"({"title":"exactly 15 byte"},{"title":"sixteen bytes ab"})")));
  const Report again = run(twice.path(), {.targets = {}, .onto = twice.path()});
  EXPECT_EQ(number_fact(object_fact(item(again.facts, "drill", 0), "stored"), "passwords"), 3);
  // A present state that cannot be read is told as such.
  const BadgeFile other(badge_file(modules(""), "another passphrase"));
  const Report closed = run(older.path(), {.targets = {}, .onto = other.path()});
  EXPECT_EQ(closed.outcome, Outcome::wrong_secret);
  EXPECT_NE(closed.message.find("present state"), std::string::npos);
  FixedSecrets both(badge_passphrase);
  both.add(Secrets::Kind::password, "another passphrase");
  EXPECT_EQ(run(older.path(), {.targets = {}, .onto = other.path()}, &both).outcome, Outcome::ok) << "each file with its own";
}

TEST(BadgeDrill, TheVectorOfDuplicatesIsExplained) {
  FixedSecrets secrets(badge_vector("s09-duplicates.cdcbak").passphrase);
  const Report report = run(badge_vector("s09-duplicates.cdcbak").path(), {}, &secrets);
  const Object& first = item(report.facts, "drill", 0);
  const Object& stored = object_fact(first, "stored");
  const std::int64_t held = number_fact(stored, "twofa") + number_fact(stored, "passwords") + number_fact(stored, "received") + (bool_fact(stored, "own") ? 1 : 0);
  std::int64_t told = 0;
  for (const std::string& loss : losses(report)) told += loss.starts_with("replaces ") || loss.starts_with("repeats ") ? 1 : 0;
  EXPECT_EQ(number_fact(object_fact(first, "restore"), "imported") - held, told) << "every one that the count is too high by";
}

TEST(BadgeDrill, NeedsThePassphrase) {
  const BadgeFile file(with_level("0.7"));
  FixedSecrets none;
  EXPECT_EQ(run(file.path(), {}, &none).outcome, Outcome::refused);
  FixedSecrets wrong("wrong");
  const Report report = run(file.path(), {}, &wrong);
  EXPECT_EQ(report.outcome, Outcome::wrong_secret);
  EXPECT_EQ(text_fact(item(report.facts, "drill", 0), "verdict"), "reject");
}

TEST(BadgeDrill, WarnsOfAPassphraseThatABadgeTypesOtherwise) {
  FixedSecrets secrets("пароль-日本語-🔑");
  const Report report = run(badge_vector("s03-unicode.cdcbak").path(), {}, &secrets);
  EXPECT_EQ(text_fact(item(report.facts, "drill", 0), "verdict"), "accept");
  EXPECT_TRUE(has_finding(report, "passphrase-utf8"));
  EXPECT_NE(report.next.find("hwbak rekey"), std::string::npos);
}

}  // namespace
}  // namespace hwbak
