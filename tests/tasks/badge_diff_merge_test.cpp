// diff and merge of badge backups: by identity, values only when asked for, the newest first in every doubt.
#include "tasks/badge_fixture.h"

namespace hwbak {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string account(const std::string& name, const std::string& more = "") {
  return R"({"name":")" + name + R"(","type":1,"algorithm":0,"digits":6,"period":30,"secret":"MFRGG")" + (more.empty() ? "" : "," + more) + "}";
}
std::string card(const std::string& name, const std::string& more = "") { return "\"BEGIN:VCARD\\nVERSION:4.0\\nFN:" + name + "\\n" + more + "END:VCARD\\n\""; }
std::string payload(const std::string& accounts, const std::string& logins, const std::string& cards, const std::string& more = "") {
  return R"({"host_api_level":"0.7","modules":{"mod_2fa":{"schema_ver":1,"entries":[)" + accounts + R"(]},"mod_password":{"schema_ver":1,"entries":[)" + logins +
         R"(]},"mod_vcard":{"schema_ver":1,"received":[)" + cards + "]}" + more + "}}";
}

class DiffMerge : public BadgeTask {
 protected:
  DiffMerge() { secrets_.add(Secrets::Kind::password, passphrase_); }
  Report compared(const std::string& before, const std::string& after, bool reveal = false) {
    const auto a = backup("a" + std::to_string(++count_), before), b = backup("b" + std::to_string(count_), after);
    return diff(context(secrets_, reveal), a, b);
  }
  Report merged(const std::vector<std::string>& payloads, bool reveal = false) {
    files_.clear();
    for (const std::string& json : payloads) files_.push_back(backup("m" + std::to_string(++count_), json));
    output_ = folder_ / ("merged" + std::to_string(count_));
    return merge(context(secrets_, reveal), files_, {output_, false}).report;
  }
  static std::vector<std::string> list(const Report& report, const char* fact, const char* key = "identity") { return texts_of(list_fact(report.facts, fact), key); }

  std::vector<Subject> files_;
  std::filesystem::path output_;
  int count_ = 0;
};

TEST_F(DiffMerge, CameWentAndChangedByIdentity) {
  const Report report = compared(payload(account("a") + "," + account("A"), R"({"title":"Mail","password":"old"},{"title":"gone"})", card("Bob") + "," + card("Eve")),
                                 payload(account("A") + "," + account("b"), R"({"title":"MAIL","password":"new"},{"title":"new"})", card("Bob", "TEL:1\\n") + "," + card("Eve")));
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_THAT(list(report, "came"), ElementsAre("b", "new"));
  EXPECT_THAT(list(report, "went"), ElementsAre("a", "gone"));
  EXPECT_THAT(list(report, "changed"), ElementsAre("MAIL", "Bob"));
  EXPECT_THAT(list(report, "changed", "kind"), ElementsAre("login", "card"));
  const Object& login = std::get<Object>(list_fact(report.facts, "changed")[0].get());
  const List& fields = list_fact(login, "fields");
  ASSERT_EQ(fields.size(), 2u);
  EXPECT_EQ(std::get<std::string>(fields[0].get()), "title");
  EXPECT_EQ(std::get<std::string>(fields[1].get()), "password");
  EXPECT_EQ(login.find("values"), nullptr) << "only with --reveal";
  EXPECT_EQ(text_fact(login, "where"), "modules.mod_password.entries[0]");
  EXPECT_EQ(report.message, "2 came, 2 went, 2 changed");
  EXPECT_EQ(report.levels.meaning, Level::pass);
}

TEST_F(DiffMerge, ValuesWhenRevealedAndSettingsByField) {
  const std::string head = R"({"modules":{"mod_x":)", system = R"(},"system":{"language":"de","wifi":{"ssid":"net","pass":"old"},"modules_enabled":{"mod_2fa":true}}})";
  std::string other = system;
  other.replace(other.find("old"), 3, "new").replace(other.find("\"de\""), 4, "\"en\"");
  const Report report = compared(head + "1" + system, head + "2" + other, true);
  EXPECT_THAT(list(report, "changed", "where"), ElementsAre("system.language", "system.wifi.pass", "modules.mod_x"));
  const Object& pass = std::get<Object>(list_fact(report.facts, "changed")[1].get());
  EXPECT_THAT(texts_of(list_fact(pass, "values"), "before"), ElementsAre("old"));
  EXPECT_THAT(texts_of(list_fact(pass, "values"), "after"), ElementsAre("new"));
}

TEST_F(DiffMerge, TheSameContentsAreTheSame) {
  const std::string json = payload(account("a") + "," + account("a"), R"({"title":"t"},{"title":"T"})", card("x") + "," + card("x"));
  const Report report = compared(json, json);
  EXPECT_EQ(report.outcome, Outcome::ok);
  const Value* const same = report.facts.find("same");
  ASSERT_NE(same, nullptr);
  EXPECT_TRUE(std::get<bool>(same->get()));
}

TEST_F(DiffMerge, WhatReadsTheSameIsExplained) {
  const std::string crlf = R"("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Bob\r\nEND:VCARD\r\n")";
  const Report ends = compared(payload("", "", card("Bob")), payload("", "", crlf));
  const List& fields = list_fact(std::get<Object>(list_fact(ends.facts, "changed")[0].get()), "fields");
  ASSERT_EQ(fields.size(), 1u);
  EXPECT_EQ(std::get<std::string>(fields[0].get()), "line ends");
  const Report bytes = compared(payload("", "{\"title\":\"B\x81ro\"}", ""), payload("", "{\"title\":\"B\xC3\xBCro\"}", ""));
  EXPECT_THAT(list(bytes, "came"), ElementsAre("Büro"));
  EXPECT_THAT(std::get<std::string>(bytes.page.back().rows.at(0).value.get()), HasSubstr("the same letters in other bytes"));
}

TEST_F(DiffMerge, AFileThatDoesNotOpenIsNamed) {
  const auto good = backup("good", R"({"modules":{}})");
  FixedSecrets wrong("wrong");
  const Report report = diff(context(wrong), good, good);
  EXPECT_EQ(report.outcome, Outcome::wrong_secret);
  EXPECT_THAT(report.message, HasSubstr("good: "));
  EXPECT_EQ(diff(context(secrets_), good, folder_ / "none").outcome, Outcome::io);
  const auto coldcard = std::filesystem::path(HWBAK_VECTORS) / "coldcard" / "mk4-12words.7z";
  FixedSecrets both(passphrase_);
  both.add(Secrets::Kind::password, vector("mk4-12words.7z").password);
  EXPECT_EQ(diff(context(both), good, coldcard).outcome, Outcome::usage);
  const auto wrapped = std::filesystem::path(HWBAK_VECTORS) / "pico-hsm" / "p256.bin";
  EXPECT_EQ(diff(context(both), wrapped, wrapped).outcome, Outcome::unsupported);
}

TEST_F(DiffMerge, APartlyGoodFileIsPartlyCompared) {
  const Report report = compared(payload("5," + account("a"), "", ""), payload(account("a"), "", ""));
  EXPECT_EQ(report.outcome, Outcome::ok) << "the comparison was done";
  EXPECT_THAT(list(report, "changed"), IsEmpty());
  EXPECT_THAT(list(report, "not_compared", "where"), ElementsAre("modules.mod_2fa.entries[0]"));
  EXPECT_THAT(list(report, "not_compared", "in"), ElementsAre("before"));
  EXPECT_TRUE(has_finding(report, "not-compared"));
  EXPECT_FALSE(bool_fact(report.facts, "same"));
  EXPECT_EQ(report.levels.meaning, Level::fail);
}

TEST_F(DiffMerge, WhatIsNoGoodInOneFileDidNotGo) {
  const auto system = [](const char* inside) { return R"({"modules":{},"system":)" + std::string(inside) + "}"; };
  const Report setting = compared(system(R"({"tz_offset":2,"wifi":{"ssid":"n","pass":"p"},"language":"de"})"),
                                  system(R"({"tz_offset":99,"wifi":{"pass":"p"},"language":"en"})"));
  EXPECT_EQ(setting.outcome, Outcome::ok) << setting.message;
  EXPECT_THAT(list(setting, "went"), IsEmpty());
  EXPECT_THAT(list(setting, "changed", "where"), ElementsAre("system.language"));
  EXPECT_THAT(list(setting, "not_compared", "where"), ElementsAre("system.tz_offset", "system.wifi.ssid"));
  EXPECT_THAT(setting.message, HasSubstr("2 places could not be compared"));
  const Report records = compared(payload(account("a"), R"({"title":"t","password":"p"})", ""),
                                  payload(R"({"name":"a","type":0,"algorithm":0,"digits":6,"period":1e400,"secret":"MFRGG"})", R"({"title":"T","password":5})", ""));
  EXPECT_EQ(records.message, "of what could be compared the two backups hold the same; 2 places could not be compared");
  const Report layout = compared(payload(account("a"), "", ""), R"({"modules":{"mod_2fa":{"schema_ver":2}}})");
  EXPECT_THAT(list(layout, "went"), IsEmpty()) << "nobody knows";
  const std::string flawed = system(R"({"tz_offset":99})");
  EXPECT_TRUE(bool_fact(compared(flawed, flawed).facts, "same")) << "the same bytes";
}

TEST_F(DiffMerge, KeysThatNoBadgeKnowsAreCompared) {
  const Report report = compared(R"({"modules":{},"a":1,"b":[1]})", R"({"modules":{},"b":[2],"c":{}})");
  EXPECT_THAT(list(report, "came", "where"), ElementsAre("c"));
  EXPECT_THAT(list(report, "went", "where"), ElementsAre("a"));
  EXPECT_THAT(list(report, "changed", "where"), ElementsAre("b"));
  EXPECT_THAT(list(report, "changed", "kind"), ElementsAre("key"));
}

TEST_F(DiffMerge, MergeKeepsTheNewestAndAddsWhatOnlyOlderFilesHave) {
  const std::string oldest = payload(account("a") + "," + account("only-old"), R"({"title":"Mail","password":"old"},{"title":"spare","totp_slot":1})", card("Bob"),
                                     R"(,"mod_x":{"old":1},"mod_y":{})");
  const std::string newest = payload(account("a", R"("issuer":"new")"), R"({"title":"mail","password":"new"})", card("Bob", "TEL:1\\n"), R"(,"mod_x":{"new":[ ]})");
  const Report report = merged({oldest, newest});
  ASSERT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(opened_by_python(output_, passphrase_),
            payload(account("a", R"("issuer":"new")") + "," + account("only-old"), R"({"title":"mail","password":"new"},{"title":"spare","totp_slot":1})",
                    card("Bob", "TEL:1\\n") + "," + card("Bob"), R"(,"mod_x":{"new":[ ]},"mod_y":{})"));
  EXPECT_THAT(list(report, "conflicts"), ElementsAre("a", "mail", "mod_x"));
  EXPECT_THAT(list(report, "conflicts", "kept"), ElementsAre(files_[1].string(), files_[1].string(), files_[1].string()));
  EXPECT_THAT(list(report, "conflicts", "dropped"), ElementsAre(files_[0].string(), files_[0].string(), files_[0].string()));
  EXPECT_EQ(std::get<Object>(list_fact(report.facts, "conflicts")[0].get()).find("values"), nullptr);
  EXPECT_TRUE(has_finding(report, "totp-link"));
}

TEST_F(DiffMerge, TheMiddleFileWinsOverTheOldest) {
  const Report report = merged({payload("", R"({"title":"t","password":"1"})", ""), payload("", R"({"title":"t","password":"2"})", ""), payload("", "", "")}, true);
  EXPECT_EQ(opened_by_python(output_, passphrase_), payload("", R"({"title":"t","password":"2"})", ""));
  EXPECT_THAT(list(report, "conflicts", "kept"), ElementsAre(files_[1].string()));
  const Object& conflict = std::get<Object>(list_fact(report.facts, "conflicts")[0].get());
  EXPECT_THAT(texts_of(list_fact(conflict, "values"), "dropped"), ElementsAre("1"));
}

TEST_F(DiffMerge, CountersNeverGoBack) {
  const Report report = merged({payload(account("h", R"("counter":50)"), "", ""), payload(account("h", R"("counter":7,"new":1)"), "", "")});
  EXPECT_EQ(opened_by_python(output_, passphrase_), payload(account("h", R"("counter":50,"new":1)"), "", ""));
  EXPECT_THAT(list(report, "counters"), ElementsAre("h"));
  EXPECT_THAT(list(report, "conflicts"), IsEmpty());
  EXPECT_TRUE(has_finding(report, "counter-kept-high"));
  (void)merged({payload(account("h", R"("counter":7)"), "", ""), payload(account("h", R"("counter":50)"), "", "")});
  EXPECT_EQ(opened_by_python(output_, passphrase_), payload(account("h", R"("counter":50)"), "", ""));
}

TEST_F(DiffMerge, SettingsAreTakenWhole) {
  const Report report = merged({R"({"modules":{},"system":{"language":"de","backlight":5}})", R"({"modules":{}})"});
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(opened_by_python(output_, passphrase_), R"({"modules":{},"system":{"language":"de","backlight":5}})");
  const Report both = merged({R"({"modules":{},"system":{"language":"de","backlight":5}})", R"({"modules":{},"system":{"language":"en"}})"});
  EXPECT_EQ(opened_by_python(output_, passphrase_), R"({"modules":{},"system":{"language":"en"}})");
  EXPECT_THAT(list(both, "conflicts", "where"), ElementsAre("system.language", "system.backlight"));
}

TEST_F(DiffMerge, WhatCannotBeTakenOrStoredIsListed) {
  std::string many;
  for (int i = 0; i < 100; ++i) many += (i == 0 ? "" : ",") + account("n" + std::to_string(i));
  const Report report = merged({payload("7," + account("one-more"), "", "", R"(,"mod_2fa":{"schema_ver":9})"), payload(many, "", "")});
  EXPECT_EQ(report.outcome, Outcome::partial);
  EXPECT_THAT(list(report, "refused", "where"), ElementsAre("modules.mod_2fa.entries[0]", "modules.mod_2fa", "modules.mod_2fa.entries[1]"));
}

TEST_F(DiffMerge, WhatIsNoGoodNeverBeatsWhatIs) {
  const std::string older = R"({"modules":{"mod_password":{"schema_ver":1,"entries":[{"title":"other"},{"title":"T","password":"good"}]},)"
                            R"("mod_vcard":{"schema_ver":1,"own":"BEGIN:VCARD\nVERSION:4.0\nFN:Me\nEND:VCARD\n","received":[]}},"system":{"tz_offset":2,)"
                            R"("wifi":{"ssid":"home","pass":"p"},"language":"de","modules_enabled":{"mod_2fa":true}}})";
  const std::string newer = R"({"modules":{"mod_password":{"schema_ver":1,"entries":[{"title":"t","password":5}]},"mod_vcard":{"schema_ver":1,"own":"no card","received":[]}},)"
                            R"("system":{"language":"en","tz_offset":99,"wifi":{"pass":"q"},"modules_enabled":{"mod_2fa":1,"mod_msc":true}}})";
  const Report report = merged({older, newer}, true);
  EXPECT_EQ(report.outcome, Outcome::partial) << report.message;
  EXPECT_EQ(opened_by_python(output_, passphrase_),
            R"({"modules":{"mod_password":{"schema_ver":1,"entries":[{"title":"T","password":"good"},{"title":"other"}]},)"
            R"("mod_vcard":{"schema_ver":1,"own":"BEGIN:VCARD\nVERSION:4.0\nFN:Me\nEND:VCARD\n","received":[]}},)"
            R"("system":{"language":"en","tz_offset":2,"wifi":{"ssid":"home","pass":"p"},"modules_enabled":{"mod_2fa":true,"mod_msc":true}}})");
  EXPECT_THAT(list(report, "refused", "where"),
              ElementsAre("modules.mod_password.entries[0].password", "modules.mod_vcard.own", "system.tz_offset", "system.wifi.ssid", "system.modules_enabled.mod_2fa"));
  EXPECT_THAT(list(report, "conflicts", "where"),
              testing::UnorderedElementsAre("system.tz_offset", "system.wifi", "system.modules_enabled.mod_2fa", "modules.mod_password.entries[0]", "system.language"));
  for (std::size_t i = 0; i < list_fact(report.facts, "conflicts").size(); ++i) {
    const Object& conflict = std::get<Object>(list_fact(report.facts, "conflicts")[i].get());
    const bool language = text_fact(conflict, "where") == "system.language";
    EXPECT_EQ(text_fact(conflict, "kept"), files_[language ? 1 : 0].string()) << text_fact(conflict, "where");
  }
}

std::string totp(const std::string& name, const std::string& secret, const std::string& more = "") {
  return R"({"name":")" + name + R"(","type":0,"algorithm":0,"digits":6,"period":30,"secret":")" + secret + "\"" + more + "}";
}

TEST_F(DiffMerge, TheHeadlineSaysWhichOneWasKept) {
  const std::string good = R"({"title":"t","password":"1"})", flawed = R"({"title":"T","password":"2","totp_slot":300})";
  EXPECT_THAT(merged({payload("", good, ""), payload("", R"({"title":"t","password":"2"})", "")}).message, HasSubstr("; 1 conflict, the newer one kept"));
  EXPECT_THAT(merged({payload("", good, ""), payload("", flawed, "")}).message, HasSubstr("; 1 conflict, the older one kept, because the newer is not good"));
  const Report both = merged({payload("", good + R"(,{"title":"u","url":"1"})", ""), payload("", flawed + R"(,{"title":"u","url":"2"})", "")});
  EXPECT_THAT(both.message, HasSubstr("2 conflicts: the newer one kept in 1; the older one kept, because the newer is not good, in 1"));
}

TEST_F(DiffMerge, AGoodNewerOneNeverLosesToAnOlderOne) {
  const std::string good = R"({"title":"mail","username":"NEWGOOD"})", flawed = R"({"title":"MAIL","username":"n1","totp_slot":300})";
  const Report report = merged({payload("", R"({"title":"Mail","username":"OLD"})", ""), payload("", good + "," + flawed, "")});
  EXPECT_EQ(opened_by_python(output_, passphrase_), payload("", flawed + "," + good, "")) << "a badge keeps the last";
  EXPECT_THAT(list(report, "conflicts", "kept"), ElementsAre(files_[1].string(), files_[1].string()));
  EXPECT_THAT(list(report, "conflicts", "dropped"), ElementsAre(files_[1].string(), files_[0].string()));
  EXPECT_THAT(report.message, HasSubstr("2 conflicts: the newer one kept in 1; one of two in the same file kept in 1"));
  EXPECT_THAT(list(report, "refused", "where"), testing::Contains("modules.mod_password.entries[1].totp_slot")) << "its place in its file";
}

TEST_F(DiffMerge, AnAccountThatCannotBeReadGivesWayToAGoodOne) {
  const Report report = merged({payload(totp("a", "AAAAAAAA"), "", ""), payload(totp("a", "DDDDDDDD", R"(,"counter":-1)"), "", "")});
  EXPECT_EQ(report.outcome, Outcome::partial);
  EXPECT_EQ(opened_by_python(output_, passphrase_), payload(totp("a", "AAAAAAAA"), "", ""));
  EXPECT_THAT(list(report, "conflicts"), ElementsAre("a"));
  EXPECT_THAT(list(report, "conflicts", "kept"), ElementsAre(files_[0].string()));
  const List& fields = list_fact(std::get<Object>(list_fact(report.facts, "conflicts")[0].get()), "fields");
  ASSERT_EQ(fields.size(), 2u);
  EXPECT_EQ(std::get<std::string>(fields[0].get()), "secret");
  EXPECT_EQ(std::get<std::string>(fields[1].get()), "counter");
}

TEST_F(DiffMerge, IdentitiesAreThoseOfABadge) {
  const std::string nul = R"(\u0000x)";
  const std::string newest = payload(totp("a" + nul, "DDDDDDDD"), R"({"title":"T\u0000x","password":"new"})", card("Bob"));
  std::string other_form = card("Bob", "TEL:\\n");
  other_form.replace(other_form.rfind("\\n"), 2, "");
  const Report report = merged({payload(totp("a", "AAAAAAAA"), R"({"title":"t","password":"old"})", other_form), newest});
  EXPECT_EQ(opened_by_python(output_, passphrase_), newest);
  EXPECT_THAT(list(report, "conflicts", "kind"), ElementsAre("account", "login")) << "the cards are the same on a badge";
}

TEST_F(DiffMerge, TheHighestCounterOfOneFileCounts) {
  const Report report = merged({payload(account("h", R"("counter":9)") + "," + account("h", R"("counter":2)"), "", ""), payload(account("h", R"("counter":5)"), "", "")});
  EXPECT_EQ(opened_by_python(output_, passphrase_), payload(account("h", R"("counter":9)"), "", ""));
  EXPECT_THAT(list(report, "conflicts"), IsEmpty());
  const Report flawed = merged({payload(account("h", R"("counter":2)"), "", ""), payload(account("h", R"("counter":9,"issuer":5)"), "", "")});
  EXPECT_EQ(opened_by_python(output_, passphrase_), payload(account("h", R"("counter":9)"), "", "")) << "of the flawed one, too";
  EXPECT_THAT(list(flawed, "counters", "from"), ElementsAre(files_[1].string()));
  (void)merged({payload("", "", ""), payload(account("h", R"("counter":9)") + "," + account("h", R"("counter":2)"), "", "")});
  EXPECT_EQ(opened_by_python(output_, passphrase_), payload(account("h", R"("counter":9)") + "," + account("h", R"("counter":9)"), "", ""));
}

TEST_F(DiffMerge, KeysThatNoBadgeKnowsStayToTheByte) {
  const Report report = merged({R"({"modules":{"mod_x" : { },"mod_y":1},"k" : [ 1 ],"both":1})", R"({"modules":{"mod_y":2},"both":2})"});
  EXPECT_EQ(opened_by_python(output_, passphrase_), R"({"modules":{"mod_y":2,"mod_x" : { }},"both":2,"k" : [ 1 ]})");
  EXPECT_THAT(list(report, "conflicts", "where"), ElementsAre("modules.mod_y", "both"));
  const Report inside = merged({R"({"modules":{"mod_2fa":{"schema_ver":1,"entries":[],"new":1}}})", R"({"modules":{}})"});
  EXPECT_THAT(list(inside, "refused", "where"), ElementsAre("modules.mod_2fa.new")) << "not joined, but not lost in silence";
}

TEST_F(DiffMerge, PlacesAreThoseOfTheFilesAndAReasonIsSaidOnce) {
  std::string many, more;
  for (int i = 0; i < 100; ++i) many += (i == 0 ? "" : ",") + account("n" + std::to_string(i));
  for (int i = 0; i < 20; ++i) more += (i == 0 ? "" : ",") + account("m" + std::to_string(i));
  const Report report = merged({payload(more, "", ""), payload(many, "", "")});
  EXPECT_EQ(report.outcome, Outcome::partial);
  const std::vector<std::string> where = list(report, "refused", "where");
  ASSERT_EQ(where.size(), 20u);
  EXPECT_EQ(where.front(), "modules.mod_2fa.entries[0]");
  EXPECT_EQ(where.back(), "modules.mod_2fa.entries[19]");
  EXPECT_EQ(list(report, "refused", "source").front(), files_[0].string());
  std::size_t rows = 0;
  for (const Section& section : report.page)
    for (const Section::Row& row : section.rows)
      if (const auto* const text = std::get_if<std::string>(&row.value.get()); text != nullptr && text->find("one too many") != std::string::npos) {
        ++rows;
        EXPECT_THAT(*text, HasSubstr(files_[0].string() + ", modules.mod_2fa.entries[0] and 19 other places: is one too many"));
      }
  EXPECT_EQ(rows, 1u);
}

TEST_F(DiffMerge, ANewestSectionThatNothingCanBeAddedToIsNamed) {
  const std::string other = R"({"modules":{"mod_2fa":{"schema_ver":2,"entries":[]}}})";
  const Report report = merged({payload(account("a"), "", ""), other});
  EXPECT_EQ(report.outcome, Outcome::unsupported);
  EXPECT_THAT(report.message, HasSubstr(files_[1].string() + ": its section modules.mod_2fa"));
  EXPECT_THAT(report.next, HasSubstr("name " + files_[1].string() + " first instead of last"));
  EXPECT_EQ(merged({other, payload(account("a"), "", "")}).outcome, Outcome::partial) << "as it says";
  EXPECT_EQ(merged({payload("", R"({"title":"t"})", ""), other}).outcome, Outcome::ok) << "nothing is to be put there";
}

TEST_F(DiffMerge, TheOrderIsDoubtedWhenTheLevelGoesBack) {
  EXPECT_TRUE(has_finding(merged({R"({"host_api_level":"0.10","modules":{}})", R"({"host_api_level":"0.7","modules":{}})"}), "older-level-last"));
  EXPECT_FALSE(has_finding(merged({R"({"host_api_level":"0.7","modules":{}})", R"({"host_api_level":"0.10","modules":{}})"}), "older-level-last"));
}

TEST_F(DiffMerge, MergeRefusesOneFileAndItsOwnSources) {
  EXPECT_EQ(merged({R"({"modules":{}})"}).outcome, Outcome::usage);
  (void)merged({R"({"modules":{}})", R"({"modules":{}})"});
  EXPECT_EQ(merge(context(secrets_), files_, {files_[0], true}).report.outcome, Outcome::refused);
  EXPECT_EQ(merge(context(secrets_), files_, {output_, false}).report.outcome, Outcome::refused);
}

}  // namespace
}  // namespace hwbak
