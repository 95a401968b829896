// Changed, cut and hostile files: each is named for what it is, costs next to nothing, and never opens.
#include <rapidcheck/gtest.h>

#include "base/as_bytes.h"
#include "base/base64.h"
#include "base/unicode.h"
#include "container/cdcbak/cdcbak.h"
#include "support/badge_vectors.h"
#include "support/replay.h"

namespace hwbak::cdcbak {
namespace {

constexpr std::string_view passphrase = "pass";

Bytes of(std::string_view text) { return Bytes(text.begin(), text.end()); }

const Written& small() {
  static const Written written = [] {
    test::Replay random(Bytes(28, 0x5A));
    return write(as_bytes("{\"modules\": {}}"), as_bytes(passphrase), 3, random);
  }();
  return written;
}

Limits cheap() {
  Limits limits;
  limits.max_iterations = 5000;
  return limits;
}

bool opens(const Bytes& file) {
  try {
    const Survey seen = survey(file, cheap());
    return !seen.dead_end && unlock(seen, passphrase_forms(as_bytes(passphrase))).has_value();
  } catch (const Error&) {
    return false;
  }
}

// "outcome@offset: sentence"; "none" when it surveys.
std::string complaint(const Bytes& file, const Limits& limits = {}) {
  try {
    const Survey seen = survey(file, limits);
    if (!seen.dead_end) return "none";
    throw *seen.dead_end;
  } catch (const Error& error) {
    return std::string(name(error.outcome())) + (error.offset() ? "@" + std::to_string(*error.offset()) : "") + ": " +
           error.sentence();
  }
}

std::vector<std::string> remarks(const Bytes& file) {
  std::vector<std::string> out;
  for (const Remark& remark : survey(file, Limits{}).remarks) out.push_back(remark.code);
  return out;
}

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(CdcbakDamage, EveryBitOfTheContainerCounts) {
  ASSERT_TRUE(opens(small().container));
  for (std::size_t i = 0; i < small().container.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes file = small().container;
      file[i] = static_cast<std::uint8_t>(file[i] ^ 1u << bit);
      EXPECT_FALSE(opens(file)) << "byte " << i << ", bit " << bit;
      EXPECT_FALSE(opens(to_base64(file))) << "byte " << i << ", bit " << bit << ", base64";
    }
  }
}

// A changed character may only go without a refusal when it changes nothing, and then it is told.
TEST(CdcbakDamage, EveryCharacterOfTheBase64Counts) {
  ASSERT_TRUE(opens(small().base64));
  for (std::size_t i = 0; i < small().base64.size(); ++i) {
    for (unsigned value = 0; value < 256; ++value) {
      Bytes file = small().base64;
      if (file[i] == value) continue;
      file[i] = static_cast<std::uint8_t>(value);
      if (!opens(file)) continue;
      EXPECT_EQ(survey(file, cheap()).container, small().container);
      EXPECT_THAT(remarks(file), Contains("base64-spare-bits")) << "byte " << i << ", value " << value;
    }
  }
}

TEST(CdcbakDamage, EveryCutIsNoticed) {
  const Bytes& whole = small().container;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(opens(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)))) << size;
  }
  for (std::size_t size = 0; size < small().base64.size(); ++size) {
    const Bytes cut(small().base64.begin(), small().base64.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(opens(cut)) << size;
    EXPECT_EQ(recognise(cut), size >= 4) << size;
  }
}

TEST(CdcbakDamage, TheFormsOfBase64) {
  const std::string text(small().base64.begin(), small().base64.end());
  const auto taken = [&](const std::string& file, bool by_badge) {
    EXPECT_TRUE(opens(of(file))) << file;
    EXPECT_EQ(survey(of(file), cheap()).badge_decodes, by_badge) << file;
    EXPECT_EQ(remarks(of(file)).back(), by_badge ? "base64-wrapped" : "base64-badge-refuses") << file;
  };
  const std::string head = text.substr(0, 40), tail = text.substr(40);
  taken(text + "\n", true);
  taken(text + "\r\n", true);
  taken(text + "   ", true);
  taken("\n" + text, true);
  taken(head + "\n" + tail, true);
  taken(head + "\r\n" + tail + "\r\n", true);
  taken(head + "  \n" + tail, true);
  taken(head + "\n\n" + tail, true);
  taken(head + " " + tail, false);
  taken(head + "\r" + tail, false);
  taken(text + "\r", false);
  taken(head + "\t\n" + tail, false);
  taken(head + "\n " + tail, false);
}

TEST(CdcbakDamage, WhatABadgeCutsAtItsLimit) {
  Bytes largest = test::badge_vector("s05-large.cdcbak").bytes;
  ASSERT_EQ(largest.size(), max_base64);
  EXPECT_TRUE(survey(largest, Limits{}).badge_decodes);
  largest.push_back('\n');
  EXPECT_TRUE(survey(largest, Limits{}).badge_decodes) << "only a line end is beyond";
  Bytes wrapped;
  for (std::size_t i = 0; i + 1 < largest.size(); ++i) {
    if (i != 0 && i % 76 == 0) wrapped.push_back('\n');
    wrapped.push_back(largest[i]);
  }
  const Survey seen = survey(wrapped, Limits{});
  EXPECT_FALSE(seen.badge_decodes);
  ASSERT_EQ(seen.remarks.size(), 1u);
  EXPECT_THAT(seen.remarks[0].sentence, HasSubstr("first 349600 bytes"));
  EXPECT_TRUE(unlock(seen, passphrase_forms(as_bytes("large"))));
}

TEST(CdcbakDamage, BrokenBase64) {
  const std::string text(small().base64.begin(), small().base64.end());
  ASSERT_TRUE(text.ends_with("="));
  const std::string bare = text.substr(0, text.find('='));
  EXPECT_THAT(complaint(of(text + "QUJD")), StartsWith("damaged@" + std::to_string(text.size()) + ": The base64 ends with"));
  EXPECT_THAT(complaint(of(text + "=")), StartsWith("damaged@"));
  EXPECT_THAT(complaint(of(bare)), HasSubstr("ends inside a group"));
  EXPECT_THAT(complaint(of(text.substr(0, 41))), StartsWith("damaged@41: The base64 ends inside a group of four"));
  EXPECT_THAT(complaint(of(text.substr(0, 40) + "\x1B[2J" + text.substr(40))), HasSubstr("Byte 40 (\"\\u{001B}\")"));
  EXPECT_THAT(complaint(of(text.substr(0, 40) + "-" + text.substr(41))), StartsWith("damaged@40: "));
  EXPECT_THAT(complaint(of(text.substr(0, 40) + "=" + text.substr(41))), StartsWith("damaged@40: "));
  const std::string marked = "\xEF\xBB\xBF" + text;
  EXPECT_TRUE(recognise(of(marked)));
  EXPECT_THAT(complaint(of(marked)), HasSubstr("byte order mark"));
}

TEST(CdcbakDamage, OrderOfChecks) {
  EXPECT_EQ(complaint({}), "damaged@0: The file is empty");
  EXPECT_EQ(complaint(of(" \r\n")), "damaged@0: The file holds nothing but blanks");
  Bytes file(54, 0);
  EXPECT_THAT(complaint(to_base64(file)), HasSubstr("at least 1 is missing"));
  file = of("CDCBAK\x01");
  EXPECT_THAT(complaint(file), AllOf(StartsWith("damaged@7: "), HasSubstr("at least 48 are missing")));
  file.resize(55);
  EXPECT_THAT(complaint(file), StartsWith("refused@7: The header asks for 0 iterations"));
  file[6] = 2;
  EXPECT_THAT(complaint(file), StartsWith("unsupported@6: The backup has version 2")) << "before the iterations";
  file[0] = 'X';
  EXPECT_THAT(complaint(file), AllOf(StartsWith("unsupported@0: "), HasSubstr("nearly")));
  EXPECT_THAT(complaint(to_base64(Bytes(55, 7))), AllOf(StartsWith("unsupported@0: "), Not(HasSubstr("nearly"))));
}

TEST(CdcbakDamage, IterationsAreBoundedBeforeAnyWork) {
  Bytes file = small().container;
  const auto with = [&](std::uint32_t count) {
    for (unsigned i = 0; i < 4; ++i) file[7 + i] = static_cast<std::uint8_t>(count >> 8 * i);
    return complaint(file);
  };
  EXPECT_THAT(with(0), StartsWith("refused"));
  EXPECT_THAT(with(0xFFFFFFFF), StartsWith("refused@7: The header asks for 4294967295 iterations"));
  EXPECT_THAT(with(10'000'001), StartsWith("refused"));
  EXPECT_EQ(with(10'000'000), "none");
  EXPECT_THAT(with(0xFFFFFFFF), StartsWith("refused"));
  try {
    (void)unlock(survey(file, Limits{}), passphrase_forms(as_bytes(passphrase)));
    ADD_FAILURE() << "worked on it";
  } catch (const Error& error) {
    EXPECT_EQ(error.outcome(), Outcome::refused);
  }
  with(99'999);
  EXPECT_THAT(remarks(file), Contains("iterations-low"));
  with(100'000);
  EXPECT_THAT(remarks(file), Not(Contains("iterations-low")));
}

TEST(CdcbakDamage, SizesAndCutsOfOtherPrograms) {
  Limits limits;
  limits.max_file = 100;
  EXPECT_THAT(complaint(Bytes(101, 'A'), limits), StartsWith("refused: The file has 101 bytes"));
  Bytes large(smallest_size + max_plaintext + 1);
  std::ranges::copy(small().container, large.begin());
  EXPECT_THAT(remarks(to_base64(large)), Contains("payload-over-limit"));
  large.resize(6144);
  EXPECT_THAT(remarks(to_base64(large)), Contains("serial-cut"));
  EXPECT_THAT(remarks(large), Contains("raw-container"));
  EXPECT_FALSE(survey(large, Limits{}).badge_decodes);
}

TEST(CdcbakDamage, RecognisesByContent) {
  EXPECT_TRUE(recognise(small().container));
  EXPECT_TRUE(recognise(of("\n Q0RD QkFL")));
  EXPECT_TRUE(recognise(of("CDCB")));
  EXPECT_TRUE(recognise(of("CDCBAX rest")));
  for (const char* front : {"Qw==", "Q0Q=", "Q0RDQg==", "Q0RDQkE="}) EXPECT_TRUE(recognise(of(front))) << front << ", a container cut and encoded again";
  for (const char* other : {"", "CDC", "Q0R", "CDXX", "Q0RX", "7z\xBC\xAF\x27\x1C", "hello, world", "Q0RDabcd", "QA0="}) {
    EXPECT_FALSE(recognise(of(other))) << other;
  }
}

TEST(CdcbakDamage, TheWriterRefuses) {
  test::Replay random(Bytes(28, 1));
  EXPECT_THROW((void)write(as_bytes("{}"), {}, 1, random), Error);
  EXPECT_THROW((void)write(as_bytes("{}"), as_bytes("p"), 0, random), Error);
  EXPECT_THROW((void)write(Bytes(max_plaintext + 1), as_bytes("p"), 1, random), Error);
}

RC_GTEST_PROP(CdcbakDamage, WhatIsWrittenOpens, (const Bytes& plaintext, const std::string& word)) {
  const std::string secret = word + "x";
  const Written written = write(plaintext, as_bytes(secret), 1, system_random());
  RC_ASSERT(recognise(written.base64));
  const Survey seen = survey(written.base64, Limits{});
  RC_ASSERT(seen.badge_decodes && seen.container == written.container && seen.payload_size == plaintext.size());
  const auto unlocked = unlock(seen, passphrase_forms(as_bytes(secret)));
  const PassphraseForm form = is_utf8(secret) ? PassphraseForm::utf8 : PassphraseForm::cp437;  // other bytes can only be the badge's own
  RC_ASSERT(unlocked && unlocked->plaintext.equals(plaintext) && unlocked->form == form);
}

}  // namespace
}  // namespace hwbak::cdcbak
