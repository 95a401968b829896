// Every field of the vectors: what a badge imports, counts and stores, and what hwbak reads.
#include "base/as_bytes.h"
#include "device/cdc_badge/badge_json.h"
#include "device/cdc_badge/oath.h"
#include "device/cdc_badge/payload.h"
#include "device/cdc_badge/restore.h"
#include "device/cdc_badge_vectors.h"
#include "device/cdc_badge/text.h"

namespace hwbak::cdc_badge {
namespace {

using test::BadgeVector;
using test::badge_vectors;
using test::payload_of;
namespace json = boost::json;

const BadgeVector& badge_vector(std::string_view front) { return test::badge_vector_named(front); }
std::string utf8(const SecretString& stored) { return std::string(read_text(stored.clone()).text.expose()); }
std::string text_of(const json::object& object, const char* key) { return std::string(object.at(key).as_string()); }

Restored restored(const BadgeVector& vector, BadgeState& state) { return restore(as_bytes(payload_of(vector)), Level{}, state); }

void expect_stored(const StoredTwoFactor& stored, const json::object& expected, const std::string& where) {
  SCOPED_TRACE(where);
  EXPECT_EQ(utf8(stored.name), text_of(expected, "name"));
  EXPECT_EQ(utf8(stored.issuer), text_of(expected, "issuer"));
  EXPECT_EQ((std::array{"TOTP", "HOTP", "CR"}.at(stored.type)), text_of(expected, "type"));
  EXPECT_EQ((std::array{"SHA1", "SHA256", "SHA512"}.at(stored.hash)), text_of(expected, "algorithm"));
  EXPECT_EQ(stored.digits, expected.at("digits").to_number<unsigned>());
  EXPECT_EQ(stored.period, expected.at("period").to_number<unsigned>());
  EXPECT_EQ(stored.counter, expected.at("counter").to_number<std::uint64_t>());
  EXPECT_EQ(stored.flags, expected.at("flags").to_number<unsigned>());
  EXPECT_EQ(to_hex(stored.secret.expose()), text_of(expected, "secret_hex"));
  const auto account = oath_account(stored);
  ASSERT_EQ(account.has_value(), expected.contains("otpauth"));
  if (account) {
    EXPECT_EQ(otp::to_uri(*account).expose(), text_of(expected, "otpauth"));
    const TwoFactor back = account_from(otp::from_uri(text_of(expected, "otpauth")).account);
    EXPECT_EQ(back.name.text.expose(), utf8(stored.name));
    EXPECT_TRUE(back.secret.equals(stored.secret.expose()));
  }
}

TEST(BadgeVectors, RestoreAsABadgeDoes) {
  for (const BadgeVector& vector : badge_vectors()) {
    SCOPED_TRACE(vector.file);
    BadgeState state;
    const Restored result = restored(vector, state);
    const auto& counts = vector.all.at("restore_into_empty").as_object();
    EXPECT_EQ(result.accepted, counts.at("ok").as_bool());
    EXPECT_EQ(result.counts.ok, counts.at("ok").as_bool());
    EXPECT_EQ(result.counts.imported, counts.at("imported").to_number<unsigned>());
    EXPECT_EQ(result.counts.failed, counts.at("failed").to_number<unsigned>());
    EXPECT_EQ(result.counts.modules, counts.at("modules").to_number<unsigned>());
    EXPECT_EQ(result.counts.skipped, counts.at("skipped").to_number<unsigned>());
    EXPECT_EQ(result.counts.system, counts.at("system").as_bool());
    EXPECT_EQ(result.refusal.empty(), result.accepted);
    const auto& stored = vector.all.at("stored_after").as_object();
    EXPECT_EQ(state.twofa.size(), stored.at("twofa").to_number<std::size_t>());
    EXPECT_EQ(state.logins.size(), stored.at("passwords").to_number<std::size_t>());
    EXPECT_EQ(state.received.size(), stored.at("received").to_number<std::size_t>());
    EXPECT_EQ(state.own.has_value(), stored.at("own").as_bool());
    if (!vector.all.contains("stored_twofa")) continue;
    const auto& accounts = vector.all.at("stored_twofa").as_array();
    ASSERT_EQ(state.twofa.size(), accounts.size());
    for (std::size_t i = 0; i < accounts.size(); ++i) expect_stored(state.twofa[i], accounts[i].as_object(), std::to_string(i));
  }
}

TEST(BadgeVectors, SayWhatTheConsoleSays) {
  BadgeState state;
  EXPECT_THAT(restored(badge_vector("s12"), state).lines,
              testing::ElementsAre("NOTE: FIDO2/GPG signing keys are NOT restored.", "OK: imported=7 failed=12 modules=1 skipped=0 system=0"));
  EXPECT_THAT(restored(badge_vector("s06"), state).lines, testing::ElementsAre("ERROR: Import failed (wrong passphrase or corrupt file)"));
}

TEST(BadgeVectors, DuplicatesLeaveTheLastOne) {
  BadgeState state;
  (void)restored(badge_vector("s09"), state);
  const auto& detail = badge_vector("s09").all.at("stored_detail").as_object();
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(state.twofa.at(i).name.expose(), std::string_view(detail.at("twofa").as_array()[i].as_string()));
    const auto& login = detail.at("passwords").as_array()[i].as_array();
    EXPECT_EQ(state.logins.at(i).title.expose(), std::string_view(login[0].as_string()));
    EXPECT_EQ(state.logins.at(i).username.expose(), std::string_view(login[1].as_string()));
  }
}

TEST(BadgeVectors, CutsAreAsLongAsABadgeMakesThem) {
  BadgeState state;
  const Restored result = restored(badge_vector("s14"), state);
  const auto& detail = badge_vector("s14").all.at("stored_detail").as_object();
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& sizes = detail.at("passwords").as_array()[i].as_object();
    const StoredLogin& login = state.logins.at(i);
    EXPECT_EQ(login.title.size(), sizes.at("title").to_number<std::size_t>());
    EXPECT_EQ(login.username.size(), sizes.at("username").to_number<std::size_t>());
    EXPECT_EQ(login.password.size(), sizes.at("password").to_number<std::size_t>());
    EXPECT_EQ(login.url.size(), sizes.at("url").to_number<std::size_t>());
    EXPECT_EQ(login.notes.size(), sizes.at("notes").to_number<std::size_t>());
  }
  EXPECT_EQ(state.received.at(0).size(), detail.at("card_lengths").as_array()[0].to_number<std::size_t>());
  const auto has = [&](std::string_view path, std::string_view part) {
    for (const Lossy& lossy : result.lossy)
      if (lossy.path == path && lossy.what.find(part) != std::string::npos) return true;
    return false;
  };
  EXPECT_TRUE(has("modules.mod_password.entries[1].password", "cut to 63 bytes (64 before)"));
  EXPECT_TRUE(has("modules.mod_2fa.entries[1].issuer", "cut to 31 bytes (40 before)"));
  EXPECT_TRUE(has("modules.mod_password.entries[0].title", "every restore adds one more copy"));
  EXPECT_TRUE(has("modules.mod_vcard.received[0]", "768"));
  EXPECT_TRUE(has("modules.mod_vcard.received[1]", "769"));
  EXPECT_FALSE(has("modules.mod_password.entries[0].password", ""));
}

TEST(BadgeVectors, AreUnderstood) {
  const Payload cp437 = understand(as_bytes(payload_of(badge_vector("s04"))));
  const auto& decoded = badge_vector("s04").all.at("decoded").as_object();
  ASSERT_EQ(cp437.twofa.size(), 1u);
  EXPECT_EQ(cp437.twofa[0].name.text.expose(), text_of(decoded, "name"));
  EXPECT_EQ(cp437.twofa[0].issuer.text.expose(), text_of(decoded, "issuer"));
  EXPECT_TRUE(cp437.twofa[0].name.cp437);
  ASSERT_EQ(cp437.logins.size(), 1u);
  EXPECT_EQ(cp437.logins[0].title.text.expose(), text_of(decoded, "title"));
  EXPECT_EQ(cp437.logins[0].username.text.expose(), text_of(decoded, "username"));
  EXPECT_EQ(cp437.logins[0].password.text.expose(), text_of(decoded, "password"));
  EXPECT_EQ(cp437.system->badge_name->text.expose(), text_of(decoded, "badge_name"));

  const Payload full = understand(as_bytes(payload_of(badge_vector("s02"))));
  EXPECT_TRUE(full.flaws.empty());
  EXPECT_EQ(full.twofa.size(), 6u);
  EXPECT_EQ(full.logins.size(), 4u);
  EXPECT_EQ(full.cards.size(), 3u);
  EXPECT_EQ(full.logins[0].totp_slot, 0u);
  EXPECT_EQ(full.logins[1].totp_slot, std::nullopt);
  EXPECT_EQ(full.system->wifi->ip, 3232241450u);
  EXPECT_EQ(full.system->wifi->netmask, 4294967040u);
  EXPECT_EQ(full.system->modules_enabled.size(), 13u);
  for (const Finding& finding : full.findings) EXPECT_EQ(finding.code, "hotp-counter");

  const Payload records = understand(as_bytes(payload_of(badge_vector("s12"))));
  EXPECT_EQ(records.flaws.size(), 16u) << "five of them in the entry that has only a name";
  EXPECT_EQ(records.twofa.size(), 8u) << "the one with a name of 16 bytes can be read";
  EXPECT_EQ(records.sections.at(0).records, 19u);

  const Payload schema = understand(as_bytes(payload_of(badge_vector("s08"))));
  EXPECT_TRUE(schema.twofa.empty() && schema.cards.empty() && !schema.system);
  EXPECT_EQ(schema.logins.size(), 1u);
  EXPECT_FALSE(schema.sections.at(0).read);
  EXPECT_TRUE(schema.sections.at(1).read);

  const Payload edges = understand(as_bytes(payload_of(badge_vector("s15"))));
  std::vector<std::string> paths;
  for (const Flaw& flaw : edges.flaws) paths.push_back(flaw.path);
  EXPECT_THAT(paths, testing::UnorderedElementsAre("system.backlight", "system.sleep_interval", "system.tz_offset", "system.wifi_timeout",
                                                   "system.wifi_enabled", "system.wifi.ssid", "system.modules_enabled.mod_nope",
                                                   "system.modules_enabled.mod_gpg"));
}

TEST(BadgeVectors, BothReadersOfJsonAgree) {
  for (const BadgeVector& vector : badge_vectors()) {
    std::size_t used = 0;
    const std::string payload = payload_of(vector);
    const auto ours = JsonSpans::parse_front(payload, used);
    const auto theirs = read_as_badge(payload);
    ASSERT_TRUE(ours && theirs) << vector.file;
    ASSERT_EQ(ours->nodes().size(), theirs->nodes().size());
    for (std::size_t i = 0; i < ours->nodes().size(); ++i) {
      const JsonNode &a = ours->nodes()[i], &b = theirs->nodes()[i];
      ASSERT_TRUE(a.kind == b.kind && a.begin == b.begin && a.end == b.end && a.key_begin == b.key_begin && a.key_end == b.key_end &&
                  a.parent == b.parent && a.next == b.next)
          << vector.file << i;
    }
  }
}

}  // namespace
}  // namespace hwbak::cdc_badge
