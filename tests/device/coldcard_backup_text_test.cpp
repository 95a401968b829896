// Texts as devices write them: the vectors' own from their parts, and new ones from a secret alone.
#include "device/coldcard/backup_text.h"

#include <rapidcheck/gtest.h>

#include "base/as_bytes.h"
#include "base/json_string.h"
#include "device/coldcard/backup.h"
#include "device/coldcard_vectors.h"

namespace hwbak::coldcard {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using testing::vectors;

constexpr std::string_view words12 = "trim thing monkey alarm unlock seminar smile bag later file misery rent";

std::string string_of(const SecretBytes& bytes) { return {bytes.expose().begin(), bytes.expose().end()}; }

SecretString decoded(std::string_view json) { return *JsonSpans::parse(json)->root().string(); }

// The parts of a text that a device wrote.
class Taken final {
 public:
  explicit Taken(std::string_view bytes) : backup_(understand(bytes)) {
    parts.secret = &*backup_.secret;
    parts.chain = backup_.chain;
    const std::vector<Line>& lines = backup_.text.lines;
    for (const Line& line : lines) take(line);
    if (!backup_.fw_version.empty())
      parts.device = {backup_.fw_date, backup_.fw_version, backup_.fw_timestamp, backup_.serial, backup_.hardware};
    const Line& last_but_one = lines.at(lines.size() - 2);
    if (last_but_one.kind == LineKind::comment) parts.filler = last_but_one.text.substr(2);
  }
  TextParts parts;

 private:
  void take(const Line& line) {
    constexpr std::string_view details = "# Private key details: ", setting = "setting.";
    if (line.text.starts_with(details)) parts.chain_label = line.text.substr(details.size());
    if (line.text == "# Duress Wallet (informational)") parts.duress.push_back({{std::string(line.text.substr(2))}, {}});
    if (line.key.starts_with("duress_"))
      parts.duress.back().keys.emplace_back(std::string(line.key), SecretString::copy_of(line.value));
    if (line.key == "long_secret") {
      parts.long_secret = decoded(line.value);
      parts.duress_before_long_secret = !parts.duress.empty();
    }
    if (line.key.starts_with(setting))
      parts.settings.emplace_back(std::string(line.key.substr(setting.size())), SecretString::copy_of(line.value));
    if (line.key == "hsm_policy") parts.hsm_policy = SecretString::copy_of(line.value);
  }

  Backup backup_;
};

TEST(ColdcardBackupText, EveryVectorIsReproducedFromItsParts) {
  for (const auto& v : vectors().all()) EXPECT_EQ(string_of(write_backup_text(Taken(v.text).parts)), v.text) << v.file;
}

TEST(ColdcardBackupText, StringsAreWrittenAsDevicesWriteThem) {
  for (const auto& v : vectors().all())
    for (const Line& line : parse_text(v.text).lines) {
      if (line.kind != LineKind::pair || !line.value.starts_with('"')) continue;
      EXPECT_EQ(json_string(decoded(line.value).expose()).expose(), line.value) << v.file << " " << line.number;
    }
  EXPECT_EQ(json_string("a\"b\\c\n\r\t\x01\x1f\x7f\xE2\x80\x94/").expose(), "\"a\\\"b\\\\c\\n\\r\\t\\u0001\\u001f\x7f\xE2\x80\x94/\"");
  EXPECT_EQ(json_string("").expose(), "\"\"");
}

RC_GTEST_PROP(ColdcardBackupTextProperties, AStringComesBackFromItsJson, ()) {
  std::string text;
  for (const auto code : *rc::gen::container<std::vector<unsigned>>(rc::gen::inRange(0u, 128u))) text.push_back(static_cast<char>(code));
  const SecretString json = json_string(text);
  RC_ASSERT(decoded(json.expose()).equals(text));
}

// What was made of a secret alone is whole, says nothing of a device, and a device would take its length.
void expect_fresh(const WalletSecret& secret, wallet::Chain chain) {
  TextParts parts;
  parts.secret = &secret;
  parts.chain = chain;
  parts.remarks = {"Made by hwbak"};
  const std::string text = string_of(write_backup_text(parts));
  EXPECT_THAT(text, StartsWith("# Coldcard backup file! DO NOT CHANGE.\n\n# Made by hwbak\n\n# Private key details: Bitcoin "));
  EXPECT_TRUE(text.ends_with("\n\n# EOF\n"));
  EXPECT_GT(text.size(), 400u);
  for (const char* invented : {"fw_", "serial", "hardware", "Hardware", "Firmware", "setting."}) EXPECT_THAT(text, Not(HasSubstr(invented)));
  const Backup read = understand(text);
  ASSERT_TRUE(read.secret);
  EXPECT_TRUE(read.secret->node->same_key(*secret.node));
  EXPECT_EQ(read.secret->mode, secret.mode);
  EXPECT_EQ(read.chain, chain);
  EXPECT_EQ(read.consistent.xprv, true);
  EXPECT_EQ(read.consistent.xpub, true);
  EXPECT_EQ(read.consistent.mnemonic, secret.mode == Mode::words ? Check(true) : std::nullopt);
  EXPECT_THAT(read.contradictions, IsEmpty());
  EXPECT_THAT(read.findings, IsEmpty());
  EXPECT_THAT(read.bad_lines, IsEmpty());
  EXPECT_TRUE(read.meaning_complete);
  EXPECT_TRUE(read.secret->zero_tail);
}

TEST(ColdcardBackupText, ASecretAloneMakesABackup) {
  SecretFault fault;
  const auto words = secret_from_mnemonic(words12, fault);
  // The shortest texts there are: short words, and secrets that are nearly all zero.
  const auto zeros = decode_secret("8", fault), short_master = decode_secret("100000000000000000000000000000001", fault);
  ASSERT_TRUE(words && zeros && short_master) << fault.sentence;
  for (const auto chain : {wallet::Chain::mainnet, wallet::Chain::testnet, wallet::Chain::regtest}) {
    expect_fresh(*words, chain);
    expect_fresh(*zeros, chain);
    expect_fresh(*short_master, chain);
    const auto xprv = secret_from_xprv(words->node->xprv(chain).expose(), fault);
    ASSERT_TRUE(xprv) << fault.sentence;
    expect_fresh(xprv->secret, chain);
  }
}

TEST(ColdcardBackupText, DuressBlocksOfAMk4HaveTheirBlankLines) {
  SecretFault fault;
  const auto secret = secret_from_mnemonic(words12, fault);
  TextParts parts;
  parts.secret = &*secret;
  parts.long_secret = SecretString::copy_of("00");
  TextParts::Block block{{"", "Duress: BIP-85 Derived wallet (informational)", "path = m/83696968h/39h/0h/24h/1001h"}, {}};
  block.keys.emplace_back("duress_1001_words", json_string("abandon about"));
  parts.duress.push_back(std::move(block));
  EXPECT_THAT(string_of(write_backup_text(parts)),
              HasSubstr("\nlong_secret = \"00\"\n"
                        "\n\n# Duress: BIP-85 Derived wallet (informational)\n\n# path = m/83696968h/39h/0h/24h/1001h\n"
                        "duress_1001_words = \"abandon about\"\n"
                        "\n# User preferences\n"));
}

TEST(ColdcardBackupText, AFillerOnlyAddsAComment) {
  SecretFault fault;
  const auto secret = secret_from_mnemonic(words12, fault);
  TextParts parts;
  parts.secret = &*secret;
  const std::string plain = string_of(write_backup_text(parts));
  parts.filler = "x";
  const std::string filled = string_of(write_backup_text(parts));
  EXPECT_EQ(filled, plain.substr(0, plain.size() - 6) + "# x\n# EOF\n");
  EXPECT_THAT(understand(filled).bad_lines, IsEmpty());
}

}  // namespace
}  // namespace hwbak::coldcard
