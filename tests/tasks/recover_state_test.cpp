// recover: what a state belongs to, when it is written, and what is said of a search that it leads; places that cannot be written.
#include <gtest/gtest.h>

#include "recover/corrections.h"
#include "recover/pattern_plan.h"
#include "support/hsm_vectors.h"
#include "tasks/recover_fixture.h"
#include "wallet/bip39.h"

namespace hwbak {
namespace {

using namespace test;
using namespace std::chrono_literals;

class RecoverState : public Recover {
 protected:
  // `any-order` of a cheap file does not end within this.
  static constexpr const char* wrong = "unfair divorce remind addict add angry grace feature foil stable kite zoo";
};

TEST_F(RecoverState, ARefusedSearchLeavesNone) {
  RecoverOptions options;
  options.state = folder_ / "state";
  options.max_time = 1s;
  EXPECT_EQ(run(test::vector("mk4-12words.7z").path(), wrong, options).report.outcome, Outcome::refused);
  EXPECT_FALSE(std::filesystem::exists(*options.state));
}

TEST_F(RecoverState, ClassesInAnyOrderAreTheSameSearch) {
  const auto file = cheap_file();
  RecoverOptions options = only({"spelling", "as-typed"});
  options.state = folder_ / "state";
  EXPECT_EQ(run(file, wrong, options).report.outcome, Outcome::exhausted);
  options.classes = {"as-typed", "spelling"};
  EXPECT_EQ(run(file, wrong, options).report.outcome, Outcome::exhausted);
  options.classes = {"as-typed"};
  EXPECT_EQ(run(file, wrong, options).report.outcome, Outcome::refused);
}

TEST_F(RecoverState, AResumedSearchSaysWhatItLeavesOut) {
  const auto file = cheap_file();
  RecoverOptions options = only({"as-typed", "swapped"});
  options.state = folder_ / "state";
  options.progress = [](const SearchProgress&) { return false; };
  (void)run(file, wrong, options);
  options.classes.clear();
  options.progress = {};
  const Report report = run(file, wrong, options).report;
  EXPECT_EQ(report.outcome, Outcome::exhausted);
  ASSERT_NE(report.facts.find("classes_left_out"), nullptr);
  EXPECT_EQ(std::get<List>(report.facts.find("classes_left_out")->get()).size(), 8u);
  EXPECT_NE(report.message.find("two-wrong"), std::string::npos) << report.message;
  EXPECT_NE(report.next.find("--state ANOTHER_PATH"), std::string::npos) << "that of this search is of other classes";
}

// A damaged share is judged by the KCV, so a search for another KCV has tried nothing for this one.
TEST_F(RecoverState, IsOfOneKcv) {
  Bytes share = read_bytes(hsm_file("dkek-a1.pbe"));
  share.back() ^= 1;
  const auto file = folder_ / "damaged.pbe";
  write_bytes(file, share);
  RecoverOptions options;
  options.state = folder_ / "state";
  context_.expect_kcv = dkek::Kcv{1};
  const Report report = run_pattern(file, "correct horse 42", options).report;
  EXPECT_EQ(report.outcome, Outcome::exhausted);
  EXPECT_NE(report.message.find("damaged"), std::string::npos) << "it may be: " << report.message;
  context_.expect_kcv = dkek::Kcv{0x29, 0x52, 0xB3, 0x02, 0x1B, 0x69, 0x37, 0x83};
  EXPECT_EQ(run_pattern(file, "correct horse 42", options).report.outcome, Outcome::refused);
}

TEST_F(RecoverState, PlacesThatCannotBeWrittenAreToldFirst) {
  const auto file = cheap_file();
  std::filesystem::create_symlink("nowhere", folder_ / "link");
  const auto said = [&](std::optional<Subject> RecoverOptions::*which, const Subject& path) {
    RecoverOptions options = only({"as-typed"});
    options.*which = path;
    options.overwrite = true;
    const Report report = run(file, right, options).report;
    EXPECT_NE(report.outcome, Outcome::ok) << path;
    EXPECT_EQ(report.facts.find("candidates_tried"), nullptr) << "before the search";
    return report.message + "; " + report.next;
  };
  EXPECT_NE(said(&RecoverOptions::output, folder_ / "link").find("leads nowhere"), std::string::npos);
  EXPECT_NE(said(&RecoverOptions::state, "/dev/null").find("name another file with --state"), std::string::npos);
  EXPECT_NE(said(&RecoverOptions::state, folder_.path()).find("with --state"), std::string::npos);
  EXPECT_NE(said(&RecoverOptions::stop_file, folder_ / "none" / "stop").find("make the folder, or name another file with --stop-file"), std::string::npos);
  write_bytes(folder_ / "large", Bytes(10'000));
  const std::string large = said(&RecoverOptions::state, folder_ / "large");
  EXPECT_NE(large.find("is no state file"), std::string::npos) << large;
  EXPECT_NE(large.find((folder_ / "large").native()), std::string::npos) << large;
}

TEST_F(RecoverState, ClassesWithoutCandidatesAreRefusedAsSuch) {
  const Report report = run(cheap_file(), "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo ?", only({"swapped"})).report;
  EXPECT_EQ(report.outcome, Outcome::refused);
  EXPECT_EQ(number(report, "candidates_total"), 0);
  EXPECT_NE(report.message.find("no candidates"), std::string::npos) << report.message;
}

TEST_F(RecoverState, AWrappedKeyHasNoPassword) {
  const Report report = run(hsm_file("p256.bin"), right).report;
  EXPECT_EQ(report.outcome, Outcome::unsupported);
  EXPECT_NE(report.next.find("SHARE.pbe"), std::string::npos);
}

TEST_F(RecoverState, ASpareWordBetweenBracesIsTheOneThatIsNotThere) {
  const auto words = wallet::english_words();
  const auto wrong_words = recover::corrections(
      recover::read_words("unfair divorce remind addict add angry grace feature foil stable {kite zoo stereo}", words), right, words);
  const auto has = [&](std::string_view line) {
    return std::ranges::any_of(wrong_words.lines, [&](const SecretString& one) { return one.equals(line); });
  };
  EXPECT_TRUE(has("words 11 and 12 stand in this order: stereo kite"));
  EXPECT_TRUE(has("one word too many: zoo, written as word 12"));
  EXPECT_EQ(wrong_words.lines.size(), 2u);
}

TEST_F(RecoverState, ALineIsNeverInACandidate) {
  const recover::PatternPlan plan("a[\t-\r]", std::nullopt);
  EXPECT_EQ(plan.classes().front().candidates, recover::Count(3)) << "neither a line feed nor a carriage return";
}

}  // namespace
}  // namespace hwbak
