// What the writer makes, as a device would read it: against a reader of our tests' own that shares nothing with the product
// (tests/support/device_reader.h).
#include "support/device_reader.h"

#include <random>
#include <set>

#include "container/sevenzip_support.h"

namespace hwbak::sevenzip {
namespace {

namespace second = hwbak::test::second;

class CountingRandom final : public RandomSource {
 public:
  explicit CountingRandom(std::mt19937_64& numbers) : numbers_(numbers) {}
  void fill(ByteSpan out) override {
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(numbers_());
    drawn.insert(drawn.end(), out.begin(), out.end());
  }
  Bytes drawn;

 private:
  std::mt19937_64& numbers_;
};

Bytes text_of(std::size_t size, std::mt19937_64& numbers) {
  static const Bytes pool = [&] {
    Bytes out(1 << 18);
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(32 + numbers() % 95);
    return out;
  }();
  const auto from = pool.begin() + static_cast<std::ptrdiff_t>(numbers() % (pool.size() - size));
  Bytes text(from, from + static_cast<std::ptrdiff_t>(size));
  text.front() = '#';
  text.back() = '\n';
  return text;
}

// Every length from 401 to 131071 may come; small ones, which backups have, come most.
std::size_t size_of(std::mt19937_64& numbers) {
  return 401 + (numbers() % (131072 - 401) >> numbers() % 10);
}

TEST(DeviceReader, TheVectorsVerdicts) {
  const auto parsed = boost::json::parse(as_text(read_bytes(std::filesystem::path(HWBAK_VECTORS) / "coldcard" / "vectors.json")));
  unsigned accepted = 0, rejected = 0;
  for (const auto& item : parsed.at("vectors").as_array()) {
    const auto& v = item.as_object();
    if (!v.contains("device_verify")) continue;  // cleartext is no archive
    const std::string file(v.at("file").as_string());
    SCOPED_TRACE(file);
    const Vector& known = vector_named(file);
    const std::string verify(v.at("device_verify").as_string()), restore(v.at("device_restore").as_string());
    const second::Answer verified = second::verify(known.bytes, file), restored = second::restore(known.bytes, known.password);
    if (verify == "accept") {
      ++accepted;
      EXPECT_TRUE(verified.accepted()) << verified.why;
      EXPECT_TRUE(restored.accepted()) << restored.why;
      EXPECT_EQ(restore, "accept");
      EXPECT_EQ(restored.fields.name, known.inner_name);
      EXPECT_EQ(to_hex(crypto::sha256(restored.text)), known.sha256);
      EXPECT_EQ(second::restore(known.bytes, known.password + "x").why, "CRC of the text");
    } else {
      ++rejected;
      EXPECT_EQ(verified.stage, second::Stage::contents);
      EXPECT_EQ(restored.stage, second::Stage::contents);
      EXPECT_EQ(verify, "reject(contents): KeyError '" + verified.why + "'");
      EXPECT_EQ(restore, "reject(password message): KeyError '" + restored.why + "'");
    }
  }
  EXPECT_EQ(accepted, 6u);
  EXPECT_EQ(rejected, 2u);
}

TEST(DeviceReader, TenThousandArchivesReadAsWritten) {
  std::mt19937_64 numbers(20260820);
  std::size_t smallest = SIZE_MAX, largest = 0, redrawn = 0, refused = 0;
  for (int i = 0; i < 10000; ++i) {
    const Bytes text = text_of(size_of(numbers), numbers);
    const std::string name = "word" + std::to_string(numbers() % 1000) + ".txt";
    const std::string password(1 + numbers() % 128, static_cast<char>(33 + numbers() % 94));
    const unsigned rounds = static_cast<unsigned>(numbers() % 3);
    CountingRandom random(numbers);
    Bytes file;
    try {
      file = write_device_archive(text, name, password_forms(view(password))[0].expose(), rounds, random);
    } catch (const Error&) {
      ++refused;  // the file would be larger than a device takes, or its length or CRC collides
      ASSERT_GT(text.size(), 130000u) << text.size();
      continue;
    }
    const second::Answer verified = second::verify(file, "backup.7z"), restored = second::restore(file, password);
    ASSERT_TRUE(verified.accepted()) << verified.why << ", " << text.size() << " bytes, drawn " << to_hex(random.drawn);
    ASSERT_TRUE(restored.accepted()) << restored.why << ", " << text.size() << " bytes, drawn " << to_hex(random.drawn);
    second::Fields written;
    written.packed = (text.size() + 15) / 16 * 16;
    written.text_size = text.size();
    written.text_crc = second::crc(text);
    written.rounds_pow = rounds;
    std::copy(random.drawn.end() - 32, random.drawn.end() - 16, written.salt.begin());
    std::copy(random.drawn.end() - 16, random.drawn.end(), written.iv.begin());
    written.name = name;
    ASSERT_EQ(verified.fields, written);
    ASSERT_EQ(restored.fields, written);
    ASSERT_EQ(restored.text, text);
    redrawn += random.drawn.size() > 32;
    smallest = std::min(smallest, text.size());
    largest = std::max(largest, text.size());
  }
  EXPECT_LT(smallest, 450u);
  EXPECT_GT(largest, 129000u);
  EXPECT_LT(refused, 100u);
  RecordProperty("redrawn", std::to_string(redrawn));
}

// Every pattern of the search, whole and cut by the borders of salt and IV, at every place: the writer keeps a draw exactly
// when the second reader reads it back as it was written.
TEST(DeviceReader, DrawsThatMisleadItAreDrawnAgain) {
  const std::vector<Bytes> marks = {{0x01, 0x00, 0x0C},
                                    {0x08, 0x0A, 0x01},
                                    {0x05, 0x01, 0x11},
                                    {0x01, 0x00, 0x01, 0x00, 0x0C},
                                    {0x01, 0x04, 0x06, 0x00, 0x01, 0x09},
                                    {0x07, 0x0B, 0x01, 0x00, 0x01, 0x24, 0x06, 0xF1, 0x07, 0x01},
                                    {0x01, 0x00, 0x0C, 0xC0, 0xE9, 0x03, 0x00, 0x08, 0x0A, 0x01, 0xC0, 0xFF}};
  std::mt19937_64 numbers(7);
  const Bytes text = text_of(1000, numbers);
  const Bytes clean(32, 0x42);
  const auto password = password_forms(view("pw"));
  unsigned kept = 0, again = 0;
  for (const Bytes& mark : marks) {
    for (int at = -static_cast<int>(mark.size()) + 1; at < 32; ++at) {
      Bytes draw(32, 0xEE);
      for (std::size_t i = 0; i < mark.size(); ++i) {
        const int place = at + static_cast<int>(i);
        if (place >= 0 && place < 32) draw[static_cast<std::size_t>(place)] = mark[i];
      }
      SCOPED_TRACE(to_hex(draw));
      const FixedView<16> salt(draw.data(), 16), iv(draw.data() + 16, 16);
      const second::Answer first = second::verify(compose(text, {"word1.txt", 1, salt, iv}, std::array<std::uint8_t, 32>{}), "b.7z");
      const bool as_written = first.accepted() && first.fields.text_size == text.size() &&
                              first.fields.text_crc == second::crc(text) && first.fields.name == "word1.txt";
      Bytes script = draw;
      script.insert(script.end(), clean.begin(), clean.end());
      ScriptedRandom random(script);
      const Bytes file = write_device_archive(text, "word1.txt", password[0].expose(), 1, random);
      EXPECT_EQ(random.script_used_up(), !as_written);
      const second::Answer answer = second::restore(file, "pw");
      ASSERT_TRUE(answer.accepted()) << answer.why;
      const Bytes& expected = as_written ? draw : clean;
      EXPECT_TRUE(std::equal(answer.fields.salt.begin(), answer.fields.salt.end(), expected.begin()));
      EXPECT_TRUE(std::equal(answer.fields.iv.begin(), answer.fields.iv.end(), expected.begin() + 16));
      ++(as_written ? kept : again);
    }
  }
  EXPECT_GT(again, 60u);
  EXPECT_GT(kept, 60u);
}

// A CRC that holds `05 01 11` first or last: the remark at the end of the text is chosen for it.
Bytes text_with_crc_of_names_mark(unsigned shift) {
  const std::string letters = "abcdefghijklmnopqrstuvwxyz012345";
  std::mt19937_64 numbers(11);
  Bytes text = text_of(1000, numbers);
  const std::uint32_t before = second::crc(ByteView(text).first(993));
  std::array<std::uint8_t, 7> tail{};
  tail[6] = '\n';
  for (std::uint32_t n = 0; n < 1u << 30; ++n) {
    for (unsigned i = 0; i < 6; ++i) tail[i] = static_cast<std::uint8_t>(letters[n >> 5 * i & 31]);
    if ((second::crc(tail, before) >> shift & 0xFFFFFF) != 0x110105) continue;
    std::ranges::copy(tail, text.begin() + 993);
    return text;
  }
  throw std::runtime_error("no such CRC");
}

TEST(DeviceReader, TextsThatMisleadItAreRefusedWithAdvice) {
  std::mt19937_64 numbers(12);
  const std::array<std::uint8_t, 16> salt{1, 2, 3}, iv{4, 5, 6};
  for (const Bytes& text : {text_of(68104, numbers), text_with_crc_of_names_mark(0), text_with_crc_of_names_mark(8)}) {
    SCOPED_TRACE(text.size());
    ScriptedRandom random;
    try {
      (void)write_device_archive(text, "word1.txt", {}, 1, random);
      ADD_FAILURE() << "not refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.outcome(), Outcome::refused);
      EXPECT_NE((error.sentence() + error.next()).find("comment"), std::string::npos) << error.sentence() << error.next();
    }
    const Bytes file = compose(text, {"word1.txt", 1, salt, iv}, std::array<std::uint8_t, 32>{});
    EXPECT_FALSE(second::verify(file, "backup.7z").accepted());
    EXPECT_TRUE(second::restore(file, "").stage != second::Stage::accepted);
    // One more character of comment, and the device reads it.
    Bytes longer = text;
    longer.insert(longer.begin() + 1, 'x');
    const Bytes good = write_device_archive(longer, "word1.txt", {}, 1, random);
    EXPECT_TRUE(second::restore(good, "").accepted()) << second::restore(good, "").why;
  }
}

}  // namespace
}  // namespace hwbak::sevenzip
