// create coldcard: a device's files reproduced from their texts, what is refused, and cards that fail at every step.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "container/sevenzip/open.h"
#include "container/sevenzip/write.h"
#include "device/coldcard/naming.h"
#include "io/fault_points.h"
#include "support/child.h"
#include "support/device_reader.h"
#include "support/replay.h"
#include "support/vectors.h"
#include "tasks/create_text.h"
#include "tasks/sealed_backup.h"
#include "wallet/bip39.h"

namespace hwbak {
namespace {

using namespace test;

constexpr const char* good_password = "quite a long password, 7 geese & 31 ducks";
constexpr const char* twelve = "trim thing monkey alarm unlock seminar smile bag later file misery rent";

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

SecretBytes text_of(const Vector& vector) {
  sevenzip::Limits limits;
  const Bytes file = read_bytes(vector.path());
  const auto survey = sevenzip::survey(file, limits);
  const auto form = std::move(sevenzip::password_forms({reinterpret_cast<const std::uint8_t*>(vector.password.data()), vector.password.size()}).front());
  const auto key = sevenzip::derive_key(*survey.folders.at(0).aes, form.expose(), limits);
  return std::move(sevenzip::open(file, survey.folders[0], key.expose(), limits).text);
}

std::string string_of(const SecretBytes& text) { return {text.expose().begin(), text.expose().end()}; }

// What the device drew for this file: the name inside, then salt and IV.
Bytes drawn_for(const Vector& vector) {
  const auto survey = sevenzip::survey(read_bytes(vector.path()), {});
  const std::string name = survey.entries.at(0).name;
  Bytes drawn;
  if (coldcard::judge_inner_name(name) == coldcard::InnerName::word_and_number) {
    const auto digits = name.find_first_of("0123456789");
    for (const unsigned value : {*wallet::word_index(name.substr(0, digits)), static_cast<unsigned>(std::stoul(name.substr(digits)))}) {
      drawn.push_back(static_cast<std::uint8_t>(value));
      drawn.push_back(static_cast<std::uint8_t>(value >> 8));
    }
  }
  const auto& aes = *survey.folders.at(0).aes;
  drawn.insert(drawn.end(), aes.salt.begin(), aes.salt.end());
  drawn.insert(drawn.end(), aes.iv.begin(), aes.iv.end());
  return drawn;
}

class Create : public testing::Test {
 protected:
  Create() { std::filesystem::create_directory(card(0)), std::filesystem::create_directory(card(1)); }

  [[nodiscard]] std::filesystem::path card(int i) const { return folder_ / (i == 0 ? "a" : "b"); }
  std::filesystem::path text_file(std::string_view text) {
    const auto path = folder_ / "text.txt";
    write_bytes(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    return path;
  }
  FixedSecrets& wallet(std::string_view typed) {
    secrets_ = FixedSecrets();
    secrets_.add(Secrets::Kind::mnemonic, typed);
    secrets_.add(Secrets::Kind::new_password, good_password);
    return secrets_;
  }
  WrittenResult run(CreateColdcardOptions options, Files& files = real_files(), RandomSource& random = system_random(),
                    const ConfirmWords& confirm = [](const SecretString&) { return true; }) {
    if (options.cards.empty()) options.cards = {card(0)};
    return create_coldcard(Context{.files = files, .secrets = &secrets_, .random = random, .progress = {}}, options, confirm);
  }
  // Two cards that hold `old` as their only backup.
  void fresh_cards(const Bytes& old) {
    for (int i : {0, 1}) {
      std::filesystem::remove_all(card(i));
      std::filesystem::create_directory(card(i));
      write_bytes(card(i) / "backup.7z", old);
    }
  }
  [[nodiscard]] std::size_t files_on(int i) const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(card(i)), {}));
  }
  // By the two readers that are not ours: 7-Zip, and the tests' own reader of what a device takes.
  static void expect_good_for_others(const std::filesystem::path& file, std::string_view password = good_password) {
    const std::string tested = "7z t -p'" + std::string(password) + "' '" + file.string() + "' >/dev/null 2>&1";
    EXPECT_EQ(std::system(tested.c_str()), 0) << file;
    const Bytes bytes = read_bytes(file);
    const auto verified = second::verify(bytes, file.filename().native());
    EXPECT_TRUE(verified.accepted()) << file << ": " << verified.why;
    const auto restored = second::restore(bytes, password);
    EXPECT_TRUE(restored.accepted()) << file << ": " << restored.why;
  }
  void expect_refused(const WrittenResult& result, Outcome outcome, std::string_view says) {
    EXPECT_EQ(result.report.outcome, outcome) << result.report.message;
    EXPECT_NE(result.report.message.find(says), std::string::npos) << result.report.message;
    EXPECT_EQ(files_on(0) + files_on(1), 0u) << "nothing was written";
  }

  Folder folder_;
  FixedSecrets secrets_;
};

TEST_F(Create, EveryDeviceFileIsReproducedFromItsText) {
  int reproduced = 0;
  for (const Vector& vector : vectors()) {
    if (!vector.device_made() || vector.all.at("rounds_pow").as_int64() != 13) continue;
    const SecretBytes text = text_of(vector);
    const std::string inner = vector.all.at("inner_name").as_string().c_str();
    Replay random(drawn_for(vector));
    if (coldcard::judge_inner_name(inner) == coldcard::InnerName::word_and_number) {
      secrets_ = FixedSecrets();
      secrets_.add(Secrets::Kind::new_password, vector.password);
      const auto result = run({.text = text_file(string_of(text)), .chain = {}, .cards = {}, .copies = 1}, real_files(), random);
      ASSERT_EQ(result.report.outcome, Outcome::ok) << vector.file << ": " << result.report.message;
      EXPECT_EQ(read_bytes(card(0) / "backup.7z"), read_bytes(vector.path())) << vector.file;
      expect_good_for_others(card(0) / "backup.7z", vector.password);
      EXPECT_EQ(text_fact(result.report.facts, "output_inner_name"), inner);
      std::filesystem::remove(card(0) / "backup.7z");
    } else {
      EXPECT_EQ(tasks::seal_backup(text.expose(), inner, SecretString::copy_of(vector.password), random).archive, read_bytes(vector.path()))
          << vector.file;
    }
    EXPECT_TRUE(random.spent()) << vector.file;
    ++reproduced;
  }
  EXPECT_EQ(reproduced, 5);
}

TEST_F(Create, SevenZipOpensWhatIsMadeOfWords) {
  wallet("  Trim, thing 3. MONKEY alar unlock seminar smile bag later file misery rent\n");
  const auto result = run({.text = {}, .chain = {}, .cards = {card(0), card(1)}, .copies = 3});
  const Report& report = result.report;
  ASSERT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(report.subject, "coldcard");
  EXPECT_EQ(report.format, "coldcard-7z");
  EXPECT_EQ(text_fact(report.facts, "fingerprint"), "380C7AFD");
  EXPECT_EQ(number_fact(report.facts, "word_count"), 12);
  EXPECT_EQ(text_fact(object_fact(report.facts, "advisory"), "level"), "unknown");
  EXPECT_EQ(report.levels.structure, Level::pass);
  EXPECT_EQ(report.levels.content, Level::pass);
  EXPECT_EQ(report.levels.meaning, Level::pass);
  EXPECT_EQ(list_fact(report.facts, "copies").size(), 6u);
  EXPECT_FALSE(has_finding(report, "cleartext"));
  for (const char* name : {"backup.7z", "backup-2.7z", "backup-3.7z"})
    for (int i : {0, 1}) {
      EXPECT_EQ(read_bytes(card(i) / name), read_bytes(card(0) / "backup.7z")) << name;
      expect_good_for_others(card(i) / name);
    }
  const std::string file = (card(0) / "backup.7z").string(), password = std::string(" -p'") + good_password + "' '";
  ASSERT_EQ(std::system(("7z e -so" + password + file + "' >'" + (folder_ / "out").string() + "' 2>/dev/null").c_str()), 0);
  const Bytes out = read_bytes(folder_ / "out");
  const std::string text(out.begin(), out.end());
  EXPECT_NE(text.find("# Made by hwbak\n"), std::string::npos);
  EXPECT_NE(text.find("mnemonic = \"" + std::string(twelve) + "\"\n"), std::string::npos);
  EXPECT_EQ(text.find("fw_"), std::string::npos) << "no firmware is invented";
  EXPECT_EQ(text.find("serial"), std::string::npos);
  FixedSecrets typed(good_password);
  Context context;
  context.secrets = &typed;
  DrillOptions all{.targets = {"coldcard@5.6.1", "coldcard@1.5.1Q"}, .state = DrillState::empty, .require_accept = true};
  EXPECT_EQ(drill(context, file, all).outcome, Outcome::ok);
}

TEST_F(Create, AnXprvBringsItsNetwork) {
  wallet(vector("mk5-xprv-rounds16.7z").expect().at("xprv").as_string().c_str());
  const auto result = run({.text = {}, .chain = {}, .cards = {}, .copies = 1});
  ASSERT_EQ(result.report.outcome, Outcome::ok) << result.report.message;
  EXPECT_EQ(text_fact(result.report.facts, "mode"), "xprv");
  EXPECT_EQ(text_fact(result.report.facts, "chain"), "BTC");
  expect_good_for_others(card(0) / "backup.7z");
  const Vector& testnet = vector("q1-testnet-18words.7z");
  wallet(testnet.expect().at("xprv").as_string().c_str());
  const auto tprv = run({.text = {}, .chain = {}, .cards = {card(1)}, .copies = 1});
  EXPECT_EQ(text_fact(tprv.report.facts, "chain"), "XTN") << tprv.report.message;
  expect_good_for_others(card(1) / "backup.7z");
  EXPECT_EQ(text_fact(tprv.report.facts, "fingerprint"), testnet.expect().at("master_fingerprint").as_string().c_str());
}

TEST_F(Create, WalletsThatNoDeviceHoldsAreRefused) {
  const auto refuse = [&](std::string_view typed, std::string_view says, std::string chain = {}, Outcome outcome = Outcome::refused) {
    wallet(typed);
    expect_refused(run({.text = {}, .chain = std::move(chain), .cards = {}, .copies = 1}), outcome, says);
  };
  refuse("trim thing monkey alarm unlock seminar smile bag later file misery misery", "checksum");
  refuse("trim thing monkey alarm unlock seminar smile bag later file misery", "11 words");
  refuse("trim thing monkey xxxxxx unlock seminar smile bag later file misery rent", "word 4");
  std::string fifteen = "abandon";
  for (int i = 1; i < 15; ++i) fifteen += " abandon";
  refuse(fifteen, "15 words");
  refuse("xprv9s21ZrQH143K2xVkqGmmXgMD9VBaqfm6UpTiJQKNVk55CeupLTjx9zSfyHv2spWgwxyUwaAeTGdVTwDxjKbdvxLwQvdZb6XYvtk5583H9Sv", "extended key");
  refuse("xpub661MyMwAqRbcFSaDwJJmtpHwhX25F8Uwr3PK6niz45c45TExt14Chnm9pbqqnPSrrHV5HFW6TzsfwxSLXiHd3ZDHeVvCBBRPUJ6FinA3Np7", "extended key");
  const std::string xprv = vector("mk4-12words.7z").expect().at("xprv").as_string().c_str();
  refuse(xprv, "xprv belongs to BTC", "XTN");
  refuse(vector("q1-testnet-18words.7z").expect().at("xprv").as_string().c_str(), "tprv belongs", "BTC");
  refuse(twelve, "no chain", "LTC", Outcome::usage);
  secrets_ = FixedSecrets();
  expect_refused(run({.text = {}, .chain = {}, .cards = {}, .copies = 1}), Outcome::refused, "no wallet");
}

TEST_F(Create, NoSecretStandsInAnAnswer) {
  for (const char* typed : {twelve, "trim thing monkey xxxxxx unlock seminar smile bag later file misery rent"}) {
    wallet(typed);
    const Report report = run({.text = {}, .chain = {}, .cards = {}, .copies = 1}).report;
    std::string all = report.message + report.next;
    for (const Finding& finding : report.findings) all += finding.message;
    for (const char* word : {"trim", "monkey", "xxxxxx", "geese"}) EXPECT_EQ(all.find(word), std::string::npos) << all;
  }
}

TEST_F(Create, PasswordsAreHeldToTheLimitsOfADevice) {
  const auto with = [&](std::string_view password) {
    secrets_ = FixedSecrets();
    secrets_.add(Secrets::Kind::mnemonic, twelve);
    secrets_.add(Secrets::Kind::new_password, password);
    return run({.text = {}, .chain = {}, .cards = {}, .copies = 1});
  };
  expect_refused(with("short"), Outcome::refused, "shorter than the 32");
  expect_refused(with(std::string(129, 'x')), Outcome::refused, "longer than the 128");
  expect_refused(with("gr\xC3\xBC\xC3\x9F dich, ein langes langes Passwort"), Outcome::refused, "character");
  const auto weak = with("passwordpasswordpasswordpassword");
  EXPECT_EQ(weak.report.outcome, Outcome::ok);
  EXPECT_TRUE(has_finding(weak.report, "password-weak"));
  EXPECT_TRUE(holds(weak.report.next, "without --new-password-from"));
  EXPECT_TRUE(has_finding(with("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about").report, "password-weak"));
  const auto words = with("mass celery settle flash seed never say dust track sick stick reduce");
  EXPECT_FALSE(has_finding(words.report, "password-weak")) << "twelve words are judged by nobody's taste";
  EXPECT_FALSE(has_finding(words.report, "password-inside"));
  EXPECT_TRUE(has_finding(with(twelve).report, "password-inside")) << "the seed as password of its own backup";
}

TEST_F(Create, DrawnWordsAreConfirmedAndOpenIt) {
  secrets_.add(Secrets::Kind::mnemonic, twelve);
  const auto given_up = run({.text = {}, .chain = {}, .cards = {}, .copies = 1}, real_files(), system_random(), [](const SecretString&) { return false; });
  expect_refused(given_up, Outcome::refused, "not confirmed");
  const auto result = run({.text = {}, .chain = {}, .cards = {}, .copies = 1});
  ASSERT_EQ(result.report.outcome, Outcome::ok) << result.report.message;
  FixedSecrets words(result.new_words.expose());
  EXPECT_EQ(verify_one(card(0) / "backup.7z", &words).outcome, Outcome::ok);
}

TEST_F(Create, TextsThatNoDeviceRestoresAreRefused) {
  const std::string good = string_of(text_of(vector("mk4-12words.7z")));
  const auto refuse = [&](const std::string& text, Outcome outcome, std::string_view says) {
    secrets_ = FixedSecrets();
    secrets_.add(Secrets::Kind::new_password, good_password);
    expect_refused(run({.text = text_file(text), .chain = {}, .cards = {}, .copies = 1}), outcome, says);
  };
  const auto edited = [&](std::string_view from, std::string_view to) {
    std::string out = good;
    return out.replace(out.find(from), from.size(), to);
  };
  refuse("hello\n", Outcome::unsupported, "not the text");
  refuse("{\"coldcard_notes\": []}", Outcome::unsupported, "export of notes");
  refuse(good.substr(0, good.size() - 1), Outcome::refused, "no newline");
  refuse(good.substr(2), Outcome::refused, "does not begin with #");
  refuse(edited("# EOF", "# \xFF\xFE"), Outcome::refused, "UTF-8");
  refuse(edited("raw_secret = \"80e8", "raw_secret = \"80e9"), Outcome::inconsistent, "contradict");
  refuse(edited("raw_secret = \"80", "raw_secret = \"00"), Outcome::inconsistent, "");
  const std::string large = "# " + std::string(131072 - good.size() + 100, 'x') + "\n";
  refuse(edited("# EOF\n", large + "# EOF\n"), Outcome::refused, "at most 131071");
  refuse(edited("# EOF\n", "# " + std::string(131000 - good.size(), 'x') + "\n# EOF\n"), Outcome::refused, "files of at most 131072");
  refuse(edited("# EOF\n", "# " + std::string(68104 - good.size() - 3, 'x') + "\n# EOF\n"), Outcome::refused, "comment line");
  const Bytes archive = read_bytes(vector("mk4-12words.7z").path());
  refuse({archive.begin(), archive.end()}, Outcome::unsupported, "archive");
  expect_refused(run({.text = text_file(good), .chain = "BTC", .cards = {}, .copies = 1}), Outcome::usage, "chain");
}

// A CRC that holds the mark before the file name: found by trying comments at the end of the text.
TEST_F(Create, ATextWhoseChecksumCollidesIsRefused) {
  std::string text = string_of(text_of(vector("mk4-12words.7z")));
  constexpr std::string_view digits = "abcdefghijklmnop";
  const std::size_t at = text.size() + 2;
  text += "# aaaaaaaa\n# EOF\n";
  bool found = false;
  // CRC is affine: what a change of one character does to it does not depend on the others.
  const std::uint32_t base = sevenzip::crc32({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  std::uint32_t effect[8][16];
  for (unsigned place = 0; place < 8; ++place)
    for (unsigned digit = 0; digit < 16; ++digit) {
      std::string other = text;
      other[at + place] = digits[digit];
      effect[place][digit] = base ^ sevenzip::crc32({reinterpret_cast<const std::uint8_t*>(other.data()), other.size()});
    }
  for (std::uint64_t n = 0; n < 1ull << 32 && !found; ++n) {
    std::uint32_t crc = base;
    for (unsigned place = 0; place < 8; ++place) crc ^= effect[place][(n >> 4 * place) & 15];
    if ((crc & 0xFFFFFF) != 0x110105 && crc >> 8 != 0x110105) continue;
    for (unsigned place = 0; place < 8; ++place) text[at + place] = digits[(n >> 4 * place) & 15];
    found = true;
  }
  ASSERT_TRUE(found);
  secrets_.add(Secrets::Kind::new_password, good_password);
  expect_refused(run({.text = text_file(text), .chain = {}, .cards = {}, .copies = 1}), Outcome::refused, "checksum of the text");
}

TEST_F(Create, OfAnOwnTextThatCollidesTheRemarkGrows) {
  const auto typed = tasks::understand_wallet(twelve, "");
  int asked = 0;
  const SecretBytes text = tasks::wallet_text(typed, [&](ByteView) { return ++asked <= 3; });
  EXPECT_NE(string_of(text).find("# Made by hwbak...\n"), std::string::npos);
  EXPECT_THROW((void)tasks::wallet_text(typed, [](ByteView) { return true; }), Error);
}

TEST_F(Create, LinesThatADeviceSkipsAreSaidAndStillWritten) {
  std::string text = string_of(text_of(vector("mk4-12words.7z")));
  text.insert(text.find("# EOF"), "setting.rz = 8\nsetting.bad = [1,\n");
  secrets_.add(Secrets::Kind::new_password, good_password);
  const auto result = run({.text = text_file(text), .chain = {}, .cards = {}, .copies = 1});
  EXPECT_EQ(result.report.outcome, Outcome::partial) << result.report.message;
  EXPECT_EQ(result.report.levels.content, Level::pass);
  EXPECT_TRUE(has_finding(result.report, "unparsable-line"));
  EXPECT_TRUE(has_finding(result.report, "repeated-line"));
  EXPECT_TRUE(has_finding(result.report, "cleartext")) << "the text that was given lies open";
  EXPECT_EQ(result.report.subject, text_file(text).native());
}

TEST_F(Create, CardsAndCopiesAreCounted) {
  wallet(twelve);
  const auto single = run({.text = {}, .chain = {}, .cards = {card(0)}, .copies = 1});
  EXPECT_TRUE(has_finding(single.report, "single-copy"));
  EXPECT_FALSE(has_finding(single.report, "one-card"));
  const auto one = run({.text = {}, .chain = {}, .cards = {card(0)}, .copies = 2});
  EXPECT_TRUE(has_finding(one.report, "one-card"));
  EXPECT_FALSE(has_finding(one.report, "same-card"));
  const auto twice = run({.text = {}, .chain = {}, .cards = {card(1), card(1) / "."}, .copies = 1});
  EXPECT_TRUE(has_finding(twice.report, "same-card"));
  EXPECT_EQ(files_on(1), 1u) << "a card named twice is written once";
  EXPECT_EQ(run({.text = {}, .chain = {}, .cards = {card(0)}, .copies = 0}).report.outcome, Outcome::usage);
  EXPECT_EQ(run({.text = {}, .chain = {}, .cards = {card(0), card(1)}, .copies = 13}).report.outcome, Outcome::refused);
  EXPECT_EQ(run({.text = {}, .chain = {}, .cards = {card(1)}, .copies = 25}).report.outcome, Outcome::ok);
  EXPECT_EQ(files_on(1), 26u);
}

TEST_F(Create, TwoFoldersOfOneDiskAreSaidOnce) {
  wallet(twelve);
  const auto two = run({.text = {}, .chain = {}, .cards = {card(0), card(1)}, .copies = 1});
  EXPECT_TRUE(has_finding(two.report, "same-card"));
  EXPECT_FALSE(has_finding(two.report, "one-card"));
}

TEST_F(Create, ACardThatIsNotThereIsToldBeforeTheWords) {
  secrets_.add(Secrets::Kind::mnemonic, twelve);
  bool shown = false;
  const auto result = run({.text = {}, .chain = {}, .cards = {card(0), folder_ / "gone"}, .copies = 1}, real_files(), system_random(),
                          [&](const SecretString&) { return shown = true; });
  expect_refused(result, Outcome::io, "gone");
  EXPECT_FALSE(shown);
}

// Every step of every copy fails once: what was there stays, the other card is written, and the answer counts right.
TEST_F(Create, AFaultAtEachStepOfEachCopyIsToldByCopy) {
  wallet(twelve);
  const Bytes old{1, 2, 3};
  for (const WriteStep step : {WriteStep::create, WriteStep::write, WriteStep::sync, WriteStep::rename, WriteStep::sync_folder, WriteStep::read_back})
    for (int copy = 0; copy < 4; ++copy) {
      fresh_cards(old);
      int seen = 0;
      const auto files = io::files_with_faults({.before_step = [&](WriteStep now) { return now == step && seen++ == copy ? EIO : 0; }, .before_transfer = {}});
      const Report report = run({.text = {}, .chain = {}, .cards = {card(0), card(1)}, .copies = 2}, *files).report;
      EXPECT_EQ(report.outcome, Outcome::io) << report.message;
      const List& copies = list_fact(report.facts, "copies");
      ASSERT_EQ(copies.size(), 4u);
      const int lost = copy % 2 == 0 ? 2 : 1;  // the rest of a card that failed is not tried
      int good = 0;
      for (int i = 0; i < 4; ++i) {
        const Object& item = std::get<Object>(copies[static_cast<std::size_t>(i)].get());
        const bool missing = i >= copy && i < copy + lost;
        EXPECT_EQ(text_fact(item, "outcome"), missing ? "io" : "ok") << i;
        good += missing ? 0 : 1;
      }
      EXPECT_NE(report.message.find(std::to_string(good) + " of 4 copies are good"), std::string::npos) << report.message;
      for (int i : {0, 1}) {
        EXPECT_EQ(read_bytes(card(i) / "backup.7z"), old);
        for (const auto& entry : std::filesystem::directory_iterator(card(i))) {
          const std::string name = entry.path().filename();
          EXPECT_TRUE(coldcard::backup_number(name)) << "no temporary file stays: " << name;
          if (name != "backup.7z") { EXPECT_EQ(sevenzip::blind_search(read_bytes(entry.path())).collision, "") << name; }
        }
      }
    }
}

// Between two copies, as the program does for Ctrl-C: what is written is whole and counted, the rest is said to be missing.
TEST_F(Create, AnInterruptBetweenCopiesIsTold) {
  wallet(twelve);
  int asked = 0;
  Context context{.files = real_files(), .secrets = &secrets_, .random = system_random(), .progress = [&](double) { return asked++ < 2; }};
  const auto result = create_coldcard(context, {.text = {}, .chain = {}, .cards = {card(0), card(1)}, .copies = 2}, {});
  EXPECT_EQ(result.report.outcome, Outcome::stopped);
  EXPECT_TRUE(holds(result.report.message, "interrupted: 2 of 4 copies are good")) << result.report.message;
  EXPECT_EQ(files_on(0), 2u);
  EXPECT_EQ(files_on(1), 0u);
}

TEST_F(Create, ALeftoverOfAnInterruptedWriteIsTold) {
  wallet(twelve);
  write_bytes(card(0) / ".backup.7z.hwbak-0123456789abcdef", Bytes(9));
  EXPECT_TRUE(has_finding(run({.text = {}, .chain = {}, .cards = {card(0)}, .copies = 2}).report, "leftover-file"));
  EXPECT_FALSE(has_finding(run({.text = {}, .chain = {}, .cards = {card(1)}, .copies = 2}).report, "leftover-file"));
}

// The program is killed before each step of each copy: what was there stays, every named file opens, the rest is missing.
TEST_F(Create, AKillAtEachStepOfEachCopyLeavesWholeFilesOnly) {
  wallet(twelve);
  const Bytes old{1, 2, 3};
  for (const WriteStep step : {WriteStep::create, WriteStep::write, WriteStep::sync, WriteStep::rename, WriteStep::sync_folder, WriteStep::read_back})
    for (int copy = 0; copy < 4; ++copy) {
      fresh_cards(old);
      const int killed = in_child([&] {
        int seen = 0;
        const auto files = io::files_with_faults({.before_step = [&](WriteStep now) {
          if (now == step && seen++ == copy) ::kill(::getpid(), SIGKILL);
          return 0;
        }, .before_transfer = {}});
        (void)run({.text = {}, .chain = {}, .cards = {card(0), card(1)}, .copies = 2}, *files);
        return 0;
      });
      EXPECT_EQ(killed, -1) << "the child was killed, it did not end by itself";
      int whole = 0;
      FixedSecrets password(good_password);
      for (int i : {0, 1}) {
        EXPECT_EQ(read_bytes(card(i) / "backup.7z"), old);
        for (const auto& entry : std::filesystem::directory_iterator(card(i)))
          if (coldcard::backup_number(entry.path().filename().string()) && entry.path().filename() != "backup.7z") {
            EXPECT_EQ(verify_one(entry.path(), &password).outcome, Outcome::ok) << entry.path();
            ++whole;
          }
      }
      const bool renamed = step == WriteStep::sync_folder || step == WriteStep::read_back;
      EXPECT_EQ(whole, copy + (renamed ? 1 : 0));
    }
}

TEST_F(Create, WhenEveryCardFailsNothingIsClaimed) {
  wallet(twelve);
  const auto files = io::files_with_faults({.before_step = [](WriteStep step) { return step == WriteStep::write ? ENOSPC : 0; }, .before_transfer = {}});
  const auto result = run({.text = {}, .chain = {}, .cards = {card(0), card(1)}, .copies = 3}, *files);
  expect_refused(result, Outcome::io, "none of 6 copies");
  EXPECT_EQ(result.report.levels.content, Level::not_run);
}

}  // namespace
}  // namespace hwbak
