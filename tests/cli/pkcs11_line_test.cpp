// The lines of the Pico HSM manual and of device init-plan as they are typed: what is understood, what is refused and with which
// words.
#include "cli/pkcs11_line.h"

namespace hwbak::cli {
namespace {

using Strings = std::vector<std::string>;

// "pkcs11-tool " and a line as a shell splits it.
Strings split(std::string_view line) {
  Strings out{"pkcs11-tool"};
  while (!line.empty()) {
    const std::string_view word = line.substr(0, line.find(' '));
    out.emplace_back(word);
    line.remove_prefix(std::min(word.size() + 1, line.size()));
  }
  return out;
}
Options parsed(std::string_view line) { return parse(split(line)); }
std::string wrong(const Strings& arguments) {
  try {
    (void)parse(arguments);
  } catch (const UsageError& error) {
    return error.sentence;
  }
  return "";
}

TEST(Pkcs11Line, TheManualsOwnLines) {
  Options options = parsed("--generate-key --key-type aes:32 --label dkek --id 01");
  EXPECT_EQ(options.command, Command::pkcs11_tool);
  EXPECT_TRUE(options.pkcs11.generate);
  EXPECT_EQ(options.wrapped_key.id, Bytes{0x01});
  options = parsed("--export-key --id 01 --output-file dkek-share.bin");
  EXPECT_TRUE(options.pkcs11.exports);
  EXPECT_FALSE(options.pkcs11.wraps);
  EXPECT_EQ(options.output, "dkek-share.bin");
  options = parsed("--export-key --id 12 --wrap --wrapping-key 01 --output-file key.wrapped");
  EXPECT_TRUE(options.pkcs11.exports && options.pkcs11.wraps);
  EXPECT_EQ(options.wrapped_key.id, Bytes{0x12}) << "hexadecimal, as in pkcs11-tool";
  EXPECT_EQ(options.pkcs11.wrapping_key, Bytes{0x01});
  options = parsed("--import-key --unwrap --wrapping-key 01 --input-file key.wrapped --id 12 --label restored-key");
  EXPECT_TRUE(options.pkcs11.imports && options.pkcs11.unwraps);
  EXPECT_EQ(options.pkcs11.input, "key.wrapped");
  EXPECT_EQ(options.wrapped_key.label, "restored-key");
  EXPECT_TRUE(options.pkcs11.refused.empty());
}

TEST(Pkcs11Line, TheRealProgramsLettersAndWhatItTakesBesides) {
  const Options options = parsed(
      "--module /usr/lib/opensc-pkcs11.so -l -p 648219 --so-pin=3537363231383830 --slot 0 --export-key --wrap -d 12 -o "
      "key.wrapped --json");
  EXPECT_TRUE(options.json);
  EXPECT_TRUE(options.pkcs11.login && options.pkcs11.so_pin);
  ASSERT_TRUE(options.pkcs11.pin);
  EXPECT_EQ(options.pkcs11.pin->expose(), "648219");
  EXPECT_EQ(options.output, "key.wrapped");
  EXPECT_EQ(parsed("--import-key --unwrap -ikey.wrapped -a --odd").wrapped_key.label, "--odd");
  EXPECT_EQ(parsed("--pin=648219 --export-key --output-file x").pkcs11.pin->expose(), "648219");
  EXPECT_EQ(parsed("--generate-key --shares 5 --threshold 3 --state s").pkcs11.shares, 5u);
  EXPECT_EQ(parse({"--json", "pkcs11-tool", "--generate-key", "--label", "dkek", "--key-type", "AES:32"}).command,
            Command::pkcs11_tool);
}

TEST(Pkcs11Line, WhatOthersDoIsLeftToThem) {
  for (const char* line :
       {"--keypairgen --key-type rsa:2048 --id 10", "-k", "--login --sign -m RSA-PKCS", "-O", "--list-objects --login",
        "--init-token --label x", "--keygen", "--wrap --id 1", "--unwrap", "--generate-key --key-type rsa:2048",
        "--generate-key --key-type aes:16", "--generate-key --key-type aes:32 --label mail", "--import-key --input-file key.pem",
        "--unlock-pin"}) {
    const Options options = parsed(line);
    EXPECT_FALSE(options.pkcs11.refused.empty()) << line;
    EXPECT_FALSE(options.pkcs11.instead.empty()) << line;
  }
  EXPECT_TRUE(parsed("--json -O").json);
}

TEST(Pkcs11Line, LinesThatCannotBe) {
  for (const char* line : {"--id 01",
                           "--generate-key --export-key --output-file x",
                           "--export-key --id 01",
                           "--export-key --wrap --output-file x",
                           "--import-key --unwrap --id 12",
                           "--export-key --unwrap --output-file x",
                           "--generate-key --wrap",
                           "--generate-key --shares 5",
                           "--generate-key --threshold 3",
                           "--generate-key --shares 3 --threshold 4",
                           "--generate-key --shares 2 --threshold 2",
                           "--generate-key --id 1g",
                           "--generate-key --output-file x",
                           "--export-key --output-file x --shares 3 --threshold 2",
                           "--export-key --output-file x --wrapping-key 01",
                           "--generate-key stray",
                           "--generate-key --id",
                           "--generate-key --shares 3 --threshold 2 --password-from env:P",
                           "--export-key --output-file x --pin 1 --pin-from tty",
                           "--generate-key --login=1",
                           "--generate-key --port x",
                           "--generate-key --no-such-option",
                           "-x"})
    EXPECT_NE(wrong(split(line)), "") << line;
  EXPECT_EQ(wrong(split("--generate-key --pin 648219 --pin 648219")).find("648219"), std::string::npos);
  EXPECT_EQ(wrong(split("--generate-key --password=hunter2")).find("hunter2"), std::string::npos);
  EXPECT_NE(wrong({"device", "list", "--pin", "648219"}), "") << "nowhere else";
}

TEST(Pkcs11Line, PinsAreCoveredInTheCommandLine) {
  Strings words{"hwbak",      "pkcs11-tool", "--pin", "648219", "--so-pin=3537", "-p648219", "-p", "648219",
                "--pin-from", "tty",         "--id",  "12",     "--pin"};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  hide_pins(argv);
  EXPECT_EQ(words, (Strings{"hwbak", "pkcs11-tool", "--pin", "******", "--so-pin=****", "-p******", "-p", "******", "--pin-from",
                            "tty", "--id", "12", "--pin"}));
}

TEST(InitPlan, TakesNewOrExistingShares) {
  const Options options =
      parse({"device", "init-plan", "--share", "a.pbe=env:A", "--share", "b.pbe", "--reader", "Pico", "--run", "--pin-from",
             "env:P", "--so-pin-from", "env:S", "--confirm-serial", "ESPICOHSMTR", "--yes", "--expect-kcv", "2952B3021B693783"});
  EXPECT_TRUE(options.run);
  EXPECT_EQ(options.secrets.shares.size(), 2u);
  EXPECT_EQ(options.confirm_serial, "ESPICOHSMTR");
  EXPECT_EQ(parse({"device", "init-plan", "--write-share", "a.pbe=quorum:3/5", "--write-share", "b.pbe", "--sheets", "d"})
                .write_shares.files.at(0)
                .total,
            5u);
  EXPECT_FALSE(parse({"device", "init-plan"}).run);
  for (const Strings& line : {Strings{"--share", "a", "--write-share", "b"},
                              {"--run"},
                              {"--sheets", "d"},
                              {"--force", "--share", "a"},
                              {"--confirm-serial", "x", "--share", "a"},
                              {"--expect-kcv", "2952B3021B693783", "--write-share", "a"},
                              {"--port", "p"},
                              {"--output", "o"},
                              {"a.pbe"}}) {
    Strings arguments{"device", "init-plan"};
    arguments.insert(arguments.end(), line.begin(), line.end());
    EXPECT_NE(wrong(arguments), "") << line[0];
  }
  EXPECT_NE(wrong({"device", "backup", "--reader", "r", "--to", "d", "--confirm-serial", "x"}), "");
}

}  // namespace
}  // namespace hwbak::cli
