// A whole HSM backed up and restored: the practice card in place of a device, pulled out wherever it may be.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "device/pico_hsm/key.h"
#include "device/pico_hsm/montgomery.h"
#include "hsm_fixture.h"
#include "support/badge_files.h"
#include "support/practice_reader.h"
#include "support/wrapped_keys.h"
#include "tasks/hsm_device_keys.h"
#include "tasks/hsm_device_verbs.h"
#include "tasks/hsm_manifest.h"

namespace hwbak::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::size_t never = SIZE_MAX;

class HsmDevice : public HsmTask {
 protected:
  void SetUp() override { secrets_.others.add(Secrets::Kind::pin, "648219"); }

  // --- devices ---

  static void send_good(PracticeReader& reader, std::string_view hex) {
    const SecretBytes answer = reader.card->transmit(from_hex(hex).value());
    ASSERT_EQ(to_hex(answer.expose()).substr(2 * answer.size() - 4), "9000") << hex;
  }
  // Initialised, with that DKEK in domain 0; shares: how many are awaited.
  static void make_ready(PracticeReader& reader, std::string_view dkek = "A", unsigned shares = 1) {
    reader.pulled_after = never;
    reader.instead = nullptr;
    send_good(reader, "805000001c8002000181063634383231398208353736323138383091010392010" + std::to_string(shares));
    send_good(reader, "8052000020" + to_hex(test_dkek(dkek)));
    reader.card->reset();
    reader.sent.clear();
  }
  PracticeReader& device(const std::string& name, std::string_view dkek = "A") {
    PracticeReader& reader = readers_.add(name);
    make_ready(reader, dkek);
    return reader;
  }
  template <class Work>
  void with_client(PracticeReader& reader, const Work& work) {
    const auto line = readers_.connect(reader.name);
    pcsc::HsmClient hsm(*line);
    (void)hsm.select_applet();
    hsm.log_in(SecretString::copy_of("648219"));
    work(hsm);
  }
  // A key of the vectors, with what stands beside it.
  void load(PracticeReader& reader, std::uint8_t reference, std::string_view file, const std::string& label = "") {
    with_client(reader, [&](pcsc::HsmClient& hsm) {
      const auto survey = wrapped_key::survey(wrapped_vector(file).bytes);
      hsm.unwrap(reference, survey.at(survey.blob));
      const ByteView description = survey.at(survey.description), certificate = survey.at(survey.certificate);
      if (!description.empty()) {
        auto described = wrapped_key::read_description(description);
        if (!label.empty()) described.label = label;
        described.key_reference = reference;
        hsm.write_file(pcsc::file_id(pcsc::prefix_description, reference), wrapped_key::write_description(described));
      }
      if (!certificate.empty()) hsm.write_file(pcsc::file_id(pcsc::prefix_certificate, reference), certificate);
    });
    reader.sent.clear();
  }
  static std::size_t count_sent(const PracticeReader& reader, std::uint8_t ins) {
    return static_cast<std::size_t>(std::ranges::count_if(reader.sent, [&](const Bytes& command) { return command.size() > 1 && command[1] == ins; }));
  }
  static constexpr std::uint8_t wrap = 0x72, unwrap = 0x74;

  // What a device tells of its keys, by reference.
  std::map<unsigned, tasks::DeviceKey> held(PracticeReader& reader) {
    reader.pulled_after = never;
    std::map<unsigned, tasks::DeviceKey> out;
    with_client(reader, [&](pcsc::HsmClient& hsm) {
      for (const std::uint8_t reference : hsm.keys())
        if (auto key = tasks::read_device_key(hsm, reference)) out.emplace(reference, std::move(*key));
    });
    return out;
  }

  // --- verbs ---

  Report backup(const std::string& to, const tasks::SharesSource& source, bool force = false, const std::string& reader = "") {
    return tasks::hsm_backup_with(context(), {reader, true}, {folder_ / to, force}, readers_, source);
  }
  Report backup(const std::string& to) { return backup(to, vector_shares()); }
  Report restore(const std::filesystem::path& from, const tasks::SharesSource& source, const HsmRestoreOptions& options = {}, const std::string& reader = "") {
    return tasks::hsm_restore_with(
        context(), from, {reader, true}, options,
        [this](const std::string& question, const std::vector<Section>& plan) {
          asked_ = question;
          planned_.clear();
          for (const Section& section : plan)
            for (const Section::Row& row : section.rows) planned_.push_back(std::get<std::string>(row.value.get()));
          return yes_;
        },
        readers_, source);
  }
  Report restore(const std::string& from) { return restore(folder_ / from, vector_shares()); }

  static std::vector<std::string> statuses(const Report& report) { return members(list_fact(report.facts, "keys"), "status"); }
  static const Object& key_fact(const Report& report, std::size_t index) { return item(report.facts, "keys", index); }
  std::filesystem::path put_file(std::string_view name, const Bytes& bytes) {
    const auto path = folder_ / name;
    write_bytes(path, bytes);
    return path;
  }
  void put_text(std::string_view name, std::string_view text) { write_bytes(folder_ / name, as_bytes(text)); }
  static Bytes file_of(const crypto::PrivateKey& key) {
    return wrapped_key::write_file(wrapped_key::write_blob(pico_hsm::compose(key, {}).contents, vector_keys(), system_random()), {}, {});
  }

  PracticeReaders readers_;
  bool yes_ = true;
  std::string asked_;
  std::vector<std::string> planned_;   // the rows above the question
};

TEST_F(HsmDevice, BackedUpWipedAndRestored) {
  PracticeReader& card = device("one");
  load(card, 1, "rsa1024.bin", "signing");
  load(card, 7, "p256.bin");
  load(card, 8, "bp256.bin");
  load(card, 9, "aes256.bin");
  const auto before = held(card);
  const Report saved = backup("keys");
  ASSERT_EQ(saved.outcome, Outcome::ok) << saved.message;
  EXPECT_EQ(saved.levels.meaning, Level::pass);
  EXPECT_THAT(statuses(saved), ElementsAre("written", "written", "written", "written"));
  EXPECT_EQ(text_fact(key_fact(saved, 0), "file"), "001-signing.bin");
  EXPECT_EQ(text_fact(key_fact(saved, 0), "label"), "signing");
  EXPECT_EQ(text_fact(key_fact(saved, 0), "key_type"), "rsa");
  EXPECT_EQ(number_fact(key_fact(saved, 0), "key_size"), 1024);
  EXPECT_EQ(text_fact(key_fact(saved, 1), "curve"), "secp256r1");
  EXPECT_TRUE(bool_fact(key_fact(saved, 3), "proven"));
  EXPECT_THAT(text_fact(key_fact(saved, 1), "public_key_pem"), HasSubstr("BEGIN PUBLIC KEY"));
  EXPECT_EQ(text_fact(saved.facts, "firmware"), "6.6");
  EXPECT_EQ(text_fact(saved.facts, "device"), "pico-hsm");
  EXPECT_EQ(verified(folder_ / "keys/007-p256.bin").outcome, Outcome::ok);
  EXPECT_EQ(std::filesystem::status(folder_ / "keys/007-p256.bin").permissions(), std::filesystem::perms(0600));
  EXPECT_THAT(expand(real_files(), {folder_ / "keys"}), testing::SizeIs(4)) << "the manifest is no backup";

  make_ready(card);
  EXPECT_TRUE(held(card).empty());
  const Report back = restore("keys");
  ASSERT_EQ(back.outcome, Outcome::ok) << back.message;
  EXPECT_THAT(statuses(back), ElementsAre("restored", "restored", "restored", "restored"));
  EXPECT_THAT(members(list_fact(back.facts, "keys"), "proof"), ElementsAre("signature", "signature", "signature", "rewrapped"));
  EXPECT_THAT(planned_, Contains(testing::AllOf(HasSubstr("goes to reference 7: "), HasSubstr("EC secp256r1"))));
  const auto after = held(card);
  ASSERT_EQ(after.size(), before.size());
  for (const auto& [reference, key] : before) {
    EXPECT_EQ(key.description, after.at(reference).description) << reference;
    EXPECT_EQ(key.certificate, after.at(reference).certificate) << reference;
  }

  // Once more, both ways: nothing is left to do.
  card.sent.clear();
  const Report again = restore("keys");
  EXPECT_EQ(again.outcome, Outcome::ok) << again.message;
  EXPECT_THAT(statuses(again), ElementsAre("present", "present", "present", "present"));
  EXPECT_EQ(count_sent(card, unwrap), 0u);
  const Report twice = backup("keys");
  EXPECT_EQ(twice.outcome, Outcome::ok) << twice.message;
  EXPECT_THAT(statuses(twice), ElementsAre("present", "present", "present", "present"));
}

TEST_F(HsmDevice, WhatCannotBeExportedIsListed) {
  PracticeReader& card = device("one");
  load(card, 1, "p256.bin");
  load(card, 2, "host-aes256-genuine.bin", "locked in");
  const Report saved = backup("keys", {});
  EXPECT_EQ(saved.outcome, Outcome::ok) << saved.message;
  EXPECT_THAT(statuses(saved), ElementsAre("written", "not-exportable"));
  EXPECT_TRUE(has_finding(saved, "not-exportable"));
  EXPECT_EQ(saved.levels.content, Level::not_run) << "no shares: nothing is proven";
  EXPECT_EQ(count_sent(card, wrap), 1u);
}

TEST_F(HsmDevice, AKeyWithoutADkekMakesItPartial) {
  PracticeReader& card = device("one");
  // Two key domains, the second one without a DKEK.
  send_good(card, "805000001c80020001810636343832313982083537363231383830910103970102");
  send_good(card, "80520100010100");
  send_good(card, "8052000020" + to_hex(test_dkek("A")));
  send_good(card, "80520101010100");
  send_good(card, "004801b003920101");
  send_good(card, "004802b000");
  const Report saved = backup("keys");
  EXPECT_EQ(saved.outcome, Outcome::partial) << saved.message;
  EXPECT_THAT(statuses(saved), ElementsAre("failed", "written"));
  EXPECT_THAT(text_fact(key_fact(saved, 0), "why"), HasSubstr("key domain 1"));
}

// What --dkek-shares 0 makes of a backup: one share is counted, as for a share that somebody has.
TEST_F(HsmDevice, ADkekWithoutAShareIsSaid) {
  PracticeReader& card = device("one");
  load(card, 1, "p256.bin");
  EXPECT_FALSE(has_finding(backup("proven"), "internal-dkek"));
  const Report unproven = backup("unproven", {});
  EXPECT_EQ(unproven.outcome, Outcome::ok);
  EXPECT_TRUE(has_finding(unproven, "internal-dkek")) << "nobody showed the share";
  PracticeReader& own = readers_.add("own");
  send_good(own, "805000001c80020001810636343832313982083537363231383830910103920100");
  send_good(own, "004801b000");
  const Report saved = backup("own", {}, false, "own");
  EXPECT_EQ(saved.outcome, Outcome::ok) << saved.message;
  EXPECT_TRUE(has_finding(saved, "internal-dkek"));
}

TEST_F(HsmDevice, ADkekOfZerosIsSaid) {
  PracticeReader& card = readers_.add("one");
  make_ready(card, "A", 2);
  send_good(card, "8052000020" + to_hex(test_dkek("A")));
  with_client(card, [&](pcsc::HsmClient&) { send_good(card, "004801b000"); });
  const Report saved = backup("keys", {});
  EXPECT_EQ(saved.outcome, Outcome::ok) << saved.message;
  EXPECT_TRUE(has_finding(saved, "zero-dkek"));
  EXPECT_FALSE(has_finding(saved, "internal-dkek"));
}

TEST_F(HsmDevice, ASecondRunIsAdvisedOnlyWhereItHelps) {
  PracticeReader& bare = readers_.add("one");
  send_good(bare, "805000001980020001810636343832313982083537363231383830910103");
  send_good(bare, "004801b000");
  const Report none = backup("none", {});
  EXPECT_EQ(none.outcome, Outcome::device) << none.message;
  EXPECT_THAT(none.next, HasSubstr("keys without a DKEK never leave the device"));
  PracticeReader& two = readers_.add("two");
  make_ready(two, "A", 2);
  with_client(two, [&](pcsc::HsmClient&) { send_good(two, "004801b000"); });
  EXPECT_THAT(backup("missing", {}, false, "two").next, HasSubstr("load the missing shares"));
  PracticeReader& mixed = readers_.add("mixed");
  make_ready(mixed);
  load(mixed, 1, "p256.bin");
  with_client(mixed, [&](pcsc::HsmClient& hsm) {
    const auto other = wrapped_key::survey(wrapped_vector("k256.bin").bytes);
    hsm.write_file(pcsc::file_id(pcsc::prefix_certificate, 1), other.at(other.certificate));
  });
  const Report differs = backup("mixed", vector_shares(), false, "mixed");
  EXPECT_EQ(differs.outcome, Outcome::inconsistent) << differs.message;
  EXPECT_THAT(differs.next, HasSubstr("see which key it is")) << "not yet to be restored anywhere";
}

TEST_F(HsmDevice, ASecondRunFetchesWhatIsMissingOrChanged) {
  PracticeReader& card = device("one");
  load(card, 1, "p256.bin", "a");
  load(card, 2, "p384.bin", "b");
  load(card, 3, "k256.bin", "c");
  ASSERT_EQ(backup("keys").outcome, Outcome::ok);
  const Bytes kept = read_bytes(folder_ / "keys/001-a.bin");
  std::filesystem::remove(folder_ / "keys/002-b.bin");
  Bytes changed = read_bytes(folder_ / "keys/003-c.bin");
  changed.back() ^= 1;
  write_bytes(folder_ / "keys/003-c.bin", changed);
  for (const auto& source : {tasks::SharesSource{}, vector_shares()}) {
    card.sent.clear();
    const Report again = backup("keys", source);
    EXPECT_EQ(again.outcome, Outcome::ok) << again.message;
    EXPECT_EQ(count_sent(card, wrap), source ? 0u : 2u);
    EXPECT_THAT(statuses(again), source ? ElementsAre("present", "present", "present") : ElementsAre("present", "written", "written"));
    EXPECT_EQ(read_bytes(folder_ / "keys/001-a.bin"), kept);
    EXPECT_EQ(has_finding(again, "changed-copy"), !source);
    EXPECT_EQ(read_bytes(folder_ / "keys/003-c.bin"), changed) << "the damaged copy is kept";
    EXPECT_EQ(text_fact(key_fact(again, 2), "file"), "003-c-2.bin");
  }
  // Another key has the place of the first one: its backup stays, under its name.
  load(card, 1, "p521.bin", "a");
  const Report moved = backup("keys");
  EXPECT_EQ(moved.outcome, Outcome::ok) << moved.message;
  EXPECT_THAT(statuses(moved), ElementsAre("written", "present", "present"));
  EXPECT_EQ(text_fact(key_fact(moved, 0), "file"), "001-a-2.bin");
  EXPECT_THAT(members(list_fact(moved.facts, "earlier"), "file"), testing::UnorderedElementsAre("001-a.bin", "003-c.bin"));
  EXPECT_EQ(read_bytes(folder_ / "keys/001-a.bin"), kept);
  EXPECT_EQ(list_fact(backup("keys").facts, "earlier").size(), 2u);
  // Those earlier ones are no part of a restore.
  make_ready(card);
  const Report back = restore("keys");
  EXPECT_EQ(back.outcome, Outcome::ok) << back.message;
  EXPECT_EQ(list_fact(back.facts, "passed_over").size(), 2u);
  EXPECT_EQ(held(card).size(), 3u);
}

// Whatever a manifest names: nothing in the folder is written over but this very key's own file, and no link is followed.
TEST_F(HsmDevice, ABackupWritesOverNothingElse) {
  PracticeReader& card = device("one");
  load(card, 1, "p256.bin", "a");
  load(card, 2, "aes128.bin", "b");
  ASSERT_EQ(backup("keys").outcome, Outcome::ok);
  const Bytes precious{1, 2, 3};
  const auto target = put_file("target", precious);
  std::filesystem::remove(folder_ / "keys/001-a.bin");
  std::filesystem::create_symlink(target, folder_ / "keys/001-a.bin");
  std::string manifest = text_of_file(folder_ / "keys/manifest.json");
  manifest.replace(manifest.find("002-b.bin"), 9, "notes.txt");
  put_text("keys/manifest.json", manifest);
  put_file("keys/notes.txt", precious);
  for (const bool force : {false, true})
    for (const auto& source : {tasks::SharesSource{}, vector_shares()}) {
      EXPECT_EQ(backup("keys", source, force).outcome, Outcome::ok);
      EXPECT_EQ(read_bytes(target), precious) << force;
      EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "keys/001-a.bin"));
      EXPECT_EQ(read_bytes(folder_ / "keys/notes.txt"), precious) << force;
      EXPECT_EQ(verified(folder_ / "keys/001-a-2.bin").outcome, Outcome::ok);
    }
  std::filesystem::rename(folder_ / "keys/manifest.json", folder_ / "elsewhere.json");
  std::filesystem::create_symlink(folder_ / "elsewhere.json", folder_ / "keys/manifest.json");
  EXPECT_EQ(backup("keys").outcome, Outcome::refused) << "a manifest that is a link";
}

TEST_F(HsmDevice, NothingIsLeftOfABackupThatDidNotBegin) {
  PracticeReader& card = device("one", "A12");
  EXPECT_EQ(backup("keys").outcome, Outcome::wrong_secret);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "keys"));
  secrets_.others = FixedSecrets();
  secrets_.others.add(Secrets::Kind::pin, "111111");
  EXPECT_EQ(backup("keys", {}).outcome, Outcome::device);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "keys"));
  card.card.reset();
  bool asked = false;
  const auto ask = [&](Report& report) {
    asked = true;
    return vector_shares()(report);
  };
  EXPECT_EQ(backup("keys", ask).outcome, Outcome::device);
  EXPECT_EQ(restore(hsm_file("p256.bin"), ask).outcome, Outcome::device);
  EXPECT_FALSE(asked) << "no token: nobody is asked for shares";
  EXPECT_FALSE(std::filesystem::exists(folder_ / "keys"));
}

TEST_F(HsmDevice, TheManifestTellsAChangedFileWithoutTheDkek) {
  PracticeReader& card = device("one");
  load(card, 1, "p256.bin", "a");
  load(card, 2, "aes128.bin", "b");
  ASSERT_EQ(backup("keys").outcome, Outcome::ok);
  Bytes changed = read_bytes(folder_ / "keys/002-b.bin");
  changed[40] ^= 1;
  write_bytes(folder_ / "keys/002-b.bin", changed);
  Context closed;
  std::vector<Report> reports;
  verify(closed, expand(real_files(), {folder_ / "keys"}), {}, [&](Report report) { reports.push_back(std::move(report)); });
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0].outcome, Outcome::ok) << reports[0].message;
  EXPECT_TRUE(bool_fact(reports[0].facts, "manifest_matches"));
  EXPECT_EQ(reports[1].outcome, Outcome::damaged) << reports[1].message;
  EXPECT_TRUE(has_finding(reports[1], "manifest-differs"));
  make_ready(card);
  const Report back = restore(folder_ / "keys", {});
  EXPECT_EQ(back.outcome, Outcome::partial) << back.message;
  EXPECT_THAT(statuses(back), ElementsAre("restored", "refused"));
}

TEST_F(HsmDevice, TwoDevicesAreNeverMixedAndNothingIsOverwritten) {
  PracticeReader& card = device("one");
  load(card, 1, "p256.bin", "a");
  ASSERT_EQ(backup("keys").outcome, Outcome::ok);
  std::string manifest = text_of_file(folder_ / "keys/manifest.json");
  const auto at = manifest.find("ESPICOHSMTR");
  ASSERT_NE(at, std::string::npos);
  put_text("keys/manifest.json", std::string(manifest).replace(at, 3, "DEX"));
  const Report other = backup("keys", vector_shares(), true);
  EXPECT_EQ(other.outcome, Outcome::refused) << other.message;
  EXPECT_THAT(other.message, HasSubstr("another device"));
  std::filesystem::remove(folder_ / "keys/manifest.json");
  const Bytes there = read_bytes(folder_ / "keys/001-a.bin");
  EXPECT_EQ(backup("keys").outcome, Outcome::refused);
  EXPECT_EQ(read_bytes(folder_ / "keys/001-a.bin"), there);
  EXPECT_EQ(backup("keys", vector_shares(), true).outcome, Outcome::ok);
  EXPECT_NE(read_bytes(folder_ / "keys/001-a.bin"), there);
  put_text("keys/manifest.json", "{\"schema\": 1}");
  EXPECT_EQ(backup("keys").outcome, Outcome::refused) << "a damaged manifest is not replaced";
}

TEST_F(HsmDevice, SharesOfAnotherDkekEndItBeforeAnythingIsFetched) {
  PracticeReader& card = device("one", "A12");
  const Report saved = backup("keys");
  EXPECT_EQ(saved.outcome, Outcome::wrong_secret) << saved.message;
  EXPECT_THAT(saved.message, HasSubstr("2952B3021B693783"));
  EXPECT_EQ(count_sent(card, wrap), 0u);
}

TEST_F(HsmDevice, ALabelIsNoPath) {
  PracticeReader& card = device("one");
  load(card, 1, "p256.bin", "../../../etc/pass\nwd\xE2\x80\xAE");
  load(card, 2, "p384.bin", std::string(300, 'x'));
  ASSERT_EQ(backup("keys").outcome, Outcome::ok);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) files += entry.is_regular_file() ? 1u : 0u;
  EXPECT_EQ(files, 3u);
  for (const auto& path : expand(real_files(), {folder_ / "keys"})) EXPECT_LT(path.filename().native().size(), 100u);
}

// A manifest is only ever text of somebody.
TEST_F(HsmDevice, AHostileManifestNamesNothing) {
  const auto read = [](std::string_view keys) { return tasks::read_manifest("{\"schema\": \"hwbak-hsm-manifest/1\", \"serial\": \"S\", \"keys\": " + std::string(keys) + "}"); };
  EXPECT_FALSE(tasks::read_manifest("[]"));
  EXPECT_FALSE(tasks::read_manifest("{\"schema\": \"hwbak-hsm-manifest/2\"}"));
  for (const std::string_view name : {"../a.bin", "/etc/passwd", "..", ".", "", "a/b", "manifest.json", "a\\u0000b"})
    EXPECT_EQ(read("[{\"reference\": 1, \"file\": \"" + std::string(name) + "\"}]")->keys.at(0).file, "") << name;
  EXPECT_TRUE(read("[{\"reference\": 0}, {\"reference\": 256}, {\"reference\": -1}, {}, 7, {\"reference\": \"1\"}]")->keys.empty());
  EXPECT_TRUE(read("{\"a\": {\"reference\": 1}}")->keys.empty());
  std::string many = "[";
  for (int i = 0; i < 6000; ++i) many += std::string(i == 0 ? "" : ",") + "{\"reference\": 1}";
  EXPECT_LE(read(many + "]")->keys.size(), 4096u);
}

TEST_F(HsmDevice, PulledOutOfABackupAnywhere) {
  PracticeReader& card = device("one");
  load(card, 1, "rsa1024.bin", "a");
  load(card, 2, "p256.bin", "b");
  load(card, 3, "aes128.bin", "c");
  ASSERT_EQ(backup("whole").outcome, Outcome::ok);
  const std::size_t all = card.sent.size();
  ASSERT_GT(all, 15u);
  for (std::size_t n = 0; n < all; ++n) {
    const std::string to = "keys" + std::to_string(n);
    card.pulled_after = n;
    const Report cut = backup(to);
    EXPECT_NE(cut.outcome, Outcome::internal);
    EXPECT_TRUE(cut.outcome == Outcome::ok || cut.message.find("taken out") != std::string::npos) << n << cut.message;
    if (std::filesystem::exists(folder_ / to)) {
      for (const auto& path : expand(real_files(), {folder_ / to})) EXPECT_EQ(verified(path).outcome, Outcome::ok) << n << path;
    }
    card.pulled_after = never;
    const Report whole = backup(to);
    EXPECT_EQ(whole.outcome, Outcome::ok) << n << whole.message;
    EXPECT_EQ(expand(real_files(), {folder_ / to}).size(), 3u) << n;
  }
}

TEST_F(HsmDevice, PulledOutOfARestoreAnywhere) {
  PracticeReader& card = device("one");
  load(card, 1, "rsa1024.bin", "a");
  load(card, 2, "p256.bin", "b");
  load(card, 3, "aes128.bin", "c");
  ASSERT_EQ(backup("keys").outcome, Outcome::ok);
  const auto before = held(card);
  make_ready(card);
  ASSERT_EQ(restore("keys").outcome, Outcome::ok);
  const std::size_t all = card.sent.size();
  for (std::size_t n = 0; n < all; ++n) {
    make_ready(card);
    card.pulled_after = n;
    const Report cut = restore("keys");
    EXPECT_NE(cut.outcome, Outcome::internal);
    EXPECT_TRUE(cut.outcome == Outcome::ok || cut.message.find("taken out") != std::string::npos) << n << cut.message;
    const auto now = held(card);
    const auto status = statuses(cut);
    EXPECT_EQ(std::ranges::count(status, "restored") == 3, cut.outcome == Outcome::ok) << n;
    for (std::size_t i = 0; i < status.size(); ++i)
      EXPECT_TRUE(status[i] != "restored" || now.contains(static_cast<unsigned>(i + 1))) << n << ": what is said to be there is there";
    const Report whole = restore("keys");
    EXPECT_EQ(whole.outcome, Outcome::ok) << n << whole.message;
    const auto after = held(card);
    ASSERT_EQ(after.size(), 3u) << n;
    for (const auto& [reference, key] : before) {
      EXPECT_EQ(key.description, after.at(reference).description) << n << " " << reference;
      EXPECT_EQ(key.certificate, after.at(reference).certificate) << n << " " << reference;
    }
  }
}

// It comes back at once: what it holds is looked at, without a PIN.
TEST_F(HsmDevice, PulledOutAndPutBackIsLookedAtAgain) {
  PracticeReader& card = device("one");
  const auto key = put_file("key.bin", wrapped_vector("p256.bin").bytes);
  bool gone = false;
  card.instead = [&](ByteView command) -> std::optional<Bytes> {
    if (command[1] == 0xA4 && command[2] == 0x04) gone = false;
    if (gone) throw Error(Outcome::device, "the card was taken out");
    if (command[1] == unwrap) {
      gone = true;
      const SecretBytes answer = card.card->transmit(command);
      return Bytes(answer.expose().begin(), answer.expose().end());
    }
    return std::nullopt;
  };
  const Report cut = restore(key, vector_shares());
  EXPECT_EQ(cut.outcome, Outcome::device) << cut.message;
  EXPECT_THAT(cut.message, HasSubstr("holds a key; its label, ID and certificate are not all put back"));
  EXPECT_EQ(count_sent(card, 0x20) - 1u, 3u) << "its state three times, the PIN once";
}

TEST_F(HsmDevice, AWrongPinIsSentOnce) {
  PracticeReader& card = device("one");
  secrets_.others = FixedSecrets();
  secrets_.others.add(Secrets::Kind::pin, "111111");
  secrets_.others.add(Secrets::Kind::pin, "648219");
  const Report wrong = backup("keys", {});
  EXPECT_EQ(wrong.outcome, Outcome::device) << wrong.message;
  EXPECT_THAT(wrong.message, HasSubstr("2 tries are left"));
  EXPECT_EQ(std::ranges::count_if(card.sent, [](const Bytes& command) { return command[1] == 0x20 && command.size() > 5; }), 1);
  (void)backup("keys", {});
  (void)backup("keys", {});
  card.sent.clear();
  const Report locked = backup("keys", {});
  EXPECT_EQ(locked.outcome, Outcome::device);
  EXPECT_THAT(locked.message, HasSubstr("6983"));
  EXPECT_EQ(std::ranges::count_if(card.sent, [](const Bytes& command) { return command[1] == 0x20 && command.size() > 5; }), 0);
}

TEST_F(HsmDevice, AnOccupiedReferenceIsKept) {
  PracticeReader& card = device("one");
  load(card, 1, "p384.bin", "precious");
  const auto key = put_file("key.bin", wrapped_vector("p256.bin").bytes);
  const auto before = held(card);
  const Report kept = restore(key, vector_shares(), {.reference = 1});
  EXPECT_EQ(kept.outcome, Outcome::refused) << kept.message;
  EXPECT_THAT(kept.message, HasSubstr("precious"));
  EXPECT_EQ(count_sent(card, unwrap), 0u);
  EXPECT_EQ(held(card).at(1).description, before.at(1).description);
  yes_ = false;
  EXPECT_EQ(restore(key, vector_shares(), {.overwrite = true, .reference = 1}).outcome, Outcome::refused) << "given up";
  EXPECT_THAT(asked_, HasSubstr("REPLACED"));
  EXPECT_EQ(count_sent(card, unwrap), 0u);
  yes_ = true;
  const Report forced = restore(key, vector_shares(), {.overwrite = true, .reference = 1, .label = "new", .id = Bytes{0xAB}});
  EXPECT_EQ(forced.outcome, Outcome::ok) << forced.message;
  EXPECT_EQ(held(card).at(1).label(), "new");
  EXPECT_EQ(held(card).at(1).id(), "ab");
  EXPECT_EQ(restore(key, vector_shares(), {.reference = 5}).outcome, Outcome::ok);
  EXPECT_EQ(held(card).size(), 2u);
}

// A certificate on the device is a file that anybody wrote: only the key itself tells.
TEST_F(HsmDevice, ACertificateBesideAnotherKeyVouchesForNothing) {
  PracticeReader& card = device("one");
  const auto good = wrapped_key::survey(wrapped_vector("p256.bin").bytes), other = wrapped_key::survey(wrapped_vector("p256-shortd.bin").bytes);
  const auto file = put_file("othercert.bin", wrapped_key::write_file(other.at(other.blob), good.at(good.description), good.at(good.certificate)));
  const Report sent = restore(file, {}, {.reference = 1});
  EXPECT_EQ(sent.outcome, Outcome::inconsistent) << sent.message;
  EXPECT_NE(held(card).at(1).label(), "p256") << "nothing is put beside it";

  with_client(card, [&](pcsc::HsmClient& hsm) {
    hsm.write_file(pcsc::file_id(pcsc::prefix_description, 1), good.at(good.description));
    hsm.write_file(pcsc::file_id(pcsc::prefix_certificate, 1), good.at(good.certificate));
  });
  for (const auto& source : {tasks::SharesSource{}, vector_shares()}) {
    const Report lie = restore(hsm_file("p256.bin"), source, {.reference = 1});
    EXPECT_EQ(lie.outcome, Outcome::inconsistent) << lie.message;
  }
  EXPECT_EQ(restore(hsm_file("p256.bin"), vector_shares(), {.overwrite = true, .reference = 1}).outcome, Outcome::ok);
  const Report there = restore(hsm_file("p256.bin"), vector_shares(), {.reference = 1});
  EXPECT_EQ(there.outcome, Outcome::ok) << there.message;
  EXPECT_EQ(text_fact(key_fact(there, 0), "status"), "present");
  EXPECT_EQ(text_fact(key_fact(there, 0), "proof"), "signature");
}

TEST_F(HsmDevice, ASecondRestoreMakesNoSecondCopy) {
  PracticeReader& card = device("one");
  std::filesystem::create_directories(folder_ / "keys/deeper");
  for (const char* name : {"aes128.bin", "aes256.bin", "host-p256-full.bin", "rsa1024.bin"}) {
    const auto survey = wrapped_key::survey(wrapped_vector(name).bytes);
    put_file(std::string("keys/") + name, wrapped_key::write_file(survey.at(survey.blob), {}, {}));
  }
  const Report first = restore("keys");
  ASSERT_EQ(first.outcome, Outcome::ok) << first.message;
  EXPECT_THAT(first.message, HasSubstr("proven"));
  EXPECT_THAT(list_fact(first.facts, "passed_over"), testing::SizeIs(1)) << "the folder in it";
  card.sent.clear();
  const Report again = restore("keys");
  EXPECT_EQ(again.outcome, Outcome::ok) << again.message;
  EXPECT_THAT(statuses(again), testing::Each("present"));
  EXPECT_THAT(members(list_fact(again.facts, "keys"), "proof"), Not(Contains("none")));
  EXPECT_EQ(count_sent(card, unwrap), 0u);
  EXPECT_EQ(held(card).size(), 4u);
  // Without the DKEK an AES key shows nothing of itself.
  const Report closed = restore(folder_ / "keys/aes128.bin", {});
  EXPECT_EQ(closed.outcome, Outcome::refused) << closed.message;
  EXPECT_EQ(held(card).size(), 4u);
}

TEST_F(HsmDevice, LabelAndIdOfAKeyThatIsThere) {
  PracticeReader& card = device("one");
  load(card, 3, "p256.bin", "mykey");
  const Bytes certificate = held(card).at(3).certificate;
  const Report plain = restore(hsm_file("p256.bin"), vector_shares());
  EXPECT_EQ(plain.outcome, Outcome::ok) << plain.message;
  EXPECT_EQ(text_fact(key_fact(plain, 0), "label"), "mykey") << "that of the device, which stays";
  EXPECT_EQ(number_fact(key_fact(plain, 0), "reference"), 3);
  const Report named = restore(hsm_file("p256.bin"), vector_shares(), {.label = "restored", .id = Bytes{0x13}});
  EXPECT_EQ(named.outcome, Outcome::ok) << named.message;
  EXPECT_EQ(count_sent(card, unwrap), 0u);
  EXPECT_EQ(held(card).at(3).label(), "restored");
  EXPECT_EQ(held(card).at(3).id(), "13");
  EXPECT_EQ(held(card).at(3).certificate, certificate);
  EXPECT_EQ(held(card).size(), 1u);
}

// What a description tells of the kind is enough to tell an RSA key from an AES key.
TEST_F(HsmDevice, AnRsaKeyIsNoAesKey) {
  PracticeReader& card = device("one");
  load(card, 1, "aes128.bin", "b");
  const auto survey = wrapped_key::survey(wrapped_vector("host-rsa2048-crt.bin").bytes);
  const Report report = restore(put_file("key.bin", wrapped_key::write_file(survey.at(survey.blob), {}, {})), {}, {.reference = 1});
  EXPECT_EQ(report.outcome, Outcome::refused);
  EXPECT_THAT(report.message, HasSubstr("another key of the device"));
}

TEST_F(HsmDevice, ThePlanNamesTheKindOfAnRsaKeyWithCrtParts) {
  (void)device("one");
  yes_ = false;
  const Report report = restore(put_file("key.bin", wrapped_vector("host-rsa2048-crt.bin").bytes), vector_shares());
  EXPECT_EQ(report.outcome, Outcome::refused);
  EXPECT_THAT(planned_, Contains(HasSubstr("RSA 2048 bits")));
}

TEST_F(HsmDevice, ADamagedManifestIsNotPassedOver) {
  PracticeReader& card = device("one");
  load(card, 1, "p256.bin", "a");
  ASSERT_EQ(backup("keys").outcome, Outcome::ok);
  const std::string manifest = text_of_file(folder_ / "keys/manifest.json");
  for (const std::string& text : {std::string("{"), manifest.substr(0, manifest.size() / 2)}) {
    put_text("keys/manifest.json", text);
    EXPECT_EQ(restore("keys").outcome, Outcome::refused);
  }
  EXPECT_EQ(restore("keys/001-a.bin").outcome, Outcome::refused) << "half of ours";
  put_text("keys/manifest.json", "{\"name\": \"of another program\"}");
  EXPECT_EQ(restore("keys/001-a.bin").outcome, Outcome::ok);
  std::filesystem::resize_file(folder_ / "keys/manifest.json", 100u << 20);
  for (const Report& report : {restore("keys"), backup("keys")}) {
    EXPECT_EQ(report.outcome, Outcome::refused) << report.message;
    EXPECT_THAT(report.next, Not(HasSubstr("max-size")));
  }
  EXPECT_EQ(count_sent(card, unwrap), 0u);
}

TEST_F(HsmDevice, APartialRestoreProvesNotAll) {
  PracticeReader& card = device("one");
  std::filesystem::create_directory(folder_ / "keys");
  put_file("keys/1.bin", wrapped_vector("p256.bin").bytes);
  Bytes damaged = wrapped_vector("p384.bin").bytes;
  damaged[80] ^= 1;
  put_file("keys/2.bin", damaged);
  put_file("keys/3.bin", wrapped_vector("x25519.bin").bytes);
  const Report some = restore("keys");
  EXPECT_EQ(some.outcome, Outcome::partial);
  EXPECT_EQ(some.levels.structure, Level::pass);
  EXPECT_EQ(some.levels.content, Level::fail);
  EXPECT_EQ(some.levels.meaning, Level::not_run);
  EXPECT_THAT(some.message, HasSubstr("; and ")) << "both reasons";
  EXPECT_THAT(some.message, HasSubstr("big-endian"));
  EXPECT_EQ(held(card).size(), 1u);
}

TEST_F(HsmDevice, AFullDevice) {
  PracticeReader& card = device("one");
  const auto key = put_file("key.bin", wrapped_vector("host-aes256-genuine.bin").bytes);
  card.instead = [](ByteView command) -> std::optional<Bytes> {
    if (command[1] != 0x58) return std::nullopt;
    Bytes out{0xC4, 0x00, 0xCC, 0x00};
    for (unsigned reference = 1; reference <= 255; ++reference) {
      out.push_back(0xCC);
      out.push_back(static_cast<std::uint8_t>(reference));
    }
    out.push_back(0x90);
    out.push_back(0x00);
    return out;
  };
  const Report full = restore(key, vector_shares());
  EXPECT_NE(full.outcome, Outcome::ok) << full.message;
  EXPECT_EQ(count_sent(card, unwrap), 0u);
  card.instead = [](ByteView command) { return command[1] == unwrap ? std::optional(Bytes{0x6A, 0x84}) : std::nullopt; };
  const Report memory = restore(key, vector_shares(), {.reference = 9});
  EXPECT_EQ(memory.outcome, Outcome::device);
  EXPECT_THAT(memory.message, HasSubstr("6A84"));
}

TEST_F(HsmDevice, TheReasonBehindABareRefusal) {
  PracticeReader& card = device("one", "A12");
  const auto key = put_file("key.bin", wrapped_vector("p256.bin").bytes);
  for (const auto& source : {tasks::SharesSource{}, vector_shares()}) {
    const Report other = restore(key, source);
    EXPECT_EQ(other.outcome, Outcome::wrong_secret) << other.message;
    EXPECT_THAT(other.message, HasSubstr("2952B3021B693783"));
    EXPECT_THAT(other.message, HasSubstr("84050F370FCDF7BC"));
  }
  make_ready(card, "A", 2);
  const Report missing = restore(key, {});
  EXPECT_EQ(missing.outcome, Outcome::wrong_secret) << missing.message;
  EXPECT_THAT(missing.message, HasSubstr("1 of 2 shares"));
  EXPECT_EQ(count_sent(card, unwrap), 0u);
  make_ready(card);
  card.instead = [](ByteView command) { return command[1] == unwrap ? std::optional(Bytes{0x64, 0x00}) : std::nullopt; };
  EXPECT_THAT(restore(key, {}).message, HasSubstr("--share tells which"));
  EXPECT_THAT(restore(key, vector_shares()).message, HasSubstr("All checks hold here"));
}

TEST_F(HsmDevice, WhatFailsACheckIsNeverSent) {
  PracticeReader& card = device("one");
  const std::set<std::string> good{"whole.bin", "bare.bin", "junk-behind.bin", "g-of-2022.bin"};
  const auto museum = std::filesystem::path(HWBAK_SOURCE) / "tests/museum/wrapped-key";
  for (const auto& entry : std::filesystem::directory_iterator(museum)) {
    if (entry.path().extension() != ".bin" || good.contains(entry.path().filename().string())) continue;
    const Report report = restore(entry.path(), vector_shares());
    EXPECT_NE(report.outcome, Outcome::ok) << entry.path();
    EXPECT_NE(report.outcome, Outcome::internal) << entry.path();
    EXPECT_FALSE(report.next.empty()) << entry.path() << report.message;
  }
  const crypto::ReadKey three = crypto::read_key_file(read_bytes(std::filesystem::path(HWBAK_SOURCE) / "tests/museum/pico-hsm/rsa-e3.pem"), {});
  EXPECT_THAT(restore(put_file("e3.bin", file_of(three.key)), vector_shares()).message, HasSubstr("65537"));
  EXPECT_THAT(restore(put_file("curve.bin", file_of(crypto::fresh_ec(crypto::Curve::secp224r1, system_random()))), vector_shares()).message, HasSubstr("secp224r1"));
  const Report montgomery = restore(hsm_file("x25519.bin"), vector_shares());
  EXPECT_THAT(montgomery.message, HasSubstr("big-endian"));
  EXPECT_THAT(montgomery.next, HasSubstr("rekey"));
  EXPECT_EQ(count_sent(card, unwrap), 0u);

  // Without the DKEK: what can be told all the same.
  for (const char* name : {"blob-of-9-bytes", "blob-of-72-bytes", "key-type-7", "type-byte-wrong", "kcv-byte-wrong", "header-length-65535", "cut-within-blob"})
    EXPECT_NE(restore(museum / (std::string(name) + ".bin"), {}).outcome, Outcome::ok) << name;
  EXPECT_THAT(restore(hsm_file("x25519.bin"), {}).message, HasSubstr("X25519"));
  EXPECT_EQ(count_sent(card, unwrap), 0u);
  // And what cannot be told is left to the device, which says no.
  const Report no = restore(museum / "mac-byte-wrong.bin", {});
  EXPECT_EQ(no.outcome, Outcome::device);
  EXPECT_THAT(no.next, HasSubstr("verify --share"));
  EXPECT_EQ(count_sent(card, unwrap), 1u);
}

TEST_F(HsmDevice, MovesToAnotherDevice) {
  PracticeReader& old = device("old");
  PracticeReader& fresh = device("new");
  load(old, 1, "rsa2048.bin", "a");
  load(old, 2, "k256.bin", "b");
  EXPECT_EQ(backup("keys", {}).outcome, Outcome::refused) << "which of the two?";
  ASSERT_EQ(backup("keys", vector_shares(), false, "old").outcome, Outcome::ok);
  load(fresh, 2, "p521.bin", "in the way");
  const Report some = restore(folder_ / "keys", vector_shares(), {}, "new");
  EXPECT_EQ(some.outcome, Outcome::partial) << some.message;
  EXPECT_THAT(statuses(some), ElementsAre("restored", "refused"));
  const Report other = restore(folder_ / "keys/002-b.bin", vector_shares(), {.reference = 3}, "new");
  EXPECT_EQ(other.outcome, Outcome::ok) << other.message;
  const auto there = held(fresh), here = held(old);
  EXPECT_TRUE(crypto::same(*there.at(1).public_key, *here.at(1).public_key));
  EXPECT_TRUE(crypto::same(*there.at(3).public_key, *here.at(2).public_key));
}

TEST_F(HsmDevice, AllVectorsAsTheSpecificationHasThem) {
  PracticeReader& card = device("one");
  std::uint8_t reference = 1;
  for (const WrappedVector& vector : wrapped_vectors()) {
    const Report report = restore(hsm_file(vector.file), vector_shares(), {.reference = reference++});
    EXPECT_EQ(report.outcome, vector.file == "x25519.bin" ? Outcome::refused : Outcome::ok) << vector.file << report.message;
    if (report.outcome != Outcome::ok) continue;
    const bool wrappable = bool_fact(verified(hsm_file(vector.file)).facts, "exportable");
    EXPECT_EQ(text_fact(key_fact(report, 0), "proof"),
              vector.file.find("aes") == std::string::npos ? "signature" : wrappable ? "rewrapped" : "none")
        << vector.file;
  }
  // And without the DKEK into a device that has it.
  make_ready(card);
  reference = 1;
  for (const WrappedVector& vector : wrapped_vectors()) {
    const Report report = restore(hsm_file(vector.file), {}, {.reference = reference++});
    EXPECT_EQ(report.outcome, vector.file == "x25519.bin" ? Outcome::refused : Outcome::ok) << vector.file << report.message;
    EXPECT_EQ(has_finding(report, "restore-caution"), report.outcome == Outcome::ok) << vector.file;
  }
}

// X25519 as the firmware takes it; a reader that takes no long commands.
TEST_F(HsmDevice, KeyAgreementAndShortCommands) {
  PracticeReader& card = device("one");
  const auto key = put_file("x.bin", file_of(crypto::fresh_montgomery(crypto::Montgomery::x25519, system_random())));
  const Report report = restore(key, vector_shares());
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(text_fact(key_fact(report, 0), "proof"), "key-agreement");
  card.instead = [](ByteView command) { return command.size() > 261 ? std::optional(Bytes{0x67, 0x00}) : std::nullopt; };
  const Report pieces = restore(hsm_file("rsa2048.bin"), vector_shares(), {.reference = 9});
  EXPECT_EQ(pieces.outcome, Outcome::ok) << pieces.message;
  EXPECT_EQ(count_sent(card, unwrap), 3u);
}

}  // namespace
}  // namespace hwbak::test
