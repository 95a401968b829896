// The product's model of a device against the tests' own reader (tests/support/device_reader.h): the same verdicts on the vectors
// and on thousands of files that were changed at random.
#include "support/device_reader.h"

#include <random>

#include "base/hex.h"
#include "container/sevenzip/write.h"
#include "device/coldcard/rehearsal.h"
#include "support/vectors.h"

namespace hwbak::coldcard {
namespace {

namespace second = hwbak::test::second;

const Firmware& newest() {
  static const Firmware firmware = coldcard::firmware({{5, 6, 1}, FirmwareFamily::mk4_5, false}).value();
  return firmware;
}

ByteView view(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::uint64_t number_at(const Bytes& file, std::size_t at) { return second::little_endian(ByteView(file).subspan(at, 8)); }

void put(Bytes& file, std::size_t at, std::uint64_t value, unsigned size) {
  for (unsigned i = 0; i < size; ++i) file[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
}

// One file, and where its end header stands; the checksums are made to fit after a change.
struct Subject {
  Bytes file;
  std::size_t end_header = 0;
  void seal() {
    put(file, 20, file.size() - end_header, 8);
    put(file, 28, second::crc(ByteView(file).subspan(end_header)), 4);
    put(file, 8, second::crc(ByteView(file).subspan(12, 20)), 4);
  }
};

std::vector<Subject> subjects() {
  std::vector<Subject> out;
  for (const test::Vector& vector : test::vectors()) {
    if (vector.kind == "cleartext") continue;
    Bytes file = test::read_bytes(vector.path());
    const auto at = static_cast<std::size_t>(32 + number_at(file, 12));
    out.push_back({std::move(file), at});
  }
  Bytes text(700, 'x');
  text.front() = '#';
  text.back() = '\n';
  constexpr std::array<std::uint8_t, 32> key{};
  const std::array<std::uint8_t, 16> salt{1}, iv{2};
  Bytes file = sevenzip::compose(text, {"word1.txt", 0, salt, iv}, key);
  out.push_back({std::move(file), 32 + 704});
  return out;
}

using Random = std::mt19937_64;
std::size_t below(Random& random, std::size_t end) { return random() % end; }

// A piece that means something to the search: a pattern, or a number in one of its forms.
Bytes piece(Random& random) {
  static const std::vector<Bytes> all = {
      {0x01, 0x04, 0x06, 0x00, 0x01, 0x09}, {0x07, 0x0B, 0x01, 0x00, 0x01, 0x24, 0x06, 0xF1, 0x07, 0x01},
      {0x01, 0x00, 0x0C}, {0x08, 0x0A, 0x01}, {0x05, 0x01, 0x11}, {0x00}, {0x00, 0x00}, {0x22, 0xCD, 0xFF}, {0x80, 0xC8},
      {0x82, 0x30}, {0xBF, 0xFF}, {0xC0, 0x70, 0x06}, {0xC1, 0xA0, 0x86}, {0xE0, 0x70, 0x06, 0x00}, {0xF0, 0x70, 0x06, 0x00, 0x00},
      {0xF8, 0x70, 0x06, 0x00, 0x00, 0x00}, {0xFE, 0x70, 0x06, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00},
      {0xFF, 0x70, 0x06, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00}, {0x2E, 0x00, 0x74, 0x00, 0x78, 0x00, 0x74, 0x00, 0x00, 0x00}};
  return all[below(random, all.size())];
}

// Changes `subject` in one of the ways in which files go wrong, or are made to.
void change(Subject& subject, Random& random) {
  Bytes& file = subject.file;
  const auto header = static_cast<std::ptrdiff_t>(subject.end_header);
  const std::size_t length = file.size() - subject.end_header;
  const auto place = header + static_cast<std::ptrdiff_t>(below(random, length));
  const auto any = static_cast<std::uint8_t>(random());
  switch (below(random, 10)) {
    case 0:  // one byte, checksums as they were
      file[below(random, file.size())] ^= static_cast<std::uint8_t>(1 + any % 255);
      return;
    case 1:  // the end is missing
      file.resize(below(random, file.size() + 1));
      return;
    case 2:  // more behind the end
      file.insert(file.end(), 1 + any % 20, any);
      return;
    case 3:
      file[static_cast<std::size_t>(place)] = any;
      break;
    case 4:
      file[static_cast<std::size_t>(place)] = static_cast<std::uint8_t>(file[static_cast<std::size_t>(place)] + 1 - any % 3);
      break;
    case 5:
      file.erase(file.begin() + place, file.begin() + std::min(place + 1 + any % 4, static_cast<std::ptrdiff_t>(file.size())));
      break;
    case 6: {
      const Bytes inserted = piece(random);
      file.insert(file.begin() + place, inserted.begin(), inserted.end());
      break;
    }
    case 7: {
      const Bytes over = piece(random);
      for (std::size_t i = 0; i < over.size() && static_cast<std::size_t>(place) + i < file.size(); ++i)
        file[static_cast<std::size_t>(place) + i] = over[i];
      break;
    }
    case 8: {  // a part of the header twice
      const Bytes part(file.begin() + place, file.begin() + std::min(place + 1 + any % 60, static_cast<std::ptrdiff_t>(file.size())));
      file.insert(file.begin() + header + static_cast<std::ptrdiff_t>(below(random, length)), part.begin(), part.end());
      break;
    }
    default:  // the start header says something else
      subject.seal();
      put(file, 12 + 8 * (any & 1), number_at(file, 12 + 8 * (any & 1)) + (random() % 3 == 0 ? random() : random() % 40 - 20), 8);
      put(file, 8, second::crc(ByteView(file).subspan(12, 20)), 4);
      return;
  }
  subject.seal();
}

Refusal refusal_of(second::Stage stage) {
  switch (stage) {
    case second::Stage::accepted: return Refusal::none;
    case second::Stage::headers: return Refusal::headers;
    case second::Stage::contents: return Refusal::password;
    case second::Stage::limits: return Refusal::assertion;
  }
  return Refusal::none;
}

TEST(SecondReader, TheVectorsVerdicts) {
  unsigned judged = 0;
  for (const test::Vector& vector : test::vectors()) {
    if (!vector.all.contains("device_verify")) continue;
    SCOPED_TRACE(vector.file);
    const Bytes file = test::read_bytes(vector.path());
    const bool accepted = vector.all.at("device_verify").as_string() == "accept";
    const Presented presented{file, vector.file, view(vector.password), Way::developer};
    EXPECT_EQ(verify(presented, newest()).verdict == Verdict::accept, accepted);
    EXPECT_EQ(second::verify(file, vector.file).accepted(), accepted);
    EXPECT_EQ(vector.all.at("device_restore").as_string() == "accept", accepted);
    EXPECT_EQ(restore(presented, newest(), DeviceState::empty).answer.verdict == Verdict::accept, accepted);
    ++judged;
  }
  EXPECT_EQ(judged, 8u);
}

TEST(SecondReader, ChangedFilesGetTheSameVerdict) {
  const std::vector<Subject> whole = subjects();
  Random random(5601);
  unsigned accepted = 0, by_stage[4] = {};
  for (int i = 0; i < 20000; ++i) {
    Subject subject = whole[below(random, whole.size())];
    for (std::size_t changes = 1 + below(random, 3); changes > 0 && subject.file.size() > subject.end_header; --changes)
      change(subject, random);
    const Bytes& file = subject.file;
    const second::Answer expected = second::verify(file, "backup.7z");
    if (!expected.fields.ascii_name) continue;  // decoded in a way that is not described to the byte
    const DeviceAnswer answer = verify({file, "backup.7z", std::nullopt, Way::menu}, newest());
    const auto dump = [&] {
      return "case " + std::to_string(i) + ", name " + to_hex(view(expected.fields.name)) + ", second reader: " + expected.why + ", product: " + answer.reason + ' ';
    };
    ASSERT_EQ(answer.verdict == Verdict::accept, expected.accepted()) << dump();
    ++by_stage[static_cast<unsigned>(expected.stage)];
    const DeviceReading headers = check_headers(file, newest());
    ASSERT_EQ(headers.refusal == Refusal::headers, expected.stage == second::Stage::headers) << dump();
    if (expected.stage == second::Stage::headers) continue;
    const DeviceReading contents = search_contents(file, newest());
    if (expected.accepted()) {
      ++accepted;
      ASSERT_TRUE(contents.archive) << dump();
      ASSERT_EQ(contents.archive->packed.length, expected.fields.packed) << dump();
      ASSERT_EQ(contents.archive->text_size, expected.fields.text_size) << dump();
      ASSERT_EQ(contents.archive->text_crc, expected.fields.text_crc) << dump();
      ASSERT_EQ(contents.archive->rounds_pow, expected.fields.rounds_pow) << dump();
      ASSERT_EQ(contents.archive->salt, expected.fields.salt) << dump();
      ASSERT_EQ(contents.archive->iv, expected.fields.iv) << dump();
      ASSERT_EQ(contents.archive->inner_name, expected.fields.name) << dump();
    } else if (!contents.archive && expected.why != "the end header stops") {
      ASSERT_EQ(contents.refusal, refusal_of(expected.stage)) << dump() << contents.reason;
    }
  }
  EXPECT_GT(accepted, 500u);
  for (const unsigned stage : by_stage) EXPECT_GT(stage, 500u);
}

// Restore decides by the same fields and the text: with the smallest exponent, every change is tried with decryption.
TEST(SecondReader, ChangedFilesDecryptAlike) {
  const std::string password = "pw";
  Bytes text(700, 'x');
  text.front() = '#';
  text.back() = '\n';
  class Numbers final : public RandomSource {
   public:
    void fill(ByteSpan out) override {
      for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random_());
    }

   private:
    Random random_{3};
  } numbers;
  const Bytes wide = {'p', 0, 'w', 0};
  const Subject whole{sevenzip::write_device_archive(text, "word1.txt", wide, 0, numbers), 32 + 704};
  Random random(17);
  unsigned accepted = 0, refused = 0;
  for (int i = 0; i < 3000; ++i) {
    Subject subject = whole;
    change(subject, random);
    const second::Answer expected = second::restore(subject.file, password);
    if (!expected.fields.ascii_name) continue;  // decoded in a way that is not described to the byte
    const DeviceReading headers = check_headers(subject.file, newest());
    const DeviceReading contents = headers.refusal == Refusal::none ? search_contents(subject.file, newest()) : headers;
    // A changed exponent may ask for half a million rounds: a few of these are enough.
    if (contents.archive && contents.archive->rounds_pow > 8) continue;
    bool same = false;
    if (contents.archive) {
      const DeviceText read = decrypt(subject.file, *contents.archive, view(password));
      const ByteView plain = read.text.expose();
      same = read.refusal == Refusal::none && !plain.empty() && plain.front() == '#' && plain.back() == '\n' &&
             contents.archive->inner_name.ends_with(".txt");
      if (same && expected.accepted()) {
        EXPECT_TRUE(std::ranges::equal(plain, expected.text));
      }
    }
    ASSERT_EQ(same, expected.accepted()) << "case " << i << ": " << expected.why << " / " << contents.reason;
    ++(same ? accepted : refused);
  }
  EXPECT_GT(accepted, 100u);
  EXPECT_GT(refused, 500u);
}

}  // namespace
}  // namespace hwbak::coldcard
