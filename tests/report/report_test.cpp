// JSON lines hold to their schema; pages are as people should see them; output that fails is told.
#include <fcntl.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <csignal>

#include "hwbak/error.h"
#include "report/json_lines.h"
#include "report/page.h"

namespace hwbak::report {
namespace {

Report damaged_backup() {
  Report report;
  report.command = "verify";
  report.subject = "backup.7z";
  report.format = "coldcard-7z";
  report.outcome = Outcome::damaged;
  report.message = "The password is right; bytes 480-511 are damaged; your seed words are intact.";
  report.offset = 480;
  report.levels = {Level::pass, Level::fail, Level::not_run};
  report.facts.put("fingerprint", "380C7AFD").put("rounds_pow", 13).put("clone", false).put("salt", Value());
  List keys;
  keys.emplace_back("chain");
  keys.emplace_back("xprv");
  report.facts.put("keys", std::move(keys));
  report.findings.push_back({Severity::warning, "trailing-bytes", "3 bytes follow the archive.", "bytes 1782-1785"});
  report.page.push_back({"Wallet", {}});
  report.page.back().rows.push_back({"fingerprint", "380C7AFD"});
  report.page.back().rows.push_back({"words", 12});
  report.next = "hwbak open --salvage backup.7z";
  return report;
}

std::string json_of(const Report& report) {
  TextBuffer out;
  put_json_line(out, report);
  return std::string(out.view());
}
std::string page_of(const Report& report, const PageStyle& style = {}) {
  TextBuffer out;
  put_page(out, report, style);
  return std::string(out.view());
}

TEST(JsonLines, IsOneLineOfTheSchema) {
  EXPECT_EQ(json_of(damaged_backup()),
            R"({"schema":"hwbak/1","version":")" HWBAK_VERSION
            R"(","command":"verify","subject":"backup.7z","format":"coldcard-7z","outcome":"damaged","exit":4,)"
            R"("message":"The password is right; bytes 480-511 are damaged; your seed words are intact.","offset":480,)"
            R"("levels":{"structure":"pass","content":"fail","meaning":"not-run"},)"
            R"("facts":{"fingerprint":"380C7AFD","rounds_pow":13,"clone":false,"salt":null,"keys":["chain","xprv"],)"
            R"("next":"hwbak open --salvage backup.7z"},)"
            R"("findings":[{"level":"warning","code":"trailing-bytes","message":"3 bytes follow the archive.",)"
            R"("where":"bytes 1782-1785"}]})"
            "\n");
}

TEST(JsonLines, SaysNullForWhatIsNotKnown) {
  Report report;
  report.command = "doctor";
  const auto parsed = boost::json::parse(json_of(report)).as_object();
  EXPECT_TRUE(parsed.at("format").is_null());
  EXPECT_TRUE(parsed.at("offset").is_null());
  EXPECT_TRUE(parsed.at("facts").as_object().empty());
  EXPECT_TRUE(parsed.at("findings").as_array().empty());
  EXPECT_FALSE(parsed.contains("subject_bytes"));
}

TEST(JsonLines, EscapesNamesAndKeepsTheirBytes) {
  Report report;
  report.subject = "a\xFF\n\"\\\xE2\x80\xAE.7z";
  report.message = "line\x1b[2J";
  const std::string line = json_of(report);
  const auto parsed = boost::json::parse(line).as_object();
  EXPECT_EQ(parsed.at("subject").as_string(), "a\\xFF\\u{000A}\"\\\\u{202E}.7z");
  EXPECT_EQ(parsed.at("subject_bytes").as_string(), "61ff0a225ce280ae2e377a");
  EXPECT_EQ(parsed.at("message").as_string(), "line\\u{001B}[2J");
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(JsonLines, SecretsKeepTheirExactText) {
  Report report;
  const std::string secret = "tab\t\"quote\" \\ \xC3\xA9 \xE2\x80\x8B\xF0\x9F\x98\x80\xF3\xA0\x80\x81 \x7F";
  report.facts.put("secret", SecretString::copy_of(secret));
  const std::string line = json_of(report);
  EXPECT_EQ(boost::json::parse(line).as_object().at("facts").as_object().at("secret").as_string(), secret);
  for (const char c : line) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
}

TEST(Page, ShowsVerdictLevelsFactsFindingsAndTheNextStep) {
  EXPECT_EQ(page_of(damaged_backup()),
            "backup.7z (coldcard-7z)\n"
            "DAMAGED: The password is right; bytes 480-511 are damaged; your seed words are\n"
            "  intact.\n"
            "structure: proven; content: failed; meaning: not checked\n"
            "\n"
            "Wallet\n"
            "  fingerprint  380C7AFD\n"
            "  words        12\n"
            "\n"
            "Findings\n"
            "  warning: 3 bytes follow the archive. [bytes 1782-1785; trailing-bytes]\n"
            "\n"
            "Next: hwbak open --salvage backup.7z\n");
}

TEST(Page, SaysWhatNeedsThePassword) {
  Report report;
  report.subject = "b.7z";
  report.message = "The headers are whole.";
  report.levels.structure = Level::pass;
  EXPECT_EQ(page_of(report, {false, 100}),
            "b.7z\nOK: The headers are whole.\n"
            "structure: proven; content: not checked (needs the password); meaning: not checked (needs the\n"
            "  password)\n");
}

TEST(Page, AnswersWithoutASubjectAreJustTheSentence) {
  Report report;
  report.command = "doctor";
  report.message = "All protections are in force.";
  EXPECT_EQ(page_of(report), "All protections are in force.\n");
}

TEST(Page, ListsAndSecretsAreWrappedAndEscaped) {
  Report report;
  report.message = "x";
  report.levels.structure = Level::pass;
  report.levels.content = report.levels.meaning = Level::pass;
  Section section{"S", {}};
  List list;
  list.emplace_back("one\ntwo");
  list.emplace_back("three");
  section.rows.push_back({"list", std::move(list)});
  section.rows.push_back({"secret", SecretString::copy_of("abandon abandon abandon abandon abandon \x1b[31m about")});
  section.rows.push_back({"", "a line of its own"});
  section.rows.push_back({"yes or no", true});
  report.page.push_back(std::move(section));
  EXPECT_EQ(page_of(report, {false, 40}),
            "OK: x\nstructure: proven; content: proven;\n  meaning: proven\n\nS\n"
            "  list       one\\u{000A}two\n"
            "             three\n"
            "  secret     abandon abandon abandon\n"
            "             abandon abandon\n"
            "             \\u{001B}[31m about\n"
            "  a line of its own\n"
            "  yes or no  yes\n");
}

TEST(Page, ColourOnlyWhenAsked) {
  EXPECT_EQ(page_of(damaged_backup()).find('\x1b'), std::string::npos);
  EXPECT_NE(page_of(damaged_backup(), {true, 80}).find("\x1b[1;31mDAMAGED\x1b[0m"), std::string::npos);
}

TEST(Output, AFullDiskIsAnOutcome) {
  const int full = ::open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0);
  const std::array<std::uint8_t, 3> data{1, 2, 3};
  try {
    write_all(full, data);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.outcome(), Outcome::io);
    EXPECT_EQ(error.sentence(), "standard output cannot be written whole: No space left on device");
  }
  ::close(full);
}

TEST(Output, AReaderThatWentAwayIsAnOutcome) {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  const std::array<std::uint8_t, 3> data{1, 2, 3};
  EXPECT_THROW(write_all(ends[1], data), Error);
  ::close(ends[1]);
}

TEST(Output, PartialWritesAreContinued) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
  const Bytes data(300'000, 0x5A);
  Bytes got;
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    write_all(ends[1], data);
    ::_exit(0);
  }
  ::close(ends[1]);
  std::array<std::uint8_t, 8192> chunk;
  for (ssize_t n = 0; (n = ::read(ends[0], chunk.data(), chunk.size())) > 0;) got.insert(got.end(), chunk.begin(), chunk.begin() + n);
  ::close(ends[0]);
  EXPECT_EQ(got, data);
}

std::string listed(const Report& report) {
  TextBuffer out;
  put_listed(out, report, {});
  return std::string(out.view());
}

TEST(Listed, ColumnsSayWhatEachIs) {
  Report key;
  key.subject = "rsa.bin";
  key.kind = {"RSA 2048 bits", "\"sign\x1b\"", "KCV 0011223344556677"};
  key.levels = {Level::pass, Level::pass, Level::pass};
  EXPECT_EQ(listed(key), "OK: rsa.bin" + std::string(21 + 2, ' ') + "RSA 2048 bits" + std::string(7 + 2, ' ') + "\"sign\\u{001B}\"" + std::string(6 + 2, ' ') +
                             "KCV 0011223344556677: structure, content, meaning proven\n");
}

TEST(Listed, OneLineForAGoodOneAndTheReasonsForOthers) {
  Report good;
  good.subject = "card/a\x1b.7z";
  good.message = "not shown";
  good.next = "not shown";
  good.levels = {Level::pass, Level::pass, Level::pass};
  good.findings.push_back({Severity::note, "clone", "not shown", ""});
  EXPECT_EQ(listed(good), "OK: card/a\\u{001B}.7z: structure, content, meaning proven\n");
  good.levels = {Level::pass, Level::not_run, Level::not_run};
  EXPECT_EQ(listed(good), "OK: card/a\\u{001B}.7z: structure proven; content, meaning not checked\n");
  EXPECT_EQ(listed(damaged_backup()),
            "DAMAGED: backup.7z\n"
            "  The password is right; bytes 480-511 are damaged; your seed words are intact.\n"
            "  warning: 3 bytes follow the archive. [bytes 1782-1785; trailing-bytes]\n"
            "  Next: hwbak open --salvage backup.7z\n");
}

}  // namespace
}  // namespace hwbak::report
