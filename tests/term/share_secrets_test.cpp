// The secrets of DKEK share files: sources, and what custodians type one after the other.
#include "term/secrets.h"

#include <fstream>

#include "hwbak/error.h"
#include "support/vectors.h"
#include "term/played_terminal.h"
#include "term/quorum_entry.h"

namespace hwbak::term {
namespace {

using List = Secrets::ShareQuestion::List;

constexpr const char* prime = "ee:b1:38:ca:19:de:9a:5f";

std::string entered(PlayedTerminal& terminal) {
  const auto lines = ask_quorum(terminal, "a.pbe");
  return lines ? std::string(lines->expose()) : "(none)";
}

TEST(QuorumEntry, PrimeThenIdsAndValuesUntilAnEmptyId) {
  PlayedTerminal terminal(std::string(prime) + "\r5\r13:a9:9c:62:c8:63:df\r1\rD2 D9 18 2C 8F 93 02 AC\r\r");
  EXPECT_EQ(entered(terminal), "prime=" + std::string(prime) + "\nshare=5:13:a9:9c:62:c8:63:df\nshare=1:D2 D9 18 2C 8F 93 02 AC\n");
  EXPECT_EQ(terminal.shown, "Custodians' shares of a.pbe: 2 taken.\r\n") << "nothing of it is left to see";
  EXPECT_NE(terminal.seen.find("13:a9:9c"), std::string::npos) << "control: it was seen while it was typed";
}

TEST(QuorumEntry, WhatCannotBeIsAskedForAgain) {
  // Even, then composite, then right; ID 0, a value above the prime, an ID twice, and an end with one share.
  PlayedTerminal terminal("ee:b1:38:ca:19:de:9a:5e\ree:b1:38:ca:19:de:9a:5d\r" + std::string(prime) +
                          "\r0\r5\rff:ff:ff:ff:ff:ff:ff:ff\r13:a9:9c:62:c8:63:df\r\r5\r1\rd2:d9:18:2c:8f:93:02:ac\r\r");
  EXPECT_EQ(entered(terminal), "prime=" + std::string(prime) + "\nshare=5:13:a9:9c:62:c8:63:df\nshare=1:d2:d9:18:2c:8f:93:02:ac\n");
  std::size_t complaints = 0;
  std::string last;
  for (std::size_t at = 0; (at = terminal.seen.find("That cannot be: ", at)) != std::string::npos; ++at) {
    const std::string sentence = terminal.seen.substr(at, terminal.seen.find('\n', at) - at);
    complaints += sentence != last;
    last = sentence;
  }
  EXPECT_EQ(complaints, 6u) << terminal.seen;
}

TEST(QuorumEntry, GivenUpOrGone) {
  for (const char* keys : {"\x04", "", "ee:b1:38:ca:19:de:9a:5f\r5\r\x04"}) {
    PlayedTerminal terminal(keys);
    EXPECT_EQ(entered(terminal), "(none)");
    EXPECT_EQ(terminal.shown, "Custodians' shares of a.pbe: not given.\r\n");
  }
  PlayedTerminal interrupted("ee:b1\x03");
  EXPECT_THROW((void)entered(interrupted), Interrupted);
}

std::string keys_to_play;
std::unique_ptr<Terminal> played() { return std::make_unique<PlayedTerminal>(keys_to_play); }
std::unique_ptr<Terminal> no_terminal() { return nullptr; }

TEST(ShareSecrets, EachFileHasASourceOfItsOwn) {
  const test::Folder folder;
  const auto file = [&](const char* name, std::string_view text) {
    std::ofstream(folder / name, std::ios::binary) << text;
    return *parse_source("file:" + (folder / name).native());
  };
  SecretOptions options;
  options.shares = {{"a.pbe", file("a", "pw \n"), false}, {"b.pbe", file("b", "prime=1\n"), true}, {"c.pbe", file("c", ""), false}, {"d.pbe", {}, false}};
  ProgramSecrets secrets(options, no_terminal);
  const auto* const a = secrets.share({List::shares, 0, "a.pbe", 0});
  ASSERT_NE(a, nullptr);
  EXPECT_EQ(a->text.expose(), "pw ");
  EXPECT_FALSE(a->quorum);
  EXPECT_EQ(secrets.share({List::shares, 0, "a.pbe", 1}), nullptr) << "a file has no other answer";
  const auto* const b = secrets.share({List::shares, 1, "b.pbe", 0});
  ASSERT_NE(b, nullptr);
  EXPECT_TRUE(b->quorum);
  EXPECT_EQ(a->text.expose(), "pw ") << "it stays";
  EXPECT_THROW((void)secrets.share({List::shares, 2, "c.pbe", 0}), Error) << "empty";
  EXPECT_THROW((void)secrets.share({List::shares, 3, "d.pbe", 0}), Error) << "no terminal";
  EXPECT_EQ(secrets.share({List::shares, 4, "e.pbe", 0}), nullptr);
  EXPECT_EQ(secrets.share({List::new_shares, 0, "a.pbe", 0}), nullptr) << "another list";
  options.no_password = true;
  EXPECT_EQ(ProgramSecrets(options, no_terminal).share({List::shares, 0, "a.pbe", 0}), nullptr);
  options.no_password = false;
  options.encoding = Encoding::hex;
  options.shares[0].source = file("a", "0c4c6eb852410931\n");
  EXPECT_EQ(ProgramSecrets(options, no_terminal).share({List::shares, 0, "a.pbe", 0})->text.size(), 8u);
}

TEST(ShareSecrets, TheTerminalIsAskedAgainAndEnterMeansCustodians) {
  SecretOptions options;
  options.shares = {{"a.pbe", {}, false}};
  keys_to_play = "first\rsecond\r\r" + std::string(prime) + "\r5\r13:a9:9c:62:c8:63:df\r1\rd2:d9:18:2c:8f:93:02:ac\r\r\x04";
  ProgramSecrets secrets(options, played);
  EXPECT_EQ(secrets.share({List::shares, 0, "a.pbe", 0})->text.expose(), "first");
  EXPECT_EQ(secrets.share({List::shares, 0, "a.pbe", 1})->text.expose(), "second");
  const auto* const quorum = secrets.share({List::shares, 0, "a.pbe", 2});
  ASSERT_NE(quorum, nullptr);
  EXPECT_TRUE(quorum->quorum);
  EXPECT_EQ(secrets.share({List::shares, 0, "a.pbe", 3}), nullptr) << "Ctrl-D gives up";
}

TEST(ShareSecrets, OfTheFileThatTheCommandIsAbout) {
  SecretOptions options;
  EXPECT_EQ(ProgramSecrets(options, played).share({List::subjects, 0, "a.pbe", 0}), nullptr) << "it may not ask";
  options.may_prompt = true;
  EXPECT_EQ(ProgramSecrets(options, no_terminal).share({List::subjects, 0, "a.pbe", 0}), nullptr) << "structure only";
  keys_to_play = "typed\r";
  EXPECT_EQ(ProgramSecrets(options, played).share({List::subjects, 0, "a.pbe", 0})->text.expose(), "typed");
  const test::Folder folder;
  std::ofstream(folder / "q") << "prime=1\n";
  options.quorum = parse_source("file:" + (folder / "q").native());
  ProgramSecrets secrets(options, no_terminal);
  ASSERT_NE(secrets.share({List::subjects, 0, "a.pbe", 0}), nullptr);
  EXPECT_TRUE(secrets.share({List::subjects, 1, "b.pbe", 0})->quorum);
}

}  // namespace
}  // namespace hwbak::term
