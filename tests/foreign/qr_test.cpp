// QR codes, as zbarimg reads them: the SVG through librsvg, the terminal's half blocks as pixels.
#include "crypto/peer.h"
#include "foreign/records.h"

namespace hwbak::foreign {
namespace {

using namespace foreign::test;

std::string uri_of(const otp::Account& account) { return std::string(otp::to_uri(account).expose()); }

// What a camera sees of a dark terminal: each half block four pixels wide and high, light where the letter is.
std::string picture_of(std::string_view shown) {
  std::vector<std::string> rows;
  while (!shown.empty()) {
    std::string upper, lower;
    std::string_view line = shown.substr(0, shown.find('\n'));
    shown.remove_prefix(line.size() + 1);
    while (!line.empty()) {
      char32_t code = 0;
      line.remove_prefix(utf8_front(line, code));
      upper.append(4, code == U'\u2588' || code == U'\u2580' ? '\xFF' : '\0');
      lower.append(4, code == U'\u2588' || code == U'\u2584' ? '\xFF' : '\0');
    }
    rows.insert(rows.end(), 4, upper);
    rows.insert(rows.end(), 4, lower);
  }
  std::string out = "P5 " + std::to_string(rows.at(0).size()) + " " + std::to_string(rows.size()) + " 255\n";
  for (const std::string& row : rows) out += row;
  return out;
}

std::optional<std::string> scan(const std::string& shell, ByteView input) {
  return hwbak::test::run(shell + "zbarimg --quiet --raw --oneshot -Sdisable -Sqrcode.enable -", input);
}

TEST(QrCode, SvgIsReadByAScanner) {
  for (const otp::Account& account : difficult().accounts)
    EXPECT_EQ(scan("rsvg-convert | ", qr_svg(account).expose()), uri_of(account));
  const otp::Account large = account_of("", std::string(1000, 'n'));
  EXPECT_EQ(scan("rsvg-convert | ", qr_svg(large).expose()), uri_of(large));
}

TEST(QrCode, TerminalIsReadByAScanner) {
  for (const otp::Account& account : difficult().accounts)
    EXPECT_EQ(scan("", as_bytes(picture_of(qr_terminal(account).expose()))), uri_of(account));
  std::string spoilt = picture_of(qr_terminal(difficult().accounts[0]).expose());
  std::fill(spoilt.begin() + static_cast<std::ptrdiff_t>(spoilt.size() / 4), spoilt.end(), '\xFF');
  EXPECT_FALSE(scan("", as_bytes(spoilt))) << "the scanner reads anything";
}

TEST(QrCode, SvgIsSmallAndPlain) {
  const std::string svg = text(qr_svg(account_of("", "a")));
  EXPECT_THAT(svg, testing::StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"392\" height=\"392\" "
                                       "viewBox=\"0 0 49 49\" shape-rendering=\"crispEdges\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
                                       "<path fill=\"#000\" d=\"M4 4h7v1h-7z"));
  EXPECT_THAT(svg, testing::EndsWith("\"/>\n</svg>\n"));
}

// Version 40-M holds 2331 bytes of byte mode.
TEST(QrCode, TooMuchIsRefused) {
  const std::size_t rest = uri_of(account_of("", "")).size();
  EXPECT_FALSE(qr_svg(account_of("", std::string(2331 - rest, 'n'))).empty());
  for (const std::size_t size : {2332 - rest, std::size_t{5000}})
    try {
      (void)qr_terminal(account_of("", std::string(size, 'n')));
      ADD_FAILURE() << size;
    } catch (const Error& error) {
      EXPECT_EQ(error.outcome(), Outcome::refused);
      EXPECT_EQ(error.sentence().find("nn"), std::string::npos);
    }
}

TEST(QrCode, FilesAreNamedAfterTheirAccounts) {
  std::vector<std::string> names;
  for (const NamedFile& file : qr_files(difficult())) names.push_back(file.name);
  EXPECT_THAT(names, testing::ElementsAre("A_b & c me@x.org.svg", "counting.svg", "X y.svg"));
  EXPECT_EQ(text(qr_files(difficult())[0].bytes), text(qr_svg(difficult().accounts[0])));
}

}  // namespace
}  // namespace hwbak::foreign
