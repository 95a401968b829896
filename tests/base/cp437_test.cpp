// The badge's code page, with Python's as a peer, and normal forms.
#include "base/cp437.h"

#include <set>

#include "base/as_bytes.h"
#include "base/hex.h"
#include "base/normalize.h"
#include "crypto/peer.h"

namespace hwbak {
namespace {

Bytes all_bytes(unsigned from, unsigned to) {
  Bytes out;
  for (unsigned byte = from; byte < to; ++byte) out.push_back(static_cast<std::uint8_t>(byte));
  return out;
}

TEST(Cp437, PythonHasTheSameTable) {
  const auto python = test::python(
      "import sys; sys.stdout.buffer.write(bytes(range(32,256)).decode(\"cp437\").encode(\"utf-8\"))", "");
  EXPECT_EQ(cp437_to_utf8(all_bytes(32, 256)).expose(), python);
}

TEST(Cp437, EveryByteThereAndBack) {
  std::set<char32_t> seen;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char32_t code = from_cp437(static_cast<std::uint8_t>(byte));
    EXPECT_TRUE(seen.insert(code).second) << byte;
    EXPECT_EQ(to_cp437(code), byte);
  }
  const Bytes all = all_bytes(0, 256);
  EXPECT_TRUE(utf8_to_cp437(cp437_to_utf8(all).expose())->equals(all));
}

TEST(Cp437, WhatTheBadgeAdds) {
  EXPECT_EQ(to_cp437(U'\u00A6'), 0x7C);
  EXPECT_EQ(to_cp437(U'\u00E3'), 0x83);
  EXPECT_EQ(to_cp437(U'\u00B6'), 0x14);
  EXPECT_EQ(to_cp437(U'\u00A7'), 0x15);
  EXPECT_EQ(to_cp437(U'\u2022'), 0x07);
  EXPECT_EQ(to_cp437(U'\u2665'), 0x03);
  EXPECT_EQ(to_cp437(U'\u2190'), 0x1B);
  EXPECT_EQ(from_cp437(0x09), U'\t');
  for (const char32_t none : {U'\u25D9', U'\u266A', U'\u0441', U'\u20AC', U'\U0001F511', U'\u0080'}) {
    EXPECT_FALSE(to_cp437(none)) << static_cast<unsigned>(none);
  }
}

TEST(Cp437, Texts) {
  EXPECT_EQ(to_hex(utf8_to_cp437("Grüße")->expose()), "477281e165");
  EXPECT_FALSE(utf8_to_cp437("10 €"));
  EXPECT_EQ(to_hex(utf8_to_cp437_dropping("10 €!")->expose()), "31302021");
  EXPECT_FALSE(utf8_to_cp437("\xFF"));
  EXPECT_FALSE(utf8_to_cp437_dropping("a\xC3"));
  EXPECT_EQ(cp437_to_utf8(as_bytes("T\x81r")).expose(), "Tür");
}

TEST(Normalize, PythonAgrees) {
  const std::string_view text = "Gr\u00FC\u00DFe A\u030Angstro\u0308m \u212B \uFB01 \uAC00 \u1100\u1161 e\u0323\u0301 \U0001D15E";
  for (const auto& [form, python_name] : {std::pair{NormalForm::nfc, "NFC"}, std::pair{NormalForm::nfd, "NFD"}}) {
    const auto python = test::run(std::string("/usr/bin/python3 -c 'import sys,unicodedata as u; "
                                              "sys.stdout.buffer.write(u.normalize(\"") +
                                      python_name + "\",sys.stdin.buffer.read().decode()).encode())'",
                                  as_bytes(text));
    const auto ours = normalize(text, form);
    ASSERT_TRUE(ours);
    EXPECT_EQ(SecretString(ours->clone()).expose(), python) << python_name;
  }
  EXPECT_FALSE(normalize("a\xFF", NormalForm::nfc));
  EXPECT_TRUE(normalize("", NormalForm::nfd)->empty());
  std::string accents = "a";  // one letter, many marks
  for (int i = 0; i < 5000; ++i) accents += "\u0301";
  EXPECT_EQ(normalize(accents, NormalForm::nfd)->size(), accents.size());
}

}  // namespace
}  // namespace hwbak
