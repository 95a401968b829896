// The writer against the device's blind pattern search.
#include <rapidcheck/gtest.h>

#include "container/sevenzip_support.h"

namespace hwbak::sevenzip {
namespace {

constexpr std::array<std::uint8_t, 32> zero_key{};

Bytes text_of(std::size_t size) {
  Bytes text(size, 'x');
  text.front() = '#';
  text.back() = '\n';
  return text;
}

Bytes composed(std::size_t size, const Bytes& salt, const Bytes& iv, std::string_view inner_name = "word1.txt") {
  return compose(text_of(size), {inner_name, 13, FixedView<16>(salt.data(), 16), FixedView<16>(iv.data(), 16)}, zero_key);
}

Bytes with_bytes_at(std::size_t at, const Bytes& bytes) {
  Bytes out(16, 0xEE);
  std::copy(bytes.begin(), bytes.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
  return out;
}

TEST(SevenZipWrite, TenThousandRandomArchivesDoNotCollide) {
  ScriptedRandom random;
  Bytes salt(16), iv(16), word(2);
  for (int i = 0; i < 10000; ++i) {
    random.fill(salt);
    random.fill(iv);
    random.fill(word);
    const std::size_t size = 401 + (static_cast<std::size_t>(word[0]) << 3) + word[1];
    const Bytes file = composed(size, salt, iv);
    ASSERT_EQ(blind_search(file).collision, "") << "size " << size << " salt " << to_hex(salt) << " iv " << to_hex(iv);
  }
}

RC_GTEST_PROP(SevenZipWrite, WhatIsComposedReadsBack, ()) {
  const auto salt = *rc::gen::container<Bytes>(16, rc::gen::arbitrary<std::uint8_t>());
  const auto iv = *rc::gen::container<Bytes>(16, rc::gen::arbitrary<std::uint8_t>());
  const auto size = *rc::gen::inRange<std::size_t>(1, 140000);
  const Bytes file = composed(size, salt, iv);
  const Survey seen = survey(file, Limits{});
  RC_ASSERT(seen.flaws.empty());
  RC_ASSERT(seen.writer == Writer::device);
  RC_ASSERT(seen.folders.at(0).aes->salt == salt);
  const Opened opened = open(file, seen.folders[0], zero_key, Limits{});
  RC_ASSERT(opened.grade == Grade::good);
  RC_ASSERT(opened.text.equals(text_of(size)));
}

TEST(SevenZipWrite, PatternsInSaltAndIvAreFound) {
  const Bytes clean(16, 0xEE), mark = {0x01, 0x00, 0x0C};
  for (std::size_t at = 0; at + 3 <= 16; ++at) {
    EXPECT_TRUE(blind_search(composed(1000, with_bytes_at(at, mark), clean)).redraw_helps) << at;
    EXPECT_TRUE(blind_search(composed(1000, clean, with_bytes_at(at, mark))).redraw_helps) << at;
  }
  // Across the border of salt and IV.
  EXPECT_TRUE(blind_search(composed(1000, with_bytes_at(14, {0x01, 0x00}), with_bytes_at(0, {0x0C}))).redraw_helps);
  // The other patterns are searched for later and do no harm there.
  EXPECT_EQ(
      blind_search(composed(1000, with_bytes_at(3, {0x08, 0x0A, 0x01}), with_bytes_at(5, {0x05, 0x01, 0x11}))).collision,
      "");
}

TEST(SevenZipWrite, CollidingDrawsAreRepeated) {
  const Bytes bad = with_bytes_at(4, {0x01, 0x00, 0x0C}), good(16, 0x42), good_iv(16, 0x43);
  Bytes script;
  for (const Bytes* part : {&bad, &good, &good, &bad, &good, &good_iv})
    script.insert(script.end(), part->begin(), part->end());
  ScriptedRandom random(script);
  const Bytes file = write_device_archive(text_of(1000), "word1.txt", password_forms(view("pw"))[0].expose(), 4, random);
  EXPECT_TRUE(random.script_used_up());
  const Survey seen = survey(file, Limits{});
  EXPECT_EQ(seen.folders.at(0).aes->salt, good);
  EXPECT_TRUE(std::ranges::equal(seen.folders[0].aes->iv, good_iv));
  EXPECT_EQ(open_with(file, seen, "pw").grade, Grade::good);
}

TEST(SevenZipWrite, ABrokenRandomSourceDoesNotHang) {
  Bytes script;
  for (int i = 0; i < 200; ++i) {
    const Bytes bad = with_bytes_at(4, {0x01, 0x00, 0x0C});
    script.insert(script.end(), bad.begin(), bad.end());
  }
  ScriptedRandom random(script);
  EXPECT_THROW((void)write_device_archive(text_of(1000), "word1.txt", {}, 4, random), Error);
}

TEST(SevenZipWrite, ALengthThatCollidesIsRefusedWithTheReason) {
  ScriptedRandom random;
  try {
    (void)write_device_archive(text_of(68104), "word1.txt", {}, 4, random);
    FAIL() << "68104 bytes were not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.outcome(), Outcome::refused);
    EXPECT_NE(error.sentence().find("68104"), std::string::npos) << error.sentence();
    EXPECT_NE(error.sentence().find("length"), std::string::npos) << error.sentence();
  }
  EXPECT_NO_THROW((void)write_device_archive(text_of(68105), "word1.txt", {}, 4, random));
}

// A text whose CRC-32 holds the mark of the file name: its last bytes are chosen for it.
TEST(SevenZipWrite, AChecksumThatCollidesIsRefused) {
  Bytes text = text_of(1000);

  bool found = false;
  for (std::uint32_t n = 0; !found && n < 1u << 26; ++n) {
    put_le(text, 990, n, 4);
    const std::uint32_t crc = crc32(text);
    found = (crc & 0xFFFFFF) == 0x110105;
  }
  ASSERT_TRUE(found);
  ScriptedRandom random;
  EXPECT_THROW((void)write_device_archive(text, "word1.txt", {}, 4, random), Error);
}

TEST(SevenZipWrite, DeviceLimits) {
  const Bytes salt(16, 0x42), iv(16, 0x43);
  EXPECT_NE(blind_search(composed(400, salt, iv)).collision, "");
  EXPECT_EQ(blind_search(composed(401, salt, iv)).collision, "");
  EXPECT_EQ(blind_search(composed(300, salt, iv, "notes.json")).collision, "") << "the import of notes has no least size";
  EXPECT_NE(blind_search(composed(1000, salt, iv, "word1.doc")).collision, "");
  EXPECT_EQ(blind_search(composed(130000, salt, iv)).collision, "");
  EXPECT_NE(blind_search(composed(131071, salt, iv)).collision, "") << "the file is larger than its text";
  EXPECT_NE(blind_search(composed(131072, salt, iv)).collision, "");
  Bytes trailing = composed(1000, salt, iv);
  trailing.push_back(0);
  EXPECT_NE(blind_search(trailing).collision, "");
}

}  // namespace
}  // namespace hwbak::sevenzip
