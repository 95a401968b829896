// Payloads that are built and edited: what is written reads back as it was meant, and what is not edited stays to the byte.
#include "device/cdc_badge/compose.h"

#include <rapidcheck/gtest.h>

#include "base/as_bytes.h"
#include "container/cdcbak/cdcbak.h"
#include "device/cdc_badge/limits.h"
#include "device/cdc_badge/restore.h"
#include "device/cdc_badge/text.h"
#include "hwbak/error.h"
#include "support/badge_vectors.h"

namespace hwbak::cdc_badge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string as_text(const SecretBytes& bytes) { return {reinterpret_cast<const char*>(bytes.expose().data()), bytes.size()}; }
std::string edited(const std::string& json, const std::function<void(Draft&)>& edit = [](Draft&) {}) {
  Draft draft(as_bytes(json));
  edit(draft);
  return as_text(draft.text());
}
Text text_of(std::string_view bytes) { return read_text(SecretString::copy_of(bytes)); }
TwoFactor account(std::string_view name) {
  TwoFactor out;
  out.name = text_of(name);
  out.secret = SecretBytes::copy_of(as_bytes("12345678901234567890"));
  return out;
}
Login login(std::string_view title, std::string_view password = "p") {
  Login out;
  out.title = text_of(title);
  out.password = text_of(password);
  return out;
}
Card card(std::string_view name, bool own = false) {
  Card out;
  out.own = own;
  out.text = text_of("BEGIN:VCARD\nVERSION:4.0\nFN:" + std::string(name) + "\nEND:VCARD\n");
  return out;
}
std::vector<std::string> paths(const std::vector<Misfit>& all) {
  std::vector<std::string> out;
  for (const Misfit& misfit : all) out.push_back(misfit.path);
  return out;
}
std::vector<std::string> misfits_of(const Draft& draft) { return paths(misfits(understand(draft.text().expose()))); }

std::string plain(const test::BadgeVector& vector) {
  std::vector<cdcbak::PassphraseBytes> forms;
  forms.push_back({cdcbak::PassphraseForm::utf8, SecretBytes::copy_of(vector.passphrase_bytes)});
  return as_text(cdcbak::unlock(cdcbak::survey(vector.bytes, {}), forms).value().plaintext);
}

TEST(BadgeCompose, AFreshPayloadIsWhatABadgeWrites) {
  Draft draft = Draft::fresh("0.5");
  EXPECT_EQ(as_text(draft.text()), R"({"host_api_level":"0.5","modules":{}})");
  draft.add(card("Me", true));
  draft.add(login("Mail", "a\"b\\c\n\x01/\xC3\xBC"));
  draft.add(account("one"));
  EXPECT_EQ(as_text(draft.text()),
            R"({"host_api_level":"0.5","modules":{"mod_2fa":{"schema_ver":1,"entries":[{"name":"one","issuer":"","type":0,"algorithm":0,)"
            R"("digits":6,"period":30,"counter":0,"flags":0,"secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}]},"mod_password":{"schema_ver":1,)"
            "\"entries\":[{\"title\":\"Mail\",\"username\":\"\",\"password\":\"a\\\"b\\\\c\\n\\u0001/\xC3\xBC\",\"url\":\"\",\"notes\":\"\",\"totp_slot\":255}]},"
            R"("mod_vcard":{"schema_ver":1,"own":"BEGIN:VCARD\nVERSION:4.0\nFN:Me\nEND:VCARD\n","received":[]}}})");
  draft.remove(Records::logins, 0);
  draft.set_own("");
  EXPECT_EQ(as_text(draft.text()).find("mod_password"), std::string::npos) << "a module without records writes no section";
  EXPECT_EQ(as_text(draft.text()).find("mod_vcard"), std::string::npos);
}

TEST(BadgeCompose, EveryVectorComesBackToTheByte) {
  for (const test::BadgeVector& vector : test::badge_vectors()) {
    const std::string json = plain(vector);
    EXPECT_EQ(edited(json), json) << vector.file;
  }
}

TEST(BadgeCompose, AnEditKeepsEveryOtherByte) {
  const std::string json = plain(test::badge_vector("s07-unknown-module.cdcbak"));
  const std::string added = edited(json, [](Draft& draft) { draft.add(account("two")); });
  const std::string entry = R"(,{"name":"two","issuer":"","type":0,"algorithm":0,"digits":6,"period":30,"counter":0,"flags":0,)"
                            R"("secret":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"})";
  const std::size_t place = added.find(entry);
  ASSERT_NE(place, std::string::npos);
  EXPECT_EQ(std::string(added).erase(place, entry.size()), json);
  EXPECT_EQ(edited(added, [](Draft& draft) { draft.remove(Records::twofa, 1); }), json);
  // CP437 bytes and the system section of a badge's own file.
  const std::string badge = plain(test::badge_vector("s04-cp437.cdcbak"));
  const std::string with_card = edited(badge, [](Draft& draft) { draft.add(card("Bob")); });
  const std::string section = R"(,"mod_vcard":{"schema_ver":1,"received":["BEGIN:VCARD\nVERSION:4.0\nFN:Bob\nEND:VCARD\n"]})";
  const std::size_t at = with_card.find(section);
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(std::string(with_card).erase(at, section.size()), badge);
}

TEST(BadgeCompose, WhiteSpaceGoesOnlyWhereABadgeKnowsTheLayout) {
  EXPECT_EQ(edited("\xEF\xBB\xBF { \"host_api_level\" : \"0.7\" ,\n \"x\\u0079\" : { \"a\" : 1 } , \"modules\" : { \"mod_2fa\" : { \"schema_ver\" : 1 ,\n"
                   "\"entries\" : [ { \"name\" : \"\\u00e4 b\" , \"new\" : [ 1 , 2 ] } , 5 ] } , \"mod_x\" : { \"k\" : [ ] } ,"
                   "\"mod_password\":{\"schema_ver\":2,\"entries\":[ ]}} , \"system\" : { \"wifi\" : { \"ssid\" : \"n\" } , \"q\" : [ 1 ] } } trailing"),
            R"({"host_api_level":"0.7","x\u0079" : { "a" : 1 },"modules":{"mod_2fa":{"schema_ver":1,"entries":[{"name":"\u00e4 b","new" : [ 1 , 2 ]},5]},)"
            R"("mod_x" : { "k" : [ ] },"mod_password":{"schema_ver":2,"entries":[ ]}},"system":{"wifi":{"ssid":"n"},"q" : [ 1 ]}})");
}

TEST(BadgeCompose, LevelCounterSystemAndOwnAreReplacedInPlace) {
  const std::string json = R"({"fw_version":"0.6.5","host_api_level":"0.7","modules":{"mod_vcard":{"schema_ver":1,"own":"x","new":1,"received":[]},)"
                           R"("mod_2fa":{"schema_ver":1,"entries":[{"name":"a","counter":7,"new":{}},{},{"name":"b"}]}},"later":1,"system":{"language":"de"}})";
  EXPECT_EQ(edited(json, [](Draft& draft) {
              draft.set_host_api_level("0.5");
              draft.set_own("\"y\"");
              draft.set_system(R"({"language":"en"})");
              draft.set_counter(0, 9007199254740991);
              draft.set_counter(1, 8);
              draft.set_counter(2, 9);
              draft.add_section({"mod_z", "[1]", "\"mod_z\" :[1]"});
              draft.add_member({"zz", "{ }", "\"zz\": { }"});
            }),
            R"({"fw_version":"0.6.5","host_api_level":"0.5","modules":{"mod_vcard":{"schema_ver":1,"own":"y","new":1,"received":[]},)"
            R"("mod_2fa":{"schema_ver":1,"entries":[{"name":"a","counter":9007199254740991,"new":{}},{"counter":8},{"name":"b","counter":9}]},"mod_z" :[1]},)"
            R"("later":1,"system":{"language":"en"},"zz": { }})");
  EXPECT_EQ(edited(R"({"system":{"a":1}})", [](Draft& draft) {
              draft.add(Records::logins, R"({"title":"t"})");
              draft.set_host_api_level("0.7");
            }),
            R"({"host_api_level":"0.7","modules":{"mod_password":{"schema_ver":1,"entries":[{"title":"t"}]}},"system":{"a":1}})");
  EXPECT_EQ(edited(R"({"modules":{"mod_vcard":{}}})", [](Draft& draft) { draft.set_own("\"y\""); }),
            R"({"modules":{"mod_vcard":{"own":"y","received":[]}}})");
}

TEST(BadgeCompose, AMemberIsReplacedInPlaceOrAdded) {
  EXPECT_EQ(as_text(with_member(R"({ "a": 1 , "b":[2]})", "a", "{}")), R"({ "a": {} , "b":[2]})");
  EXPECT_EQ(as_text(with_member(R"({"b":2})", "a\"", "1")), R"({"b":2,"a\"":1})");
  EXPECT_EQ(as_text(with_member("{}", "a", "1")), R"({"a":1})");
  EXPECT_EQ(edited(R"({"modules":{"mod_2fa":{"entries":[{"name":"a"},{"name":"b"}]}}})", [](Draft& draft) { draft.replace(Records::twofa, 0, R"({"name":"c"})"); }),
            R"({"modules":{"mod_2fa":{"entries":[{"name":"c"},{"name":"b"}]}}})");
}

TEST(BadgeCompose, WhatABadgeWouldNotReadIsNotAddedTo) {
  for (const char* json : {R"({"modules":{"mod_2fa":{"schema_ver":2,"entries":[]}}})", R"({"modules":{"mod_2fa":[]}})",
                           R"({"modules":{"mod_2fa":{"schema_ver":1,"entries":{}}}})"}) {
    Draft draft(as_bytes(json));
    EXPECT_THROW(draft.add(account("a")), Error) << json;
    EXPECT_EQ(as_text(draft.text()), json);
  }
  Draft twice(as_bytes(R"({"modules":{"mod_2fa":{"entries":[1]},"mod_2fa":{"entries":[2]}}})"));
  EXPECT_FALSE(twice.editable(Records::twofa));
  EXPECT_THROW(twice.add(account("a")), Error);
  EXPECT_EQ(as_text(twice.text()), R"({"modules":{"mod_2fa":{"entries":[1]},"mod_2fa":{"entries":[2]}}})");
  EXPECT_THROW(Draft(as_bytes("[]")), Error);
  EXPECT_THROW(Draft(as_bytes("{")), Error);
}

TEST(BadgeCompose, PlacesOfRecords) {
  const auto place = record_place("modules.mod_password.entries[12].url");
  ASSERT_TRUE(place);
  EXPECT_EQ(place->list, Records::logins);
  EXPECT_EQ(place->index, 12u);
  EXPECT_EQ(place->field, "url");
  EXPECT_EQ(record_place("modules.mod_vcard.received[0]")->field, "");
  for (const char* none : {"", "modules.mod_vcard.own", "modules.mod_2fa.entries", "modules.mod_2fa.entries[", "modules.mod_2fa.entries[x]", "system.wifi"})
    EXPECT_FALSE(record_place(none)) << none;
}

TEST(BadgeMisfits, EveryLimitToTheByte) {
  const auto of = [](const std::function<void(Draft&)>& fill) {
    Draft draft = Draft::fresh("0.5");
    fill(draft);
    return misfits_of(draft);
  };
  const auto n = [](std::size_t count) { return std::string(count, 'x'); };
  const auto one_login = [&](std::string_view field, std::size_t size) {
    return of([&](Draft& draft) {
      Login made = login("t");
      (field == "title" ? made.title : field == "username" ? made.username : field == "password" ? made.password : field == "url" ? made.url : made.notes) =
          text_of(n(size));
      draft.add(made);
    });
  };
  for (const auto& [field, limit] : {std::pair<std::string, std::size_t>{"title", 23}, {"username", 63}, {"password", 63}, {"url", 95}, {"notes", 172}}) {
    EXPECT_THAT(one_login(field, limit), IsEmpty()) << field;
    EXPECT_THAT(one_login(field, limit + 1), ElementsAre("modules.mod_password.entries[0]." + field));
  }
  const auto one_account = [&](const std::function<void(TwoFactor&)>& change) {
    return of([&](Draft& draft) {
      TwoFactor made = account("a");
      change(made);
      draft.add(made);
    });
  };
  EXPECT_THAT(one_account([&](TwoFactor& a) { a.name = text_of(n(15)); a.issuer = text_of(n(31)); a.secret = SecretBytes(64); }), IsEmpty());
  EXPECT_THAT(one_account([&](TwoFactor& a) { a.name = text_of(n(16)); }), ElementsAre("modules.mod_2fa.entries[0].name"));
  EXPECT_THAT(one_account([&](TwoFactor& a) { a.name = text_of(""); }), ElementsAre("modules.mod_2fa.entries[0].name"));
  EXPECT_THAT(one_account([&](TwoFactor& a) { a.issuer = text_of(n(32)); }), ElementsAre("modules.mod_2fa.entries[0].issuer"));
  EXPECT_THAT(one_account([&](TwoFactor& a) { a.secret = SecretBytes(65); }), ElementsAre("modules.mod_2fa.entries[0].secret"));
  EXPECT_THAT(one_account([&](TwoFactor& a) { a.secret = SecretBytes(); }), ElementsAre("modules.mod_2fa.entries[0].secret"));
  EXPECT_THAT(one_account([&](TwoFactor& a) { a.period = 14; }), ElementsAre("modules.mod_2fa.entries[0].period"));
  EXPECT_THAT(one_account([&](TwoFactor& a) { a.digits = 5; }), ElementsAre("modules.mod_2fa.entries[0].digits"));
  EXPECT_THAT(one_account([&](TwoFactor& a) { a.counter = (std::uint64_t{1} << 53) + 2; }), ElementsAre("modules.mod_2fa.entries[0].counter"));
  const auto one_card = [&](const std::string& text) {
    return of([&](Draft& draft) {
      Card made;
      made.text = text_of(text);
      draft.add(made);
    });
  };
  const std::string frame = "BEGIN:VCARD\nVERSION:4.0\nNOTE:\nEND:VCARD\n";
  const auto sized = [&](std::size_t size) { return std::string(frame).insert(frame.find("NOTE:") + 5, n(size - frame.size())); };
  EXPECT_THAT(one_card(sized(767)), IsEmpty());
  EXPECT_THAT(one_card(sized(768).substr(0, 767)), ElementsAre("modules.mod_vcard.received[0]")) << "the badge adds the last line end";
  EXPECT_THAT(one_card(sized(768)), ElementsAre("modules.mod_vcard.received[0]"));
  EXPECT_THAT(one_card(sized(769)), ElementsAre("modules.mod_vcard.received[0]"));
  EXPECT_THAT(one_card("BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n"), ElementsAre("modules.mod_vcard.received[0]"));
}

TEST(BadgeMisfits, RecordsThatWouldOverwriteEachOtherAndFullStores) {
  const auto of = [](const std::vector<std::string>& titles) {
    Draft draft = Draft::fresh("0.5");
    for (const std::string& title : titles) draft.add(login(title));
    return misfits_of(draft);
  };
  EXPECT_THAT(of({"Mail", "mail2", "MAIL"}), ElementsAre("modules.mod_password.entries[2].title"));
  EXPECT_THAT(of({"0123456789abcdefgh", "0123456789ABCDE"}), ElementsAre("modules.mod_password.entries[1].title"));
  EXPECT_THAT(of({"0123456789ABCDE", "0123456789abcdefgh"}), IsEmpty()) << "a longer title never finds another one";
  EXPECT_THAT(of({"0123456789abcdefgh", "0123456789abcdefgh"}), IsEmpty());
  Draft draft = Draft::fresh("0.5");
  for (const char* name : {"a", "A", "a"}) draft.add(account(name));
  EXPECT_THAT(misfits_of(draft), ElementsAre("modules.mod_2fa.entries[2].name")) << "here the case counts";
  Draft full = Draft::fresh("0.5");
  for (unsigned i = 0; i < 101; ++i) full.add(account(std::to_string(i)));
  for (unsigned i = 0; i < 365; ++i) full.add(login(std::to_string(i)));
  for (unsigned i = 0; i < 101; ++i) full.add(card(std::to_string(i)));
  full.add(card("Me", true));
  EXPECT_THAT(misfits_of(full), ElementsAre("modules.mod_2fa.entries[100]", "modules.mod_password.entries[364]", "modules.mod_vcard.received[100]"));
  Draft large = Draft::fresh("0.5");
  for (unsigned i = 0; i < 364; ++i) {
    Login made = login("t" + std::to_string(i), std::string(63, '\x01'));   // six characters each in JSON
    made.notes = text_of(std::string(172, '\x01'));
    large.add(made);
  }
  EXPECT_THAT(misfits_of(large), ElementsAre(""));
}

// --- properties ---

struct Fill {
  std::vector<std::string> names, titles, passwords, cards;
};

std::string bytes_without_nul(std::size_t most) {
  const auto bytes = *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::inRange<std::uint8_t>(1, 255));
  const std::size_t size = std::min(bytes.size(), most);
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

RC_GTEST_PROP(BadgeComposeProperties, WhatIsWrittenIsUnderstoodAsItWas, ()) {
  const std::size_t count = *rc::gen::inRange<std::size_t>(0, 5);
  Draft draft = Draft::fresh("0.5");
  std::vector<TwoFactor> accounts;
  std::vector<Login> logins;
  for (std::size_t i = 0; i < count; ++i) {
    TwoFactor& made = accounts.emplace_back(account(std::to_string(i) + bytes_without_nul(14)));
    made.issuer = text_of(bytes_without_nul(31));
    made.type = static_cast<OathType>(*rc::gen::inRange(0, 3));
    made.hash = static_cast<Hash>(*rc::gen::inRange(0, made.type == OathType::challenge_response ? 2 : 3));
    if (made.type == OathType::hotp) made.counter = *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 53);
    if (made.type == OathType::totp) made.period = *rc::gen::inRange(15u, 301u);
    if (made.type != OathType::challenge_response) made.digits = *rc::gen::inRange(6u, 9u);
    made.flags = *rc::gen::inRange(0u, 2u);
    made.secret = SecretBytes(*rc::gen::inRange<std::size_t>(1, 65));
    for (auto& byte : made.secret.expose()) byte = *rc::gen::arbitrary<std::uint8_t>();
    draft.add(made);
    Login& other = logins.emplace_back(login(std::to_string(i) + bytes_without_nul(14), bytes_without_nul(63)));
    other.notes = text_of(bytes_without_nul(172));
    if (*rc::gen::arbitrary<bool>()) other.totp_slot = *rc::gen::inRange(0u, 255u);
    draft.add(other);
  }
  const SecretBytes json = draft.text();
  const Payload read = understand(json.expose());
  RC_ASSERT(read.flaws.empty());
  RC_ASSERT(read.twofa.size() == count && read.logins.size() == count);
  for (std::size_t i = 0; i < count; ++i) {
    const TwoFactor &a = accounts[i], &b = read.twofa[i];
    RC_ASSERT(a.name.bytes.equals(b.name.bytes.expose()) && a.issuer.bytes.equals(b.issuer.bytes.expose()));
    RC_ASSERT(a.type == b.type && a.hash == b.hash && a.digits == b.digits && a.period == b.period && a.counter == b.counter && a.flags == b.flags);
    RC_ASSERT(a.secret.equals(b.secret.expose()));
    const Login &x = logins[i], &y = read.logins[i];
    RC_ASSERT(x.title.bytes.equals(y.title.bytes.expose()) && x.password.bytes.equals(y.password.bytes.expose()));
    RC_ASSERT(x.notes.bytes.equals(y.notes.bytes.expose()) && x.totp_slot == y.totp_slot);
  }
  // What has no misfit is stored whole by a badge.
  RC_ASSERT(misfits(read).empty());
  BadgeState state;
  const Restored restored = restore(json.expose(), {}, state);
  RC_ASSERT(restored.accepted && restored.counts.failed == 0);
  RC_ASSERT(state.twofa.size() == count && state.logins.size() == count);
  for (std::size_t i = 0; i < count; ++i) RC_ASSERT(state.logins[i].password.equals(logins[i].password.bytes.expose()));
  RC_ASSERT(as_text(Draft(json.expose()).text()) == as_text(json));
}

}  // namespace
}  // namespace hwbak::cdc_badge
