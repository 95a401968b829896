// The device's own reader: its numbers, and each of its checks provoked alone.
#include "device/coldcard/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/hex.h"
#include "container/sevenzip/number.h"
#include "device/coldcard_archives.h"

namespace hwbak::coldcard {
namespace {

using namespace hwbak::test;
using ::testing::HasSubstr;

const Firmware newest = device("5.6.1");

std::optional<std::uint64_t> number(std::string_view hex) {
  const Bytes bytes = *from_hex(hex);
  ByteView view(bytes);
  const auto value = read_device_number(view);
  EXPECT_EQ(view.empty(), value || bytes.empty()) << hex;
  return value;
}

TEST(ColdcardReader, NumbersAsTheDeviceReadsThem) {
  for (const auto& [hex, value] : std::initializer_list<std::pair<std::string_view, std::uint64_t>>{
           {"00", 0}, {"7f", 127}, {"8080", 128}, {"80ff", 255}, {"c00001", 256}, {"e0010203", 0x030201},
           {"f001020304", 0x04030201}, {"f80102030405", 0x0504030201}, {"ff0102030405060708", 0x0807060504030201}})
    EXPECT_EQ(number(hex), value) << hex;
  // Read as something else than a 7z reader takes them for.
  EXPECT_EQ(number("8230"), 52u);
  EXPECT_EQ(number("c1a086"), 34468u);
  EXPECT_EQ(number("bfff"), 365u);
  EXPECT_EQ(number("fe0102030405060708"), 0x0807060504030201u);  // eight bytes instead of seven
  for (const char* cut : {"", "80", "c001", "f0010203", "ff01020304050607", "fe01020304050607"})
    EXPECT_FALSE(number(cut)) << cut;
}

RC_GTEST_PROP(ColdcardReader, ReadsItsOwnNumbers, (std::uint64_t value)) {
  const std::uint64_t small = value >> (value % 64);
  ByteWriter out;
  sevenzip::write_device_number(out, small);
  const Bytes bytes = std::move(out).take();
  ByteView view(bytes);
  RC_ASSERT(read_device_number(view) == small);
  RC_ASSERT(view.empty());
}

void expect_headers(const Bytes& file, std::string_view reason, Cure cure, const Firmware& firmware = newest) {
  const DeviceReading reading = check_headers(file, firmware);
  EXPECT_EQ(reading.refusal, Refusal::headers) << reason;
  EXPECT_THAT(reading.reason, HasSubstr(reason));
  EXPECT_EQ(reading.cure, cure) << reason;
}

TEST(ColdcardReader, EachHeaderCheck) {
  const Bytes good = make_archive({});
  EXPECT_EQ(check_headers(good, newest).refusal, Refusal::none);
  expect_headers(Bytes(good.begin(), good.begin() + 31), "31 bytes", Cure::other_copy);
  expect_headers({}, "0 bytes", Cure::other_copy);
  const auto edited = [&](std::size_t at, std::uint8_t byte, bool sealed = true) {
    Bytes file = good;
    file[at] = byte;
    if (sealed) seal(file, end_header_at(good));
    return file;
  };
  expect_headers(edited(0, '8'), "signature", Cure::other_copy);
  expect_headers(edited(6, 1), "version is 1.3", Cure::other_copy);
  expect_headers(edited(7, 2), "version is 0.2", Cure::other_copy);
  EXPECT_EQ(check_headers(edited(7, 4), newest).refusal, Refusal::none);
  expect_headers(edited(12, good[12] ^ 16, false), "start header fails its CRC", Cure::other_copy);
  expect_headers(edited(end_header_at(good) + 1, 0x55, false), "end header fails its CRC", Cure::other_copy);
  expect_headers(Bytes(good.begin(), good.end() - 1), "cut off", Cure::other_copy);
  Bytes far = good;
  for (std::size_t i = 12; i < 20; ++i) far[i] = 0xFF;  // 32 + P wraps around
  seal(far, end_header_at(good));
  expect_headers(far, "cut off", Cure::other_copy);
  expect_headers(with_part(good, good.size(), 0, Bytes(10001)), "at most 10000", Cure::rewrite);
  EXPECT_EQ(check_headers(with_part(good, good.size(), 0, Bytes(10000 - (good.size() - end_header_at(good)))), newest).refusal,
            Refusal::none);
  expect_headers(with_bytes(good, find_mark(good, {0x24, 0x06, 0xF1}), {0x25}), "24 06 f1 07 01", Cure::rewrite);
}

TEST(ColdcardReader, TheHeaderCheckOnceLetTheSignaturePass) {
  Bytes file = make_archive({});
  file[0] = '8';
  const Firmware old = device("5.5.0");
  EXPECT_EQ(check_headers(file, old).refusal, Refusal::none);
  EXPECT_EQ(search_contents(file, old).refusal, Refusal::assertion);
}

TEST(ColdcardReader, ReadsWhatADeviceWrites) {
  const Recipe recipe;
  const Bytes file = make_archive(recipe);
  const DeviceReading reading = search_contents(file, newest);
  ASSERT_TRUE(reading.archive) << reading.reason;
  EXPECT_EQ(reading.archive->salt, recipe.salt);
  EXPECT_EQ(reading.archive->iv, recipe.iv);
  EXPECT_EQ(reading.archive->rounds_pow, recipe.rounds_pow);
  EXPECT_EQ(reading.archive->text_size, recipe.text.size());
  EXPECT_EQ(reading.archive->inner_name, recipe.inner_name);
  EXPECT_EQ(reading.archive->packed.end(), end_header_at(file));
  EXPECT_EQ(reading.archive->end, file.size());
  const DeviceText text = decrypt(file, *reading.archive, as_bytes(twelve_words));
  EXPECT_TRUE(text.text.equals(as_bytes(recipe.text)));
  const DeviceText wrong = decrypt(file, *reading.archive, as_bytes("zoo"));
  EXPECT_EQ(wrong.refusal, Refusal::password);
  EXPECT_TRUE(wrong.text.empty());
}

TEST(ColdcardReader, WidensEachByteOfThePassword) {
  const Recipe recipe{.password = "p\xC3\xA4sswort"};  // as bytes, not as UTF-16 of its characters
  const Bytes file = make_archive(recipe);
  EXPECT_FALSE(decrypt(file, *search_contents(file, newest).archive, as_bytes(recipe.password)).text.empty());
}

void expect_refused(const Bytes& file, Refusal refusal, std::string_view reason, Cure cure = Cure::rewrite) {
  const DeviceReading reading = search_contents(file, newest);
  EXPECT_FALSE(reading.archive) << reason;
  EXPECT_EQ(reading.refusal, refusal) << reason;
  EXPECT_THAT(reading.reason, HasSubstr(reason));
  EXPECT_EQ(reading.cure, cure) << reason;
}

TEST(ColdcardReader, EachPatternMissing) {
  const Bytes good = make_archive({});
  expect_refused(with_bytes(good, find_mark(good, {0x01, 0x04, 0x06}), {0x02}), Refusal::password, "01 04 06 00 01 09");
  expect_refused(with_bytes(good, find_mark(good, {0x07, 0x0B}), {0x02}), Refusal::password, "07 0b 01 00 01 24 06 f1 07 01");
  expect_refused(with_bytes(good, find_mark(good, {0x01, 0x00, 0x0C}), {0x02}), Refusal::password, "01 00 0c");
  expect_refused(with_bytes(good, find_mark(good, {0x08, 0x0A, 0x01}), {0x02}), Refusal::password, "08 0a 01");
  expect_refused(with_bytes(good, find_mark(good, {0x05, 0x01, 0x11}), {0x02}), Refusal::password, "05 01 11");
}

TEST(ColdcardReader, EachValueBehindThePatterns) {
  const Bytes good = make_archive({});
  const std::size_t properties = find_mark(good, {0x24, 0x06, 0xF1}) + 5;  // their length, then two bytes
  const std::size_t text_size = find_mark(good, {0x01, 0x00, 0x0C}) + 3;   // C0, two bytes, 00
  const std::size_t crc = find_mark(good, {0x08, 0x0A, 0x01}) + 3;
  const std::size_t name = find_mark(good, {0x05, 0x01, 0x11}) + 3;
  const auto assertion = [](const Bytes& file, std::string_view reason, Cure cure = Cure::rewrite) {
    expect_refused(file, Refusal::assertion, reason, cure);
  };
  assertion(with_bytes(good, properties, {33}), "said to have 33 bytes");
  assertion(with_bytes(good, properties + 1, {0xC0 | 20}), "2^20 rounds");
  assertion(with_bytes(good, properties + 1, {0x8D}), "no salt or no IV");
  assertion(with_bytes(good, properties + 2, {0xEF}), "15 and 16 bytes");
  assertion(with_bytes(good, properties + 2, {0xFE}), "16 and 15 bytes");
  assertion(with_bytes(good, text_size + 3, {1}), "zero byte is missing after the length of the text");
  assertion(with_bytes(good, crc + 4, {1}), "zero byte is missing after the checksum");
  assertion(with_bytes(good, name + 1, {1}), "zero byte is missing after the length of the name");
  assertion(with_bytes(good, name, {0}), "within the name");
  assertion(with_bytes(good, name, {0x7F}), "within the name");
  assertion(with_bytes(good, good.size() - 1, {1}), "two zero bytes");
  assertion(with_part(good, name, good.size() - name, {}), "within the length of the name");
  assertion(with_bytes(good, text_size, {0xC0, 16, 0}), "too many for a text of 16");
  assertion(with_part(good, text_size, 3, {0xF0, 1, 0, 2, 0}), "131073 bytes", Cure::reduce);
  const std::size_t packed = end_header_at(good) + 7;  // C0, two bytes
  assertion(with_bytes(good, packed, {static_cast<std::uint8_t>(good[packed] ^ 16)}), "as the device reads it");
  // A packed size that both headers agree on, but no whole number of blocks.
  Bytes odd = good;
  odd.erase(odd.begin() + 40);
  odd[12] = --odd[packed - 1];
  seal(odd, end_header_at(odd));
  assertion(odd, "not a multiple of 16");
}

TEST(ColdcardReader, ComparesThePackedSizeLast) {
  Bytes file = make_archive({});
  const std::size_t packed = end_header_at(file) + 7;
  file = with_bytes(file, packed, {static_cast<std::uint8_t>(file[packed] ^ 16)});
  expect_refused(with_bytes(file, find_mark(file, {0x05, 0x01, 0x11}), {0x02}), Refusal::password, "05 01 11");
}

TEST(ColdcardReader, MisreadsTheShortestForm) {
  const Bytes good = make_archive({});
  const std::size_t at = find_mark(good, {0x01, 0x00, 0x0C}) + 3;
  const auto size = static_cast<unsigned>(good[at + 1] | good[at + 2] << 8);
  const Bytes shortest = {static_cast<std::uint8_t>(0x80 | size >> 8), static_cast<std::uint8_t>(size)};
  expect_refused(with_part(good, at, 3, shortest), Refusal::assertion, "too many for a text");
}

TEST(ColdcardReader, StumblesOverPatternsInValues) {
  Recipe salt, iv;
  salt.salt = {9, 0x01, 0x00, 0x0C, 9};
  iv.iv = {9, 9, 0x01, 0x00, 0x0C};
  for (const Recipe& recipe : {salt, iv}) {
    const Bytes file = make_archive(recipe);
    EXPECT_FALSE(sevenzip::blind_search(file).collision.empty());
    EXPECT_FALSE(search_contents(file, newest).archive);
  }
  // U = 68104 is written F0 08 0A 01 00.
  const Bytes size = make_archive({.text = std::string(68104, '#')});
  EXPECT_FALSE(search_contents(size, newest).archive);
  EXPECT_TRUE(search_contents(make_archive({.text = std::string(68105, '#')}), newest).archive);
  // A checksum that holds 05 01 11: the name is searched for too early.
  const Bytes good = make_archive({});
  const std::size_t crc = find_mark(good, {0x08, 0x0A, 0x01}) + 3;
  EXPECT_FALSE(search_contents(with_bytes(good, crc, {0x05, 0x01, 0x11, 9}), newest).archive);
}

TEST(ColdcardReader, NoStumbleWhereItHasSearchedBefore) {
  Recipe recipe;
  recipe.salt = {0x01, 0x04, 0x06, 0x00, 0x01, 0x09, 0x07, 0x0B, 0x01, 0x00, 0x01, 0x24, 0x06, 0xF1, 0x07, 0x01};
  recipe.iv = {0x08, 0x0A, 0x01, 0x05, 0x01, 0x11};
  const Bytes file = make_archive(recipe);
  EXPECT_TRUE(sevenzip::blind_search(file).collision.empty());
  EXPECT_TRUE(search_contents(file, newest).archive);
}

RC_GTEST_PROP(ColdcardReader, AnyBytesGetAnAnswer, (const Bytes& tail, bool sealed)) {
  Bytes file = make_archive({});
  const std::size_t end = end_header_at(file);
  const std::size_t at = end + *rc::gen::inRange<std::size_t>(0, file.size() - end);
  for (std::size_t i = 0; i < tail.size() && at + i < file.size(); ++i) file[at + i] = tail[i];
  if (sealed) seal(file, end);
  const DeviceReading reading = search_contents(file, newest);
  RC_ASSERT(reading.archive.has_value() == (reading.refusal == Refusal::none));
  if (reading.archive && reading.archive->rounds_pow < 10) (void)decrypt(file, *reading.archive, as_bytes("pw"));
  (void)search_contents(tail, newest);
  (void)check_headers(tail, newest);
}

}  // namespace
}  // namespace hwbak::coldcard
