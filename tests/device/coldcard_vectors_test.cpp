// Every expected field of the vectors, from texts that the real 7z program extracted.
#include "device/coldcard/backup.h"
#include "device/coldcard_vectors.h"

namespace hwbak::coldcard {
namespace {

using ::testing::IsEmpty;
using testing::vectors;

std::string expected(const JsonSpans::Ref& object, std::string_view key) {
  const auto value = object.member(key);
  const auto text = value ? value->string() : std::nullopt;
  return text ? std::string(text->expose()) : std::string();
}

Check expected_check(const JsonSpans::Ref& expect, std::string_view key) {
  const auto value = expect.member("consistent")->member(key);
  return value ? value->boolean() : std::nullopt;
}

TEST(ColdcardVectors, EveryExpectedFieldHolds) {
  ASSERT_EQ(vectors().all().size(), 9u);
  for (const auto& v : vectors().all()) {
    SCOPED_TRACE(v.file);
    ASSERT_FALSE(v.text.empty());
    const Backup b = understand(v.text);
    ASSERT_TRUE(b.secret);
    EXPECT_EQ(name(b.secret->mode), expected(v.expect, "mode"));
    EXPECT_EQ(b.secret_source, "raw_secret");
    EXPECT_EQ(wallet::to_text(*b.fingerprint), expected(v.expect, "master_fingerprint"));
    EXPECT_EQ(b.secret->mnemonic.expose(), expected(v.expect, "mnemonic"));
    EXPECT_EQ(b.secret->node->xprv(b.chain).expose(), expected(v.expect, "xprv"));
    EXPECT_EQ(b.secret->node->xpub(b.chain), expected(v.expect, "xpub"));
    EXPECT_EQ(b.chain_code, expected(v.expect, "chain"));
    EXPECT_TRUE(b.chain_given && b.chain_known);
    EXPECT_EQ(b.fw_date, expected(v.expect, "fw_date"));
    EXPECT_EQ(b.fw_version, expected(v.expect, "fw_version"));
    EXPECT_EQ(b.fw_timestamp, expected(v.expect, "fw_timestamp"));
    EXPECT_EQ(b.hardware, expected(v.expect, "hardware"));
    EXPECT_EQ(b.serial, expected(v.expect, "serial"));
    EXPECT_EQ(b.consistent.xprv, expected_check(v.expect, "xprv"));
    EXPECT_EQ(b.consistent.xpub, expected_check(v.expect, "xpub"));
    EXPECT_EQ(b.consistent.mnemonic, expected_check(v.expect, "mnemonic"));
    std::vector<std::string> keys;
    for (const auto& key : v.expect.member("keys")->children()) keys.emplace_back(key.string()->expose());
    EXPECT_EQ(b.keys, keys);
    EXPECT_THAT(b.bad_lines, IsEmpty());
    EXPECT_THAT(b.survivors, IsEmpty());
    EXPECT_TRUE(b.meaning_complete);
    EXPECT_TRUE(is_backup_text(v.text));
    EXPECT_FALSE(is_notes_export(v.text));
  }
}

TEST(ColdcardVectors, NoneContradictsItselfAndTheMadeUpRecordsOfTheQAreFound) {
  for (const auto& v : vectors().all()) EXPECT_THAT(understand(v.text).contradictions, IsEmpty()) << v.file;
  // Its multisig keys and its vault's fingerprint AABBCCDD were invented: checks 7 and 8 must see that.
  const Backup b = understand(vectors().named("q1-").text);
  const auto message = [&](std::string_view code) {
    for (const Finding& finding : b.findings)
      if (finding.code == code) return finding.message;
    return std::string();
  };
  EXPECT_THAT(message("multisig"), ::testing::HasSubstr("E41D4589 is not among its keys"));
  EXPECT_THAT(message("seed-vault"), ::testing::HasSubstr("Seed Vault entry 1"));
  EXPECT_EQ(b.consistent.seed_vault, false);
}

TEST(ColdcardVectors, Mk3HasItsDuressWalletAndPolicy) {
  const Backup b = understand(vectors().named("mk3-").text);
  EXPECT_EQ(b.consistent.duress, true);
  ASSERT_EQ(b.duress.size(), 2u);
  EXPECT_EQ(b.duress[0].key, "duress_xprv");
  EXPECT_EQ(b.duress[0].fingerprint, b.duress[1].fingerprint);
  EXPECT_EQ(b.hsm_policy_summary, "1 rule, 0 users named");
  ASSERT_EQ(b.findings.size(), 1u);
  EXPECT_EQ(b.findings[0].code, "never-written");
  EXPECT_EQ(b.findings[0].level, Severity::note) << "setting._age";
}

TEST(ColdcardVectors, TheQShowsItsRecords) {
  const Backup b = understand(vectors().named("q1-").text);
  ASSERT_EQ(b.multisig.size(), 1u);
  const auto& wallet = b.multisig[0];
  EXPECT_EQ(wallet.name, "Vault2of3");
  EXPECT_EQ(wallet.m, 2u);
  EXPECT_EQ(wallet.n, 3u);
  EXPECT_EQ(wallet.script, "p2wsh");
  EXPECT_TRUE(wallet.sorted);
  ASSERT_EQ(wallet.cosigners.size(), 3u);
  EXPECT_EQ(wallet::to_text(wallet.cosigners[0].fingerprint), "01E6A2F5");
  EXPECT_EQ(wallet.cosigners[0].path, "m/48h/1h/0h/2h");
  EXPECT_TRUE(wallet.cosigners[2].decodes);
  EXPECT_THAT(wallet.first_address, ::testing::StartsWith("tb1q"));

  ASSERT_EQ(b.notes.size(), 2u);
  EXPECT_FALSE(b.notes[0].is_password);
  EXPECT_EQ(b.notes[0].misc.expose(), "Line one\nLine two — with “quotes” and a tab\tend");
  EXPECT_TRUE(b.notes[1].is_password);
  EXPECT_EQ(b.notes[1].password.expose(), "hunter2 = \"x\"");

  ASSERT_EQ(b.vault.size(), 1u);
  EXPECT_TRUE(b.vault[0].decodes);
  EXPECT_EQ(b.vault[0].word_count, 12u);
  EXPECT_EQ(b.vault[0].origin, "TRNG Words");

  ASSERT_EQ(b.trick_pins.size(), 2u);
  EXPECT_EQ(b.trick_pins[0].what, "open a duress wallet (2001)");
  EXPECT_EQ(b.trick_pins[1].what, "wipe the seed, brick the device");
  EXPECT_TRUE(b.trick_pins[1].is_wrong_pin_rule);
  EXPECT_THAT(b.settings, ::testing::Contains("bkpw_note"));
}

}  // namespace
}  // namespace hwbak::coldcard
