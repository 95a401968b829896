// The device's screen drawn on a terminal: which keys answer, what is left to see, and what a hostile text may not do.
#include "term/device_screen.h"

#include "term/consent.h"
#include "term/played_terminal.h"
#include "term/word_entry.h"

namespace hwbak::term {
namespace {

using coldcard::key_cancel;
using coldcard::key_ok;
using Entry = coldcard::Screen::Entry;

char page(const std::string& typed, std::string_view keys) {
  PlayedTerminal terminal(typed);
  return DeviceScreen(terminal).page("Title", "Text", keys, false);
}

TEST(Consent, OnlyATypedYesGoesOn) {
  for (const char* const keys : {"yes\r", "Yes\n", "YES\r", " yes  \r", "nx\x7F\x7Fyes\r"}) {
    PlayedTerminal terminal(keys);
    EXPECT_TRUE(ask_consent(terminal, "Remove it?\r\n")) << keys;
    EXPECT_NE(terminal.shown.find("Remove it?"), std::string::npos) << "the question stays";
  }
  for (const char* const keys : {"\r", "y\r", "Y\n", " \r", "y es\r", "n\r", "no\r", "q\r", "x\r", "yess\r", "y\x01\r", "\x1b[A\r", "\x04", "ye", "", "yesyesyesyesyesyesyes\r"}) {
    PlayedTerminal terminal(keys);
    EXPECT_FALSE(ask_consent(terminal, "Remove it?\r\n")) << keys;
  }
}

TEST(Consent, OnlyTheSameNumberGoesOn) {
  for (const char* const keys : {"ESPICOHSMTR\r", " espicohsmtr \n"}) {
    PlayedTerminal terminal(keys);
    EXPECT_TRUE(ask_same(terminal, "It will be wiped.\r\n", "its serial number", "ESPICOHSMTR")) << keys;
    EXPECT_NE(terminal.shown.find("Type its serial number, ESPICOHSMTR, to go on"), std::string::npos);
  }
  for (const char* const keys : {"yes\r", "\r", "ESPICOHSMT\r", "ESPICOHSMTRR\r", "\x04", "ESPICOHSMTR"}) {
    PlayedTerminal terminal(keys);
    EXPECT_FALSE(ask_same(terminal, "It will be wiped.\r\n", "its serial number", "ESPICOHSMTR")) << keys;
  }
}

TEST(DevicePage, KeysAnswer) {
  EXPECT_EQ(page("\r", "yx"), key_ok);
  EXPECT_EQ(page("\n", "yx"), key_ok);
  EXPECT_EQ(page("y", "yx"), key_ok);
  EXPECT_EQ(page("Y", "yx"), key_ok);
  EXPECT_EQ(page("x", "yx"), key_cancel);
  EXPECT_EQ(page("\x1b|y", "yx"), key_cancel) << "Esc alone";
  EXPECT_EQ(page("\x1b[Ay", "yx"), key_ok) << "an arrow key is no Esc";
  EXPECT_EQ(page("\x1b[3~y", "yx"), key_ok) << "nor is Delete";
  EXPECT_EQ(page("z946", "yx6"), '6') << "other keys do nothing";
  EXPECT_EQ(page("\r6", "x6"), '6') << "Enter only where OK is offered";
  EXPECT_EQ(page("\x04", "123"), key_cancel) << "Ctrl-D";
  EXPECT_EQ(page("", "123"), key_cancel) << "a closed terminal";
  EXPECT_THROW((void)page("\x03", "yx"), Interrupted);
}

TEST(DevicePage, NamesItsKeysAndErasesWhatIsSensitive) {
  PlayedTerminal terminal("26");
  DeviceScreen screen(terminal);
  (void)screen.page("Public", "open text", "yx2", false);
  EXPECT_NE(terminal.shown.find("open text"), std::string::npos) << "control: an ordinary page stays";
  EXPECT_NE(terminal.shown.find("[Enter] OK   [x] X   [2]"), std::string::npos);
  (void)screen.page("Words", "secret text", "y6", true);
  EXPECT_NE(terminal.seen.find("secret text"), std::string::npos) << "control: it was shown";
  EXPECT_EQ(terminal.shown.find("secret text"), std::string::npos);
  EXPECT_NE(terminal.seen.find("[Enter] OK   [6]"), std::string::npos);
}

TEST(DevicePage, ASensitivePageIsErasedOnCtrlC) {
  PlayedTerminal terminal("\x03");
  EXPECT_THROW((void)DeviceScreen(terminal).page("Words", "secret text", "y", true), Interrupted);
  EXPECT_EQ(terminal.shown.find("secret text"), std::string::npos);
}

TEST(DevicePage, WrapsAtBlanksAndEscapesWhatATerminalWouldObey) {
  PlayedTerminal terminal("yy");
  terminal.width = 31;
  DeviceScreen screen(terminal);
  (void)screen.page("", "one two three four five six seven eight\n  1. indented\nq\xC3\xA4\xC3\xB6\n", "y", false);
  EXPECT_NE(terminal.shown.find("one two three four five six\r\nseven eight\r\n  1. indented\r\nq\xC3\xA4\xC3\xB6\r\n"), std::string::npos)
      << terminal.shown;
  terminal.width = 80;
  (void)screen.page("T\x1b[2J", "name \x1b]0;x\x07 \xE2\x80\xAE \xFF end", "y", false);
  EXPECT_EQ(terminal.seen.find('\x1b'), std::string::npos);
  EXPECT_EQ(terminal.seen.find('\x07'), std::string::npos);
  EXPECT_NE(terminal.seen.find("\\x1b]0;x\\x07 \\xe2\\x80\\xae \\xff end"), std::string::npos) << terminal.seen;
  const std::string address(300, 'z');
  PlayedTerminal narrow("y");
  (void)DeviceScreen(narrow).page("", address, "y", false);
  EXPECT_NE(narrow.shown.find(address), std::string::npos) << "what has no blank is left to the terminal";
}

TEST(DevicePage, ASensitivePageComesInPartsThatFit) {
  std::string text;
  for (int i = 10; i < 30; ++i) text += "line " + std::to_string(i) + "\n";
  PlayedTerminal terminal("6\r" "6\x1b[A" "\r\r6");
  terminal.height = 12;  // a title of three rows and the keys of two leave seven; then ten; then three
  EXPECT_EQ(DeviceScreen(terminal).page("Title", text, "yx6", true), '6') << "offered on the last part only";
  EXPECT_EQ(terminal.erased, 5u) << "forth, back, forth, forth, and at the end";
  EXPECT_NE(terminal.seen.find("line 16\r\n\r\n[Enter] more   [x] X"), std::string::npos) << terminal.seen;
  EXPECT_NE(terminal.seen.find("line 29\r\n\r\n[Enter] OK   [x] X   [6]"), std::string::npos) << terminal.seen;
  PlayedTerminal stopped("x");
  stopped.height = 12;
  EXPECT_EQ(DeviceScreen(stopped).page("Title", text, "yx6", true), key_cancel);
  EXPECT_EQ(stopped.seen.find("line 20"), std::string::npos);
  PlayedTerminal wide("\r\r\r");
  wide.height = 6;
  wide.width = 50;
  EXPECT_EQ(DeviceScreen(wide).page("", std::string(111, 'x') + "\nend", "y", true), key_ok) << "a key that wraps takes three rows";
  EXPECT_NE(wide.seen.find("x\r\nend\r\n"), std::string::npos);
  PlayedTerminal tiny("\r\r\r");
  tiny.height = 1;
  EXPECT_EQ(DeviceScreen(tiny).page("", "one\ntwo\nthree", "y", true), key_ok);
}

std::optional<std::size_t> menu(const std::string& typed, std::size_t count) {
  std::vector<std::string> items;
  for (std::size_t i = 0; i < count; ++i) items.push_back("item " + std::to_string(i + 1));
  PlayedTerminal terminal(typed);
  return DeviceScreen(terminal).menu("Menu", items);
}

TEST(DeviceMenu, ArrowsAndNumbers) {
  EXPECT_EQ(menu("\r", 3), 0u);
  EXPECT_EQ(menu("y", 3), 0u);
  EXPECT_EQ(menu("\x1b[B\r", 3), 1u);
  EXPECT_EQ(menu("\x1bOB\x1bOB\r", 3), 2u);
  EXPECT_EQ(menu("\x1b[B\x1b[B\x1b[B\r", 3), 0u) << "around";
  EXPECT_EQ(menu("\x1b[A\r", 3), 2u);
  EXPECT_EQ(menu("2\r", 3), 1u);
  EXPECT_EQ(menu("12\r", 15), 11u) << "more than nine items";
  EXPECT_EQ(menu("1\r", 15), 0u);
  EXPECT_EQ(menu("99\r3\r", 15), 2u) << "no such item: type again";
  EXPECT_EQ(menu("0\r4\r", 15), 3u);
  EXPECT_EQ(menu("1\x7f" "3\r", 15), 2u) << "rubbed out";
  EXPECT_EQ(menu("99999999999999999999\r2\r", 15), 1u);
  EXPECT_EQ(menu("x", 3), std::nullopt);
  EXPECT_EQ(menu("\x1b|", 3), std::nullopt);
  EXPECT_EQ(menu("\x04", 3), std::nullopt);
  EXPECT_EQ(menu("", 3), std::nullopt);
  EXPECT_EQ(menu("\r", 0), std::nullopt);
  EXPECT_THROW((void)menu("\x03", 3), Interrupted);
}

TEST(DeviceMenu, EscapesItemsAndLeavesOneLine) {
  PlayedTerminal terminal("2\r");
  const std::vector<std::string> items{"plain", "bad\x1b[2Jname"};
  EXPECT_EQ(DeviceScreen(terminal).menu("Files", items), 1u);
  EXPECT_EQ(terminal.seen.find('\x1b'), std::string::npos);
  EXPECT_EQ(terminal.shown, "Files: bad\\u{001B}[2Jname\r\n");
}

std::optional<std::string> asked(const std::string& typed, Entry entry, PlayedTerminal& terminal) {
  terminal = PlayedTerminal(typed);
  const auto answer = DeviceScreen(terminal).ask("Question", entry);
  return answer ? std::optional(std::string(answer->expose())) : std::nullopt;
}

TEST(DeviceQuestion, HidesWhatIsSecret) {
  PlayedTerminal terminal("");
  for (const Entry entry : {Entry::pin, Entry::passphrase, Entry::xprv}) {
    EXPECT_EQ(asked("12-34\r", entry, terminal), "12-34");
    EXPECT_EQ(terminal.seen.find("12-34\r"), std::string::npos);
    EXPECT_EQ(asked("\x04", entry, terminal), std::nullopt);
    EXPECT_EQ(asked("12", entry, terminal), std::nullopt) << "the terminal is gone";
  }
  EXPECT_EQ(asked("a7\r42\r", Entry::number, terminal), "42") << "digits only";
  EXPECT_NE(terminal.seen.find("42"), std::string::npos) << "control: a number is seen";
  EXPECT_EQ(asked("\x04", Entry::number, terminal), std::nullopt);
}

constexpr std::string_view about = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

std::string lines(std::string_view words) {
  std::string out(words);
  for (char& c : out)
    if (c == ' ') c = '\r';
  return out + '\r';
}

TEST(DeviceQuestion, TakesWordsWithoutTheirChecksum) {
  PlayedTerminal terminal("");
  EXPECT_EQ(asked(lines(about), Entry::words12, terminal), about);
  std::string wrong;
  for (int i = 0; i < 24; ++i) wrong += i == 0 ? "zoo" : " zoo";
  EXPECT_EQ(asked(wrong + "\r", Entry::words24, terminal), wrong) << "pasted; its checksum does not hold";
  EXPECT_EQ(asked(wrong + "\r", Entry::words18, terminal), std::nullopt) << "too many: begin again, then gone";
  EXPECT_EQ(terminal.shown.find("zoo"), std::string::npos);
}

std::optional<std::string> seed(const std::string& typed, PlayedTerminal& terminal) {
  terminal = PlayedTerminal(typed);
  const auto answer = ask_seed(terminal, "Seed words");
  EXPECT_EQ(terminal.shown, std::string("Seed words") + (answer ? ": taken.\r\n" : ": not given.\r\n"));
  return answer ? std::optional(std::string(answer->expose())) : std::nullopt;
}

TEST(SeedEntry, TwelveEndWithEnterTwentyFourByThemselves) {
  PlayedTerminal terminal("");
  EXPECT_EQ(seed(lines(about) + "\r", terminal), about);
  EXPECT_EQ(seed(std::string(about) + "\r\r", terminal), about) << "pasted";
  std::string long_words;
  for (int i = 0; i < 23; ++i) long_words += "abandon ";
  long_words += "art";
  EXPECT_EQ(seed(long_words + "\r", terminal), long_words);
  EXPECT_EQ(seed(lines(long_words), terminal), long_words);
  EXPECT_EQ(seed("abandon\r\r", terminal), std::nullopt);
  EXPECT_NE(terminal.seen.find("a seed has 12, 18 or 24"), std::string::npos);
}

TEST(SeedEntry, ARefusedWordIsWantedUntilItIsTyped) {
  PlayedTerminal terminal("");
  std::string mistyped(about);
  mistyped.replace(0, 7, "abandom");
  EXPECT_EQ(seed(mistyped + "\r" "\r\r" "abandon\r" "\r", terminal), about) << "an empty line shifts nothing";
  EXPECT_EQ(terminal.seen.find("word 12"), std::string::npos);
  const std::size_t last_seen = terminal.seen.rfind("about"), refused = terminal.seen.find("\"abandom\"");
  ASSERT_LT(last_seen, refused) << "control: the last word of the line was seen while it was typed";
  EXPECT_NE(terminal.seen.substr(last_seen, refused - last_seen).find('\r'), std::string::npos) << "and drawn over before the answer";
  EXPECT_EQ(seed("zoo zoo\x15" + std::string(about) + "\r\r", terminal), about) << "Ctrl-U";
}

TEST(SeedEntry, ALineNeverWraps) {
  PlayedTerminal narrow(std::string(about) + "\r\r");
  narrow.width = 30;
  (void)ask_seed(narrow, "Seed words");
  std::size_t columns = 0, widest = 0;
  const std::string typed = narrow.seen.substr(narrow.seen.find("word 1"));
  for (const char c : typed.substr(0, typed.find("Seed words: taken"))) {
    columns = c == '\r' || c == '\n' ? 0 : columns + ((static_cast<std::uint8_t>(c) & 0xC0) != 0x80);
    widest = std::max(widest, columns);
  }
  EXPECT_LT(widest, 30u);
}

TEST(SeedEntry, AWrongChecksumShowsTheWordsAndTakesOneAgain) {
  PlayedTerminal terminal("");
  std::string wrong(about);
  wrong.replace(wrong.rfind("about"), 5, "zoo");
  EXPECT_EQ(seed(wrong + "\r\r" "12\rabou\r", terminal), about);
  EXPECT_NE(terminal.seen.find("checksum of these 12 words does not hold"), std::string::npos);
  EXPECT_NE(terminal.seen.find("12. zoo"), std::string::npos);
  EXPECT_EQ(seed(wrong + "\r\r" "99\r12\rnoword\rabout\r", terminal), about);
  EXPECT_EQ(seed(wrong + "\r\r" "0\r" + std::string(about) + "\r\r", terminal), about) << "all of them again";
  EXPECT_EQ(seed(wrong + "\r\r\x04", terminal), std::nullopt);
}

TEST(SeedEntry, AnXprvIsHiddenAndChecked) {
  constexpr std::string_view xprv =
      "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi";
  std::string mistyped(xprv);
  mistyped.back() = 'j';
  PlayedTerminal terminal("");
  EXPECT_EQ(seed("!\r" + mistyped + "\r" + std::string(xprv) + " \r", terminal), xprv);
  EXPECT_NE(terminal.seen.find("no master key"), std::string::npos);
  EXPECT_EQ(terminal.seen.find("xprv9"), std::string::npos);
  EXPECT_EQ(seed("!\r\x04", terminal), std::nullopt);
}

}  // namespace
}  // namespace hwbak::term
