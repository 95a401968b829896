// Holes laid over each line in turn: what survives is proven, and nothing wrong is said.
#include "device/coldcard/backup.h"
#include "device/coldcard_vectors.h"

namespace hwbak::coldcard {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::vectors;

std::vector<std::string> survivors(const Backup& b) {
  std::vector<std::string> out;
  for (const auto& survivor : b.survivors) out.push_back(survivor.what);
  return out;
}

Region place_of(const std::string& text, std::string_view key) {
  const std::size_t at = text.find(std::string("\n").append(key).append(" = ")) + 1;
  return {at, text.find('\n', at) - at};
}

// The bytes of `hole` become noise, as decryption leaves them.
std::string with_noise(std::string text, const Region& hole) {
  for (std::uint64_t i = hole.offset; i < hole.end() && i < text.size(); ++i)
    text[i] = static_cast<char>(0x80 + i * 37 % 100);
  return text;
}

TEST(ColdcardDamage, EachLineLostInTurn) {
  for (const char* file : {"mk4-", "mk3-", "mk5-xprv"}) {
    const auto& v = vectors().named(file);
    const Backup sound = understand(v.text);
    for (const auto& line : sound.text.lines) {
      SCOPED_TRACE(v.file + " line " + std::to_string(line.number));
      if (line.text.empty()) continue;
      const Region hole{line.place.offset, line.text.size()};  // the newline stays
      const Backup b = understand(with_noise(v.text, hole), {{hole}, {}});
      ASSERT_TRUE(b.secret);
      EXPECT_EQ(b.fingerprint, sound.fingerprint);
      EXPECT_THAT(b.contradictions, IsEmpty());
      EXPECT_FALSE(b.meaning_complete);
      for (const char* key : {"mnemonic", "xprv", "xpub", "raw_secret", "duress_xprv", "duress_xpub"}) {
        const bool expected = sound.text.find(key) != nullptr && line.key != key;
        EXPECT_THAT(survivors(b),
                    expected ? ::testing::Matcher<std::vector<std::string>>(Contains(key)) : Not(Contains(key)))
            << key;
      }
      EXPECT_EQ(b.fw_version, line.key == "fw_version" ? "" : sound.fw_version);
      EXPECT_EQ(b.serial, line.key == "serial" ? "" : sound.serial);
      if (line.kind == LineKind::pair) {
        EXPECT_THAT(b.keys, Not(Contains(line.key)));
      }
    }
  }
}

TEST(ColdcardDamage, ABlockAnywhereNeverGivesAWrongFact) {
  const auto& v = vectors().named("mk4-");
  const Backup sound = understand(v.text);
  for (std::uint64_t at = 0; at < v.text.size(); at += 16) {
    SCOPED_TRACE(at);
    const Region lost{at, 16}, suspect{at + 16, 16};
    std::string text = with_noise(v.text, lost);
    if (at + 20 < text.size()) text[at + 20] = static_cast<char>(text[at + 20] ^ 1);  // a wrong bit that stays readable
    const Backup b = understand(text, {{lost}, {suspect}});
    if (b.fingerprint) {
      EXPECT_EQ(b.fingerprint, sound.fingerprint);
    }
    for (const auto& [got, right] :
         {std::pair{&b.fw_version, &sound.fw_version}, {&b.serial, &sound.serial}, {&b.fw_date, &sound.fw_date}})
      if (!got->empty()) {
        EXPECT_EQ(*got, *right);
      }
    EXPECT_EQ(b.chain, sound.chain);
    EXPECT_THAT(b.contradictions, IsEmpty());
    for (const auto& key : b.keys) EXPECT_THAT(sound.keys, Contains(key));
  }
}

TEST(ColdcardDamage, OneSecretLeftIsEnough) {
  const auto& v = vectors().named("mk4-");
  const char* const keys[] = {"mnemonic", "xprv", "xpub", "raw_secret"};
  for (const std::string kept : keys) {
    SCOPED_TRACE(kept);
    TextDamage damage;
    std::string text = v.text;
    for (const char* key : keys) {
      if (key == kept) continue;
      damage.lost.push_back(place_of(v.text, key));
      text = with_noise(std::move(text), damage.lost.back());
    }
    const Backup b = understand(text, damage);
    EXPECT_EQ(wallet::to_text(*b.fingerprint), "380C7AFD");
    EXPECT_EQ(b.secret.has_value(), kept != "xpub");
    if (b.secret) {
      EXPECT_EQ(b.secret_source, kept);
    }
    const bool proven = kept != "raw_secret";
    EXPECT_EQ(survivors(b).size(), proven ? 1u : 0u) << "raw_secret has no checksum of its own";
    if (!proven) {
      EXPECT_EQ(b.findings.at(0).code, "secret-unproven");
    }
  }
}

TEST(ColdcardDamage, LinesInDoubtCountOnlyWhenProven) {
  const auto& v = vectors().named("mk4-");
  const Region everything{0, v.text.size()};
  const Backup all = understand(v.text, {{}, {everything}});
  EXPECT_THAT(survivors(all), ::testing::ElementsAre("mnemonic", "xprv", "xpub", "raw_secret"));
  EXPECT_EQ(all.secret_source, "raw_secret");
  EXPECT_EQ(all.fw_version, "");

  // One digit of raw_secret differs: it decodes, to another wallet, and must not win.
  std::string text = v.text;
  const Region raw = place_of(text, "raw_secret");
  text[raw.offset + 20] ^= 1;
  const Backup b = understand(text, {{}, {raw}});
  EXPECT_EQ(b.secret_source, "mnemonic");
  EXPECT_EQ(wallet::to_text(*b.fingerprint), "380C7AFD");
  EXPECT_THAT(survivors(b), Not(Contains("raw_secret")));
  EXPECT_THAT(b.contradictions, IsEmpty());
}

TEST(ColdcardDamage, AMnemonicInDoubtDoesNotStandAgainstXprv) {
  const std::string& sound = vectors().named("mk4-").text;
  const Region place = place_of(sound, "mnemonic");
  const std::string line =
      "mnemonic = \"abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about\"";
  const std::string text = sound.substr(0, place.offset) + line + sound.substr(place.end());
  const Backup b = understand(text, {{}, {{place.offset, line.size()}}});
  EXPECT_THAT(survivors(b), Not(Contains("mnemonic")));
  EXPECT_EQ(wallet::to_text(*b.fingerprint), "380C7AFD");
  EXPECT_THAT(b.contradictions, IsEmpty());
}

TEST(ColdcardDamage, TheChainIsReadFromAProvenKey) {
  const auto& v = vectors().named("q1-");
  const Region chain = place_of(v.text, "chain");
  const Backup b = understand(with_noise(v.text, chain), {{chain}, {}});
  EXPECT_FALSE(b.chain_given);
  EXPECT_EQ(b.chain, wallet::Chain::testnet);
  EXPECT_EQ(b.consistent.xprv, true);
}

TEST(ColdcardDamage, VaultEntriesProveThemselves) {
  std::string text = vectors().named("mk4-").text;
  text.insert(text.find("\n# EOF") + 1,
              "setting.seeds = [[\"380C7AFD\", \"80e8bc163c82eee18733288c7d4ac636db\", \"a\", \"Dice\"]]\n");
  const Region serial = place_of(text, "serial");
  EXPECT_THAT(survivors(understand(with_noise(text, serial), {{serial}, {}})), Contains("seed vault 1"));
  const Region seeds = place_of(text, "setting.seeds");
  EXPECT_THAT(survivors(understand(with_noise(text, seeds), {{seeds}, {}})), Not(Contains("seed vault 1")));
}

}  // namespace
}  // namespace hwbak::coldcard
