// hwbak under the scanner: when it ends, nothing of the password, the words, the keys or the
// entropy is in its memory, whatever it was asked and however it ended.
#include "base/json_spans.h"
#include "memory_scan/scanner.h"

namespace hwbak {
namespace {

using test::Folder;
using test::get;
using test::put;
using test::Scan;
using ::testing::HasSubstr;

const std::string vectors = HWBAK_VECTORS "/coldcard/";

// A backup of tests/vectors/coldcard, and what must not be left of it.
struct Backup {
  std::string path, password, fingerprint;
  std::string seed;     // its words, or its xprv
  std::string secrets;  // one per line
};

std::string text_of(const std::optional<JsonSpans::Ref>& node) {
  const auto text = node ? node->string() : std::nullopt;
  return text ? std::string(text->expose()) : std::string();
}

Backup backup(const std::string& name) {
  const std::string json = get(vectors + "vectors.json");
  const auto spans = JsonSpans::parse(json);
  const auto list = spans.value().root().member("vectors").value();
  for (std::size_t i = 0; const auto vector = list.element(i); ++i) {
    if (text_of(vector->member("file")) != name) continue;
    const auto expected = vector->member("expect").value();
    Backup found{vectors + name, text_of(vector->member("password")), text_of(expected.member("master_fingerprint")), {}, {}};
    found.seed = text_of(expected.member("mnemonic"));
    if (found.seed.empty()) found.seed = text_of(expected.member("xprv"));
    found.secrets = found.password + "\n";
    for (const char* key : {"mnemonic", "xprv", "raw_secret"}) found.secrets += text_of(expected.member(key)) + "\n";
    return found;
  }
  ADD_FAILURE() << name;
  return {};
}

class Program : public ::testing::TestWithParam<const char*> {
 protected:
  Scan run(std::vector<std::string> arguments, const std::vector<std::string>& options = {}) {
    put(folder / "password", tested.password + "\n");
    arguments.insert(arguments.begin(), HWBAK_PROGRAM);
    arguments.push_back("--password-from");
    arguments.push_back("file:" + (folder / "password").string());
    return test::scan(options, tested.secrets, arguments);
  }
  const Folder folder;
  const Backup tested = backup(GetParam());
};

// The control on hwbak itself: while it prints the secrets they are there, and the scanner sees them.
TEST_P(Program, TheControlFindsThemWhileTheyAreShown) {
  const Scan scan = run({"open", tested.path, "--reveal"}, {"--at-output"});
  EXPECT_EQ(scan.exit, 1) << scan.found;
}

TEST_P(Program, OpenLeavesNothing) {
  const Scan scan = run({"open", tested.path});
  EXPECT_EQ(scan.exit, 0) << scan.found;
  EXPECT_THAT(scan.output, HasSubstr(tested.fingerprint)) << "it was opened";
}

TEST_P(Program, ShowingThemLeavesNothing) {
  const Scan scan = run({"open", tested.path, "--reveal"});
  EXPECT_EQ(scan.exit, 0) << scan.found;
  EXPECT_THAT(scan.output, HasSubstr(tested.fingerprint));
}

TEST_P(Program, JsonLeavesNothing) {
  const Scan scan = run({"open", tested.path, "--json", "--reveal"});
  EXPECT_EQ(scan.exit, 0) << scan.found;
  EXPECT_THAT(scan.output, HasSubstr(tested.fingerprint));
}

TEST_P(Program, WritingThePlaintextLeavesNothing) {
  const Scan scan = run({"open", tested.path, "--raw", "--output", (folder / "plain.txt").string()});
  EXPECT_EQ(scan.exit, 0) << scan.found;
  EXPECT_THAT(get(folder / "plain.txt"), HasSubstr("raw_secret"));
}

TEST_P(Program, VerifyLeavesNothing) {
  const Scan scan = run({"verify", tested.path, "--json", "--require", "meaning"});
  EXPECT_EQ(scan.exit, 0) << scan.found;
  EXPECT_THAT(scan.output, HasSubstr(tested.fingerprint)) << "it went as far as the meaning";
}

TEST_P(Program, RekeyLeavesNothing) {
  put(folder / "new", "another password, long enough to be found\n");
  const Scan scan = run({"rekey", tested.path, "--output", (folder / "new.7z").string(), "--new-password-from",
                         "file:" + (folder / "new").string()});
  EXPECT_EQ(scan.exit, 0) << scan.found;
  EXPECT_TRUE(std::filesystem::exists(folder / "new.7z"));
}

TEST_P(Program, CreateLeavesNothing) {
  const std::string password = "another password, long enough to be found";
  put(folder / "seed", tested.seed + "\n");
  put(folder / "new", password + "\n");
  std::vector<std::string> arguments{HWBAK_PROGRAM, "create", "coldcard", "--mnemonic-from", "file:" + (folder / "seed").string(),
                                     "--new-password-from", "file:" + (folder / "new").string(), "--copies", "2"};
  for (const char* card : {"card1", "card2"}) {
    std::filesystem::create_directory(folder / card);
    arguments.insert(arguments.end(), {"--to", (folder / card).string()});
  }
  const Scan scan = test::scan({}, tested.secrets + password + "\n", arguments);
  EXPECT_EQ(scan.exit, 0) << scan.found;
  EXPECT_TRUE(std::filesystem::exists(folder / "card2" / "backup-2.7z"));
}

TEST_P(Program, DrillLeavesNothing) {
  const Scan scan = run({"drill", tested.path, "--json"});
  EXPECT_EQ(scan.exit, 0) << scan.found;
  EXPECT_THAT(scan.output, HasSubstr("\"accept\"")) << "it went as far as the restore";
}

// What was remembered, all candidates that were made of it, and the one that was right.
TEST_P(Program, RecoverLeavesNothing) {
  const std::string wrong = "wolf hard fame later drum cable orange shell cactus piano mass";
  put(folder / "remembered", tested.password.substr(0, tested.password.rfind(' ')) + " zoo|" + tested.password.substr(tested.password.rfind(' ') + 1) + "\n");
  std::vector<std::string> arguments{HWBAK_PROGRAM, "recover", tested.path, "--classes", "as-typed", "--password-from"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), arguments.begin(), arguments.end());
    return more;
  };
  const Scan found = test::scan({}, tested.secrets, with({"file:" + (folder / "remembered").string(), "--state", (folder / "state").string(), "--output", (folder / "found").string()}));
  EXPECT_EQ(found.exit, 0) << found.found;
  EXPECT_EQ(get(folder / "found"), tested.password + "\n");
  const Scan list = test::scan({}, tested.secrets, with({"file:" + (folder / "remembered").string(), "--export-candidates", "--output", (folder / "list").string()}));
  EXPECT_EQ(list.exit, 0) << list.found;
  put(folder / "wrong", "wolf|zoo " + wrong + "\n");
  const Scan exhausted = test::scan({"--expect-exit", "11"}, wrong + "\n",
                                    with({"file:" + (folder / "wrong").string(), "--output", (folder / "nothing").string()}));
  EXPECT_EQ(exhausted.exit, 0) << exhausted.found;
}

TEST_P(Program, AWrongPasswordIsNotLeftEither) {
  put(folder / "wrong", "wolf wolf hard fame later drum cable orange shell cactus piano mass\n");
  const Scan scan = test::scan({"--expect-exit", "3"}, "wolf wolf hard fame later drum cable orange shell cactus piano mass\n",
                               {HWBAK_PROGRAM, "open", tested.path, "--password-from", "file:" + (folder / "wrong").string()});
  EXPECT_EQ(scan.exit, 0) << scan.found;
}

// Searches for what has no words: a pattern, a list, a quorum.
class Search : public ::testing::Test {
 protected:
  [[nodiscard]] std::string file(const char* name) const { return (folder / name).string(); }
  Scan run(const std::string& backup, const std::string& secrets, std::vector<std::string> arguments, const std::vector<std::string>& options = {}) {
    arguments.insert(arguments.begin(), {HWBAK_PROGRAM, "recover", HWBAK_VECTORS + backup, "--json", "--reveal"});
    return test::scan(options, secrets, arguments);
  }
  const Folder folder;
  const std::string badge = "/cdc-badge/s10-iters-1.cdcbak", tried = "iter one\niter two\niTER TWO\niter tow\n";
};

TEST_F(Search, APatternLeavesNothing) {
  put(folder / "pattern", "(?it1:iter (two|one))\n");
  const Scan found = run(badge, tried, {"--pattern-from", "file:" + file("pattern"), "--state", file("state"), "--output", file("found")});
  EXPECT_EQ(found.exit, 0) << found.found;
  EXPECT_EQ(get(folder / "found"), "iter one\n");
  put(folder / "wrong", "(?it1:iter two)\n");
  const Scan exhausted = run(badge, tried, {"--pattern-from", "file:" + file("wrong")}, {"--expect-exit", "11"});
  EXPECT_EQ(exhausted.exit, 0) << exhausted.found;
  const Scan list = test::scan({}, tried, {HWBAK_PROGRAM, "recover", HWBAK_VECTORS + badge, "--pattern-from", "file:" + file("wrong"), "--export-candidates",
                                           "--output", file("list")});
  EXPECT_EQ(list.exit, 0) << list.found;
  EXPECT_THAT(get(folder / "list"), HasSubstr("iter tow\n"));
}

TEST_F(Search, AListLeavesNothing) {
  put(folder / "words", "iter two\niter tow\niter one\niTER TWO\n");
  const Scan alone = run(badge, tried, {"--wordlist", file("words"), "--state", file("state"), "--output", file("found")});
  EXPECT_EQ(alone.exit, 0) << alone.found;
  EXPECT_EQ(get(folder / "found"), "iter one\n");
  put(folder / "pattern", "\\w\n");
  const Scan both = run(badge, tried, {"--wordlist", file("words"), "--pattern-from", "file:" + file("pattern")});
  EXPECT_EQ(both.exit, 0) << both.found;
}

// Typed digits and the right ones, as they are printed, as bytes and as numbers of this machine; the password.
TEST_F(Search, AQuorumLeavesNothing) {
  const std::string right[] = {"eeb138ca19de9a5f", "d2d9182c8f9302ac", "ed4afb5a74ed26f8", "5ba21842024f7615", "0c8fa7ad51988a62"};
  const std::string wrong = "ed4bfb5a74ed26f8", password = "0c4c6eb852410931";
  std::string lines, secrets;
  for (int i = 0; i < 5; ++i) lines += (i == 0 ? "prime=" : "share=" + std::to_string(i) + ":") + (i == 2 ? wrong : right[i]) + "\n";
  for (const std::string& digits : {right[0], right[1], right[2], right[3], right[4], wrong, password}) {
    std::string printed, number;
    for (std::size_t at = 0; at < digits.size(); at += 2) {
      printed += (at == 0 ? "" : ":") + digits.substr(at, 2);
      number.insert(0, digits.substr(at, 2));
    }
    secrets += digits + "\n" + printed + "\n" + number + "\n";
  }
  put(folder / "lines", lines);
  const Scan found = run("/pico-hsm/dkek-a2.pbe", secrets, {"--quorum-from", "file:" + file("lines"), "--threshold", "3", "--output", file("found")});
  EXPECT_EQ(found.exit, 0) << found.found;
  EXPECT_THAT(found.output, HasSubstr(password));
  EXPECT_THAT(get(folder / "found"), HasSubstr("share=2:ed:4a:fb"));
}

std::string name_of(const ::testing::TestParamInfo<const char*>& tested) {
  const std::string file = tested.param;
  return file.substr(0, file.find('-'));
}

INSTANTIATE_TEST_SUITE_P(MemoryScan, Program, ::testing::Values("mk4-12words.7z", "mk5-xprv-rounds16.7z", "q1-testnet-18words.7z"),
                         name_of);

}  // namespace
}  // namespace hwbak
