// recover: planted mistakes are found in the class that they belong to; a search that is stopped goes on to the candidate; what cannot
// end is refused with its number.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "recover/corrections.h"
#include "support/badge_vectors.h"
#include "support/hsm_vectors.h"
#include "tasks/recover_fixture.h"
#include "wallet/bip39.h"

namespace hwbak {
namespace {

using namespace test;
using namespace std::chrono_literals;

TEST_F(Recover, PlantedMistakesAreFoundInTheirClass) {
  const auto file = cheap_file();
  struct Planted {
    const char* of_class;
    const char* typed;
  };
  for (const Planted& one : {
           Planted{"as-typed", "unfair divorce remind addict add angry ? feature foil stable stereo kite"},
           Planted{"as-typed", "Unfair, divorce, rem*, addict|add, add, angry, gra?e, feature, foil, stable, {kite stereo}"},
           Planted{"spelling", "unfair divorce remind addict add angry grape feature foil stable stereo kite"},
           Planted{"one-wrong", "unfair divorce remind addict add angry zoo feature foil stable stereo kite"},
           Planted{"neighbours-swapped", "unfair divorce addict remind add angry grace feature foil stable stereo kite"},
           Planted{"missing-or-doubled", "unfair divorce remind addict add angry grace feature foil stable stereo"},
           Planted{"missing-or-doubled", "unfair divorce remind addict add angry angry grace feature foil stable stereo kite"},
           Planted{"missing-or-doubled", "unfair divorce remind addict angry grace grace feature foil stable stereo kite"},
           Planted{"swapped", "unfair divorce kite addict add angry grace feature foil stable stereo remind"},
           Planted{"two-spelling", "unfair divorce remind addict add angry grape feature coil stable stereo kite"},
       }) {
    const RecoverResult result = run(file, one.typed, only({one.of_class}));
    ASSERT_EQ(result.report.outcome, Outcome::ok) << one.of_class << ": " << result.report.message;
    EXPECT_TRUE(result.password.equals(right));
    EXPECT_EQ(text_fact(result.report.facts, "class"), one.of_class);
    EXPECT_LE(number(result.report, "position"), number(result.report, "candidates_total"));
    EXPECT_EQ(result.report.levels.content, Level::pass);
    EXPECT_EQ(result.report.facts.find("password"), nullptr) << "only with reveal";
  }
}

TEST_F(Recover, AWrongWordOfADevicesFile) {
  const test::Vector& vector = test::vector("mk4-12words.7z");
  std::string typed = vector.password;
  typed.replace(typed.rfind(' '), std::string::npos, " ?");
  context_.reveal = true;
  const RecoverResult result = run(vector.path(), typed, only({"as-typed"}));
  ASSERT_EQ(result.report.outcome, Outcome::ok) << result.report.message;
  EXPECT_TRUE(result.password.equals(vector.password));
  EXPECT_EQ(number(result.report, "candidates_total"), 2048);
  EXPECT_NE(result.report.facts.find("password"), nullptr);
}

TEST_F(Recover, NothingIsThere) {
  const RecoverResult result = run(cheap_file(), "zoo divorce remind addict add angry zoo feature foil stable stereo kite", only({"as-typed", "one-wrong"}));
  EXPECT_EQ(result.report.outcome, Outcome::exhausted);
  EXPECT_EQ(number(result.report, "candidates_tried"), number(result.report, "candidates_total"));
  EXPECT_TRUE(result.password.empty());
}

TEST_F(Recover, WhatCannotEndIsRefusedWithItsNumber) {
  RecoverOptions options;
  options.max_time = 10s;
  options.classes = {"as-typed"};
  const RecoverResult result = run(cheap_file(), "? ? ? addict add angry grace feature foil stable stereo kite", options);
  EXPECT_EQ(result.report.outcome, Outcome::refused);
  EXPECT_NE(result.report.message.find("candidates"), std::string::npos);
  EXPECT_NE(result.report.next.find("--shard"), std::string::npos) << result.report.next;
  EXPECT_NE(result.report.facts.find("classes"), nullptr);
  const RecoverResult nothing_known = run(cheap_file(), "? ? ? ? ? ? ? ? ? ? ? ?");
  EXPECT_EQ(nothing_known.report.outcome, Outcome::refused);
  EXPECT_NE(nothing_known.report.message.find("5,444,517,870,735,015,415,413,993,718,908,291,383,296"), std::string::npos) << nothing_known.report.message;
}

// Stopped again and again, the search tries what one without a stop tries.
TEST_F(Recover, StoppedAndResumedIsTheSameSearch) {
  const auto file = cheap_file();
  const char* typed = "unfair divorce remind addict angry grace grace feature foil stable stereo kite";
  RecoverOptions options = only({"missing-or-doubled"});
  const RecoverResult whole = run(file, typed, options);
  ASSERT_EQ(whole.report.outcome, Outcome::ok) << whole.report.message;
  options.state = folder_ / "state";
  std::int64_t tried = 0;
  for (int stops = 0;; ++stops) {
    int ticks = 0;
    options.progress = [&](const SearchProgress&) { return stops >= 3 || ++ticks < 2; };
    const RecoverResult part = run(file, typed, options);
    tried += number(part.report, "candidates_tried");
    if (part.report.outcome == Outcome::stopped) {
      EXPECT_NE(part.report.next.find("same command"), std::string::npos);
      continue;
    }
    ASSERT_EQ(part.report.outcome, Outcome::ok) << part.report.message;
    EXPECT_EQ(number(part.report, "position"), number(whole.report, "position"));
    break;
  }
  const Bytes state = read_bytes(folder_ / "state");
  EXPECT_EQ(std::string(state.begin(), state.end()).find("divorce"), std::string::npos);
  EXPECT_EQ(run(file, "zoo divorce remind addict angry grace grace feature foil stable stereo kite", options).report.outcome, Outcome::refused);
  options.part = options.parts = 2;
  EXPECT_EQ(run(file, typed, options).report.outcome, Outcome::refused);
}

TEST_F(Recover, AStateOfAnotherKindIsNotTaken) {
  RecoverOptions options = only({"as-typed"});
  options.state = folder_ / "state";
  for (const char* text : {"", "something else", "hwbak recover state 1\nsalt 00\n", "hwbak recover state 2\n"}) {
    write_bytes(*options.state, ByteView(reinterpret_cast<const std::uint8_t*>(text), std::strlen(text)));
    const Report report = run(cheap_file(), right, options).report;
    EXPECT_TRUE(report.outcome == Outcome::damaged || report.outcome == Outcome::unsupported) << text;
  }
}

TEST_F(Recover, PartsFindItOnceAndTellTheOthers) {
  const auto file = cheap_file();
  RecoverOptions options = only({"one-wrong"});
  options.stop_file = folder_ / "found";
  options.parts = 4;
  int hits = 0;
  std::map<Outcome, int> ends;
  for (options.part = 1; options.part <= options.parts; ++options.part) {
    std::filesystem::remove(*options.stop_file);
    const Report report = run(file, "unfair divorce remind addict add angry zoo feature foil stable stereo kite", options).report;
    ++ends[report.outcome];
    hits += report.outcome == Outcome::ok ? 1 : 0;
    EXPECT_EQ(std::filesystem::exists(*options.stop_file), report.outcome == Outcome::ok);
  }
  EXPECT_EQ(hits, 1);
  EXPECT_EQ(ends[Outcome::exhausted], 3);
  write_bytes(*options.stop_file, ByteView());
  options.part = 1;
  EXPECT_EQ(run(file, right, options).report.outcome, Outcome::stopped);
}

TEST_F(Recover, WritesThePasswordForItsOwnerAlone) {
  RecoverOptions options = only({"as-typed"});
  options.output = folder_ / "found.txt";
  const auto file = cheap_file();
  ASSERT_EQ(run(file, right, options).report.outcome, Outcome::ok);
  const Bytes written = read_bytes(*options.output);
  EXPECT_EQ(std::string(written.begin(), written.end()), std::string(right) + "\n");
  EXPECT_EQ(std::filesystem::status(*options.output).permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(run(file, right, options).report.outcome, Outcome::refused) << "not over an existing file";
}

// Damage anywhere in the body hides no password, and is said.
TEST_F(Recover, ADamagedFileIsDamagedAndTheWordsAreFound) {
  const test::Vector& vector = test::vector("mk4-12words.7z");
  const Bytes good = read_bytes(vector.path());
  const auto flipped = [&](std::initializer_list<std::size_t> places) {
    Bytes bytes = good;
    for (const std::size_t at : places) bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 1);
    return bytes;
  };
  Bytes cut = flipped({90});
  cut.erase(cut.begin() + 900, cut.begin() + 916);
  for (const Bytes& bytes : {flipped({52}), flipped({52, 1660}), flipped({800}), cut}) {
    const auto path = folder_ / "damaged.7z";
    write_bytes(path, bytes);
    const RecoverResult result = run(path, vector.password, only({"as-typed"}));
    EXPECT_EQ(result.report.outcome, Outcome::damaged) << result.report.message;
    EXPECT_TRUE(result.password.equals(vector.password));
    EXPECT_EQ(result.report.message.find("in full"), std::string::npos) << result.report.message;
  }
}

// The words come first: neither the state nor the stop file can cost them.
TEST_F(Recover, AHitOutlivesAWriteThatFails) {
  struct Failing final : Files {
    Files& real = real_files();
    std::filesystem::path never;
    std::optional<FileInfo> info(const std::filesystem::path& path) override { return real.info(path); }
    Bytes read(const std::filesystem::path& path, std::uint64_t most, FileInfo* about) override { return real.read(path, most, about); }
    std::vector<FileInfo> list(const std::filesystem::path& path) override { return real.list(path); }
    std::vector<std::filesystem::path> files_in(const std::filesystem::path& path) override { return real.files_in(path); }
    void write(const std::filesystem::path& path, ByteView bytes, const WriteOptions& how) override {
      if (path == never) throw Error(Outcome::io, "no room");
      real.write(path, bytes, how);
    }
    void check_room(const std::filesystem::path& path, std::uint64_t bytes, std::uint64_t files) override { real.check_room(path, bytes, files); }
    void remove(const std::filesystem::path& path) override { real.remove(path); }
    void make_folder(const std::filesystem::path& path) override { real.make_folder(path); }
  } files;
  const auto file = cheap_file();
  Context context{.files = files, .progress = {}};
  RecoverOptions options = only({"as-typed"});
  options.threads = 2;
  options.output = folder_ / "words";
  options.stop_file = folder_ / "found";
  options.state = folder_ / "state";
  Remembered remembered;
  remembered.words = SecretString::copy_of(right);
  for (const auto& failing : {options.output, options.stop_file, options.state}) {
    files.never = *failing;
    for (const auto& one : {options.output, options.stop_file, options.state}) std::filesystem::remove(*one);
    const RecoverResult result = recover_password(context, file, remembered, options);
    EXPECT_TRUE(result.password.equals(right)) << result.report.message;
    EXPECT_EQ(result.report.outcome, failing == options.output ? Outcome::io : Outcome::ok) << result.report.message;
    EXPECT_NE(result.report.message.find("no room"), std::string::npos) << result.report.message;
    EXPECT_EQ(std::filesystem::exists(*options.stop_file), failing == options.state) << "the others are told when the words are safe";
  }
  files.never.clear();
  options.output = folder_ / "no-such-folder" / "words";
  const Report early = recover_password(context, file, remembered, options).report;
  EXPECT_EQ(early.outcome, Outcome::io);
  EXPECT_EQ(early.facts.find("candidates_tried"), nullptr) << "before the search";
  options.output = options.state;
  EXPECT_EQ(recover_password(context, file, remembered, options).report.outcome, Outcome::usage);
}

TEST_F(Recover, AChangedStateIsDamaged) {
  const auto file = cheap_file();
  RecoverOptions options = only({"one-wrong"});
  options.state = folder_ / "state";
  const char* typed = "unfair divorce remind addict add angry zoo feature foil stable stereo kite";
  int ticks = 0;
  options.progress = [&](const SearchProgress&) { return ++ticks < 2; };
  (void)run(file, typed, options);
  const Bytes written = read_bytes(*options.state);
  const std::string text(written.begin(), written.end());
  for (const auto& [from, to] : {std::pair{"\nnext ", "\nnext 1"}, std::pair{"classes one-wrong", "classes as-typed"}, std::pair{"shard 1/1", "shard 1/2"}}) {
    std::string changed = text;
    changed.replace(changed.find(from), std::strlen(from), to);
    write_bytes(*options.state, ByteView(reinterpret_cast<const std::uint8_t*>(changed.data()), changed.size()));
    EXPECT_EQ(run(file, typed, options).report.outcome, Outcome::damaged) << to;
  }
}

// What an earlier run has tried takes no time any more.
TEST_F(Recover, MaxTimeIsOfWhatIsLeft) {
  const auto file = cheap_file();
  RecoverOptions options = only({"as-typed"});
  const char* typed = "zoo divorce remind addict add angry grace ? foil stable stereo zoo";
  options.state = folder_ / "state";
  ASSERT_EQ(run(file, typed, options).report.outcome, Outcome::exhausted);
  options.max_time = 0s;
  const Report again = run(file, typed, options).report;
  EXPECT_EQ(again.outcome, Outcome::exhausted) << again.message;
  options.state.reset();
  EXPECT_EQ(run(file, typed, options).report.outcome, Outcome::refused);
}

TEST(RecoverCorrections, SayWhatWasWrong) {
  struct Said {
    const char* typed;
    const char* line;
    std::vector<unsigned> places;
  };
  for (const Said& one : {
           Said{"unfair divorse remind addict add angry grace feature foil stable stereo kite", "word 2: you wrote divorse, it is divorce", {2}},
           Said{"unfair ___ remind addict add angry grace feature foil stable stereo kite", "word 2 is divorce", {}},
           Said{"unfair ... remind addict add angry grace feature foil stable stereo kite", "word 2 is divorce", {}},
           Said{"1. unfair 2. - 3. remind addict add angry grace feature foil stable stereo kite", "word 2 is divorce", {}},
           Said{"unfair divorce rem* addict add angry grace feature foil stable stereo kite", "word 3 is remind", {}},
           Said{"unfair divorce remind addict add angry grace feature foil {kite stable stereo}",
                "words 10, 11 and 12 stand in this order: stable stereo kite", {}},
           Said{"divorce unfair remind addict add angry grace feature foil stable stereo",
                "words 1 and 2 were changed over: unfair comes first, then divorce", {1, 2, 12}},
           Said{"divorce remind unfair addict add angry grace feature foil stable stereo kite",
                "words 1, 2 and 3 stand in this order: unfair divorce remind", {1, 2, 3}},
       }) {
    const auto words = wallet::english_words();
    const auto wrong = recover::corrections(recover::read_words(one.typed, words), right, words);
    EXPECT_TRUE(std::ranges::any_of(wrong.lines, [&](const SecretString& line) { return line.equals(one.line); })) << one.line;
    EXPECT_EQ(wrong.places, one.places) << one.typed;
  }
}

TEST_F(Recover, APatternOfAPasswordOfOnesOwn) {
  const test::Vector& vector = test::vector("custom-password.7z");
  const RecoverResult result = run_pattern(vector.path(), "(?i:c)orrect-(House|Cow)[!?] Battery\\\\Staple \"32\\+?\" chars\\?\n"
                                                          "(?t1:Correct-Hrose)! Battery\\\\Staple \"32[+]{1,2}\" chars\\?");
  ASSERT_EQ(result.report.outcome, Outcome::ok) << result.report.message;
  EXPECT_TRUE(result.password.equals(vector.password));
  EXPECT_EQ(text_fact(result.report.facts, "class"), "line-2-one-slip");
  EXPECT_EQ(result.report.facts.find("wrong_places"), nullptr);
}

TEST_F(Recover, APatternOfABadgesPassphrase) {
  const auto badge = [](std::string_view file) {
    return *std::ranges::find(badge_vectors(), file, &BadgeVector::file);
  };
  list_ = "two\none\nthree\n";
  const RecoverResult weak = run_pattern(badge("s10-iters-1.cdcbak").path(), "(?t1:itre) \\w");
  ASSERT_EQ(weak.report.outcome, Outcome::ok) << weak.report.message;
  EXPECT_TRUE(weak.password.equals("iter one"));
  EXPECT_EQ(text_fact(weak.report.facts, "class"), "one-slip");
  list_.clear();
  const RecoverResult bytes = run_pattern(badge("s04-cp437.cdcbak").path(), "Gr[u\xC3\xBC](ss|\xC3\x9F)e");
  ASSERT_EQ(bytes.report.outcome, Outcome::ok) << bytes.report.message;
  EXPECT_TRUE(bytes.password.equals("Gr\xC3\xBC\xC3\x9F" "e"));
  EXPECT_EQ(run_pattern(badge("s10-iters-1.cdcbak").path(), "iter \\d").report.outcome, Outcome::exhausted);
  EXPECT_EQ(run(badge("s10-iters-1.cdcbak").path(), "iter one").report.outcome, Outcome::unsupported) << "words are a Coldcard's";
}

TEST_F(Recover, APatternOfASharesPassword) {
  const RecoverResult result = run_pattern(hsm_file("dkek-a1.pbe"), "correct horse 4[12]");
  ASSERT_EQ(result.report.outcome, Outcome::ok) << result.report.message;
  EXPECT_TRUE(result.password.equals("correct horse 42"));
  EXPECT_EQ(number(result.report, "candidates_total"), 2);
}

TEST_F(Recover, APatternThatIsWrongOrTooWide) {
  const auto file = test::vector("custom-password.7z").path();
  const RecoverResult wrong = run_pattern(file, "secret(");
  EXPECT_EQ(wrong.report.outcome, Outcome::refused);
  EXPECT_EQ(wrong.report.message.find("secret"), std::string::npos) << "what was written is a secret";
  RecoverOptions options;
  options.max_time = 1s;
  const RecoverResult wide = run_pattern(file, "[a-z]{10}\\d{4}", options);
  EXPECT_EQ(wide.report.outcome, Outcome::refused);
  EXPECT_NE(wide.report.message.find("1,411,670,956,533,760,000"), std::string::npos) << wide.report.message;
}

TEST_F(Recover, APatternIsTriedInEveryFormOfTheFormat) {
  const auto badge = [](std::string_view file) { return std::ranges::find(badge_vectors(), file, &BadgeVector::file)->path(); };
  const std::string composed = "(gr|Gr)(\xC3\xBC|u)\xC3\x9F" "e", decomposed = "Gru\xCC\x88\xC3\x9F" "e";
  EXPECT_EQ(run_pattern(badge("s04-cp437.cdcbak"), composed).report.outcome, Outcome::ok) << "the badge's own character set";
  EXPECT_EQ(run_pattern(badge("s04-cp437.cdcbak"), decomposed).report.outcome, Outcome::ok) << "letter and accent in two pieces";
  const RecoverResult utf8 = run_pattern(badge("s03-unicode.cdcbak"),
                                         "(?i:\xD0\xBF)\xD0\xB0\xD1\x80\xD0\xBE\xD0\xBB\xD1\x8C-\xE6\x97\xA5[\xE6\x9C\xAC\xE6\x9C\xA8]\xE8\xAA\x9E-\xF0\x9F\x94\x91");
  EXPECT_EQ(utf8.report.outcome, Outcome::ok) << utf8.report.message;
  const Bytes text = read_bytes(vector("backup.txt").path());
  constexpr std::string_view typed = "M\xC3\xBC" "ller";
  for (const SecretBytes& form : sevenzip::password_forms(as_bytes(typed))) {
    write_bytes(folder_ / "own.7z", sevenzip::write_device_archive(text, "zoo12.txt", form.expose(), 1, system_random()));
    EXPECT_TRUE(run_pattern(folder_ / "own.7z", "M[u\xC3\xBC]ll?er").password.equals(typed)) << "as characters, and as bytes";
  }
}

TEST_F(Recover, AListOfPasswords) {
  const auto file = cheap_file("Gr\xC3\xBC" "n 7");
  const auto run_list = [&](std::string_view list, RecoverOptions options = {}) {
    options.threads = 2;
    Remembered remembered;
    remembered.word_list = SecretBytes::copy_of(as_bytes(list));
    return recover_password(context_, file, remembered, options);
  };
  const RecoverResult found = run_list("\xEF\xBB\xBFgreen\r\n\r\nred\r\ngreen\r\nGr\xC3\xBC" "n 7\r\nblue\r\n");
  ASSERT_EQ(found.report.outcome, Outcome::ok) << found.report.message;
  EXPECT_TRUE(found.password.equals("Gr\xC3\xBC" "n 7"));
  EXPECT_EQ(number(found.report, "candidates_total"), 4) << "each text once";
  EXPECT_EQ(number(found.report, "position"), 3);
  EXPECT_NE(found.report.next.find("password"), std::string::npos);
  RecoverOptions options;
  options.state = folder_ / "state";
  const RecoverResult none = run_list("a\n\xFF\nb", options);
  EXPECT_EQ(none.report.outcome, Outcome::exhausted);
  EXPECT_NE(none.report.next.find("--pattern-from"), std::string::npos);
  EXPECT_EQ(run_list("a\n\xFF\nc", options).report.outcome, Outcome::refused) << "the state of another list";
  EXPECT_EQ(run_list("\n\r\n").report.outcome, Outcome::refused);
}

TEST_F(Recover, PatternsAreExportedAndSharedAndResumedAsTheyAreTried) {
  const auto file = cheap_file("Horse-77", 15);
  constexpr const char* pattern = "(?it1:horse)-\\d{2}";
  list_.clear();
  const auto exported = [&](std::uint64_t part, std::uint64_t parts) {
    Remembered remembered;
    remembered.pattern = SecretString::copy_of(pattern);
    RecoverOptions options;
    options.part = part;
    options.parts = parts;
    std::vector<std::string> out;
    const Report report = export_candidates(context_, file, remembered, options, [&](ByteView line) {
      out.emplace_back(line.begin(), line.end());
      return true;
    });
    EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
    EXPECT_EQ(number(report, "candidates_exported"), static_cast<std::int64_t>(out.size()));
    return std::pair(out, number(report, "candidates_total"));
  };
  const auto [all, total] = exported(1, 1);
  std::vector<std::string> sorted = all, parts;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(std::adjacent_find(sorted.begin(), sorted.end()), sorted.end()) << "each text once";
  EXPECT_EQ(static_cast<std::int64_t>(all.size()), total);
  for (std::uint64_t part = 1; part <= 3; ++part)
    for (std::string& line : exported(part, 3).first) parts.push_back(std::move(line));
  std::sort(parts.begin(), parts.end());
  EXPECT_EQ(parts, sorted) << "the parts are a partition";

  const RecoverResult whole = run_pattern(file, pattern);
  ASSERT_EQ(whole.report.outcome, Outcome::ok) << whole.report.message;
  EXPECT_EQ(all[static_cast<std::size_t>(number(whole.report, "position")) - 1], "Horse-77\n");
  RecoverOptions options;
  options.state = folder_ / "state";
  int stops = 0;
  for (Outcome end = Outcome::stopped; end == Outcome::stopped; ++stops) {
    int ticks = 0;
    options.progress = [&](const SearchProgress&) { return stops >= 3 || ++ticks < 2; };
    const RecoverResult part = run_pattern(file, pattern, options);
    end = part.report.outcome;
    if (end == Outcome::stopped) continue;
    ASSERT_EQ(end, Outcome::ok) << part.report.message;
    EXPECT_EQ(number(part.report, "position"), number(whole.report, "position"));
  }
  EXPECT_GT(stops, 1) << "it was stopped in between";
  EXPECT_EQ(run_pattern(file, "(?it1:horse)-\\d{1,2}", options).report.outcome, Outcome::refused) << "the state of another pattern";
}

TEST_F(Recover, FilesAndClassesThatCannotBeSearched) {
  EXPECT_EQ(run(vector("backup.txt").path(), right).report.outcome, Outcome::unsupported) << "no password protects it";
  EXPECT_EQ(run(cheap_file(), right, only({"no-such-class"})).report.outcome, Outcome::usage);
  EXPECT_EQ(run(cheap_file(), "  ", {}).report.outcome, Outcome::refused);
}

}  // namespace
}  // namespace hwbak
