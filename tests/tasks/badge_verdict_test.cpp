// The outcomes of damaged and hostile badge backups, through the verbs: the table of the format's description, the museum, every byte
// of a file changed, payloads made to break a reader.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <deque>

#include "base/base64.h"
#include "crypto/aead.h"
#include "crypto/pbkdf2_sha256.h"
#include "support/badge_files.h"

namespace hwbak {
namespace {

using namespace test;

Report verify_file(const std::filesystem::path& path, std::string_view passphrase = badge_passphrase, std::uint64_t max_iterations = Context{}.max_kdf_iterations) {
  FixedSecrets secrets(passphrase);
  Context context;
  context.secrets = &secrets;
  context.max_kdf_iterations = max_iterations;
  Report result;
  verify(context, {path}, {}, [&](Report report) { result = std::move(report); });
  return result;
}
Report verify_payload(std::string_view payload) { return verify_file(BadgeFile(payload).path()); }

std::vector<std::string> flaw_paths(const Report& report) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < list_fact(report.facts, "flaws").size(); ++i) out.push_back(text_fact(item(report.facts, "flaws", i), "path"));
  return out;
}

TEST(BadgeVerdict, TheMuseumIsWhatItsNamesSay) {
  const std::pair<const char*, Outcome> cases[] = {
      {"whole", Outcome::ok},
      {"empty", Outcome::damaged},
      {"blanks-only", Outcome::damaged},
      {"cut-within-header", Outcome::damaged},
      {"cut-within-ciphertext", Outcome::wrong_secret},
      {"cut-within-group", Outcome::damaged},
      {"padding-lost", Outcome::damaged},
      {"cut-by-serial-console", Outcome::wrong_secret},
      {"magic-wrong", Outcome::unsupported},
      {"version-2", Outcome::unsupported},
      {"iterations-0", Outcome::refused},
      {"iterations-4294967295", Outcome::refused},
      {"salt-bit-wrong", Outcome::wrong_secret},
      {"ciphertext-bit-wrong", Outcome::wrong_secret},
      {"tag-bit-wrong", Outcome::wrong_secret},
      {"url-alphabet", Outcome::damaged},
      {"data-after-padding", Outcome::damaged},
      {"byte-order-mark", Outcome::damaged},
      {"blank-within-line", Outcome::ok},
      {"lone-cr", Outcome::ok},
      {"wrapped-crlf", Outcome::ok},
      {"spare-bits", Outcome::ok},
      {"raw", Outcome::ok},
      {"empty-payload", Outcome::damaged},
  };
  const auto folder = std::filesystem::path(HWBAK_MUSEUM) / "cdcbak";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files += entry.path().extension() == ".cdcbak";
  EXPECT_EQ(files, std::size(cases));
  for (const auto& [file, expected] : cases) {
    const auto start = std::chrono::steady_clock::now();
    const Report report = verify_file(folder / (std::string(file) + ".cdcbak"));
    EXPECT_EQ(name(report.outcome), name(expected)) << file << ": " << report.message;
    EXPECT_FALSE(report.message.empty()) << file;
    if (report.outcome != Outcome::ok) { EXPECT_FALSE(report.next.empty()) << file; }
    EXPECT_EQ(report.format, std::string_view(file) == "empty" || std::string_view(file) == "blanks-only" ? "" : "cdcbak") << file;
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2)) << file;
  }
}

TEST(BadgeVerdict, DrillSaysWhatABadgePrintsOfABrokenFile) {
  const auto folder = std::filesystem::path(HWBAK_MUSEUM) / "cdcbak";
  FixedSecrets secrets(badge_passphrase);
  Context context;
  context.secrets = &secrets;
  for (const char* file : {"cut-within-header", "blank-within-line", "lone-cr", "raw", "version-2", "padding-lost", "ciphertext-bit-wrong"}) {
    const Report report = drill(context, folder / (std::string(file) + ".cdcbak"), {});
    const Object& run = item(report.facts, "drill", 0);
    EXPECT_EQ(text_fact(run, "verdict"), "reject") << file;
    EXPECT_EQ(text_fact(run, "message"), "ERROR: Import failed (wrong passphrase or corrupt file)") << file;
    EXPECT_NE(text_fact(run, "reason"), "") << file;
    EXPECT_FALSE(report.next.empty()) << file;
  }
  for (const char* file : {"whole", "wrapped-crlf", "spare-bits"})
    EXPECT_EQ(text_fact(item(drill(context, folder / (std::string(file) + ".cdcbak"), {}).facts, "drill", 0), "verdict"), "accept") << file;
  EXPECT_EQ(drill(context, folder / "iterations-4294967295.cdcbak", {}).outcome, Outcome::refused);
}

// The container's bytes one by one: the lowest bit, the highest, all of them.
TEST(BadgeVerdict, NoChangedByteIsEverOk) {
  const Bytes whole = cdcbak::survey(badge_file(modules("")), {}).container;
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (const unsigned change : {0x01u, 0x80u, 0xFFu}) {
      Bytes bytes = whole;
      bytes[i] = static_cast<std::uint8_t>(bytes[i] ^ change);
      const Report report = verify_file(BadgeFile(to_base64(bytes)).path(), badge_passphrase, 1'000'000);
      const bool told = i < 6 ? report.outcome == Outcome::unsupported || report.outcome == Outcome::damaged
                        : i == 6 ? report.outcome == Outcome::unsupported
                        : i < 11 ? report.outcome == Outcome::wrong_secret || report.outcome == Outcome::refused
                                 : report.outcome == Outcome::wrong_secret;
      EXPECT_TRUE(told) << "byte " << i << ": " << name(report.outcome) << ", " << report.message;
      EXPECT_EQ(report.facts.find("plaintext_sha256"), nullptr) << i;
    }
  EXPECT_EQ(verify_file(BadgeFile(to_base64(whole)).path()).outcome, Outcome::ok) << "the control";
}

TEST(BadgeVerdict, NoChangedCharacterOfTheFileIsEverOk) {
  const Bytes whole = badge_file(modules(""));
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (const char other : {'A', '!', '=', '\0', '\xFF'}) {
      Bytes bytes = whole;
      if (bytes[i] == static_cast<std::uint8_t>(other)) continue;
      bytes[i] = static_cast<std::uint8_t>(other);
      const Report report = verify_file(BadgeFile(bytes).path(), badge_passphrase, 1'000'000);
      EXPECT_NE(report.outcome, Outcome::ok) << "character " << i << ": " << report.message;
    }
}

TEST(BadgeVerdict, EveryCutIsDamagedOrCannotBeTold) {
  const Bytes whole = badge_file(modules(""));
  for (std::size_t size = 1; size < whole.size(); ++size) {
    const Report report = verify_file(BadgeFile(ByteView(whole).first(size)).path());
    EXPECT_TRUE(report.outcome == Outcome::damaged || report.outcome == Outcome::wrong_secret || (size < 4 && report.outcome == Outcome::unsupported))
        << size << ": " << report.message;
  }
}

TEST(BadgeVerdict, LimitsAreKeptBeforeAnyWork) {
  const BadgeFile file(badge_file(modules(""), badge_passphrase, 5000));
  EXPECT_EQ(verify_file(file.path(), badge_passphrase, 4999).outcome, Outcome::refused);
  EXPECT_EQ(verify_file(file.path(), badge_passphrase, 5000).outcome, Outcome::ok);
  EXPECT_TRUE(has_finding(verify_file(file.path()), "iterations-low"));
  FixedSecrets none("");
  EXPECT_EQ(verify_one(file.path(), &none).outcome, Outcome::refused) << "an empty passphrase";
  Context small;
  small.max_size = 50;
  EXPECT_EQ(inspect(small, file.path()).outcome, Outcome::refused);
}

TEST(BadgeVerdict, AuthenticButNotTheJsonOfABadge) {
  const std::string deep(100'000, '{'), brackets(100'000, '[');
  std::string nested;
  for (int i = 0; i < 2000; ++i) nested += "{\"a\":";
  for (const std::string& payload : {std::string("no JSON"), deep, brackets, nested, std::string("{\"modules\":{}"), std::string("{\"a\":\"\\q\"}"),
                                     std::string("[]"), std::string("null"), std::string("{\"modules\":[]}"), std::string("{\"modules\":7}"),
                                     std::string("\0{}", 3)}) {
    const Report report = verify_payload(payload);
    EXPECT_EQ(report.outcome, Outcome::damaged) << payload.substr(0, 30);
    EXPECT_EQ(report.levels.content, Level::pass) << "the passphrase is right and the bytes are whole";
    EXPECT_EQ(report.levels.meaning, Level::fail);
    const BadgeFile file(payload);
    FixedSecrets secrets(badge_passphrase);
    Context context;
    context.secrets = &secrets;
    const OpenResult raw = open(context, file.path(), {.raw = true});
    EXPECT_TRUE(raw.data.equals(as_bytes(payload))) << "the bytes can still be had";
  }
}

TEST(BadgeVerdict, OneWrongRecordNeverLosesTheGoodOnes) {
  const std::string good = account("good"), other = account("other");
  for (const auto& [bad, path] : {std::pair<std::string, std::string>{account("huge", "\"type\":0,\"period\":1e400"), "period"},
                                  {account("negative", "\"type\":0,\"period\":-30"), "period"},
                                  {account("fraction", "\"type\":0.5,\"period\":30"), "type"},
                                  {account("wrong type", "\"type\":\"0\",\"period\":30"), "type"},
                                  {account("wraps", "\"type\":4294967296,\"period\":30"), "type"},
                                  {account("counter", "\"type\":1,\"period\":30,\"counter\":-1"), "counter"},
                                  {account("counter too far", "\"type\":1,\"period\":30,\"counter\":1e400"), "counter"},
                                  {"7", ""},
                                  {"null", ""}}) {
    const Report report = verify_payload(modules(twofa_section(good + "," + bad + "," + other)));
    EXPECT_EQ(report.outcome, Outcome::partial) << bad;
    EXPECT_THAT(flaw_paths(report), testing::ElementsAre("modules.mod_2fa.entries[1]" + (path.empty() ? "" : "." + path))) << bad;
    EXPECT_NE(report.message.find("2 accounts"), std::string::npos) << report.message;
    bool found = false;
    for (const Finding& finding : report.findings) found |= finding.code == "bad-value" && finding.where == flaw_paths(report).at(0);
    EXPECT_TRUE(found);
  }
}

TEST(BadgeVerdict, SectionsThatNoBadgeWrites) {
  const Report report = verify_payload(modules(twofa_section(account("a")) + ",\"mod_gpg\":{},\"mod_fido2\":{\"schema_ver\":1},\"mod_new\":{}"));
  EXPECT_EQ(report.outcome, Outcome::ok);
  EXPECT_EQ(report.levels.meaning, Level::fail);
  EXPECT_EQ(list_fact(report.facts, "forbidden_sections").size(), 2u);
  EXPECT_EQ(list_fact(report.facts, "sections").size(), 4u);
  EXPECT_EQ(list_fact(report.facts, "unread_sections").size(), 3u);
  EXPECT_TRUE(has_finding(report, "forbidden-section"));
  EXPECT_TRUE(has_finding(report, "unknown-section"));
  EXPECT_NE(report.message.find("do not trust"), std::string::npos);
}

TEST(BadgeVerdict, SectionsOfAnotherLayoutAreNamed) {
  const Report report = verify_payload(R"({"host_api_level":"0.7","modules":{"mod_2fa":{"schema_ver":2},"mod_password":{"schema_ver":3},"mod_vcard":{"schema_ver":1}},)"
                                       R"("system":{"schema_ver":2}})");
  EXPECT_EQ(report.outcome, Outcome::ok);
  EXPECT_EQ(report.levels.meaning, Level::fail);
  EXPECT_NE(report.message.find("nothing of modules.mod_2fa, modules.mod_password and system was read"), std::string::npos) << report.message;
  EXPECT_EQ(list_fact(report.facts, "unread_sections").size(), 3u);
  EXPECT_EQ(verify_payload(modules(R"("mod_2fa":{"schema_ver":1e400,"entries":[]})")).outcome, Outcome::partial);
  EXPECT_EQ(verify_payload(modules(R"("mod_2fa":{"schema_ver":-1,"entries":[]})")).outcome, Outcome::partial);
}

TEST(BadgeVerdict, OnlyWhatABadgeTakesCanBeUsed) {
  std::string accounts;
  for (int i = 0; i < 101; ++i) accounts += account("n" + std::to_string(i)) + ",";
  const Report full = verify_payload(modules(twofa_section(accounts + account("exactly16 bytes!"))));
  EXPECT_EQ(full.outcome, Outcome::partial);
  EXPECT_NE(full.message.find("and 100 accounts can be used, and 1 more record can be read, but 2 places are not good"), std::string::npos) << full.message;
}

TEST(BadgeVerdict, ARecordWithAFlawIsNotNothing) {
  const Report one = verify_payload(modules(vault_section(R"({"title":"t","password":"p","totp_slot":300})")));
  EXPECT_EQ(one.outcome, Outcome::partial);
  EXPECT_NE(one.message.find("and 1 record can be read, but 1 place is not good"), std::string::npos) << one.message;
}

// No writer here makes such a file, so it is put together by hand.
TEST(BadgeVerdict, MoreThanABadgeTakes) {
  const std::string payload = modules(vault_section("{\"title\":\"t\",\"notes\":\"" + std::string(300'000, 'n') + "\"}"));
  const cdcbak::Survey small = cdcbak::survey(badge_file("{}"), {});
  Bytes container(small.container.begin(), small.container.begin() + cdcbak::header_size), sealed(payload.size()), key(32);
  crypto::pbkdf2_hmac_sha256({as_bytes(badge_passphrase), small.salt, small.iterations, FixedSpan<32>(key.data(), 32)});
  std::array<std::uint8_t, cdcbak::tag_size> tag{};
  crypto::aes256_gcm_seal(FixedView<32>(key.data(), 32), small.nonce, container, as_bytes(payload), sealed, tag);
  container.insert(container.end(), sealed.begin(), sealed.end());
  container.insert(container.end(), tag.begin(), tag.end());
  const BadgeFile file(to_base64(container));
  const Report report = verify_file(file.path());
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_TRUE(has_finding(report, "payload-over-limit"));
  EXPECT_EQ(number_fact(report.facts, "payload_size"), static_cast<std::int64_t>(payload.size()));
  FixedSecrets secrets(badge_passphrase);
  Context context;
  context.secrets = &secrets;
  const Report rehearsed = drill(context, file.path(), {});
  EXPECT_EQ(text_fact(item(rehearsed.facts, "drill", 0), "verdict"), "reject");
  EXPECT_EQ(rehearsed.next.find("rekey"), std::string::npos) << "which refuses it as well";
  EXPECT_NE(report.message.find("no badge takes them"), std::string::npos) << report.message;
}

TEST(BadgeVerdict, PassphrasesAreTriedInEveryForm) {
  const std::string payload = modules("");
  const std::pair<std::string, const char*> cases[] = {
      {"Gr\xC3\xBC\xC3\x9F" "e", "utf-8"},
      {"Gr\x81\xE1" "e", "cp437"},
      {"Gru\xCC\x88\xC3\x9F" "e", "nfd"},
  };
  for (const auto& [bytes, form] : cases) {
    const BadgeFile file(badge_file(payload, bytes));
    const Report report = verify_file(file.path(), "Grüße");
    EXPECT_EQ(report.outcome, Outcome::ok);
    EXPECT_EQ(text_fact(report.facts, "passphrase_encoding"), form);
    EXPECT_EQ(has_finding(report, "passphrase-utf8"), std::string_view(form) != "cp437");
  }
  const BadgeFile dropped(badge_file(payload, "key "));
  EXPECT_EQ(text_fact(verify_file(dropped.path(), "key \U0001F511").facts, "passphrase_encoding"), "cp437-dropped");
  const BadgeFile composed(badge_file(payload, "Gr\xC3\xBC\xC3\x9F" "e"));
  EXPECT_EQ(text_fact(verify_file(composed.path(), "Gru\xCC\x88\xC3\x9F" "e").facts, "passphrase_encoding"), "nfc");
}

TEST(BadgeVerdict, AListOfPassphrasesOverManyFiles) {
  std::deque<BadgeFile> files;
  std::vector<Subject> subjects;
  for (const char* passphrase : {"one", "two", "drei", "vier"}) {
    const BadgeFile& file = files.emplace_back(badge_file(modules(""), passphrase));
    subjects.push_back(file.path());
  }
  FixedSecrets secrets;
  for (const char* candidate : {"nothing", "drei", "one", "two"}) secrets.add(Secrets::Kind::password, candidate);
  Context context;
  context.secrets = &secrets;
  std::vector<std::string> outcomes;
  verify(context, subjects, {}, [&](const Report& report) { outcomes.emplace_back(name(report.outcome)); });
  EXPECT_THAT(outcomes, testing::ElementsAre("ok", "ok", "ok", "wrong-secret"));
}

}  // namespace
}  // namespace hwbak
