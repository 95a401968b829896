// drill: the verdicts that the vectors record, through the verb; targets, states, passwords, damage.
#include <gtest/gtest.h>

#include "support/vectors.h"

namespace hwbak {
namespace {

using namespace test;

Report run_drill(const Subject& file, Secrets* secrets, DrillOptions options = {}, unsigned max_rounds = 24) {
  Context context;
  context.secrets = secrets;
  context.max_kdf_rounds = max_rounds;
  return drill(context, file, options);
}

const Object& entry(const Report& report, std::size_t index = 0) {
  const List& all = list_fact(report.facts, "drill");
  if (index >= all.size()) throw std::runtime_error("no such entry: " + report.message);
  return std::get<Object>(all[index].get());
}

const Vector& mk4() { return vector("mk4-12words.7z"); }

std::string first_word(const boost::json::value& verdict) {
  const std::string text = verdict.as_string().c_str();
  return text.substr(0, text.find('('));
}

TEST(Drill, GivesTheVerdictsThatTheVectorsRecord) {
  unsigned seen = 0;
  for (const Vector& vector : vectors()) {
    const boost::json::value* const recorded = vector.all.if_contains("device_verify");
    if (recorded == nullptr || !recorded->is_string()) continue;  // a cleartext file has none
    FixedSecrets secrets(vector.password);
    const Report report = run_drill(vector.path(), &secrets, {.targets = {"coldcard@5.6.1"}});
    ASSERT_EQ(report.outcome, Outcome::ok) << vector.file << ": " << report.message;
    EXPECT_EQ(text_fact(entry(report), "verify"), first_word(vector.all.at("device_verify"))) << vector.file;
    EXPECT_EQ(text_fact(entry(report), "restore"), first_word(vector.all.at("device_restore"))) << vector.file;
    if (first_word(vector.all.at("device_restore")) == "accept") {
      const boost::json::value* const listed = vector.expect().if_contains("master_fingerprint");
      if (listed != nullptr) { EXPECT_EQ(text_fact(entry(report), "fingerprint"), listed->as_string().c_str()) << vector.file; }
      EXPECT_EQ(text_fact(entry(report), "reason"), "");
    } else {
      EXPECT_NE(text_fact(entry(report), "reason"), "");
      EXPECT_NE(text_fact(entry(report), "next"), "");
    }
    ++seen;
  }
  EXPECT_GE(seen, 8u);
}

TEST(Drill, SaysItInOneSentence) {
  FixedSecrets secrets(mk4().password);
  const Report report = run_drill(mk4().path(), &secrets, {.targets = {"coldcard@5.6.1"}});
  EXPECT_EQ(report.message, "a Coldcard with firmware 5.6.1 would take this backup and ask you to confirm fingerprint 380C7AFD");
  EXPECT_EQ(text_fact(entry(report), "target"), "coldcard@5.6.1");
  EXPECT_EQ(text_fact(entry(report), "state"), "empty");
  ASSERT_EQ(report.page.size(), 1u);
}

TEST(Drill, WithoutTargetTheCurrentOnesAndAllTheWholeHistory) {
  FixedSecrets secrets(mk4().password);
  const Report current = run_drill(mk4().path(), &secrets);
  EXPECT_EQ(list_fact(current.facts, "drill").size(), 3u);
  const Report all = run_drill(mk4().path(), &secrets, {.targets = {"all"}});
  EXPECT_GT(list_fact(all.facts, "drill").size(), 10u);
  EXPECT_GT(all.page.size(), 4u);
  EXPECT_LT(all.page.size(), list_fact(all.facts, "drill").size()) << "neighbours that answer alike share a section";
  EXPECT_EQ(list_fact(run_drill(mk4().path(), &secrets, {.targets = {"coldcard@all"}}).facts, "drill").size(),
            list_fact(all.facts, "drill").size());
  EXPECT_EQ(list_fact(run_drill(mk4().path(), &secrets, {.targets = {"coldcard@5.6.1", "coldcard", "coldcard@5.6.1"}}).facts, "drill").size(), 3u)
      << "each once";
  bool refused = false;
  for (const Value& item : list_fact(all.facts, "drill")) refused |= text_fact(std::get<Object>(item.get()), "restore") == "reject";
  EXPECT_TRUE(refused) << "firmware before 4.0.0 takes no name but its own";
}

TEST(Drill, SaysAllOnlyOfVersionsThatAnswerAlike) {
  const Vector& q1 = vector("q1-testnet-18words.7z");
  const Report mixed = run_drill(q1.path(), nullptr, {.targets = {"all"}});
  std::size_t refuse = 0, open = 0;
  for (const Value& item : list_fact(mixed.facts, "drill")) {
    const std::string verdict = text_fact(std::get<Object>(item.get()), "restore");
    refuse += verdict == "reject";
    open += verdict == "unproven";
  }
  ASSERT_GT(refuse, 0u);
  ASSERT_GT(open, 0u);
  const std::string all = std::to_string(refuse + open);
  EXPECT_EQ(mixed.message.find("so it is with all"), std::string::npos) << mixed.message;
  EXPECT_NE(mixed.message.find("0 of " + all + " versions of Coldcard firmware would take this backup, " + std::to_string(refuse) +
                               " would refuse it, with " + std::to_string(open) + " it was not proven"),
            std::string::npos) << mixed.message;
  const Report open_everywhere = run_drill(mk4().path(), nullptr, {.targets = {"coldcard@5.6.1", "coldcard@4.2.0"}});
  EXPECT_NE(open_everywhere.message.find("so it is with all 2 versions"), std::string::npos) << open_everywhere.message;
  FixedSecrets secrets(mk4().password);
  const Report taken = run_drill(mk4().path(), &secrets);
  EXPECT_NE(taken.message.find("3 of 3 versions of Coldcard firmware would take this backup, fingerprint 380C7AFD"), std::string::npos)
      << taken.message;
}

std::string row_of(const Section& section, std::string_view label) {
  for (const auto& row : section.rows)
    if (row.label == label) return std::get<std::string>(row.value.get());
  return "";
}

TEST(Drill, ThePageOfTheWholeHistorySaysWhatASingleTargetSays) {
  const Vector& mk3 = vector("mk3-24words-duress.7z");
  FixedSecrets secrets(mk3.password);
  const Report all = run_drill(mk3.path(), &secrets, {.targets = {"all"}});
  const auto section = [&](std::string_view begin) -> const Section& {
    for (const Section& one : all.page)
      if (one.title.find(begin) != std::string::npos) return one;
    throw std::runtime_error("no section " + std::string(begin));
  };
  const Section& first = section("firmware 1.0.0");
  EXPECT_NE(row_of(first, "Restore").find("reject: the file has 2174 bytes"), std::string::npos);
  EXPECT_EQ(row_of(first, "it shows"), "No suitable files found");
  EXPECT_EQ(row_of(first, "what to do"), "Use firmware 2.1.0 or later. For Verify: Use firmware 3.0.5 or later.");
  const Section& verify_only = section("firmware 2.1.0 to 3.0.4");
  EXPECT_NE(row_of(verify_only, "Verify").find("reject: the text has 2032 bytes"), std::string::npos);
  EXPECT_EQ(row_of(verify_only, "what to do"), "Use firmware 3.0.5 or later.");
  const Section& modern = section("5.4.5 to 5.6.1");
  EXPECT_NE(row_of(modern, "changed").find("setting.du (USB off)"), std::string::npos);
  EXPECT_FALSE(row_of(modern, "asks to confirm").empty());
  for (const Section& one : all.page) EXPECT_FALSE(row_of(one, "Verify").empty()) << one.title;
}

TEST(Drill, VerifysMendIsKeptBesideAHintOfRestore) {
  const Vector& custom = vector("custom-password.7z");
  Folder folder;
  Bytes trailing = read_bytes(custom.path());
  trailing.push_back(0);
  write_bytes(folder / "backup.7z", trailing);
  FixedSecrets secrets(custom.password);
  const Report report = run_drill(folder / "backup.7z", &secrets, {.targets = {"coldcard@5.6.1"}});
  EXPECT_EQ(text_fact(entry(report), "restore"), "accept");
  EXPECT_EQ(text_fact(entry(report), "verify"), "reject");
  const std::string next = text_fact(entry(report), "next");
  EXPECT_NE(next.find("Restore Bkup"), std::string::npos) << next;
  EXPECT_NE(next.find("For Verify: "), std::string::npos) << next;
  EXPECT_NE(next.find("`hwbak rekey "), std::string::npos) << next;
}

TEST(Drill, CommandsStandAloneInBackquotes) {
  const auto check = [](const Report& report) {
    for (const Value& item : list_fact(report.facts, "drill")) {
      const std::string next = text_fact(std::get<Object>(item.get()), "next");
      bool quoted = false;
      for (std::size_t i = 0; i < next.size(); ++i) {
        if (next[i] == '`') quoted = !quoted;
        if (next.compare(i, 6, "hwbak ") == 0) { EXPECT_TRUE(quoted && next[i - 1] == '`') << next; }
      }
      EXPECT_FALSE(quoted) << next;
    }
  };
  for (const Vector& one : vectors()) {
    FixedSecrets secrets(one.password);
    for (const DrillState state : {DrillState::empty, DrillState::seeded, DrillState::temporary})
      check(run_drill(one.path(), &secrets, {.targets = {"all"}, .state = state}));
  }
  check(run_drill(mk4().path(), nullptr, {.targets = {"all"}}));
}

TEST(Drill, APatchReleaseBeyondTheNewestIsTakenByAnalogy) {
  FixedSecrets secrets(mk4().password);
  const Report report = run_drill(mk4().path(), &secrets, {.targets = {"coldcard@5.6.2"}});
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(text_fact(entry(report), "target"), "coldcard@5.6.2");
  EXPECT_NE(entry(report).find("by_analogy"), nullptr);
  EXPECT_NE(row_of(report.page.at(0), "how known").find("newer than 5.6.1"), std::string::npos);
  EXPECT_NE(run_drill(mk4().path(), &secrets, {.targets = {"coldcard@5.7.0"}}).message.find("newer than what is known"), std::string::npos);
}

TEST(Drill, UnknownTargetsAreUsageAndNameWhatIsKnown) {
  FixedSecrets secrets(mk4().password);
  for (const char* target : {"trezor", "coldcard@9.9.9", "coldcard@", "coldcard@nonsense", "", "@5.6.1"}) {
    const Report report = run_drill(mk4().path(), &secrets, {.targets = {target}});
    EXPECT_EQ(report.outcome, Outcome::usage) << target;
    EXPECT_EQ(report.facts.find("drill"), nullptr) << target;
  }
  EXPECT_NE(run_drill(mk4().path(), &secrets, {.targets = {"trezor"}}).message.find("known: coldcard"), std::string::npos);
  EXPECT_NE(run_drill(mk4().path(), &secrets, {.targets = {"coldcard@9.9.9"}}).message.find("5.6.1"), std::string::npos);
}

TEST(Drill, AWrongPasswordIsWrongSecretAndTheDeviceIsShownIt) {
  const std::string wrong = "abandon ability able about above absent absorb abstract absurd abuse access accident";
  FixedSecrets secrets(wrong);
  const Report report = run_drill(mk4().path(), &secrets, {.targets = {"coldcard@5.6.1"}});
  EXPECT_EQ(report.outcome, Outcome::wrong_secret);
  EXPECT_EQ(text_fact(entry(report), "verify"), "accept");
  EXPECT_EQ(text_fact(entry(report), "restore"), "reject");
  const std::string message = text_fact(entry(report), "message");
  EXPECT_NE(message.find("Incorrect password?"), std::string::npos);
  EXPECT_NE(message.find("(the password you typed)"), std::string::npos);
  EXPECT_EQ(message.find("abandon"), std::string::npos);
}

TEST(Drill, WithoutPasswordRestoreIsUnproven) {
  for (Secrets* none : {static_cast<Secrets*>(nullptr)}) {
    const Report report = run_drill(mk4().path(), none, {.targets = {"coldcard@5.6.1"}});
    EXPECT_EQ(report.outcome, Outcome::ok);
    EXPECT_EQ(text_fact(entry(report), "verify"), "accept");
    EXPECT_EQ(text_fact(entry(report), "restore"), "unproven");
    EXPECT_NE(report.message.find("not proven"), std::string::npos) << report.message;
  }
}

TEST(Drill, AboveTheLimitOfRoundsNothingIsDerived) {
  const Vector& costly = vector("mk5-xprv-rounds16.7z");
  FixedSecrets secrets(costly.password);
  const Report report = run_drill(costly.path(), &secrets, {.targets = {"coldcard@5.6.1"}}, 15);
  EXPECT_EQ(report.outcome, Outcome::refused) << report.message;
  EXPECT_EQ(text_fact(entry(report), "restore"), "unproven");
  EXPECT_NE(text_fact(entry(report), "reason").find("2^16"), std::string::npos);
}

TEST(Drill, ADamagedFileIsRehearsedAndCalledDamaged) {
  Folder folder;
  Bytes bytes = read_bytes(mk4().path());
  for (std::size_t i = 500; i < 532; ++i) bytes[i] ^= 0x55;
  write_bytes(folder / "backup.7z", bytes);
  FixedSecrets secrets(mk4().password);
  const Report report = run_drill(folder / "backup.7z", &secrets, {.targets = {"coldcard@5.6.1"}});
  EXPECT_EQ(report.outcome, Outcome::ok);
  EXPECT_NE(report.message.find("the file is damaged"), std::string::npos) << report.message;
  EXPECT_EQ(text_fact(entry(report), "verify"), "accept") << "Verify cannot notice a changed byte";
  EXPECT_EQ(text_fact(entry(report), "restore"), "reject");
}

TEST(Drill, RequireAcceptMakesFindingsOfARefusal) {
  FixedSecrets secrets(mk4().password);
  DrillOptions options{.targets = {"coldcard@5.6.1"}, .state = DrillState::empty, .require_accept = true};
  EXPECT_EQ(run_drill(mk4().path(), &secrets, options).outcome, Outcome::ok);
  options.state = DrillState::seeded;
  const Report seeded = run_drill(mk4().path(), &secrets, options);
  EXPECT_EQ(seeded.outcome, Outcome::findings);
  EXPECT_EQ(text_fact(entry(seeded), "restore"), "reject");
  EXPECT_EQ(run_drill(mk4().path(), nullptr, {.targets = {}, .state = DrillState::empty, .require_accept = true}).outcome, Outcome::findings)
      << "unproven is not accepted";
  Folder folder;
  Bytes trailing = read_bytes(mk4().path());
  trailing.push_back(0);
  write_bytes(folder / "backup.7z", trailing);
  options.state = DrillState::empty;
  const Report report = run_drill(folder / "backup.7z", &secrets, options);
  EXPECT_EQ(report.outcome, Outcome::findings) << "Restore takes it, Verify does not";
  EXPECT_EQ(text_fact(entry(report), "restore"), "accept");
  EXPECT_EQ(text_fact(entry(report), "verify"), "reject");
}

TEST(Drill, TheTemporarySeedTakesOnlyMultisig) {
  const Vector& q1 = vector("q1-testnet-18words.7z");
  FixedSecrets secrets(q1.password);
  const Report report = run_drill(q1.path(), &secrets, {.targets = {"coldcard@1.5.1Q"}, .state = DrillState::temporary});
  EXPECT_EQ(text_fact(entry(report), "restore"), "accept") << report.message;
  const List& dropped = list_fact(entry(report), "dropped");
  const auto has = [&](const char* key) {
    return std::any_of(dropped.begin(), dropped.end(), [&](const Value& v) { return std::get<std::string>(v.get()) == key; });
  };
  EXPECT_TRUE(has("setting.notes"));
  EXPECT_FALSE(has("setting.multisig"));
}

TEST(Drill, ACleartextFileNeedsNoPassword) {
  const Report report = run_drill(vector("backup.txt").path(), nullptr, {.targets = {"coldcard@5.6.1"}, .state = DrillState::empty, .require_accept = true});
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(text_fact(entry(report), "restore"), "accept");
}

TEST(Drill, WhatCannotBeReadAtAllKeepsItsOutcome) {
  Folder folder;
  write_bytes(folder / "empty.7z", {});
  EXPECT_EQ(run_drill(folder / "empty.7z", nullptr).outcome, Outcome::damaged);
  EXPECT_EQ(run_drill(folder / "gone.7z", nullptr).outcome, Outcome::io);
  write_bytes(folder / "other.bin", Bytes(600, 7));
  EXPECT_EQ(run_drill(folder / "other.bin", nullptr).outcome, Outcome::unsupported);
}

}  // namespace
}  // namespace hwbak
