// The console of the practice badge: how it ends, edits, converts and cuts lines.
#include "practice/badge_fixture.h"

namespace hwbak::practice::cdc_badge {
namespace {

std::string line_of(Console& console, std::string_view bytes) {
  for (const char c : bytes)
    if (console.feed(static_cast<std::uint8_t>(c))) return std::string(console.take().expose());
  return "(no line)";
}
std::string line_of(std::string_view bytes) {
  Console console([](std::string_view) {});
  return line_of(console, bytes);
}

TEST(BadgeConsole, EndsAndEditsLines) {
  EXPECT_EQ(line_of("PING\n"), "PING");
  EXPECT_EQ(line_of("PING\r"), "PING");
  EXPECT_EQ(line_of("  PING  \n"), "PING");
  EXPECT_EQ(line_of("PAX\x7F\bING\n"), "PING");
  EXPECT_EQ(line_of("junk\x15PING\n"), "PING");
  EXPECT_EQ(line_of("junk\x03PING\n"), "PING");
  EXPECT_EQ(line_of("\x1b[CPING\n"), "PING");
  EXPECT_EQ(line_of("a\tb\x01\n"), "ab");
  EXPECT_EQ(line_of("PING"), "(no line)");
}

TEST(BadgeConsole, TurnsUtf8IntoCp437AndDropsTheRest) {
  EXPECT_EQ(line_of("Gr\xC3\xBC\xC3\x9F" "e\n"), "Gr\x81\xE1" "e");
  EXPECT_EQ(line_of("\xD0\xBF-\xF0\x9F\x94\x91-\n"), "--");
  EXPECT_EQ(line_of("\x80\xC3x\xC3\xBC\xE2\x82\n"), "x\x81") << "broken UTF-8";
}

TEST(BadgeConsole, LosesWhatALineDoesNotHold) {
  std::string line(300, 'x');
  line += '\n';
  EXPECT_EQ(line_of(line), std::string(255, 'x'));
}

TEST(BadgeConsole, KeepsTenLines) {
  Console console([](std::string_view) {});
  for (int i = 0; i < 12; ++i) (void)line_of(console, "line" + std::to_string(i) + "\n");
  EXPECT_EQ(line_of(console, "\x1b[A\n"), "line11");
  EXPECT_EQ(line_of(console, "\x1b[A\x1b[A\x1b[A\x1b[B\n"), "line11");
  std::string up;
  for (int i = 0; i < 20; ++i) up += "\x1b[A";
  EXPECT_EQ(line_of(console, up + "\n"), "line4");
}

TEST_F(PracticeBadge, EchoesInCp437AndPrompts) {
  switch_on();
  EXPECT_EQ(said, "> ");
  EXPECT_EQ(type("PING\n"), "PING\r\nPONG\r\n> ");
  EXPECT_EQ(type("ping\r\n"), "ping\r\nPONG\r\n> \r\n> ") << "the LF is an empty line";
  EXPECT_EQ(type("\xC3\xBC"), "\x81");
  switch_on({Fault::no_echo});
  EXPECT_EQ(type("PING\n"), "PONG\r\n> ");
}

}  // namespace
}  // namespace hwbak::practice::cdc_badge
