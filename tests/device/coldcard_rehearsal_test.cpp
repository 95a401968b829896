// Verify and Restore of whole files: vectors, eras, passwords, ways, and each of Verify's own checks.
#include "device/coldcard/rehearsal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device/coldcard_archives.h"

namespace hwbak::coldcard {
namespace {

using namespace hwbak::test;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const Firmware newest = device("5.6.1");
constexpr std::string_view rewrite = "Give it the layout of a device: `hwbak rekey {file} --output NEW.7z`.";

Presented present(const Bytes& file, std::optional<std::string_view> password = twelve_words,
                  std::string_view name = "backup.7z", Way way = Way::menu) {
  Presented out{file, name, std::nullopt, way};
  if (password) out.typed_password = as_bytes(*password);
  return out;
}
Restored restored(const Bytes& file, std::string_view version = "5.6.1", std::string_view password = twelve_words) {
  return restore(present(file, password), device(version), DeviceState::empty);
}

std::string recorded(const Vector& vector, const char* key) {
  const std::string text(vector.all.at(key).as_string());
  return text.substr(0, text.find('('));
}

TEST(ColdcardRehearsal, VectorsGetTheRecordedVerdicts) {
  unsigned seen = 0;
  for (const Vector& v : vectors()) {
    if (v.kind == "cleartext" || !std::filesystem::exists(v.path())) continue;
    SCOPED_TRACE(v.file);
    const Bytes file = read_bytes(v.path());
    const Way way = v.kind == "clone" ? Way::clone : Way::menu;
    const DeviceAnswer checked = verify(present(file, std::nullopt, v.file), newest);
    EXPECT_EQ(name(checked.verdict), recorded(v, "device_verify"));
    const Restored got = restore(present(file, v.password, v.file, way), newest, DeviceState::empty);
    EXPECT_EQ(name(got.answer.verdict), recorded(v, "device_restore"));
    if (v.kind == "foreign-7z") {
      EXPECT_THAT(checked.message, HasSubstr("07 0b 01 00 01 24 06 f1 07 01"));
      EXPECT_THAT(got.answer.reason, HasSubstr("07 0b 01 00 01 24 06 f1 07 01"));
      EXPECT_THAT(got.answer.message, StartsWith("Unable to decrypt backup file. Incorrect password?"));
      EXPECT_EQ(got.answer.mend, rewrite);
    } else {
      ASSERT_TRUE(got.fingerprint);
      EXPECT_EQ(wallet::to_text(*got.fingerprint), v.expect().at("master_fingerprint").as_string());
      EXPECT_TRUE(got.asks_to_confirm);
      EXPECT_TRUE(got.secret && got.secret->node);
    }
    ++seen;
  }
  EXPECT_GE(seen, 8u);
}

TEST(ColdcardRehearsal, CleartextGoesThroughTheDeveloperMenu) {
  const Bytes file = read_bytes(vector("backup.txt").path());
  const Restored got = restore(present(file, std::nullopt, "backup.txt"), newest, DeviceState::empty);
  EXPECT_EQ(got.answer.verdict, Verdict::accept);
  EXPECT_THAT(got.answer.mend, HasSubstr("Restore Bkup"));
  EXPECT_EQ(wallet::to_text(*got.fingerprint), vector("backup.txt").expect().at("master_fingerprint").as_string());
  const Restored old = restore(present(file, std::nullopt, "backup.txt"), device("4.1.9"), DeviceState::empty);
  EXPECT_THAT(old.answer.mend, HasSubstr("Restore Txt Bkup"));
  EXPECT_EQ(verify(present(file, std::nullopt, "backup.txt"), newest).message, "No suitable files found");
  EXPECT_EQ(restore(present(file, std::nullopt, "backup.txt"), device("5.3.0"), DeviceState::temporary).answer.verdict,
            Verdict::reject);
  EXPECT_EQ(restore(present(file, std::nullopt, "note.doc"), newest, DeviceState::empty).answer.verdict, Verdict::reject);
}

TEST(ColdcardRehearsal, Eras) {
  const Vector& mk3 = vector("mk3-24words-duress.7z");  // ckcc-backup.txt, a text of 2032 bytes
  const Bytes file = read_bytes(mk3.path());
  const auto verdict = [&](std::string_view version) { return restored(file, version, mk3.password).answer.verdict; };
  EXPECT_EQ(verdict("2.0.4"), Verdict::reject);
  EXPECT_EQ(verdict("2.1.0"), Verdict::accept);
  EXPECT_EQ(verdict("4.2.0"), Verdict::accept);
  const auto checked = [&](std::string_view version) { return verify(present(file), device(version)); };
  EXPECT_THAT(checked("2.1.3").reason, HasSubstr("less than 2000"));
  EXPECT_EQ(checked("2.1.3").mend, "Use firmware 3.0.5 or later.");
  EXPECT_EQ(checked("1.0.0").mend, "Use firmware 3.0.5 or later.");
  EXPECT_EQ(restored(file, "1.0.0", mk3.password).answer.mend, "Use firmware 2.1.0 or later.");
  EXPECT_EQ(checked("3.0.5").verdict, Verdict::accept);

  const Bytes mk4 = read_bytes(vector("mk4-12words.7z").path());
  const std::string& password = vector("mk4-12words.7z").password;
  EXPECT_THAT(restored(mk4, "3.2.2", password).answer.reason, HasSubstr("ckcc-backup.txt"));
  EXPECT_EQ(verify(present(mk4), device("3.2.2")).mend, "Use firmware 4.0.0 or later.");
  EXPECT_EQ(verify(present(mk4), device("3.0.5")).mend, "Use firmware 4.0.0 or later (Mk2 and Mk3 only).") << "no Mk1";
  EXPECT_EQ(restored(mk4, "3.2.2", password).answer.mend, "Use firmware 4.0.0 or later.");
  EXPECT_EQ(restored(mk4, "4.0.0", password).answer.verdict, Verdict::accept);

  const Bytes large = make_archive({.text = small_text("# " + std::string(20000, 'x') + "\n")});
  EXPECT_THAT(restored(large, "4.2.0").answer.reason, HasSubstr("at most 10000"));
  EXPECT_EQ(restored(large, "4.2.0").answer.mend,
            "Take it to a Mk4 or Mk5 with firmware 5.3.0 or later, or a Q with firmware 1.0.2Q or later, or make a smaller "
            "backup: remove notes or multisig wallets on the device first.");
  EXPECT_EQ(restored(large, "1.0.1Q").answer.mend, "Use firmware 1.0.2Q or later.");
  EXPECT_EQ(restored(large, "5.3.0").answer.verdict, Verdict::accept);

  const Bytes slow = make_archive({.rounds_pow = 20});
  EXPECT_EQ(restored(slow, "5.6.1").answer.message, "Invalid backup file:");
  EXPECT_EQ(restored(slow, "5.6.1").answer.mend, rewrite);
  EXPECT_EQ(restored(slow, "5.6.0").answer.verdict, Verdict::accept);
}

TEST(ColdcardRehearsal, OldFirmwareBlamesThePassword) {
  const Bytes file = make_archive({.text = "no comment\n"});
  EXPECT_THAT(restored(file, "5.5.0").answer.message, StartsWith("Unable to decrypt backup file. Incorrect password?"));
  EXPECT_THAT(restored(file, "5.5.0").answer.message, HasSubstr("{password}"));
  EXPECT_THAT(restored(file, "5.5.1").answer.message, StartsWith("Invalid backup file:"));
}

TEST(ColdcardRehearsal, WhatFollowsTheDecryption) {
  EXPECT_THAT(restored(make_archive({.text = "x" + small_text()})).answer.reason, HasSubstr("begin with #"));
  EXPECT_THAT(restored(make_archive({.text = small_text() + "x"})).answer.reason, HasSubstr("newline"));
  EXPECT_THAT(restored(make_archive({.inner_name = "backup.text"})).answer.reason, HasSubstr("backup.text"));
  const Bytes notes = make_archive({.text = "{\"coldcard_notes\": []}", .inner_name = "cc-notes.json"});
  EXPECT_THAT(restored(notes).answer.reason, HasSubstr("notes export"));
  EXPECT_THAT(restored(notes, "1.5.1Q").answer.mend, HasSubstr("Secure Notes"));
  EXPECT_THAT(verify(present(notes), newest).mend, HasSubstr("Secure Notes"));
  EXPECT_THAT(verify(present(notes), newest).reason, HasSubstr(".txt"));
  const Bytes good = make_archive({});
  EXPECT_EQ(wallet::to_text(*restored(good).fingerprint), "73C5DA0A");
  const Restored wrong = restored(good, "5.6.1", "abandon zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong");
  EXPECT_EQ(wrong.answer.verdict, Verdict::reject);
  EXPECT_EQ(wrong.answer.mend, "See what is wrong with it: `hwbak verify {file}`.");
  EXPECT_FALSE(wrong.secret);
}

TEST(ColdcardRehearsal, WithoutThePasswordOnlyRefusalsAreCertain) {
  const Bytes good = make_archive({});
  EXPECT_EQ(restore(present(good, std::nullopt), newest, DeviceState::empty).answer.verdict, Verdict::unproven);
  Bytes cut = good;
  cut.pop_back();
  const Restored got = restore(present(cut, std::nullopt), newest, DeviceState::empty);
  EXPECT_EQ(got.answer.verdict, Verdict::reject);
  EXPECT_THAT(got.answer.message, StartsWith("Unable to read backup file. Has it been touched?\n\nError: "));
  std::string clone(66, '2');
  clone += "-ccbk.7z";
  EXPECT_THAT(restore(present(good, std::nullopt, clone), newest, DeviceState::empty).answer.reason,
              HasSubstr("ccbk-start.json"));
}

TEST(ColdcardRehearsal, TheNameInsideIsJudgedWithoutThePassword) {
  const auto blind = [](const Bytes& file, std::string_view version) {
    return restore(present(file, std::nullopt), device(version), DeviceState::empty).answer;
  };
  const Bytes good = make_archive({});
  EXPECT_EQ(blind(good, "3.2.2").verdict, Verdict::reject);
  EXPECT_THAT(blind(good, "3.2.2").reason, HasSubstr("ckcc-backup.txt"));
  EXPECT_EQ(blind(good, "3.2.2").mend, "Use firmware 4.0.0 or later.");
  EXPECT_EQ(blind(good, "4.0.0").verdict, Verdict::unproven);
  EXPECT_EQ(blind(make_archive({.inner_name = "ckcc-backup.txt"}), "3.2.2").verdict, Verdict::unproven);
  for (const char* version : {"3.2.2", "4.2.0", "5.6.1", "1.5.1Q"})
    EXPECT_EQ(blind(make_archive({.inner_name = "cc-notes.json"}), version).verdict, Verdict::reject) << version;
}

TEST(ColdcardRehearsal, EndlessKeysAreNotTried) {
  const Bytes file = make_archive({});
  const Bytes endless = with_bytes(file, find_mark(file, {0x24, 0x06, 0xF1}) + 6, {0xC0 | 63});
  EXPECT_EQ(restored(endless, "5.6.0").answer.verdict, Verdict::unproven);
  EXPECT_EQ(restored(endless, "5.6.1").answer.verdict, Verdict::reject);
}

TEST(ColdcardRehearsal, PasswordsThatCanBeTyped) {
  const auto with = [](std::string_view password, std::string_view version, Way way = Way::menu) {
    return restore(present(make_archive({.password = password}), password, "backup.7z", way), device(version),
                   DeviceState::empty).answer;
  };
  const std::string custom(32, 'k');
  EXPECT_EQ(with(twelve_words, "4.1.9").mend, "");
  EXPECT_EQ(with(twelve_words, "5.6.1", Way::developer).verdict, Verdict::accept);
  EXPECT_EQ(with(custom, "5.4.2").verdict, Verdict::accept);
  EXPECT_THAT(with(custom, "5.4.2").mend, HasSubstr("I Am Developer. > Restore Bkup"));
  EXPECT_THAT(with(custom, "5.4.1").reason, HasSubstr("no menu to type"));
  EXPECT_EQ(with(custom, "5.4.1").mend,
            "Use firmware 5.4.2 or later, or give it twelve words as its password: `hwbak rekey {file} --output NEW.7z`.");
  EXPECT_THAT(with(custom, "4.2.0").mend, HasSubstr("Give it twelve words as its password: `hwbak rekey {file} --output NEW.7z`"));
  // Rekeying keeps the name inside, which firmware before 4.0.0 does not take.
  EXPECT_THAT(with(custom, "3.2.2").mend, StartsWith("Use firmware 4.0.0 or later, and give it twelve words as its password: `hwbak"));
  EXPECT_THAT(with("too short", "5.6.1").reason, HasSubstr("too short"));
  EXPECT_EQ(with("too short", "5.6.1").mend, "Give it twelve words as its password: `hwbak rekey {file} --output NEW.7z`.");
  EXPECT_THAT(with(std::string(129, 'k'), "5.6.1").reason, HasSubstr("too long"));
  EXPECT_THAT(with("z\xC3\xBC" + custom, "5.6.1").reason, HasSubstr("characters"));
  // Twelve words, but not as the picker spells them.
  EXPECT_THAT(with("Zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong", "5.4.1").reason, HasSubstr("twelve words"));
  EXPECT_THAT(with("zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong ", "5.4.1").reason, HasSubstr("twelve words"));
}

TEST(ColdcardRehearsal, ThePickerHidesFiles) {
  const Bytes good = make_archive({});
  EXPECT_THAT(verify(present(good, {}, "backup.zip"), newest).mend, HasSubstr(".7z"));
  EXPECT_EQ(verify(present(good, {}, "BACKUP.7Z"), newest).verdict, Verdict::accept);
  EXPECT_TRUE(picker_shows("BACKUP.TXT", ".txt"));
  EXPECT_FALSE(picker_shows("7z", ".7z"));
  const Bytes large = make_archive({.text = small_text("# " + std::string(130600, 'x') + "\n")});
  ASSERT_GT(large.size(), 131072u);
  EXPECT_EQ(verify(present(large), newest).message, "No suitable files found");
  EXPECT_THAT(verify(present(large), newest).mend, HasSubstr("smaller backup"));
  EXPECT_THAT(restored(large).answer.reason, HasSubstr("at most 131072"));
}

TEST(ColdcardRehearsal, VerifysOwnChecks) {
  const auto check = [](const Bytes& file) { return verify(present(file, std::nullopt), newest); };
  const Bytes good = make_archive({});
  EXPECT_EQ(check(good).verdict, Verdict::accept);
  EXPECT_EQ(check(good).message, "Backup file CRC checks out okay.");
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_THAT(check(longer).reason, HasSubstr("1 byte follows"));
  EXPECT_EQ(check(longer).mend, rewrite);
  EXPECT_EQ(restored(longer).answer.verdict, Verdict::accept);  // Restore ignores them
  EXPECT_THAT(check(make_archive({.text = "#" + std::string(399, '\n')})).reason, HasSubstr("more than 400"));
  EXPECT_EQ(check(make_archive({.text = "#" + std::string(400, '\n')})).verdict, Verdict::accept);
  EXPECT_THAT(check(make_archive({.inner_name = "word42.txd"})).reason, HasSubstr("word42.txd"));
  Bytes flipped = good;
  flipped[40] ^= 1;  // Verify cannot see into the encrypted part
  EXPECT_EQ(check(flipped).verdict, Verdict::accept);
  EXPECT_EQ(restored(flipped).answer.verdict, Verdict::reject);
  Bytes unsigned_file = good;
  unsigned_file[0] = 'x';
  EXPECT_THAT(check(unsigned_file).message, HasSubstr("headers. Might be truncated.\n\nError: Bad magic bytes"));
  EXPECT_THAT(verify(present(unsigned_file), device("5.5.0")).message, HasSubstr("verify backup file contents"));
}

TEST(ColdcardRehearsal, StatesOfTheDevice) {
  const Bytes good = make_archive({});
  const auto in = [&](DeviceState state, std::string_view version, Way way = Way::menu) {
    return restore(present(good, twelve_words, "backup.7z", way), device(version), state).answer;
  };
  EXPECT_THAT(in(DeviceState::seeded, "5.6.1").message, HasSubstr("'Destroy Seed'"));
  EXPECT_THAT(in(DeviceState::seeded, "5.6.1").mend, HasSubstr("temporary"));
  EXPECT_THAT(in(DeviceState::seeded, "4.2.0").mend, HasSubstr("empty device"));
  EXPECT_EQ(in(DeviceState::temporary, "5.6.1").verdict, Verdict::accept);
  EXPECT_EQ(in(DeviceState::temporary, "5.2.0").verdict, Verdict::reject);
  EXPECT_EQ(in(DeviceState::temporary, "4.2.0").verdict, Verdict::reject);
  EXPECT_EQ(in(DeviceState::empty, "3.2.2", Way::clone).mend, "Clone with firmware 4.0.0 or later.");
  EXPECT_EQ(in(DeviceState::empty, "5.6.1", Way::clone).message, "Clone file not found.");
  EXPECT_EQ(in(DeviceState::temporary, "5.6.1", Way::clone).verdict, Verdict::reject);
}

TEST(ColdcardRehearsal, AWayOutIsNamedOnlyWhereItLeadsOut) {
  const Bytes text = read_bytes(vector("backup.txt").path());
  const auto plain = [&](DeviceState state, std::string_view version) {
    return restore(present(text, std::nullopt, "backup.txt"), device(version), state).answer;
  };
  EXPECT_THAT(plain(DeviceState::seeded, "5.6.1").mend, HasSubstr("`hwbak drill {file} --target coldcard@5.6.1 --device-state temporary`"));
  EXPECT_THAT(plain(DeviceState::seeded, "5.3.0").mend, StartsWith("Back up the seed"));  // 5.3.0 cannot load it as a temporary seed
  EXPECT_EQ(plain(DeviceState::temporary, "5.3.0").mend, "Use firmware 5.4.2 or later, or restore it on an empty device.");
  EXPECT_EQ(plain(DeviceState::temporary, "1.0.1Q").mend, "Use firmware 1.3.2Q or later, or restore it on an empty device.");
  const Bytes good = make_archive({});
  EXPECT_EQ(restore(present(good), device("5.2.0"), DeviceState::temporary).answer.mend,
            "Use firmware 5.2.1 or later, or restore it on an empty device.");
  // Nobody should destroy a seed for a file that is refused afterwards.
  const Bytes bad = make_archive({.text = small_text() + "x"});
  for (const char* version : {"4.2.0", "5.2.0"})
    EXPECT_THAT(restore(present(bad), device(version), DeviceState::seeded).answer.mend,
                StartsWith("An empty device would refuse this file too: the text does not end with a newline. See what is wrong")) << version;
  const auto& clone = *std::ranges::find(vectors(), "clone", &Vector::kind);
  const Bytes file = read_bytes(clone.path());
  for (const DeviceState state : {DeviceState::seeded, DeviceState::temporary})
    EXPECT_THAT(restore(present(file, clone.password, clone.file, Way::clone), newest, state).answer.mend,
                HasSubstr("an empty device"));
  EXPECT_EQ(verify(present(text, std::nullopt, "backup.txt"), newest).mend, "");
}

TEST(ColdcardRehearsal, ARewrittenFileMayNeedNewerFirmwareToo) {
  Bytes longer = make_archive({});
  longer.push_back(0);
  EXPECT_EQ(verify(present(longer), device("4.2.0")).mend, rewrite);
  EXPECT_EQ(verify(present(longer), device("3.2.2")).mend,
            "Give it the layout of a device: `hwbak rekey {file} --output NEW.7z`, and use firmware 4.0.0 or later.");
  Bytes old = make_archive({.inner_name = "ckcc-backup.txt"});
  old.push_back(0);
  EXPECT_EQ(verify(present(old), device("3.2.2")).mend, rewrite);
}

TEST(ColdcardRehearsal, Clones) {
  const auto& v = *std::ranges::find(vectors(), "clone", &Vector::kind);
  const Bytes file = read_bytes(v.path());
  const auto got = [&](std::string_view version, Way way) {
    return restore(present(file, v.password, v.file, way), device(version), DeviceState::empty);
  };
  EXPECT_FALSE(got("5.6.0", Way::clone).asks_to_confirm);
  EXPECT_TRUE(got("5.6.1", Way::clone).asks_to_confirm);
  EXPECT_THAT(got("5.6.1", Way::menu).answer.mend, HasSubstr("Restore Bkup"));  // 64 characters can be typed there
  EXPECT_EQ(got("5.4.1", Way::menu).answer.verdict, Verdict::reject);
}

}  // namespace
}  // namespace hwbak::coldcard
