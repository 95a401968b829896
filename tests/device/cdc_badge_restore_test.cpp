// The rules of a badge's restore, one by one.
#include "device/cdc_badge/restore.h"

#include "base/as_bytes.h"
#include "device/cdc_badge/level.h"

namespace hwbak::cdc_badge {
namespace {

std::string modules(const std::string& inside) { return R"({"host_api_level":"0.7","modules":{)" + inside + "}}"; }
std::string vault(const std::string& entries) { return modules(R"("mod_password":{"schema_ver":1,"entries":[)" + entries + "]}"); }
std::string accounts(const std::string& entries) { return modules(R"("mod_2fa":{"schema_ver":1,"entries":[)" + entries + "]}"); }
std::string cards(const std::string& inside) { return modules(R"("mod_vcard":{"schema_ver":1,)" + inside + "}"); }
std::string account(const std::string& name, const std::string& counter, int type = 1) {
  return R"({"name":")" + name + R"(","type":)" + std::to_string(type) + R"(,"algorithm":0,"digits":6,"period":30,"counter":)" + counter + R"(,"secret":"MFRGG"})";
}
std::string login(const std::string& title, const std::string& more = "") { return R"({"title":")" + title + "\"" + more + "}"; }
constexpr std::string_view card = "BEGIN:VCARD\\nVERSION:4.0\\nFN:Me\\nEND:VCARD\\n";

Restored run(const std::string& json, BadgeState& state, const Level& level = {}) { return restore(as_bytes(json), level, state); }
Restored run(const std::string& json) {
  BadgeState state;
  return run(json, state);
}
bool tells(const Restored& result, std::string_view path, std::string_view part) {
  for (const Lossy& lossy : result.lossy)
    if (lossy.path == path && lossy.what.find(part) != std::string::npos) return true;
  return false;
}

TEST(BadgeRestore, LevelGateReadsLikeScanf) {
  for (const char* passes : {"\"0.7\"", "\"0.5\"", "\" \\t0.7 and more\"", "\"seven\"", "\"\"", "7", "null", "\"9\"", "\"9,9\"", "\"9 .9\"", "\"0.65543\"",
                             "\"65536.0\"", "\"0.\"", "\"+0.+7\"", "\"0. 7\"", "\"0.7\\u0000.9\""})
    EXPECT_TRUE(run(R"({"host_api_level":)" + std::string(passes) + "}").accepted) << passes;
  for (const char* stops : {"\"0.8\"", "\"0.10\"", "\"1.0\"", "\"-1.0\"", "\"0.-1\"", "\"0.65544\"", "\"99999999999999999999.0\"", "\"0. 8\""}) {
    const Restored result = run(R"({"host_api_level":)" + std::string(stops) + "}");
    EXPECT_FALSE(result.accepted) << stops;
    EXPECT_FALSE(result.refusal.empty());
  }
  BadgeState state;
  EXPECT_TRUE(run(R"({"host_api_level":"0.8"})", state, Level{0, 8}).accepted);
  EXPECT_TRUE(run("{}").accepted) << "no level is level 0";
  EXPECT_EQ(text(*parse_level("0.10")), "0.10");
  for (const char* bad : {"", "7", "0.7 ", " 0.7", "0.x", "-1.0", "0.65536"}) EXPECT_FALSE(parse_level(bad)) << bad;
}

TEST(BadgeRestore, ReadsJsonLikeTheBadge) {
  for (const char* taken : {"[]", "7", "\"x\"", "null", "\xEF\xBB\xBF{}", "{} trailing", "{\"a\":01}", "{\"a\":1.}", "\x01{\x02}", "{\"a\":\"\x01\x81\"}",
                            "{\"a\":1e400}", "{\"a\":\"\\uZZZZ\"}", "{\"a\":\"\\ud83d\\ude00\"}"})
    EXPECT_TRUE(run(taken).accepted) << taken;
  for (const char* refused : {"", "{", "{\"a\":1,}", "{'a':1}", "{\"a\":\"\\x\"}", "{\"a\":\"\\ude00\"}", "{\"a\":\"\\ud83dx\"}", "{\"a\":\"\\u12\"}", "{\"a\":nul}",
                              "{\"a\" 1}", "{\"a\":-}", "{\"a\":-inf}", "[1 2]", "\"\\"})
    EXPECT_FALSE(run(refused).accepted) << refused;
  EXPECT_TRUE(run(std::string("{}\0{", 4)).accepted) << "it stops at the NUL";
  EXPECT_FALSE(run(std::string("{\"a\":\0}", 7)).accepted);
  EXPECT_TRUE(run(std::string(1000, '[') + std::string(1000, ']')).accepted);
  EXPECT_FALSE(run(std::string(1001, '[') + std::string(1001, ']')).accepted);
  EXPECT_FALSE(run(std::string(100'000, '{')).accepted);
  EXPECT_FALSE(run("{}" + std::string(262'143, ' ')).accepted) << "too large";
  BadgeState state;
  (void)run(vault(R"({"title":"first","title":"second","password":"a\u0000b"})"), state);
  EXPECT_EQ(state.logins.at(0).title.expose(), "first");
  EXPECT_EQ(state.logins.at(0).password.expose(), "a");
}

TEST(BadgeRestore, CountsHideSectionsThatWereNotRead) {
  const Restored result = run(modules(R"("mod_2fa":{"schema_ver":2,"entries":[1]},"mod_gpg":{},"mod_vcard":{"schema_ver":1.9,"received":5},"Mod_2fa":{},"mod_password":7)"));
  EXPECT_EQ(result.lines.at(1), "OK: imported=0 failed=0 modules=4 skipped=1 system=0");
  EXPECT_TRUE(tells(result, "modules.mod_2fa", "schema_ver"));
  EXPECT_TRUE(tells(result, "modules.mod_gpg", "nothing of it is read"));
  EXPECT_TRUE(tells(result, "modules.Mod_2fa", "skipped"));
  EXPECT_FALSE(tells(result, "modules.mod_vcard", "schema_ver")) << "a fraction is cut off";
  EXPECT_EQ(run(R"({"modules":[1],"system":{"schema_ver":2,"language":"de"}})").lines.at(1), "OK: imported=0 failed=0 modules=0 skipped=0 system=1");
}

TEST(BadgeRestore, CountsWrap) {
  std::string entries = "1", many;
  for (int i = 1; i < 65'537; ++i) entries += ",1";
  for (int i = 0; i < 257; ++i) many += "\"m" + std::to_string(i) + "\":0,";
  EXPECT_EQ(run(accounts(entries)).counts.failed, 1u);
  const Restored result = run(modules(many + R"("mod_gpg":{})"));
  EXPECT_EQ(result.counts.skipped, 1u);
  EXPECT_EQ(result.counts.modules, 1u);
}

TEST(BadgeRestore, FullStoresTakeOnlyUpdates) {
  std::string entries;
  for (int i = 0; i < 101; ++i) entries += account("n" + std::to_string(i), "0") + ",";
  BadgeState state;
  EXPECT_EQ(run(accounts(entries + account("n5", "9")), state).lines.at(1), "OK: imported=101 failed=1 modules=1 skipped=0 system=0");
  EXPECT_EQ(state.twofa.size(), 100u);
  EXPECT_EQ(state.twofa[5].counter, 9u);
  entries.clear();
  for (int i = 0; i < 365; ++i) entries += login("t" + std::to_string(i)) + ",";
  EXPECT_EQ(run(vault(entries + login("T5")), state).lines.at(1), "OK: imported=365 failed=1 modules=1 skipped=0 system=0");
  EXPECT_EQ(state.logins.size(), 364u);
  EXPECT_EQ(state.logins[5].title.expose(), "T5");
}

TEST(BadgeRestore, CountersMoveBackAndSlotsMayPointElsewhere) {
  BadgeState state;
  (void)run(accounts(account("h", "50")), state);
  const Restored back = run(accounts(account("h", "41")), state);
  EXPECT_TRUE(tells(back, "modules.mod_2fa.entries[0].counter", "from 50 to 41"));
  EXPECT_EQ(state.twofa.size(), 1u);
  EXPECT_EQ(state.twofa[0].counter, 41u);
  EXPECT_FALSE(tells(run(accounts(account("h", "42")), state), "modules.mod_2fa.entries[0].counter", ""));
  EXPECT_TRUE(tells(run(accounts(account("x", "-1")), state), "modules.mod_2fa.entries[0].counter", "not known"));
  EXPECT_TRUE(tells(run(vault(login("a", ",\"totp_slot\":3")), state), "modules.mod_password.entries[0].totp_slot", "slot 3"));
  EXPECT_EQ(state.logins.at(0).totp_slot, 3u);
  for (const char* none : {"-1", "255", "\"3\"", "null"}) {
    const Restored result = run(vault(login("a", ",\"totp_slot\":" + std::string(none))), state);
    EXPECT_EQ(state.logins.at(0).totp_slot, 255u);
    EXPECT_FALSE(tells(result, "modules.mod_password.entries[0].totp_slot", "")) << none;
  }
}

TEST(BadgeRestore, WhatIsOverwrittenIsTold) {
  const auto kinds = [](const Restored& result) {
    std::vector<std::string> out;
    for (const Lossy& lossy : result.lossy) out.push_back(std::string(name(lossy.kind)) + " " + lossy.path);
    return out;
  };
  const std::string one = account("a", "1"), other = account("a", "2"), card_twice = "\"received\":[\"" + std::string(card) + "\",\"" + std::string(card) + "\"]";
  EXPECT_THAT(kinds(run(accounts(one + "," + other + "," + other))),
              testing::ElementsAre("replaces modules.mod_2fa.entries[1]", "repeats modules.mod_2fa.entries[2]"));
  EXPECT_TRUE(tells(run(accounts(one + "," + other)), "modules.mod_2fa.entries[1]", "modules.mod_2fa.entries[0] of this same backup"));
  EXPECT_THAT(kinds(run(vault(login("a") + "," + login("A") + "," + login("A")))),
              testing::ElementsAre("replaces modules.mod_password.entries[1]", "repeats modules.mod_password.entries[2]"));
  EXPECT_THAT(kinds(run(cards(card_twice))), testing::ElementsAre("repeats modules.mod_vcard.received[1]"));
  BadgeState state;
  (void)run(accounts(one), state);
  (void)run(vault(login("a", R"(,"password":"old")")), state);
  EXPECT_TRUE(run(accounts(one), state).lossy.empty()) << "nothing changes";
  EXPECT_TRUE(tells(run(accounts(account("a", "1", 0)), state), "modules.mod_2fa.entries[0]", "that the badge has"));
  EXPECT_TRUE(tells(run(vault(login("A", R"(,"password":"new")")), state), "modules.mod_password.entries[0]", "that the badge has"));
  const std::string settings = R"({"system":{"language":"de","badge_name":"B","tz_offset":2,"wifi":{"ssid":"s","pass":"p"}}})";
  EXPECT_TRUE(run(settings, state).lossy.empty()) << "those of a new badge are nobody's";
  EXPECT_TRUE(run(settings, state).lossy.empty());
  EXPECT_THAT(kinds(run(R"({"system":{"language":"fr","badge_name":"C","tz_offset":3,"wifi":{"ssid":"s","pass":"q"}}})", state)),
              testing::ElementsAre("replaces system.language", "replaces system.tz_offset", "replaces system.badge_name", "replaces system.wifi"));
}

TEST(BadgeRestore, TextsThatEndAtANulAreCut) {
  const Restored result = run(R"({"modules":{"mod_password":{"schema_ver":1,"entries":[{"title":"t","password":"a\u0000bc"}]}},"system":{"badge_name":"x\u0000"}})");
  ASSERT_EQ(result.lossy.size(), 2u);
  EXPECT_EQ(result.lossy[0].kind, Loss::cut);
  EXPECT_EQ(result.lossy[0].path, "modules.mod_password.entries[0].password");
  EXPECT_EQ(result.lossy[0].what, "ends at a NUL character: 1 of 4 bytes is stored");
  EXPECT_EQ(result.lossy[0].before, 4u);
  EXPECT_EQ(result.lossy[0].after, 1u);
  EXPECT_EQ(result.lossy[1].path, "system.badge_name");
}

TEST(BadgeRestore, TitlesAreFoundByFifteenBytes) {
  BadgeState state;
  (void)run(vault(login("abcdefghijklmnop")), state);
  const Restored doubled = run(vault(login("abcdefghijklmnop")), state);
  EXPECT_EQ(state.logins.size(), 2u);
  EXPECT_TRUE(tells(doubled, "modules.mod_password.entries[0].title", "every restore adds"));
  const Restored over = run(vault(login("ABCDEFGHIJKLMNO")), state);
  EXPECT_TRUE(tells(over, "modules.mod_password.entries[0].title", "overwrites another login"));
  EXPECT_EQ(state.logins.size(), 2u);
  EXPECT_EQ(state.logins[0].title.expose(), "ABCDEFGHIJKLMNO");
  EXPECT_EQ(run(vault(login("") + ",null," + login("ok")), state).counts.failed, 2u);
}

TEST(BadgeRestore, CardsAreNormalised) {
  BadgeState state;
  const std::string odd = R"(BEGIN:VCARD\r\nVERSION:4.0\nN:; ;;\nN;X=1:;\nFN:Me\nTEL: \t\r\nIMPP:matrix:\nIMPP:matrix:@a\nIMPP:x\nno colon\n\nEND:VCARD)";
  const Restored first = run(cards("\"own\":\"" + odd + "\",\"received\":[\"" + odd + "\",\"x\",5,\"\"]"), state);
  EXPECT_EQ(first.lines.at(1), "OK: imported=2 failed=3 modules=1 skipped=0 system=0");
  EXPECT_EQ(state.own->expose(), "BEGIN:VCARD\r\nVERSION:4.0\nFN:Me\nIMPP:matrix:@a\nIMPP:x\nno colon\n\nEND:VCARD\n");
  EXPECT_TRUE(tells(first, "modules.mod_vcard.received[0]", "every restore adds"));
  (void)run(cards("\"received\":[\"" + odd + "\"]"), state);
  EXPECT_EQ(state.received.size(), 2u) << "it never matches what was stored of it";
  const std::string twice = "\"received\":[\"" + std::string(card) + "\"]";
  (void)run(cards(twice), state);
  const Restored again = run(cards(twice), state);
  EXPECT_EQ(again.counts.imported, 1u);
  EXPECT_TRUE(again.lossy.empty());
  EXPECT_EQ(state.received.size(), 3u);
  const Restored kept = run(cards(R"("own":"BEGIN:VCARD")"), state);
  EXPECT_EQ(kept.counts.failed, 1u);
  EXPECT_TRUE(state.own) << "a wrong own card leaves the present one";
  EXPECT_EQ(run(cards(R"("own":"")"), state).lines.at(1), "OK: imported=0 failed=0 modules=1 skipped=0 system=0");
}

TEST(BadgeRestore, SystemRules) {
  const Restored result = run(R"({"system":{"language":5,"backlight":"x","badge_name":"","badge_info":"i","wifi":{"ssid":"s"},"wifi_timeout":60000,
      "wifi_enabled":false,"tz_offset":15,"modules_enabled":{"mod_piv":true,"mod_msc":false}}})");
  EXPECT_EQ(result.lines.at(1), "OK: imported=6 failed=1 modules=0 skipped=0 system=1");
  EXPECT_TRUE(tells(result, "system.tz_offset", "ignored"));
  EXPECT_TRUE(tells(result, "system.language", "wrong type"));
  EXPECT_TRUE(tells(run(vault(login("t", R"(,"password":5)"))), "modules.mod_password.entries[0].password", "wrong type"));
  EXPECT_TRUE(tells(result, "system.modules_enabled.mod_piv", "not stored"));
}

}  // namespace
}  // namespace hwbak::cdc_badge
