// Edited and odd texts: what contradicts, what is only remarked, and that no shape of JSON does harm.
#include <algorithm>

#include "device/coldcard/backup.h"
#include "device/coldcard_vectors.h"
#include "wallet/bip39.h"

namespace hwbak::coldcard {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::vectors;

const std::string& plain() { return vectors().named("mk4-").text; }

// The text with the line of `key` replaced (empty: taken out).
std::string with(const std::string& text, std::string_view key, std::string_view line) {
  const std::size_t at = text.find(std::string("\n").append(key).append(" = ")) + 1;
  const std::size_t end = text.find('\n', at) + 1;
  std::string out = text.substr(0, at);
  if (!line.empty()) out.append(line).append("\n");
  return out.append(text, end, std::string::npos);
}
std::string plus(const std::string& text, std::string_view line) {
  const std::size_t at = text.find("\n# EOF");
  std::string out = text.substr(0, at);
  return out.append("\n").append(line).append(text, at, std::string::npos);
}

std::vector<std::string> codes(const Backup& b) {
  std::vector<std::string> out;
  for (const auto& finding : b.findings) out.push_back(finding.code);
  return out;
}

// A new wallet from a secret of any kind, as a device would write it.
std::string text_for(std::string_view raw_secret, bool testnet = false) {
  SecretFault fault;
  const auto secret = decode_secret(raw_secret, fault);
  const auto chain = testnet ? wallet::Chain::testnet : wallet::Chain::mainnet;
  std::string out = "# Coldcard backup file! DO NOT CHANGE.\n\n";
  const auto line = [&](std::string_view key, std::string_view value) {
    out.append(key).append(" = \"").append(value).append("\"\n");
  };
  if (secret->mode == Mode::words) line("mnemonic", secret->mnemonic.expose());
  if (secret->mode == Mode::master) line("bip32_master_key", std::string(raw_secret.substr(2)));
  line("chain", wallet::coldcard_code(chain));
  line("xprv", secret->node->xprv(chain).expose());
  line("xpub", secret->node->xpub(chain));
  line("raw_secret", raw_secret);
  line("fw_version", "5.4.0");
  return out + "\n# EOF\n";
}

TEST(ColdcardMeaning, EveryKindOfSecretAgreesWithItself) {
  for (const char* raw :
       {"80aa", "8", "81bb0", "82cc", "82ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "10000102030405060708090a0b0c0d0e0f",
        "40fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b7875726f6c69666360"
        "5d5a5754514e4b484542",
        "01111111111111111111111111111111111111111111111111111111111111111122222222222222222222222222222222222222222222"
        "22222222222222222222"}) {
    for (const bool testnet : {false, true}) {
      const Backup b = understand(text_for(raw, testnet));
      EXPECT_THAT(b.contradictions, IsEmpty()) << raw;
      EXPECT_THAT(b.findings, IsEmpty()) << raw;
      EXPECT_EQ(b.consistent.xprv, true);
      EXPECT_EQ(b.consistent.xpub, true);
      EXPECT_EQ(b.consistent.mnemonic.has_value(), b.secret->mode == Mode::words);
      EXPECT_TRUE(b.meaning_complete);
    }
  }
}

TEST(ColdcardMeaning, AnotherWalletsXprvContradicts) {
  const std::string xprv = "xprv = " + std::string(vectors().named("mk3-").expect.member("xprv")->raw());
  const Backup b = understand(with(plain(), "xprv", xprv));
  EXPECT_EQ(b.consistent.xprv, false);
  EXPECT_EQ(b.consistent.xpub, true);
  EXPECT_EQ(b.consistent.mnemonic, true);
  EXPECT_EQ(wallet::to_text(*b.fingerprint), "380C7AFD") << "raw_secret is what a device restores";
  ASSERT_EQ(b.contradictions.size(), 1u);
  EXPECT_THAT(b.contradictions[0], HasSubstr("another wallet"));
  EXPECT_THAT(b.contradictions[0], HasSubstr("refuses"));
}

TEST(ColdcardMeaning, TheRightKeyInAnotherFormContradicts) {
  SecretFault fault;
  const auto secret = decode_secret("80aa", fault);
  const std::string text = text_for("80aa");
  const Backup b = understand(with(text, "xpub", "xpub = \"" + secret->node->xpub(wallet::Chain::testnet) + "\""));
  EXPECT_EQ(b.consistent.xpub, false);
  EXPECT_THAT(b.contradictions, ElementsAre(HasSubstr("right key")));
  const Backup swapped = understand(
      with(text, "xpub", "xpub = \"" + std::string(secret->node->xprv(wallet::Chain::mainnet).expose()) + "\""));
  EXPECT_THAT(swapped.contradictions, ElementsAre(HasSubstr("other kind")));
}

TEST(ColdcardMeaning, WrongMnemonicsContradict) {
  const std::string abandon = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon ";
  for (const auto& [words, why] :
       std::vector<std::pair<std::string, std::string>>{{abandon + "about", "different wallets"},
                                                        {abandon + "zoo", "checksum"},
                                                        {abandon + abandon + "abandon abandon about", "25 words"}}) {
    const Backup b = understand(with(plain(), "mnemonic", "mnemonic = \"" + words + "\""));
    EXPECT_EQ(b.consistent.mnemonic, false);
    EXPECT_THAT(b.contradictions, ElementsAre(HasSubstr(why)));
    EXPECT_EQ(b.secret_source, "raw_secret");
  }
  const Backup imported = understand(plus(vectors().named("mk5-xprv").text, "mnemonic = \"" + abandon + "about\""));
  EXPECT_EQ(imported.consistent.mnemonic, false);
  EXPECT_THAT(imported.contradictions, ElementsAre(HasSubstr("not made of words")));
}

TEST(ColdcardMeaning, WithoutRawSecretTheRestIsShownAndSaid) {
  const Backup b = understand(with(plain(), "raw_secret", ""));
  EXPECT_EQ(b.secret_fault, "raw_secret is missing");
  EXPECT_EQ(b.secret_source, "mnemonic");
  EXPECT_EQ(wallet::to_text(*b.fingerprint), "380C7AFD");
  EXPECT_EQ(b.consistent.xprv, true);
  EXPECT_EQ(b.consistent.mnemonic, std::nullopt) << "nothing to hold it against";
  EXPECT_THAT(b.contradictions, ElementsAre(HasSubstr("device needs it")));
  EXPECT_FALSE(b.meaning_complete);

  const Backup key_only = understand(with(with(plain(), "raw_secret", "raw_secret = \"83\""), "mnemonic", ""));
  EXPECT_EQ(key_only.secret_source, "xprv");
  EXPECT_EQ(key_only.secret->mode, Mode::xprv);
  EXPECT_THAT(*key_only.secret_fault, HasSubstr("does not decode"));
  const Backup zero = understand(with(plain(), "raw_secret", "raw_secret = \"00\""));
  EXPECT_THAT(*zero.secret_fault, HasSubstr("empty"));
  const Backup nothing = understand("# Coldcard backup file! DO NOT CHANGE.\n# EOF\n");
  EXPECT_FALSE(nothing.secret);
  EXPECT_FALSE(nothing.fingerprint);
  EXPECT_EQ(nothing.contradictions.size(), 1u);
}

TEST(ColdcardMeaning, ChainsAreJudged) {
  const Backup absent = understand(with(plain(), "chain", ""));
  EXPECT_FALSE(absent.chain_given);
  EXPECT_EQ(absent.chain_code, "BTC");
  EXPECT_EQ(absent.consistent.xprv, true);
  const Backup unknown = understand(with(plain(), "chain", "chain = \"LTC\""));
  EXPECT_FALSE(unknown.chain_known);
  EXPECT_EQ(unknown.chain_code, "LTC");
  EXPECT_THAT(unknown.contradictions, ElementsAre(HasSubstr("refuses to restore")));
  const Backup other = understand(with(plain(), "setting.chain", "setting.chain = \"XTN\""));
  EXPECT_THAT(codes(other), ElementsAre("chain-setting"));
  EXPECT_THAT(other.contradictions, IsEmpty());
}

TEST(ColdcardMeaning, OldAndInjectedSettingsAreRemarked) {
  const std::int64_t own = 0xFD7A0C38;  // 380C7AFD, little-endian
  const Backup old = understand(plus(plain(), "setting.xfp = " + std::to_string(own)));
  EXPECT_THAT(codes(old), ElementsAre("old-setting"));
  EXPECT_THAT(old.contradictions, IsEmpty());
  EXPECT_THAT(understand(plus(plain(), "setting.xfp = 1")).contradictions, ElementsAre(HasSubstr("setting.xfp")));
  EXPECT_THAT(understand(plus(plain(), "setting.xpub = \"xpub\"")).contradictions,
              ElementsAre(HasSubstr("setting.xpub")));
  for (const char* name : {"bkpw", "ccc", "ktrx", "lfr", "sd2fa", "words"}) {
    const Backup b = understand(plus(plain(), "setting." + std::string(name) + " = \"x\""));
    ASSERT_THAT(codes(b), ElementsAre("never-written")) << name;
    EXPECT_EQ(b.findings[0].level, Severity::warning);
    EXPECT_THAT(b.findings[0].where, HasSubstr("line "));
  }
  const Backup many =
      understand(plus(plain(), "setting.usr = {}\nsetting.wifs = [1, 2]\nsetting.sssp = {}\nsetting.seeds = []"));
  EXPECT_THAT(codes(many), ElementsAre("hsm-users", "private-keys", "spending-policy", "never-written"));
  EXPECT_THAT(many.findings[1].message, HasSubstr(": 2."));
}

TEST(ColdcardMeaning, FramesAndLinesAreJudged) {
  std::string crlf;
  for (const char c : plain()) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_THAT(codes(understand(crlf)), Contains("crlf"));
  EXPECT_THAT(codes(understand("x" + plain())), Contains("no-first-comment"));
  EXPECT_THAT(codes(understand(plain().substr(0, plain().rfind("# EOF")))), Contains("no-eof-mark"));
  EXPECT_THAT(codes(understand(plain().substr(0, plain().size() - 1))), Contains("no-last-newline"));
  const Backup odd = understand(plus(plain(), "what is this\nsetting.du = 2\nsetting.x = \"\xFF\""));
  EXPECT_EQ(odd.bad_lines.size(), 3u);
  EXPECT_TRUE(std::is_sorted(odd.bad_lines.begin(), odd.bad_lines.end()));
  EXPECT_TRUE(odd.meaning_complete);
  EXPECT_THAT(codes(understand(with(plain(), "raw_secret", "raw_secret = \"80e8bc163c82eee18733288c7d4ac636db01\""))),
              Contains("raw-secret-tail"));
  EXPECT_THAT(codes(understand(with(plain(), "long_secret", "long_secret = \"00\""))), Contains("long-secret"));
}

TEST(ColdcardMeaning, DuressWalletsAreMadeAgain) {
  const Backup main = understand(plain());
  const auto& secret = *main.secret;
  const std::string words = std::string(wallet::bip85_words(*secret.node, 24, 1001)->expose());
  const std::uint32_t path[] = {wallet::hardened | 2147431408u, wallet::hardened, wallet::hardened};
  const std::string xprv = std::string(secret.node->derive(path)->rerooted().xprv(wallet::Chain::mainnet).expose());
  const Backup good = understand(plus(plain(), "duress_xprv = \"" + xprv + "\"\nduress_1001_words = \"" + words + "\""));
  EXPECT_EQ(good.consistent.duress, true);
  EXPECT_EQ(good.duress.size(), 2u);
  EXPECT_TRUE(good.duress[1].fingerprint);
  EXPECT_THAT(good.contradictions, IsEmpty());
  const Backup bad = understand(plus(plain(), "duress_1002_words = \"" + words + "\"\nduress_xprv = 5"));
  EXPECT_EQ(bad.consistent.duress, false);
  EXPECT_EQ(bad.contradictions.size(), 2u);
}

std::string multisig_with(std::string_view own_path, std::string_view options, std::string_view fifth = "") {
  const Backup backup = understand(plain());
  const auto& main = *backup.secret->node;
  const auto other = wallet::Node::from_seed(Bytes(16, 7));
  const auto path = *wallet::parse_path("m/48h/0h/0h/2h");
  const auto list = [&](const wallet::Node& node, bool deriv) {
    const auto xfp = node.fingerprint();
    const std::uint32_t le = xfp[0] | xfp[1] << 8 | xfp[2] << 16 | static_cast<std::uint32_t>(xfp[3]) << 24;
    return std::string("[") + std::to_string(le) + (deriv ? ", 0" : "") + ", \"" +
           node.derive(path)->xpub(wallet::Chain::mainnet) + "\"]";
  };
  const bool deriv = own_path == "d";
  return "setting.multisig = [[\"ours\", [1, 2], [" + list(main, deriv) + ", " + list(*other, deriv) + "], {" +
         std::string(options) + "}" + std::string(fifth) + "]]";
}

TEST(ColdcardMeaning, MultisigKeysAreComparedWithTheSeed) {
  const Backup common = understand(plus(plain(), multisig_with("", R"("ft": 14, "pp": "m/48'/0'/0'/2'")")));
  EXPECT_THAT(common.contradictions, IsEmpty());
  ASSERT_EQ(common.multisig.size(), 1u);
  EXPECT_TRUE(common.multisig[0].own_key_present && common.multisig[0].own_key_matches);
  EXPECT_THAT(common.multisig[0].first_address, ::testing::StartsWith("bc1q"));
  EXPECT_EQ(common.multisig[0].cosigners[1].path, "m/48h/0h/0h/2h");

  const Backup own = understand(plus(plain(), multisig_with("d", R"("ft": 26, "d": ["m/48h/0h/0h/2h"])", ", 0")));
  EXPECT_TRUE(own.multisig[0].own_key_matches);
  EXPECT_FALSE(own.multisig[0].sorted);
  EXPECT_EQ(own.multisig[0].script, "p2sh-p2wsh");
  EXPECT_THAT(own.multisig[0].first_address, ::testing::StartsWith("3"));

  const Backup pathless = understand(plus(plain(), multisig_with("", "")));
  EXPECT_THAT(pathless.contradictions, IsEmpty());
  EXPECT_FALSE(pathless.multisig[0].own_key_matches);
  EXPECT_THAT(codes(pathless), ElementsAre("multisig-path-unknown"));
  EXPECT_EQ(pathless.multisig[0].script, "p2sh");

  const Backup wrong = understand(plus(plain(), multisig_with("", R"("ft": 14, "pp": "m/48h/0h/1h/2h")")));
  EXPECT_THAT(codes(wrong), ElementsAre("multisig"));
  EXPECT_THAT(wrong.multisig[0].complaints, ElementsAre(HasSubstr("not the one its secret gives")));
  const Backup chain = understand(plus(plain(), multisig_with("", R"("ch": "XTN", "pp": "m/48h/0h/0h/2h")")));
  EXPECT_EQ(std::ranges::count(codes(chain), "multisig"), 2) << "both keys are written for another chain";
  const Backup foreign =
      understand(plus(vectors().named("mk5-xprv").text, multisig_with("", R"("pp": "m/48h/0h/0h/2h")")));
  EXPECT_THAT(foreign.contradictions, IsEmpty()) << "a passphrase wallet may carry wallets of another seed";
  EXPECT_THAT(codes(foreign), ElementsAre("multisig-without-own-key"));
}

TEST(ColdcardMeaning, SeedVaultEntriesGiveTheirFingerprint) {
  const Backup b = understand(plus(
      plain(),
      R"(setting.seeds = [["380c7afd", "80e8bc163c82eee18733288c7d4ac636db", "a", "Dice"], ["00000000", "10", "b", "Imported"], 7])"));
  EXPECT_EQ(b.consistent.seed_vault, false);
  ASSERT_EQ(b.vault.size(), 3u);
  EXPECT_TRUE(b.vault[0].consistent);
  EXPECT_EQ(b.vault[0].mnemonic.expose(), b.secret->mnemonic.expose());
  EXPECT_TRUE(b.vault[1].decodes);
  EXPECT_EQ(b.vault[1].mode, Mode::master);
  EXPECT_FALSE(b.vault[2].decodes);
  EXPECT_THAT(codes(b), ElementsAre("seed-vault", "seed-vault"));
}

TEST(ColdcardMeaning, NoShapeOfJsonDoesHarm) {
  const char* values[] = {"null",
                          "true",
                          "-1",
                          "1e400",
                          "99999999999999999999",
                          "\"x\"",
                          "\"\\ud800\"",
                          "[]",
                          "{}",
                          "[[]]",
                          "[{}]",
                          "[null]",
                          "[[1,2,3,4,5]]",
                          R"([["n",[2,3],[[1]],{"d":5}]])",
                          R"([["n",["a"],{},[]]])",
                          R"({"a":[1,2,3]})",
                          R"({"a":null,"!p":[]})",
                          R"([["n",[1,1],[[1,99,"x"]],{"d":["m/1"],"ft":"14","ch":4,"pp":[]}]])"};
  for (const char* key : {"mnemonic",         "bip32_master_key", "chain",         "xprv",          "xpub",
                          "raw_secret",       "long_secret",      "duress_xprv",   "duress_xpub",   "duress_1001_words",
                          "fw_date",          "fw_version",       "fw_timestamp",  "serial",        "hardware",
                          "hsm_policy",       "setting.multisig", "setting.seeds", "setting.notes", "setting.tp",
                          "setting.xfp",      "setting.xpub",     "setting.chain", "setting.wifs",  "setting.usr",
                          "setting.seedvault"})
    for (const char* value : values) {
      const Backup b = understand(plus(plain(), std::string(key) + " = " + value));
      EXPECT_EQ(b.secret.has_value(), true) << key << value;
    }
  EXPECT_THAT(codes(understand(with(plain(), "serial", "serial = 5"))), Contains("wrong-type"));
}

TEST(ColdcardMeaning, HugeListsAreCutWithARemark) {
  std::string vault = "setting.seeds = [0", notes = "setting.notes = [{}", pins = "setting.tp = {\"1\": [0,0,0]",
              multisig = "setting.multisig = [0";
  for (int i = 0; i < 11'000; ++i) notes += ", {}";
  for (int i = 0; i < 2'100; ++i) vault += ", 0", multisig += ", 0", pins += ", \"" + std::to_string(i) + "\": [0,0,0]";
  const Backup b = understand(plus(plain(), vault + "]\n" + notes + "]\n" + pins + "}\n" + multisig + "]"));
  EXPECT_EQ(std::ranges::count(codes(b), "too-many-records"), 4);
  EXPECT_FALSE(b.meaning_complete);
}

TEST(ColdcardMeaning, HsmPoliciesAreCounted) {
  const Backup b =
      understand(plus(plain(), R"(hsm_policy = "{\"rules\": [{\"users\": [\"a\", \"b\"]}, {\"users\": [\"a\"]}]}")"));
  EXPECT_EQ(b.hsm_policy_summary, "2 rules, 2 users named");
  const Backup bad = understand(plus(plain(), R"(hsm_policy = "{oops")"));
  EXPECT_FALSE(bad.hsm_policy_summary);
  EXPECT_THAT(codes(bad), ElementsAre("hsm-policy", "hsm-policy-not-restored"));
}

TEST(ColdcardMeaning, TrickPinsAreSaidInWords) {
  const Backup b = understand(
      plus(plain(), R"(setting.tp = {"11-22": [0, 16448, 60], "33-44": [1, 1024, 0], "55-66": [2, 0, 0], "7": "x"})"));
  ASSERT_EQ(b.trick_pins.size(), 3u);
  EXPECT_EQ(b.trick_pins[0].pin.expose(), "11-22");
  EXPECT_EQ(b.trick_pins[0].what, "brick the device, countdown of 60 minutes");
  EXPECT_EQ(b.trick_pins[1].what, "delta mode");
  EXPECT_EQ(b.trick_pins[2].what, "nothing");
  EXPECT_THAT(codes(b), ElementsAre("wrong-type"));
}

TEST(ColdcardMeaning, NotesExportsAreRead) {
  const auto notes = understand_notes(
      R"({"coldcard_notes": [{"title": "t", "misc": "m", "group": "g"}, {"title": "p", "password": "s"}]})");
  ASSERT_TRUE(notes);
  ASSERT_EQ(notes->notes.size(), 2u);
  EXPECT_EQ(notes->notes[0].group, "g");
  EXPECT_TRUE(notes->notes[1].is_password);
  for (const char* text : {"", "{", "[]", "{}", R"({"coldcard_notes": {}})"})
    EXPECT_FALSE(understand_notes(text)) << text;
}

}  // namespace
}  // namespace hwbak::coldcard
