// Every form of SOURCE, every encoding, and the candidates that come of them.
#include "term/secrets.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "hwbak/error.h"
#include "term/line_editor.h"
#include "term/played_terminal.h"

namespace hwbak::term {
namespace {

constexpr const char* words = "mass celery settle flash seed never say dust track sick stick reduce";

class SecretSources : public testing::Test {
 protected:
  void SetUp() override { path_ = testing::TempDir() + "/hwbak-secret-" + std::to_string(::getpid()); }
  void TearDown() override { std::filesystem::remove(path_); }
  Source file(std::string_view contents) {
    std::ofstream(path_, std::ios::binary) << contents;
    return *parse_source("file:" + path_);
  }
  static std::unique_ptr<Terminal> no_terminal() { return nullptr; }
  static std::vector<std::string> ask(ProgramSecrets& secrets, Secrets::Kind kind = Secrets::Kind::password) {
    std::vector<std::string> out;
    for (const SecretString& candidate : secrets.ask({kind, "backup.7z", true, ""})) out.emplace_back(candidate.expose());
    return out;
  }
  static std::vector<std::string> candidates(SecretOptions options) {
    ProgramSecrets secrets(std::move(options), no_terminal);
    return ask(secrets);
  }
  static Outcome failure(SecretOptions options) {
    try {
      (void)candidates(std::move(options));
    } catch (const Error& error) {
      return error.outcome();
    }
    return Outcome::ok;
  }
  static SecretOptions with(Source source, Encoding encoding = Encoding::text) {
    SecretOptions options;
    options.password = std::move(source);
    options.encoding = encoding;
    return options;
  }
  std::string path_;
};

using Strings = std::vector<std::string>;

TEST_F(SecretSources, TheFormsOfASource) {
  EXPECT_EQ(parse_source("tty")->kind, Source::Kind::terminal);
  EXPECT_EQ(parse_source("stdin")->descriptor, 0);
  EXPECT_EQ(parse_source("fd:7")->descriptor, 7);
  EXPECT_EQ(parse_source("file:a:b")->argument, "a:b");
  EXPECT_EQ(parse_source("env:PW")->argument, "PW");
  for (const char* bad : {"", "hunter2", "fd:", "fd:x", "fd:-1", "fd:7x", "fd:99999999999", "file:", "env:", "TTY"})
    EXPECT_FALSE(parse_source(bad)) << bad;
}

TEST_F(SecretSources, OneTrailingNewlineIsDropped) {
  EXPECT_EQ(candidates(with(file("pass word\n"))), Strings{"pass word"});
  EXPECT_EQ(candidates(with(file("pass word\r\n"))), Strings{"pass word"});
  EXPECT_EQ(candidates(with(file("pass word\n\n"))), Strings{"pass word\n"});
  EXPECT_EQ(candidates(with(file(" pass\r"))), Strings{" pass\r"}) << "only a newline is dropped";
}

TEST_F(SecretSources, HexAndRaw) {
  EXPECT_EQ(candidates(with(file("70C3a9\n"), Encoding::hex)), Strings{"p\xC3\xA9"});
  EXPECT_EQ(failure(with(file("70C3a\n"), Encoding::hex)), Outcome::refused);
  EXPECT_EQ(candidates(with(file("p\n"), Encoding::raw)), Strings{"p\n"});
  EXPECT_EQ(candidates(with(file(std::string(words) + "\n"), Encoding::raw)), Strings{std::string(words) + "\n"});
}

TEST_F(SecretSources, EmptyMissingAndTooLong) {
  EXPECT_EQ(failure(with(file(""))), Outcome::refused);
  EXPECT_EQ(failure(with(file("\n"))), Outcome::refused);
  EXPECT_EQ(failure(with(*parse_source("file:" + path_ + ".none"))), Outcome::io);
  EXPECT_EQ(failure(with(*parse_source("env:HWBAK_TEST_NOT_SET"))), Outcome::io);
  EXPECT_EQ(failure(with(*parse_source("fd:987"))), Outcome::io);
  EXPECT_EQ(failure(with(file(std::string(max_secret_size, 'a')))), Outcome::ok);
  EXPECT_EQ(failure(with(file(std::string(max_secret_size + 1, 'a')))), Outcome::refused);
  EXPECT_EQ(failure(with(*parse_source("file:/dev/zero"))), Outcome::refused) << "an endless source ends";
  EXPECT_EQ(failure(with(*parse_source("tty"))), Outcome::refused) << "no terminal";
}

TEST_F(SecretSources, TheEnvironmentIsWipedAfterReading) {
  ::setenv("HWBAK_TEST_PW", "from the environment", 1);
  EXPECT_EQ(candidates(with(*parse_source("env:HWBAK_TEST_PW"))), Strings{"from the environment"});
  EXPECT_STREQ(std::getenv("HWBAK_TEST_PW"), "");
  ::unsetenv("HWBAK_TEST_PW");
}

TEST_F(SecretSources, OneVariableMayStandForTheOldAndTheNewPassword) {
  ::setenv("HWBAK_TEST_PW", "one for both", 1);
  SecretOptions options = with(*parse_source("env:HWBAK_TEST_PW"));
  options.new_password = options.password;
  ProgramSecrets secrets(std::move(options), no_terminal);
  EXPECT_EQ(ask(secrets), Strings{"one for both"});
  EXPECT_EQ(ask(secrets, Secrets::Kind::new_password), Strings{"one for both"});
  EXPECT_STREQ(std::getenv("HWBAK_TEST_PW"), "");
  ::unsetenv("HWBAK_TEST_PW");
}

TEST_F(SecretSources, WhatCannotHelpIsNotAskedFor) {
  Secrets::Question question{Secrets::Kind::password, "backup.cdcbak", false, "", true};
  SecretOptions typed;
  typed.may_prompt = true;
  ProgramSecrets nobody(std::move(typed), []() -> std::unique_ptr<Terminal> { throw std::logic_error("a terminal was opened"); });
  EXPECT_TRUE(nobody.ask(question).empty());
  ProgramSecrets empty(with(file("\n")), no_terminal);
  EXPECT_THROW((void)empty.ask(question), Error);
  ProgramSecrets given(with(file("x\n")), no_terminal);
  EXPECT_EQ(given.ask(question).size(), 1u);
}

TEST_F(SecretSources, ADescriptorIsReadToItsEndAndOnce) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "piped\n", 6), 6);
  ::close(ends[1]);
  ProgramSecrets secrets(with(*parse_source("fd:" + std::to_string(ends[0]))), no_terminal);
  EXPECT_EQ(ask(secrets), Strings{"piped"});
  EXPECT_EQ(ask(secrets), Strings{"piped"}) << "the second subject gets the same answer";
  ::close(ends[0]);
}

TEST_F(SecretSources, TwelveWordsAreTriedAsTheDeviceSpellsThemThenAsTyped) {
  EXPECT_EQ(candidates(with(file(std::string(words) + "\n"))), Strings{words});
  const std::string typed = "1. MASS celery settle flash seed never say dust track sick stick reduce";
  EXPECT_EQ(candidates(with(file(typed))), (Strings{words, typed}));
  EXPECT_EQ(candidates(with(file("zoo zoo zoo"))), Strings{"zoo zoo zoo"});
}

TEST_F(SecretSources, RemarksTellPositionsNeverWords) {
  ProgramSecrets secrets(with(file("mass celary settle flash seed never say dust track sick stick")), no_terminal);
  (void)ask(secrets);
  ASSERT_EQ(secrets.remarks().size(), 2u);
  EXPECT_EQ(secrets.remarks()[0].message, "the password has 11 words; the device gives 12");
  EXPECT_EQ(secrets.remarks()[1].message, "word 2 of the password is not on the BIP-39 list");
  ProgramSecrets custom(with(file("correct horse battery staple")), no_terminal);
  (void)ask(custom);
  EXPECT_TRUE(custom.remarks().empty()) << "control: a password of another kind";
}

TEST_F(SecretSources, AListHasOnePasswordOnEachLine) {
  SecretOptions options;
  options.passwords = file("first\n\n  second \r\n# third\nlast");
  EXPECT_EQ(candidates(std::move(options)), (Strings{"first", "  second ", "# third", "last"}));
  SecretOptions empty;
  empty.passwords = file("\n\r\n\n");
  EXPECT_EQ(failure(std::move(empty)), Outcome::refused);
}

TEST_F(SecretSources, AListInHexAndRaw) {
  SecretOptions hex;
  hex.passwords = file("6162\n63\n");
  hex.encoding = Encoding::hex;
  EXPECT_EQ(candidates(std::move(hex)), (Strings{"ab", "c"}));
  SecretOptions raw;
  raw.passwords = file("a\r\nb");
  raw.encoding = Encoding::raw;
  EXPECT_EQ(candidates(std::move(raw)), (Strings{"a\r", "b"}));
}

TEST_F(SecretSources, NoPasswordAndNoTerminalGiveNone) {
  EXPECT_TRUE(candidates({}).empty());
  SecretOptions may;
  may.may_prompt = true;
  EXPECT_TRUE(candidates(std::move(may)).empty());
  SecretOptions none = with(file("x"));
  none.no_password = true;
  EXPECT_TRUE(candidates(std::move(none)).empty());
}

TEST_F(SecretSources, ANewPasswordIsExactlyOne) {
  SecretOptions options;
  options.new_password = file("MASS celery settle flash seed never say dust track sick stick reduce");
  ProgramSecrets secrets(std::move(options), no_terminal);
  EXPECT_EQ(ask(secrets, Secrets::Kind::new_password), Strings{words});
  EXPECT_TRUE(ask(secrets).empty());
}

TEST_F(SecretSources, SeedWordsInTheirOneSpellingOrAKeyAsItIs) {
  const auto given = [&](std::string_view contents) {
    SecretOptions options;
    options.mnemonic = file(contents);
    options.encoding = Encoding::hex;  // is about passwords
    ProgramSecrets secrets(std::move(options), no_terminal);
    return ask(secrets, Secrets::Kind::mnemonic);
  };
  EXPECT_EQ(given("1. MASS cele settle, flash seed never say dust track sick stick reduce\n"), Strings{words});
  EXPECT_EQ(given("xprv9s21\n"), Strings{"xprv9s21"});
  EXPECT_EQ(given("mass celary"), Strings{"mass celary"}) << "left to the task, which says what is wrong";
  ProgramSecrets none({}, no_terminal);
  EXPECT_TRUE(ask(none, Secrets::Kind::mnemonic).empty());
  SecretOptions typed;
  typed.may_prompt = true;
  ProgramSecrets nobody(std::move(typed), no_terminal);
  EXPECT_THROW((void)ask(nobody, Secrets::Kind::mnemonic), Error) << "no terminal";
}

TEST_F(SecretSources, WhatIsSaidOfAnEmptySourceNamesTheSecretThatIsMissing) {
  const auto said = [&](Secrets::Kind kind, std::optional<Source> SecretOptions::*member) {
    SecretOptions options;
    options.*member = file("\n");
    ProgramSecrets secrets(std::move(options), no_terminal);
    try {
      (void)ask(secrets, kind);
    } catch (const Error& error) {
      return error.sentence() + ". " + error.next();
    }
    return std::string();
  };
  const auto has = [](const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; };
  EXPECT_TRUE(has(said(Secrets::Kind::password, &SecretOptions::password), "--no-password")) << "control";
  const std::string seed = said(Secrets::Kind::mnemonic, &SecretOptions::mnemonic);
  EXPECT_TRUE(has(seed, "seed words") && !has(seed, "password")) << seed;
  const std::string fresh = said(Secrets::Kind::new_password, &SecretOptions::new_password);
  EXPECT_TRUE(has(fresh, "new password") && !has(fresh, "--no-password")) << fresh;
  const std::string key = said(Secrets::Kind::receiver_key, &SecretOptions::receiver_key);
  EXPECT_TRUE(has(key, "key") && !has(key, "password")) << key;
}

TEST(TypedPins, ANewOneIsAskedForTwiceAndTheOthersOnce) {
  const auto typed = [](bool fresh, ProgramSecrets::OpenTerminal terminal) {
    SecretOptions options;
    options.pin = Source{};
    ProgramSecrets secrets(std::move(options), terminal);
    Secrets::Question question;
    question.kind = Secrets::Kind::pin;
    question.subject = "the device";
    question.fresh = fresh;
    const auto pins = secrets.ask(question);
    return pins.empty() ? std::string() : std::string(pins[0].expose());
  };
  EXPECT_EQ(typed(false, [] { return std::unique_ptr<Terminal>(new PlayedTerminal("111111\r222222\r")); }), "111111");
  EXPECT_EQ(typed(true, [] { return std::unique_ptr<Terminal>(new PlayedTerminal("111111\r222222\r333333\r333333\r")); }), "333333");
  EXPECT_THROW((void)typed(true, [] { return std::unique_ptr<Terminal>(new PlayedTerminal("111111\r")); }), Error);
  SecretOptions seen;
  seen.typed_pin = std::make_shared<const SecretString>(SecretString::copy_of("648219"));
  ProgramSecrets secrets(std::move(seen), [] { return std::unique_ptr<Terminal>(); });
  Secrets::Question question;
  question.kind = Secrets::Kind::pin;
  EXPECT_EQ(secrets.ask(question).front().expose(), "648219") << "as the command line had it";
}

TEST(LineEditor, RubsOutWholeCharactersAndSwallowsKeys) {
  LineEditor line;
  const auto type = [&](std::string_view text) {
    for (const char c : text) (void)line.feed(static_cast<std::uint8_t>(c));
  };
  type("ab\xC3\xA9\x7F");
  EXPECT_EQ(line.text(), "ab");
  type("\x1b[A\x1b[3~\x1bOP");
  EXPECT_EQ(line.text(), "ab");
  type(" cd\x17");
  EXPECT_EQ(line.text(), "ab ");
  type("\x15\x7F\x7F");
  EXPECT_EQ(line.text(), "");
  EXPECT_EQ(line.feed(0x04), LineEditor::Key::end);
  type("x");
  EXPECT_EQ(line.feed(0x04), LineEditor::Key::nothing);
  EXPECT_EQ(line.feed('\r'), LineEditor::Key::enter);
  type("\x7F\xA9\xA9\x7F");
  EXPECT_EQ(line.text(), "") << "bytes that make no character";
}

TEST(LineEditor, HasALimit) {
  LineEditor line;
  for (std::size_t i = 0; i < LineEditor::max_size + 10; ++i) (void)line.feed('a');
  EXPECT_EQ(line.text().size(), LineEditor::max_size);
}

}  // namespace
}  // namespace hwbak::term
