// The badge's way to print JSON: escapes, raw bytes, numbers.
#include "device/cdc_badge/json_writer.h"

namespace hwbak::cdc_badge {
namespace {

std::string shown(SecretBytes bytes) { return {bytes.expose().begin(), bytes.expose().end()}; }
std::string text(std::string_view bytes) {
  SecretBytes out;
  append_json_text(out, bytes);
  return shown(std::move(out));
}
std::string number(double value) {
  SecretBytes out;
  append_json_number(out, value);
  return shown(std::move(out));
}

TEST(BadgeJsonWriter, EscapesControlCharactersAndNothingElse) {
  EXPECT_EQ(text(""), "\"\"");
  EXPECT_EQ(text("a/b \"c\" \\"), R"("a/b \"c\" \\")");
  EXPECT_EQ(text("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(text(std::string_view("\x00\x01\x1F\x7F", 4)), "\"\\u0000\\u0001\\u001f\x7F\"");
  EXPECT_EQ(text("J\x81rgen \xC3\xBC"), "\"J\x81rgen \xC3\xBC\"") << "CP437 and UTF-8 alike";
}

TEST(BadgeJsonWriter, PrintsNumbersAsCJson) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(-12), "-12");
  EXPECT_EQ(number(4294967040.0), "4294967040");
  EXPECT_EQ(number(9007199254740992.0), "9007199254740992");
  EXPECT_EQ(number(18446744073709551615.0), "1.8446744073709552e+19");
  EXPECT_EQ(number(0.1), "0.1");
}

TEST(BadgeJsonWriter, SetsCommas) {
  JsonWriter out;
  out.begin_object();
  out.key("a");
  out.begin_list();
  out.number(1);
  out.begin_object();
  out.end_object();
  out.text("x");
  out.end_list();
  out.key("b");
  out.boolean(true);
  out.key("c");
  out.raw("{\"kept\":1}");
  out.end_object();
  EXPECT_EQ(shown(out.take()), R"({"a":[1,{},"x"],"b":true,"c":{"kept":1}})");
}

TEST(BadgeJsonWriter, WritesAllFieldsInTheBadgesOrder) {
  JsonWriter out;
  const std::array<std::uint8_t, 3> secret{'a', 'b', 'c'};
  out.begin_list();
  put_twofa(out, {"n", "i", 1, 2, 8, 60, 41, 3, secret});
  put_login(out, {"t", "u", "p", "l", "o", 255});
  out.end_list();
  EXPECT_EQ(shown(out.take()),
            R"([{"name":"n","issuer":"i","type":1,"algorithm":2,"digits":8,"period":60,"counter":41,"flags":3,"secret":"MFRGG"},)"
            R"({"title":"t","username":"u","password":"p","url":"l","notes":"o","totp_slot":255}])");
}

}  // namespace
}  // namespace hwbak::cdc_badge
