// DKEK shares: new ones as sc-hsm-tool and openssl open them, parts for custodians, sheets, faults of the disk, and rehearsals.
#include <algorithm>

#include "io/fault_points.h"
#include "support/child.h"
#include "support/replay.h"
#include "tasks/dkek_writing.h"
#include "tasks/custodian_sheets.h"
#include "tasks/hsm_fixture.h"

namespace hwbak {
namespace {

using namespace test;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using ListOf = Secrets::ShareQuestion::List;

constexpr std::uint32_t few_rounds = 500;
constexpr const char* a1_password = "correct horse 42";

// Key and IV from independent lines, the file by the openssl program: the 32 bytes of the share in hex.
std::string opened_by_openssl(const std::filesystem::path& file, std::string_view password_hex, std::uint32_t rounds) {
  const auto key = python(
      "import hashlib, sys\n"
      "raw = open(sys.argv[1], \"rb\").read()\n"
      "assert len(raw) == 64 and raw[:8] == b\"Salted__\"\n"
      "out, last = b\"\", b\"\"\n"
      "for _ in range(3):\n"
      "    last = last + bytes.fromhex(sys.argv[2]) + raw[8:16]\n"
      "    for _ in range(int(sys.argv[3])): last = hashlib.md5(last).digest()\n"
      "    out += last\n"
      "print(out[:32].hex(), out[32:].hex())\n",
      quoted(file) + " " + std::string(password_hex) + " " + std::to_string(rounds));
  if (!key) return "(no key)";
  const auto plain = run("set -- " + key->substr(0, key->size() - 1) + "; tail -c 48 " + quoted(file) + " | openssl enc -d -aes-256-cbc -K $1 -iv $2 | xxd -p -c 64");
  return plain ? plain->substr(0, plain->find('\n')) : "(does not open)";
}

class WriteShares : public HsmTask {
 protected:
  WriteSharesOptions options_;
  Report report_;
  std::vector<std::string> parts_;   // quorum lines, as the custodians saw them
  std::size_t stop_at_ = 1000;
  const ShowPart show_ = [this](const CustodianPart& part) {
    const SecretBytes lines = tasks::quorum_lines(part);
    parts_.emplace_back(lines.expose().begin(), lines.expose().end());
    return parts_.size() < stop_at_;
  };

  static SecretBytes some_dkek() { return vector_set({"A1"}).dkek(); }
  void add(std::string_view name, std::string_view password) {
    secrets_.add(ListOf::written, options_.files.size(), password);
    options_.files.push_back({folder_ / name});
  }
  void add_quorum(std::string_view name, unsigned threshold, unsigned total) { options_.files.push_back({folder_ / name, threshold, total}); }
  void run_with(const Context& context) {
    report_ = {};
    tasks::guarded(report_, [&] {
      tasks::check_writing(context, options_, show_);
      tasks::write_shares(context, options_, show_, some_dkek(), few_rounds, report_);
    });
  }
  void run() { run_with(context()); }
  [[nodiscard]] std::size_t files() const { return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_.path()), {})); }
  // The password that these parts give, in hex.
  static std::string password_of(std::span<const std::string> parts) {
    std::string lines;
    for (const std::string& part : parts) lines += part;
    const auto passwords = dkek::passwords_of(dkek::parse_quorum(lines));
    return to_hex(passwords.at(0).password.expose());
  }
};

TEST_F(WriteShares, OpensslOpensThemAndTheyMakeTheDkek) {
  add("one.pbe", "first password, long enough");
  add("two.pbe", "zwei Pässe müssen verschieden sein");
  add_quorum("three.pbe", 2, 3);
  run();
  ASSERT_EQ(report_.outcome, Outcome::ok) << report_.message;
  EXPECT_EQ(text_fact(report_.facts, "kcv"), "2952B3021B693783");
  ASSERT_EQ(parts_.size(), 3u);
  std::vector<std::string> shares{opened_by_openssl(folder_ / "one.pbe", to_hex(as_bytes("first password, long enough")), few_rounds),
                                  opened_by_openssl(folder_ / "two.pbe", to_hex(as_bytes("zwei Pässe müssen verschieden sein")), few_rounds),
                                  opened_by_openssl(folder_ / "three.pbe", password_of(std::span(parts_).subspan(1)), few_rounds)};
  EXPECT_TRUE(opened_set(shares).dkek().equals(some_dkek().expose())) << shares[0] << " " << shares[1] << " " << shares[2];
  const auto& facts = list_fact(report_.facts, "shares");
  EXPECT_THAT(members(facts, "protection"), ElementsAre("password", "password", "quorum"));
  EXPECT_EQ(number_fact(std::get<Object>(facts[2].get()), "threshold"), 2);
  EXPECT_EQ(std::filesystem::status(folder_ / "three.pbe").permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(WriteShares, EveryChoiceOfEnoughCustodiansGivesThePasswordAndFewerDoNot) {
  add_quorum("q.pbe", 3, 5);
  run();
  ASSERT_EQ(parts_.size(), 5u);
  const std::string right = password_of(parts_);
  EXPECT_EQ(right.size(), 16u);
  EXPECT_NE(right.substr(0, 2), "00") << "sc-hsm-tool could not open it";
  for (std::size_t a = 0; a < 5; ++a)
    for (std::size_t b = a + 1; b < 5; ++b) {
      EXPECT_NE(password_of(std::vector{parts_[a], parts_[b]}), right);
      for (std::size_t c = b + 1; c < 5; ++c) EXPECT_EQ(password_of(std::vector{parts_[c], parts_[a], parts_[b]}), right);
    }
}

TEST_F(WriteShares, GivingUpWritesNothing) {
  add("one.pbe", "first password, long enough");
  add_quorum("two.pbe", 2, 4);
  stop_at_ = 3;
  run();
  EXPECT_EQ(report_.outcome, Outcome::refused);
  EXPECT_THAT(report_.message, HasSubstr("custodian 3"));
  EXPECT_EQ(files(), 0u);
}

TEST_F(WriteShares, SheetsHoldOnePartEachAndNothingIsShown) {
  add("one.pbe", "first password, long enough");
  add_quorum("two.pbe", 2, 12);
  options_.sheets = folder_ / "pages";
  options_.quorums = folder_ / "parts";
  run();
  ASSERT_EQ(report_.outcome, Outcome::ok) << report_.message;
  EXPECT_TRUE(parts_.empty());
  EXPECT_EQ(list_fact(report_.facts, "custodian_files").size(), 2 + 2 * 12 + 12u);
  const std::string eleventh = text_of_file(folder_ / "pages/two.pbe.custodian-11.txt"), part = text_of_file(folder_ / "parts/two.pbe.11.txt");
  const std::string value = part.substr(part.find("share=11:") + 9), third = text_of_file(folder_ / "parts/two.pbe.3.txt");
  EXPECT_THAT(eleventh, HasSubstr("Share ID    : 11"));
  EXPECT_THAT(eleventh, HasSubstr("Share value : " + value));
  EXPECT_THAT(eleventh, HasSubstr("type B for 11")) << "the reading of sc-hsm-tool";
  EXPECT_THAT(eleventh, Not(HasSubstr(third.substr(third.find("share=3:") + 8)))) << "no other part";
  EXPECT_THAT(text_of_file(folder_ / "pages/two.pbe.custodian-3.txt"), Not(HasSubstr("hexadecimal: type")));
  const std::string page = text_of_file(folder_ / "pages/one.pbe.txt");
  EXPECT_THAT(page, Not(HasSubstr("first password")));
  const Bytes base64 = read_bytes(folder_ / "pages/one.pbe.svg");
  EXPECT_GT(base64.size(), 1000u);
  std::string all;
  for (const char* id : {"2", "9"}) all += text_of_file(folder_ / ("parts/two.pbe." + std::string(id) + ".txt"));
  const auto passwords = dkek::passwords_of(dkek::parse_quorum(all));
  EXPECT_EQ(opened_by_openssl(folder_ / "two.pbe", to_hex(passwords.at(0).password.expose()), few_rounds).size(), 64u);
  // What a camera reads of the page is what `--share FILE=quorum:PATH` takes.
  const auto read = test::run("rsvg-convert -w 1200 " + quoted(folder_ / "pages/two.pbe.custodian-11.svg") + " | zbarimg --quiet --raw --oneshot -Sdisable -Sqrcode.enable -");
  ASSERT_TRUE(read);
  EXPECT_THAT(*read, HasSubstr(part));
}

TEST_F(WriteShares, WhatCannotBeIsRefusedBeforeAnythingIsAsked) {
  const auto outcome = [&] {
    run();
    EXPECT_EQ(files(), 0u);
    return report_.outcome;
  };
  EXPECT_EQ(outcome(), Outcome::usage) << "no file";
  add_quorum("a.pbe", 4, 3);
  EXPECT_EQ(outcome(), Outcome::usage);
  options_.files = {{folder_ / "a.pbe", 2, 2}};
  EXPECT_EQ(outcome(), Outcome::usage) << "sc-hsm-tool wants three";
  options_.files = {{folder_ / "a.pbe"}, {folder_ / "x/../a.pbe"}};
  EXPECT_EQ(outcome(), Outcome::usage) << "one file twice";
  options_.files = {{folder_ / "a.pbe"}};
  EXPECT_EQ(outcome(), Outcome::refused) << "no password";
  options_.files = {{folder_ / "a.pbe", 2, 3}};
  tasks::guarded(report_ = {}, [&] { tasks::check_writing(context(), options_, {}); });
  EXPECT_EQ(report_.outcome, Outcome::refused) << "the parts would be lost";
  options_.files = {{folder_ / "none/a.pbe", 2, 3}};
  EXPECT_EQ(outcome(), Outcome::io);
  tasks::guarded(report_ = {}, [&] { tasks::write_shares(context(), options_, show_, SecretBytes(32), few_rounds, report_); });
  EXPECT_EQ(report_.outcome, Outcome::refused) << "a DKEK of zeros";
}

TEST_F(WriteShares, PoorPasswordsAreSaid) {
  add("one.pbe", "abc12");
  add("two.pbe", "abc12");
  run();
  EXPECT_EQ(report_.outcome, Outcome::ok);
  for (const char* code : {"password-short", "password-weak", "same-password"}) EXPECT_TRUE(has_finding(report_, code)) << code;
}

TEST_F(WriteShares, AFullDiskSaysWhatIsWrittenAndLeavesWhatWasThere) {
  add("one.pbe", "first password, long enough");
  add("two.pbe", "second password, long enough");
  add("three.pbe", "third password, long enough");
  (void)file("three.pbe", "what was there");
  options_.overwrite = true;
  unsigned creates = 0;
  const auto full = io::files_with_faults({.before_step = [&](WriteStep step) { return step == WriteStep::create && ++creates == 3 ? ENOSPC : 0; }, .before_transfer = {}});
  Context failing{.files = *full, .secrets = &secrets_, .progress = {}};
  run_with(failing);
  EXPECT_EQ(report_.outcome, Outcome::io);
  EXPECT_THAT(report_.message, HasSubstr("2 of 3 files are written"));
  EXPECT_THAT(report_.message, HasSubstr("one.pbe"));
  EXPECT_EQ(list_fact(report_.facts, "written").size(), 2u);
  EXPECT_EQ(text_of_file(folder_ / "three.pbe"), "what was there");
  EXPECT_EQ(files(), 3u);
}

TEST_F(WriteShares, AKillBetweenTheFilesLeavesWholeOnes) {
  add("one.pbe", "first password, long enough");
  add("two.pbe", "second password, long enough");
  for (const WriteStep step : {WriteStep::create, WriteStep::write, WriteStep::sync, WriteStep::rename}) {
    const int code = in_child([&] {
      unsigned seen = 0;
      const auto killed = io::files_with_faults({.before_step = [&](WriteStep at) {
        if (at == step && ++seen == 2) ::_exit(77);
        return 0;
      }, .before_transfer = {}});
      Context dying{.files = *killed, .secrets = &secrets_, .progress = {}};
      run_with(dying);
      return 0;
    });
    EXPECT_EQ(code, 77);
    EXPECT_EQ(read_bytes(folder_ / "one.pbe").size(), 64u);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "two.pbe"));
    std::filesystem::remove(folder_ / "one.pbe");
  }
}

// --- with the real number of rounds: few, for each takes seconds ---

TEST_F(WriteShares, WithRecordedRandomnessTheVectorIsReproduced) {
  const Bytes vector = read_bytes(hsm_file("dkek-a1.pbe"));
  Replay random(Bytes(vector.begin() + 8, vector.begin() + 16));
  secrets_.others.add(Secrets::Kind::new_password, a1_password);
  secrets_.others.add(Secrets::Kind::dkek, std::string(hsm_share("A1").at("share_hex").as_string().c_str()) + "\n");
  options_.files = {{folder_ / "a1.pbe"}};
  Context replaying{.files = real_files(), .secrets = &secrets_, .random = random, .progress = {}};
  const Report made = create_dkek_share(replaying, options_, show_);
  EXPECT_EQ(made.outcome, Outcome::ok) << made.message;
  EXPECT_EQ(read_bytes(folder_ / "a1.pbe"), vector);
  EXPECT_THAT(made.message, HasSubstr("2952B3021B693783"));
}

TEST_F(WriteShares, ReshareGivesTheSameDkekAndCheckSaysWhatFits) {
  Context with = context();
  with.shares = {hsm_file("dkek-a1.pbe"), hsm_file("dkek-a2.pbe")};
  secrets_.add(ListOf::shares, 0, a1_password);
  secrets_.add(ListOf::shares, 1, quorum_lines("A2", {1, 5, 3}), true);
  add_quorum("new-1.pbe", 2, 3);
  add("new-2.pbe", "another password, long enough");
  const Report made = dkek_reshare(with, options_, show_);
  ASSERT_EQ(made.outcome, Outcome::ok) << made.message;
  EXPECT_EQ(text_fact(made.facts, "kcv"), "84050F370FCDF7BC");
  EXPECT_TRUE(has_finding(made, "old-shares-work"));
  EXPECT_TRUE(has_finding(made, "share-unproven"));
  EXPECT_THAT(made.next, HasSubstr("keep the old share files until the KCV is compared"));

  Context fresh = context();
  fresh.shares = {folder_ / "new-1.pbe", folder_ / "new-2.pbe", hsm_file("dkek-a1.pbe")};
  secrets_.shares.clear();
  secrets_.add(ListOf::shares, 0, parts_[0] + parts_[2], true);
  secrets_.add(ListOf::shares, 1, "another password, long enough");
  secrets_.add(ListOf::shares, 2, a1_password);
  std::vector<Report> reports;
  dkek_check(fresh, {hsm_file("p256.bin"), hsm_file("dkek-a1.pbe"), folder_ / "none.bin"}, [&](Report report) { reports.push_back(std::move(report)); });
  ASSERT_EQ(reports.size(), 4u);
  EXPECT_EQ(reports[0].format, "dkek-set");
  EXPECT_EQ(reports[0].outcome, Outcome::ok);
  EXPECT_EQ(text_fact(reports[0].facts, "kcv").size(), 16u);
  EXPECT_EQ(reports[1].outcome, Outcome::wrong_secret) << "all three are another DKEK, but one of them fits";
  EXPECT_FALSE(bool_fact(reports[1].facts, "fits"));
  ASSERT_EQ(list_fact(reports[1].facts, "shares").size(), 1u);
  EXPECT_EQ(number_fact(std::get<Object>(list_fact(reports[1].facts, "shares")[0].get()), "id"), 3);
  EXPECT_EQ(reports[2].outcome, Outcome::unsupported);
  EXPECT_EQ(reports[3].outcome, Outcome::io);
}

TEST_F(WriteShares, ADamagedShareIsFoundByAWrappedKeyAndReshareWritesTheTrueOne) {
  Bytes damaged = read_bytes(hsm_file("dkek-a1.pbe"));
  damaged[16] ^= 1;
  write_bytes(folder_ / "f16.pbe", damaged);
  Context with = context();
  with.shares = {folder_ / "f16.pbe"};
  secrets_.add(ListOf::shares, 0, a1_password);
  std::vector<Report> reports;
  dkek_check(with, {hsm_file("p256.bin")}, [&](Report report) { reports.push_back(std::move(report)); });
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0].outcome, Outcome::damaged);
  EXPECT_EQ(text_fact(reports[0].facts, "kcv"), "2952B3021B693783");
  EXPECT_THAT(reports[0].next, HasSubstr("hwbak dkek reshare --share "));
  EXPECT_THAT(reports[0].next, HasSubstr("p256.bin"));
  EXPECT_EQ(reports[1].outcome, Outcome::ok) << "the key itself";

  add("new.pbe", "another password, long enough");
  options_.wrapped = {hsm_file("p256.bin")};
  const Report made = dkek_reshare(with, options_, show_);
  EXPECT_EQ(made.outcome, Outcome::ok) << made.message;
  EXPECT_EQ(text_fact(made.facts, "kcv"), "2952B3021B693783");
  EXPECT_TRUE(has_finding(made, "share-damaged"));
  EXPECT_FALSE(has_finding(made, "share-unproven"));

  with.expect_kcv = {0x84, 0x05, 0x0F, 0x37, 0x0F, 0xCD, 0xF7, 0xBC};
  const Report other = dkek_combine(with, {.wrapped = {}, .output = folder_ / "dkek.txt"});
  EXPECT_EQ(other.outcome, Outcome::wrong_secret);
  EXPECT_THAT(other.message, HasSubstr("not 84050F370FCDF7BC as expected"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "dkek.txt"));
}

TEST_F(WriteShares, CombineTellsTheKcvAndOnlyOnDemandTheDkek) {
  Context with = context();
  with.shares = {hsm_file("dkek-a1.pbe")};
  secrets_.add(ListOf::shares, 0, a1_password);
  DkekCombineOptions options;
  options.output = folder_ / "dkek.txt";
  const Report report = dkek_combine(with, options);
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(text_fact(report.facts, "kcv"), "2952B3021B693783");
  EXPECT_EQ(report.facts.find("dkek"), nullptr);
  EXPECT_EQ(text_of_file(*options.output), std::string(hsm_share("A1").at("share_hex").as_string().c_str()) + "\n");
  EXPECT_EQ(dkek_combine(with, options).outcome, Outcome::refused) << "there already; told before any derivation";
}

class Rehearse : public HsmTask {
 protected:
  Report rehearse(const std::string& lines, unsigned threshold = 0) {
    Context with = context();
    with.shares = {hsm_file("dkek-a2.pbe")};
    secrets_.add(ListOf::shares, 0, lines, true);
    return dkek_rehearse(with, threshold);
  }
  static const Object& first(const Report& report) { return std::get<Object>(list_fact(report.facts, "rehearsal").at(0).get()); }
};

TEST_F(Rehearse, EveryThreeOfFiveOpenIt) {
  const Report report = rehearse(quorum_lines("A2", {1, 2, 3, 4, 5}));
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_EQ(number_fact(first(report), "threshold"), 3) << "found out";
  EXPECT_EQ(number_fact(first(report), "subsets"), 10);
  EXPECT_EQ(number_fact(first(report), "opened"), 10);
  EXPECT_TRUE(bool_fact(first(report), "opens"));
}

TEST_F(Rehearse, AWrongPartIsFound) {
  std::string lines = quorum_lines("A2", {1, 2, 3, 4, 5});
  const std::size_t at = lines.find("share=4:") + 8;
  lines[at + 1] = lines[at + 1] == '1' ? '2' : '1';
  const Report report = rehearse(lines, 3);
  EXPECT_EQ(report.outcome, Outcome::wrong_secret);
  EXPECT_THAT(report.message, HasSubstr("the part of custodian 4 is wrong"));
  EXPECT_EQ(number_fact(first(report), "opened"), 4) << "those of the other four";
}

}  // namespace
}  // namespace hwbak
