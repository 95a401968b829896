// The command line: what is understood, and what is refused with which words.
#include <fstream>
#include <set>

#include "cli/explain_text.h"
#include "cli/help.h"
#include "cli/option_table.h"

namespace hwbak::cli {
namespace {

using Strings = std::vector<std::string>;

std::string complaint(const Strings& arguments) {
  try {
    (void)parse(arguments);
  } catch (const UsageError& error) {
    return error.sentence;
  }
  return "";
}

TEST(Parse, AWordThatIsNoCommandIsAFile) {
  const Options bare = parse({"backup.7z"});
  EXPECT_EQ(bare.command, Command::glance);
  EXPECT_EQ(bare.arguments, Strings{"backup.7z"});
  EXPECT_EQ(parse({"verify", "a", "b"}).arguments, (Strings{"a", "b"}));
  EXPECT_EQ(parse({"./verify"}).command, Command::glance);
  EXPECT_EQ(parse({"--", "verify"}).arguments, Strings{"verify"});
  EXPECT_EQ(parse({"verify", "verify"}).arguments, Strings{"verify"});
  EXPECT_EQ(parse({"inspect", "-"}).arguments, Strings{"-"});
}

TEST(Parse, OptionsStandAnywhere) {
  const Options options = parse({"--json", "--password-from", "env:verify", "verify", "a", "--require=content", "--max-size", "2M", "b"});
  EXPECT_EQ(options.command, Command::verify);
  EXPECT_TRUE(options.json);
  EXPECT_EQ(options.secrets.password->argument, "verify");
  EXPECT_EQ(options.verify.require, Require::content);
  EXPECT_EQ(options.max_size, 2u << 20);
  EXPECT_EQ(options.arguments, (Strings{"a", "b"}));
}

TEST(Parse, FileNamesAreTakenAsTheyAre) {
  const Strings odd{"[a,b]", "\xFF\xFE", "a b", "++", "%", "--x"};
  EXPECT_EQ(parse({"inspect", "--", "[a,b]", "\xFF\xFE", "a b", "++", "%", "--x"}).arguments, odd);
  EXPECT_EQ(parse({"inspect", "[a,b]"}).arguments, Strings{"[a,b]"});
  EXPECT_EQ(parse({"rekey", "a", "-o", "[x]"}).output, "[x]");
}

TEST(Parse, ValuesAreChecked) {
  EXPECT_EQ(parse({"verify", "a", "--fail-on", "high"}).fail_on, Severity::high);
  EXPECT_EQ(parse({"verify", "a", "--expect-fingerprint", "380c7aFD"}).verify.expect_fingerprint, "380c7aFD");
  EXPECT_EQ(parse({"verify", "a", "--max-kdf-rounds", "13"}).max_kdf_rounds, 13u);
  EXPECT_EQ(parse({"verify", "a", "--max-kdf-rounds", "13"}).max_kdf_iterations, 13u);
  EXPECT_EQ(parse({"verify", "a", "--max-kdf-rounds", "20000000"}).max_kdf_iterations, 20'000'000u);
  EXPECT_EQ(parse({"verify", "a", "--max-kdf-rounds", "20000000"}).max_kdf_rounds, 24u) << "no more rounds for a 7z archive either";
  EXPECT_EQ(parse({"verify", "a"}).max_kdf_iterations, 10'000'000u);
  EXPECT_EQ(parse({"device", "restore", "a", "--port", "p", "--max-kdf-rounds", "5"}).max_kdf_iterations, 5u);
  EXPECT_EQ(parse({"a", "--max-size", "1k"}).max_size, 1024u);
  for (const char* bad : {"", "0", "-1", "1T", "65G", "99999999999999999999", "1.5M", "M"})
    EXPECT_NE(complaint({"a", std::string("--max-size=") + bad}), "") << bad;
  for (const char* bad : {"4294967296", "x", "-1"}) EXPECT_NE(complaint({"a", std::string("--max-kdf-rounds=") + bad}), "") << bad;
  for (const char* bad : {"380C7AF", "380C7AFDD", "380C7AFG"})
    EXPECT_NE(complaint({"verify", "a", std::string("--expect-fingerprint=") + bad}), "") << bad;
  EXPECT_EQ(complaint({"verify", "a", "--require", "all"}), "--require is one of: structure, content, meaning");
}

TEST(Parse, TargetsAndCardsMayBeRepeated) {
  const Options drill = parse({"drill", "--target", "coldcard@3.0.5", "a", "--target=all", "--device-state", "temporary", "--require-accept"});
  EXPECT_EQ(drill.drill.targets, (Strings{"coldcard@3.0.5", "all"}));
  EXPECT_EQ(drill.drill.state, DrillState::temporary);
  EXPECT_TRUE(drill.drill.require_accept);
  EXPECT_EQ(drill.arguments, Strings{"a"});
  EXPECT_TRUE(parse({"drill", "a"}).drill.targets.empty());

  const Options create = parse({"create", "--to", "[one,two]", "coldcard", "--to=two", "--copies", "2", "--chain", "XTN"});
  EXPECT_EQ(create.create.cards, (std::vector<std::filesystem::path>{"[one,two]", "two"}));
  EXPECT_EQ(create.create.copies, 2u);
  EXPECT_EQ(create.create.chain, "XTN");
  EXPECT_TRUE(create.subjects().empty()) << "KIND is no file";
  EXPECT_EQ(parse({"create", "coldcard", "--to", "c"}).create.copies, 3u);
  const Options text = parse({"create", "coldcard", "--to", "c", "--text", "t"});
  EXPECT_EQ(text.subjects(), std::vector<Subject>{"t"});
}

TEST(Parse, JsonIsASourceOfABadgeBackupAndAFlagElsewhere) {
  for (const Strings& with : {Strings{"--json", "a"}, {"--json=a"}, {"--from-json", "a"}}) {
    Strings line{"create", "cdc-badge", "-o", "x"};
    line.insert(line.end(), with.begin(), with.end());
    const Options plain = parse(line);
    EXPECT_EQ(plain.create_badge.json, std::vector<Subject>{"a"});
    EXPECT_FALSE(plain.json);
    line.push_back("--json");
    EXPECT_TRUE(parse(line).json);
  }
  const Options flag = parse({"create", "--json", "cdc-badge", "--json", "--otpauth", "a", "--otpauth", "b", "--host-api-level", "0.7", "-o", "x", "--skip-misfits"});
  EXPECT_TRUE(flag.json);
  EXPECT_TRUE(flag.create_badge.json.empty());
  EXPECT_EQ(flag.subjects(), (std::vector<Subject>{"a", "b"}));
  EXPECT_EQ(flag.create_badge.host_api_level, "0.7");
  EXPECT_TRUE(flag.create_badge.skip_misfits);
  EXPECT_EQ(parse({"verify", "--json", "a"}).arguments, Strings{"a"});
}

TEST(Parse, ExportDiffAndMerge) {
  const Options exporting = parse({"export", "a", "--as", "aegis", "-o", "x", "--link-totp"});
  EXPECT_EQ(exporting.exporting.format, "aegis");
  EXPECT_TRUE(exporting.exporting.link_totp);
  EXPECT_EQ(parse({"diff", "a", "b"}).arguments, (Strings{"a", "b"}));
  EXPECT_EQ(parse({"merge", "a", "b", "c", "-o", "x"}).arguments, (Strings{"a", "b", "c"}));
  for (const Strings& wrong : {Strings{"export", "a"}, {"export", "a", "--as", "hex"}, {"export", "a", "--as", "vcf", "--json"},
                               {"export", "a", "--as", "vcf", "--challenge-response"}, {"diff", "a"}, {"diff", "a", "b", "c"}, {"merge", "a", "-o", "x"},
                               {"merge", "a", "b"}})
    EXPECT_NE(complaint(wrong), "") << wrong[0];
}

TEST(Parse, SharesAndWrappedKeysOfAnHsm) {
  const Options single = parse({"create", "dkek-share", "-o", "one.pbe", "--quorum", "3/5", "--sheets", "pages"});
  ASSERT_EQ(single.write_shares.files.size(), 1u);
  EXPECT_EQ(single.write_shares.files[0].file, "one.pbe");
  EXPECT_EQ(single.write_shares.files[0].threshold, 3u);
  EXPECT_EQ(single.write_shares.files[0].total, 5u);
  EXPECT_EQ(single.write_shares.sheets, Subject("pages"));
  const Options several = parse({"create", "dkek-share", "--write-share", "a=b.pbe=quorum:2/3", "--write-share", "two.pbe=file:pw", "--write-share", "three.pbe"});
  ASSERT_EQ(several.write_shares.files.size(), 3u);
  ASSERT_EQ(several.secrets.written.size(), 3u) << "the lists keep in step";
  EXPECT_EQ(several.write_shares.files[0].file, "a=b.pbe");
  EXPECT_EQ(several.write_shares.files[1].threshold, 0u);
  EXPECT_EQ(several.secrets.written[1].source.argument, "pw");
  const Options key = parse({"create", "wrapped-key", "--share", "a.pbe", "--fresh", "aes:256", "--id", "0aFF", "--algorithms", "10,0x11,wrap", "-o", "x"});
  EXPECT_EQ(key.wrapped_key.id, (Bytes{0x0A, 0xFF}));
  EXPECT_EQ(key.wrapped_key.algorithms, (Bytes{0x10, 0x11, 0x92}));
  const Options moved = parse({"rekey", "a", "b", "--share", "o.pbe", "--new-share", "n.pbe=env:PW", "--to", "dir"});
  EXPECT_EQ(moved.secrets.new_shares.at(0).file, "n.pbe");
  EXPECT_EQ(moved.create.cards.at(0), "dir");
  EXPECT_EQ(parse({"dkek", "rehearse", "--share", "a=quorum:p", "--threshold", "3"}).threshold, 3u);
  EXPECT_TRUE(parse({"export", "a", "--as", "pem", "--no-encryption", "-o", "x"}).exporting.no_encryption);
  for (const Strings& wrong : {Strings{"create", "dkek-share"}, {"create", "dkek-share", "-o", "a", "--write-share", "b"}, {"create", "dkek-share", "-o", "a", "--quorum", "2"},
                               {"create", "dkek-share", "-o", "a", "--quorum", "1/3"}, {"create", "dkek-share", "-o", "a", "--quorum", "2/2"},
                               {"create", "dkek-share", "-o", "a", "--quorum", "4/3"}, {"create", "dkek-share", "-o", "a", "--quorum", "2/3", "--new-password-from", "tty"},
                               {"create", "dkek-share", "--write-share", "a=my password"}, {"create", "dkek-share", "-o", "a", "--dkek-from", "fd:3", "--share", "b"},
                               {"create", "dkek-share", "-o", "a", "--key", "k"}, {"create", "wrapped-key", "-o", "a", "--fresh", "x25519"},
                               {"create", "wrapped-key", "-o", "a", "--share", "s"}, {"create", "wrapped-key", "-o", "a", "--share", "s", "--fresh", "x25519", "--key", "k"},
                               {"create", "wrapped-key", "-o", "a", "--share", "s", "--fresh", "x25519", "--id", "0"},
                               {"create", "wrapped-key", "-o", "a", "--share", "s", "--fresh", "x25519", "--algorithms", "1,x"}, {"rekey", "a", "b", "-o", "x"},
                               {"rekey", "a", "--to", "d"}, {"rekey", "a", "b", "--share", "s", "--new-share", "n", "-o", "x"}, {"rekey", "a", "--new-share", "n", "-o", "x"},
                               {"dkek", "reshare", "--share", "s"}, {"dkek", "check", "--share", "s", "--write-share", "n"}, {"dkek", "check", "--share", "s", "--reveal"},
                               {"dkek", "combine", "--share", "s", "--threshold", "2"}, {"dkek", "rehearse", "--share", "s", "--threshold", "1"}})
    EXPECT_FALSE(complaint(wrong).empty()) << wrong.back();
}

TEST(Parse, CreateAndPracticeNameWhatTheyNeed) {
  EXPECT_EQ(complaint({"create", "--to", "c"}), "`hwbak create` takes one KIND: coldcard, cdc-badge, dkek-share, wrapped-key");
  EXPECT_EQ(complaint({"create", "trezor", "--to", "c"}), "`hwbak create` does not know this KIND; there is: coldcard, cdc-badge, dkek-share, wrapped-key");
  EXPECT_EQ(complaint({"create", "cdc-badge", "--to", "c"}), "the option --to does not belong to `hwbak create cdc-badge`");
  EXPECT_EQ(complaint({"create", "coldcard", "--to", "c", "--csv", "x"}), "the option --csv does not belong to `hwbak create coldcard`");
  EXPECT_EQ(complaint({"create", "cdc-badge", "--csv", "x"}), "create cdc-badge needs --output PATH for the file");
  EXPECT_EQ(complaint({"create", "cdc-badge", "-o", "x", "--payload", "a", "--vcf", "b"}), "--payload takes the exact bytes, so nothing can be added to it");
  EXPECT_EQ(complaint({"create", "coldcard"}), "create needs --to DIR: the card or folder to write to");
  EXPECT_EQ(complaint({"create", "coldcard", "--to", "c", "--copies", "26"}), "--copies wants 1 to 25");
  EXPECT_EQ(complaint({"create", "coldcard", "--to", "c", "--chain", "LTC"}), "--chain is one of: BTC, XTN, XRT");
  EXPECT_EQ(complaint({"practice", "coldcard", "--state", "s"}), "practice coldcard needs --card DIR for the card of the device");
  EXPECT_EQ(complaint({"practice", "coldcard", "--state", "s", "--card", "c", "--model", "mk1"}), "--model is one of: mk2, mk3, mk4, q1");
  const Options practice = parse({"practice", "coldcard", "--state", "s", "--card", "c", "--model", "q1", "--firmware", "1.4.1Q"});
  EXPECT_EQ(practice.practice.model, practice::coldcard::Model::q1);
  EXPECT_EQ(practice.practice.state, "s");
  EXPECT_EQ(practice.practice.card, "c");
  EXPECT_EQ(practice.practice.firmware, "1.4.1Q");
  const Options cards = parse({"practice", "coldcard", "--state", "s", "--card", "c", "--card", "d", "--card", "e"});
  EXPECT_EQ(cards.practice.card, "c");
  EXPECT_EQ(cards.practice.further_cards, (std::vector<std::filesystem::path>{"d", "e"}));
  EXPECT_TRUE(complaint({"practice", "coldcard", "--state", "s", "--card", "c", "--firmware", "9.9.9"}).starts_with("the firmware 9.9.9 is not known here"));
  EXPECT_TRUE(complaint({"practice", "coldcard", "--state", "s", "--card", "c", "--firmware", "4.1.9", "--model", "mk4"})
                  .starts_with("the firmware 4.1.9 does not run on a mk4"));
}

TEST(Parse, DeviceNamesItsVerbsAndWhatTheyNeed) {
  const Options restore = parse({"device", "restore", "b.cdcbak", "--port", "/dev/x", "--pin-from", "tty", "-y"});
  EXPECT_EQ(restore.port, "/dev/x");
  EXPECT_TRUE(restore.yes);
  EXPECT_TRUE(restore.secrets.pin);
  EXPECT_EQ(restore.subjects(), std::vector<Subject>{"b.cdcbak"});
  EXPECT_TRUE(parse({"device", "list"}).port.empty());
  EXPECT_EQ(complaint({"device"}), "`hwbak device` wants to be told what to do: list, backup, restore, delete, init-plan");
  EXPECT_EQ(complaint({"device", "backup", "--output", "o"}), "device backup needs --port PATH; `hwbak device list` shows the ports");
  EXPECT_EQ(complaint({"device", "backup", "--port", "p"}), "device backup needs --output PATH for the file");
  for (const Strings& wrong : std::vector<Strings>{{"device", "erase"}, {"device", "restore", "--port", "p"}, {"device", "list", "x"},
                                                   {"device", "delete", "--port", "p", "--output", "o"}, {"device", "list", "--port", "p", "--pin-from", "tty"}, {"device", "list", "--reader", ""},
                                                   {"device", "list", "--port", "p", "--reader", "r"}, {"device", "list", "--run"},
                                                   {"device", "restore", "-", "--port", "p", "--password-from", "stdin"},
                                                   {"device", "backup", "--port", "p", "--output", "o", "--pin-from", "1234"},
                                                   {"device", "backup", "--port", "p", "--output", "o", "--pin-from", "stdin", "--password-from", "fd:0"}})
    EXPECT_NE(complaint(wrong), "") << testing::PrintToString(wrong);
  const Options badge = parse({"practice", "cdc-badge", "--state", "s", "--fault", "no-echo", "--fault", "crc-error", "--delay", "18", "--link", "l"});
  EXPECT_TRUE(badge.practice_badge.has(practice::cdc_badge::Fault::no_echo) && badge.practice_badge.has(practice::cdc_badge::Fault::crc_error));
  EXPECT_FALSE(badge.practice_badge.has(practice::cdc_badge::Fault::disconnect));
  EXPECT_EQ(badge.practice_badge.delay, std::chrono::seconds(18));
  EXPECT_EQ(parse({"practice", "pico-hsm", "--state", "s"}).practice_hsm.port, 35963);
  EXPECT_EQ(parse({"practice", "pico-hsm", "--state", "s", "--port", "4000"}).practice_hsm.port, 4000);
  const Options hsm = parse({"practice", "pico-hsm", "--state", "s", "--quirks", "--button", "not-pressed", "--delay", "0.005"});
  EXPECT_TRUE(hsm.practice_hsm.behaviour.quirks && !hsm.practice_hsm.behaviour.button);
  EXPECT_EQ(hsm.practice_hsm.delay, std::chrono::milliseconds(5));
  for (const char* const delay : {"", ".", "1.", ".5", "1.2345", "-1", "3601", "3600.001", "1e3", "0.0.1"})
    EXPECT_NE(complaint({"practice", "pico-hsm", "--state", "s", "--delay", delay}), "") << delay;
  for (const Strings& wrong : std::vector<Strings>{{"practice", "pico-hsm"}, {"practice", "pico-hsm", "--state", "s", "--button", "held"},
                                                   {"practice", "cdc-badge", "--state", "s", "--quirks"},
                                                   {"practice", "cdc-badge", "--state", "s", "--button", "not-pressed"},
                                                   {"practice", "coldcard", "--state", "s", "--card", "c", "--delay", "1"},
                                                   {"practice", "pico-hsm", "--state", "s", "--port", "0"},
                                                   {"practice", "pico-hsm", "--state", "s", "--port", "70000"},
                                                   {"practice", "pico-hsm", "--state", "s", "--card", "c"},
                                                   {"practice", "pico-hsm", "--state", "s", "--link", "l"},
                                                   {"practice", "cdc-badge", "--state", "s", "--port", "4000"}})
    EXPECT_NE(complaint(wrong), "") << testing::PrintToString(wrong);
  for (const Strings& wrong : std::vector<Strings>{{"practice", "cdc-badge"}, {"practice", "cdc-badge", "--state", "s", "--card", "c"},
                                                   {"practice", "cdc-badge", "--state", "s", "--fault", "fire"}, {"practice", "cdc-badge", "--state", "s", "--delay", "x"},
                                                   {"practice", "coldcard", "--state", "s", "--card", "c", "--fault", "no-echo"}})
    EXPECT_NE(complaint(wrong), "") << testing::PrintToString(wrong);
}

TEST(Parse, RefusesWhatDoesNotFit) {
  for (const Strings& arguments : std::vector<Strings>{
           {}, {"verify"}, {"open"}, {"open", "a", "b"}, {"rekey", "a"}, {"copies"}, {"doctor", "x"}, {"explain", "a", "b"},
           {"inspect", "--password-from", "tty", "a"}, {"verify", "a", "--reveal"}, {"open", "a", "--raw", "--salvage"},
           {"open", "a", "--output", "b"}, {"open", "a", "--raw", "--json"}, {"open", "a", "--force"},
           {"open", "a", "--raw", "--output", "-"}, {"verify", "a", "--no-password", "--password-from", "tty"},
           {"verify", "-", "--password-from", "stdin"}, {"verify", "-", "--password-from", "fd:0"}, {"verify", "-", "-"},
           {"verify", "a", "--password-from", "stdin", "--passwords-from", "stdin"}, {"verify", "a", "--passwords-from", "tty"},
           {"verify", "a", "--require"}, {"verify", "a", "--require", "content", "--require", "meaning"}, {"verify", "a", "--json=yes"},
           {"verify", ""}, {"verify", "a", "-x"},
           {"drill"}, {"drill", "a", "b"}, {"drill", "a", "--device-state", "full"}, {"drill", "a", "--target"}, {"verify", "a", "--target", "all"},
           {"create", "coldcard", "x", "--to", "c"}, {"create", "coldcard", "--to", ""}, {"create", "coldcard", "--to", "c", "--copies", "0"},
           {"create", "coldcard", "--to", "c", "--text", "t", "--mnemonic-from", "tty"}, {"create", "coldcard", "--to", "c", "--text", "t", "--chain", "BTC"},
           {"create", "coldcard", "--to", "c", "--text", "-", "--new-password-from", "stdin"},
           {"create", "coldcard", "--to", "c", "--mnemonic-from", "stdin", "--new-password-from", "fd:0"},
           {"create", "coldcard", "--to", "c", "--mnemonic-from", "zoo zoo"}, {"create", "coldcard", "--to", "c", "--password-from", "tty"},
           {"practice"}, {"practice", "coldcard", "--card", "c"}, {"practice", "pico-hsm", "--state", "s", "--card", "c"}})
    EXPECT_NE(complaint(arguments), "") << testing::PrintToString(arguments);
  EXPECT_EQ(complaint({"open", "a", "--raw", "--json", "--output", "b"}), "");
  EXPECT_EQ(complaint({"device", "restore", "keys", "--force"}), "") << "the way that a refused restore names";
  EXPECT_EQ(complaint({"device", "restore", "a", "--port", "p", "--force"}), "--force goes with --output");
}

// A password typed into the command line by mistake must not come back in an answer or a log.
TEST(Parse, NeverRepeatsWhatMayBeASecret) {
  for (const Strings& arguments : std::vector<Strings>{{"a", "--password-from", "hunter2"}, {"a", "--password-from=hunter2"},
                                                       {"a", "--password=hunter2"}, {"--passwrd-from=hunter2", "a"},
                                                       {"verify", "a", "--require", "hunter2"}, {"a", "--max-size", "hunter2"}}) {
    const std::string sentence = complaint(arguments);
    EXPECT_NE(sentence, "");
    EXPECT_EQ(sentence.find("hunter2"), std::string::npos) << sentence;
  }
  EXPECT_NE(complaint({"a", "--password=hunter2"}).find("--password-from"), std::string::npos);
}

TEST(Table, IsWhole) {
  std::size_t index = 0;
  for (const CommandSpec& spec : commands()) {
    EXPECT_EQ(static_cast<std::size_t>(spec.command), index++) << "spec_of() goes by the order";
    EXPECT_FALSE(spec.examples.empty()) << spec.name;
    const std::string help = help_text(spec.command);
    for (const Example& example : spec.examples) EXPECT_NE(help.find(example.line), std::string::npos);
    for (const OptionId id : spec.options) {
      EXPECT_EQ(spec_of(id).id, id);
      EXPECT_NE(help.find(spec_of(id).name), std::string::npos);
    }
  }
  std::set<std::string_view> names;
  for (const OptionSpec& spec : options()) EXPECT_TRUE(names.insert(spec.name).second) << spec.name;
}

// The examples of the help are command lines that work.
TEST(Table, ExamplesParse) {
  for (const CommandSpec& spec : commands())
    for (const Example& example : spec.examples) {
      Strings words;
      std::string word;
      for (const char c : std::string(example.line) + " ") {
        if (c != ' ') word += c;
        else words.push_back(std::exchange(word, ""));
      }
      ASSERT_EQ(words.front(), "hwbak");
      words.erase(words.begin());
      EXPECT_EQ(complaint(words), "") << example.line;
      EXPECT_EQ(parse(words).command, spec.command) << example.line;
    }
}

TEST(Explain, KnowsEveryOutcome) {
  for (int code = 0; code <= 13; ++code) {
    const auto* const text = explain_outcome(name(static_cast<Outcome>(code)));
    ASSERT_NE(text, nullptr) << code;
    EXPECT_EQ(exit_code(text->outcome), code);
  }
  EXPECT_EQ(explain_outcome("fine"), nullptr);
  EXPECT_NE(explain_finding("trailing-bytes"), nullptr);
}

// docs/json.md lists the finding codes; explain knows them all, and no others.
TEST(Explain, KnowsEveryFindingOfTheDocumentation) {
  std::ifstream file(HWBAK_SOURCE "/docs/json.md");
  std::set<std::string> documented, known;
  bool findings = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) findings = line == "## Finding codes" || line == "## Findings";
    const auto end = line.find("` |");
    if (findings && line.starts_with("| `") && end != std::string::npos) documented.insert(line.substr(3, end - 3));
  }
  for (const FindingText& text : finding_texts()) known.emplace(text.code);
  EXPECT_EQ(documented, known);
}

TEST(Parse, SharesNameTheirSources) {
  const auto shares = [](const Strings& given) {
    Strings arguments{"verify", "key.bin"};
    for (const std::string& one : given) arguments.push_back("--share=" + one);
    Strings out;
    for (const term::ShareSource& share : parse(arguments).secrets.shares)
      out.push_back(share.file.native() + (share.quorum ? " by custodians of " : " by ") + term::describe(share.source));
    return out;
  };
  EXPECT_EQ(shares({"a.pbe", "b.pbe=file:pw.txt", "c.pbe=quorum:q=1.txt", "d.pbe=env:PW", "e.pbe=tty"}),
            (Strings{"a.pbe by the terminal", "b.pbe by the file pw.txt", "c.pbe by custodians of the file q=1.txt",
                     "d.pbe by the environment variable PW", "e.pbe by the terminal"}));
  EXPECT_EQ(shares({"a=b.pbe=file:x=y"}), Strings{"a=b.pbe by the file x=y"}) << "the first = behind which a SOURCE stands";
  for (const char* bad : {"", "a.pbe=", "a.pbe=hunter2", "a.pbe=quorum:", "=tty", "a.pbe=fd:x"}) {
    const std::string sentence = complaint({"verify", "key.bin", std::string("--share=") + bad});
    EXPECT_NE(sentence, "") << bad;
    EXPECT_EQ(sentence.find("hunter2"), std::string::npos) << "it may be a password";
  }
}

TEST(Parse, OneDescriptorGivesOneSecret) {
  EXPECT_EQ(complaint({"verify", "k", "--share", "a=fd:7", "--share", "b=fd:8"}), "");
  for (const Strings& bad : {Strings{"verify", "k", "--share", "a=fd:7", "--share", "b=fd:7"}, Strings{"verify", "k", "--share", "a=stdin", "--share", "-=tty"},
                             Strings{"verify", "-", "--share", "a=stdin"}, Strings{"verify", "a", "--quorum-from", "fd:7", "--share", "a=fd:7"}})
    EXPECT_NE(complaint(bad).find("two things are to be read from"), std::string::npos) << complaint(bad);
  EXPECT_NE(complaint({"verify", "k", "--no-password", "--share", "a"}), "");
  EXPECT_NE(complaint({"verify", "a", "--quorum-from", "tty", "--password-from", "tty"}), "");
}

TEST(Parse, RecoverTakesWordsAPatternOrAList) {
  const Options options = parse({"recover", "a", "--pattern-from", "file:p", "--wordlist", "words.txt", "--expect-kcv", "2952B3021B693783"});
  EXPECT_EQ(options.pattern->argument, "p");
  EXPECT_EQ(options.word_list, "words.txt");
  EXPECT_TRUE(options.expect_kcv);
  EXPECT_EQ(complaint({"recover", "a", "--wordlist", "words.txt", "--shard", "2/3", "--state", "s"}), "") << "a list of passwords";
  EXPECT_EQ(complaint({"recover", "a", "--wordlist", "-", "--pattern-from", "tty"}), "");
  EXPECT_NE(complaint({"recover", "a", "--password-from", "tty", "--pattern-from", "tty"}).find("twelve words"), std::string::npos);
  EXPECT_NE(complaint({"recover", "a", "--password-from", "tty", "--wordlist", "w"}).find("with --pattern-from, or alone"), std::string::npos);
  EXPECT_NE(complaint({"recover", "a", "--expect-kcv", "2952B3021B693783"}).find("--pattern-from, --wordlist or --quorum-from"), std::string::npos);
  EXPECT_NE(complaint({"recover", "a", "--pattern-from", "stdin", "--wordlist", "-"}).find("two things are to be read from"), std::string::npos);
  EXPECT_NE(complaint({"recover", "-", "--wordlist", "-"}).find("two things are to be read from"), std::string::npos);
  EXPECT_NE(complaint({"recover", "a", "--pattern-from", "p", "--export-candidates", "--state", "s"}), "");
  const std::string secret = complaint({"recover", "a", "--pattern-from", "hunter2"});
  EXPECT_NE(secret, "");
  EXPECT_EQ(secret.find("hunter2"), std::string::npos) << "it may be a pattern";
  EXPECT_NE(complaint({"verify", "a", "--wordlist", "w"}), "");
}

TEST(Parse, DkekTakesAVerbSharesAndWrappedKeys) {
  EXPECT_EQ(parse({"dkek", "check", "a.bin", "b.bin", "--share", "s"}).subjects(), (std::vector<Subject>{"a.bin", "b.bin"}));
  EXPECT_EQ(parse({"dkek", "reshare", "a.bin", "--share", "s", "--write-share", "n"}).subjects(), (std::vector<Subject>{"a.bin"}));
  EXPECT_NE(complaint({"dkek", "rehearse", "a.bin", "--share", "s"}), "");
  EXPECT_EQ(parse({"dkek", "combine", "--share", "s", "--expect-kcv", "2952b3021B693783"}).expect_kcv->front(), 0x29);
  EXPECT_NE(complaint({"dkek", "combine", "--share", "s", "--expect-kcv", "2952B3021B6937"}), "");
  EXPECT_NE(complaint({"create", "dkek-share", "-o", "a", "--expect-kcv", "2952B3021B693783"}), "") << "no --share";
  EXPECT_NE(complaint({"dkek", "check", "a.bin"}), "") << "no share";
  EXPECT_NE(complaint({"dkek", "open", "--share", "s"}), "");
  EXPECT_NE(complaint({"dkek", "--share", "s"}), "");
}

}  // namespace
}  // namespace hwbak::cli
