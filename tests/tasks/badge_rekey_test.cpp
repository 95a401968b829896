// rekey of badge backups: the same bytes under a new passphrase, in the bytes that a badge makes of it.
#include <gtest/gtest.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/peer.h"
#include "support/badge_files.h"
#include "support/replay.h"

namespace hwbak {
namespace {

using namespace test;

// An independent reader and writer: base64, header, key and tag by Python's own libraries.
constexpr const char* peer =
    "import base64,hashlib,struct,sys\n"
    "from cryptography.hazmat.primitives.ciphers.aead import AESGCM\n"
    "what,path,word=sys.argv[1],sys.argv[2],bytes.fromhex(sys.argv[3])\n"
    "def gcm(h): return AESGCM(hashlib.pbkdf2_hmac(\"sha256\",word,h[11:27],struct.unpack(\"<I\",h[7:11])[0]))\n"
    "if what==\"open\":\n"
    "  text=open(path,\"rb\").read()\n"
    "  assert b\"\\n\" not in text\n"
    "  raw=base64.b64decode(text,validate=True)\n"
    "  assert raw[:11]==b\"CDCBAK\\x01\"+struct.pack(\"<I\",200000)\n"
    "  sys.stdout.buffer.write(gcm(raw).decrypt(raw[27:39],raw[39:],raw[:39]))\n"
    "else:\n"
    "  h=b\"CDCBAK\\x01\"+struct.pack(\"<I\",1234)+bytes(range(28))\n"
    "  open(path,\"wb\").write(base64.b64encode(h+gcm(h).encrypt(h[27:39],bytes.fromhex(sys.argv[4]),h)))\n";

std::optional<std::string> python_opens(const Subject& file, std::string_view passphrase_bytes) {
  return python(peer, "open " + file.string() + " " + to_hex(as_bytes(passphrase_bytes)));
}

class BadgeRekey : public testing::Test {
 protected:
  WrittenResult run(const Subject& from, std::string_view old_one, std::string_view new_one, RandomSource& random = system_random()) {
    FixedSecrets secrets(old_one);
    if (!new_one.empty()) secrets.add(Secrets::Kind::new_password, new_one);
    const Context context{.secrets = &secrets, .random = random, .progress = {}};
    return rekey(context, from, {target_, false}, {});
  }
  Folder folder_;
  const std::filesystem::path target_ = folder_ / "new.cdcbak";
};

TEST_F(BadgeRekey, SamePayloadNewPassphraseAndAPeerOpensIt) {
  const BadgeVector& vector = badge_vector("s02-full.cdcbak");
  const WrittenResult result = run(vector.path(), vector.passphrase, "quite another long passphrase");
  ASSERT_EQ(result.report.outcome, Outcome::ok) << result.report.message;
  EXPECT_TRUE(result.new_words.empty());
  const auto payload = python_opens(target_, "quite another long passphrase");
  ASSERT_TRUE(payload) << "python3-cryptography is needed";
  EXPECT_EQ(to_hex(crypto::sha256(as_bytes(*payload))), vector.text("plaintext_sha256"));
  EXPECT_FALSE(python_opens(target_, vector.passphrase)) << "the peer checks nothing";
  EXPECT_EQ(text_fact(result.report.facts, "output_passphrase_encoding"), "utf-8");
  EXPECT_EQ(text_fact(result.report.facts, "output_sha256"), to_hex(crypto::sha256(read_bytes(target_))));
  const Report before = inspect({}, vector.path()), after = inspect({}, target_);
  for (const char* key : {"salt", "nonce"}) EXPECT_NE(text_fact(before.facts, key), text_fact(after.facts, key)) << key;
  EXPECT_EQ(std::filesystem::status(target_).permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(BadgeRekey, WhatAPeerWroteIsTakenOver) {
  const std::filesystem::path source = folder_ / "peer.cdcbak";
  const std::string payload = modules(twofa_section(account("a")));
  ASSERT_TRUE(python(peer, "write " + source.string() + " " + to_hex(as_bytes("secret")) + " " + to_hex(as_bytes(payload))));
  ASSERT_EQ(run(source, "secret", "new").report.outcome, Outcome::ok);
  EXPECT_EQ(python_opens(target_, "new"), payload);
}

// With the dice of a vector its own file comes out again, to the byte.
TEST_F(BadgeRekey, EveryVectorOfTheUsualIterationsIsReproduced) {
  std::size_t count = 0;
  for (const BadgeVector& vector : badge_vectors()) {
    if (vector.header().at("kdf_iters").as_int64() != cdcbak::default_iterations || vector.file.starts_with("s17")) continue;
    Bytes dice = from_hex(std::string(vector.header().at("salt").as_string())).value();
    const Bytes nonce = from_hex(std::string(vector.header().at("nonce").as_string())).value();
    dice.insert(dice.end(), nonce.begin(), nonce.end());
    Replay random(dice);
    const WrittenResult result = run(vector.path(), vector.passphrase, vector.passphrase, random);
    ASSERT_EQ(result.report.outcome, Outcome::ok) << vector.file << ": " << result.report.message;
    EXPECT_EQ(text_fact(result.report.facts, "output_passphrase_encoding"), vector.encoding);
    EXPECT_TRUE(read_bytes(target_) == vector.bytes) << vector.file;
    std::filesystem::remove(target_);
    ++count;
  }
  EXPECT_EQ(count, 14u);
}

TEST_F(BadgeRekey, PassphrasesAreWrittenAsABadgeTypesThem) {
  const BadgeFile file(modules(""));
  const auto with = [&](std::string_view passphrase) {
    std::filesystem::remove(target_);
    WrittenResult result = run(file.path(), badge_passphrase, passphrase);
    EXPECT_EQ(result.report.outcome, Outcome::ok) << result.report.message;
    return std::move(result.report);
  };
  const Report typed = with("Grüße aus Köln, zum Beispiel");
  EXPECT_TRUE(has_finding(typed, "password-cp437"));
  EXPECT_TRUE(python_opens(target_, "Gr\x81\xE1" "e aus K\x94ln, zum Beispiel"));
  EXPECT_TRUE(has_finding(with("Gru\xCC\x88\xC3\x9F" "e"), "password-cp437")) << "a letter and its accent";
  EXPECT_TRUE(python_opens(target_, "Gr\x81\xE1" "e"));
  const Report untypable = with("пароль");
  EXPECT_TRUE(has_finding(untypable, "password-untypable"));
  EXPECT_TRUE(python_opens(target_, "пароль"));
  for (const std::string& odd : {std::string(65, 'x'), std::string(250, 'x'), std::string("tab\there"), std::string(" blank in front")})
    EXPECT_TRUE(has_finding(with(odd), "password-untypable")) << odd;
  EXPECT_TRUE(has_finding(with("password1"), "password-weak"));
  const Report strong = with("Wr8#qLpz!03vTm-Kdu7xNe");
  EXPECT_FALSE(has_finding(strong, "password-weak") || has_finding(strong, "password-untypable") || has_finding(strong, "password-cp437"));
}

TEST_F(BadgeRekey, NothingIsWrittenWithoutBothPassphrases) {
  const BadgeFile file(modules(""));
  EXPECT_EQ(run(file.path(), "wrong", "new").report.outcome, Outcome::wrong_secret);
  EXPECT_EQ(run(file.path(), badge_passphrase, "").report.outcome, Outcome::refused);
  EXPECT_EQ(run(BadgeFile("no JSON").path(), badge_passphrase, "new").report.outcome, Outcome::damaged);
  EXPECT_FALSE(std::filesystem::exists(target_));
  write_bytes(target_, as_bytes("mine"));
  EXPECT_EQ(run(file.path(), badge_passphrase, "new").report.outcome, Outcome::refused);
  EXPECT_EQ(read_bytes(target_), Bytes({'m', 'i', 'n', 'e'}));
}

TEST_F(BadgeRekey, WhatIsPartlyGoodIsTakenOverAsItIs) {
  const BadgeVector& vector = badge_vector("s12-records.cdcbak");
  const WrittenResult result = run(vector.path(), vector.passphrase, "new");
  EXPECT_EQ(result.report.outcome, Outcome::ok);
  EXPECT_NE(result.report.message.find("partial"), std::string::npos) << result.report.message;
  FixedSecrets fresh("new");
  EXPECT_EQ(text_fact(verify_one(target_, &fresh).facts, "plaintext_sha256"), vector.text("plaintext_sha256"));
}

// The order of checks: what no badge takes as a passphrase is refused before the file is looked at.
TEST(BadgePassphrase, AnEmptyOneComesBeforeEverythingThatIsWrongWithTheFile) {
  const auto outcome_with = [](std::string_view name, Secrets* secrets) {
    return verify_one(std::filesystem::path(HWBAK_MUSEUM) / "cdcbak" / (std::string(name) + ".cdcbak"), secrets).outcome;
  };
  for (const auto& [name, own] : {std::pair{"data-after-padding", Outcome::damaged}, std::pair{"cut-within-header", Outcome::damaged},
                                  std::pair{"version-2", Outcome::unsupported}, std::pair{"iterations-0", Outcome::refused}}) {
    FixedSecrets empty(""), other("x");
    EXPECT_EQ(outcome_with(name, &empty), Outcome::refused) << name;
    EXPECT_EQ(outcome_with(name, &other), own) << name;
    EXPECT_EQ(outcome_with(name, nullptr), own) << name;
    FixedSecrets again("");
    Context context;
    context.secrets = &again;
    const Report opened = open(context, std::filesystem::path(HWBAK_MUSEUM) / "cdcbak" / (std::string(name) + ".cdcbak"), {}).report;
    EXPECT_EQ(opened.outcome, Outcome::refused) << name;
    EXPECT_NE(opened.message.find("passphrase is empty"), std::string::npos) << opened.message;
  }
}

// 20 bytes are too few whatever they are; as a file they are no backup that anybody knows, since nothing in them says badge.
TEST(BadgePassphrase, ShortAndWithoutTheMagic) {
  const std::string text = "AAECAwQFBgcICQoLDA0ODxAREhM=";
  try {
    (void)cdcbak::survey(as_bytes(text), {});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.outcome(), Outcome::damaged) << "the length is checked before the magic";
  }
  EXPECT_EQ(verify_one(BadgeFile(ByteView(as_bytes(text))).path(), nullptr).outcome, Outcome::unsupported);
  EXPECT_EQ(verify_one(BadgeFile(ByteView(as_bytes("Q0RDQkFLAQUGBwgJCgsMDQ4PEBE="))).path(), nullptr).outcome, Outcome::damaged);
}

// The page shows a value so that every byte of it is certain.
TEST(BadgePage, RevealedValuesAreReadToTheByte) {
  const auto shown = [](std::string_view json) {
    const BadgeFile file(modules(vault_section("{\"title\":\"t\",\"password\":\"" + std::string(json) + "\"}")));
    FixedSecrets secrets(badge_passphrase);
    Context context;
    context.secrets = &secrets;
    context.reveal = true;
    const Report report = open(context, file.path(), {}).report;
    for (const Section& section : report.page)
      for (const Section::Row& row : section.rows)
        if (row.label == "  password") return std::string(std::get<SecretString>(row.value.get()).expose());
    return std::string("(not shown)");
  };
  EXPECT_EQ(shown("plain a\\\\b \\\"c"), "plain a\\b \"c");
  EXPECT_EQ(shown(" a"), "\" a\"");
  EXPECT_EQ(shown("a "), "\"a \"");
  EXPECT_EQ(shown("\\\"a\\\""), "\"\\\"a\\\"\"");
  EXPECT_EQ(shown("\\\\u{0009}"), "\\u{0009}") << "these eight characters";
  EXPECT_EQ(shown("a\\tb\\\\c"), "\"a\tb\\\\c\"") << "the report shows the tab as an escape, and the backslash is doubled";
}

}  // namespace
}  // namespace hwbak
