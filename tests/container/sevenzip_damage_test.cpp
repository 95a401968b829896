// Damage of every kind to real files: it is never missed, its place is named, what survives is given back.
#include "container/sevenzip/grade.h"
#include "container/sevenzip_support.h"

namespace hwbak::sevenzip {
namespace {

SecretBytes text_of(const Vector& v) {
  const Survey seen = survey(v.bytes, Limits{});
  return open_with(v.bytes, seen, v.password).text;
}

bool hole_names(const Opened& opened, std::uint64_t at) {
  return std::ranges::any_of(opened.holes, [&](const Hole& hole) { return hole.file.contains(at); });
}

// Every byte of the text outside the holes and their suspects is right.
void expect_rest_intact(const Opened& opened, ByteView text) {
  ASSERT_EQ(opened.text.size(), text.size());
  for (std::uint64_t i = 0; i < text.size(); ++i) {
    const bool doubtful =
        std::ranges::any_of(opened.holes, [&](const Hole& h) { return h.text.contains(i) || h.suspect.contains(i); });
    if (!doubtful) {
      ASSERT_EQ(opened.text.expose()[i], text[i]) << "byte " << i;
    }
  }
}

TEST(SevenZipDamage, EveryByteFlippedIsNoticedAndNamed) {
  const Vector& v = ordinary();
  const SecretBytes text = text_of(v);
  const Survey whole = survey(v.bytes, Limits{});
  const SecretBytes key = key_for(whole.folders[0], v.password);
  Bytes file = v.bytes;
  for (std::uint64_t at = 0; at < file.size(); ++at) {
    for (const int flip : {at % 2 == 0 ? 0x01 : 0x80, at % 2 == 0 ? 0xFF : 0x5A}) {
      SCOPED_TRACE("byte " + std::to_string(at) + " flip " + std::to_string(flip));
      file[at] = static_cast<std::uint8_t>(v.bytes[at] ^ flip);
      if (at == 6) {
        EXPECT_THROW((void)survey(file, Limits{}), Error);
      } else if (whole.packed.contains(at)) {
        const Survey seen = survey(file, Limits{});
        ASSERT_TRUE(seen.flaws.empty());
        const Opened opened = open(file, seen.folders[0], key.expose(), Limits{});
        ASSERT_EQ(opened.grade, Grade::damaged);
        ASSERT_TRUE(hole_names(opened, at));
        ASSERT_EQ(opened.holes.size(), 1u);
        ASSERT_EQ(opened.holes[0].file.length, 16u);
        ASSERT_EQ(opened.mended_byte, at);
        ASSERT_TRUE(opened.crc_holds);
        ASSERT_TRUE(opened.text.equals(text.expose())) << "the one wrong byte is found by the checksum";
      } else {
        const Survey seen = survey(file, Limits{});
        ASSERT_TRUE(flaw_names(seen, at));
        ASSERT_FALSE(seen.dead_end);
        ASSERT_EQ(seen.writer, Writer::device);
        const Opened opened = open(file, seen.folders.at(0), key.expose(), Limits{});
        ASSERT_EQ(opened.grade, Grade::good) << "the header was mended";
        ASSERT_TRUE(opened.text.equals(text.expose()));
      }
      file[at] = v.bytes[at];
    }
  }
}

TEST(SevenZipDamage, TwoBytesOfABlockAreAHole) {
  const Vector& v = ordinary();
  Bytes file = v.bytes;
  file[500] ^= 0x11;
  file[505] ^= 0x22;
  const Survey seen = survey(file, Limits{});
  const Opened opened = open_with(file, seen, v.password);
  EXPECT_EQ(opened.grade, Grade::damaged);
  EXPECT_FALSE(opened.crc_holds);
  EXPECT_FALSE(opened.mended_byte);
  ASSERT_EQ(opened.holes.size(), 1u);
  EXPECT_EQ(opened.holes[0].file, (Region{496, 16}));
  EXPECT_EQ(opened.holes[0].text, (Region{464, 16}));
  EXPECT_EQ(opened.holes[0].suspect, (Region{480, 16}));
  expect_rest_intact(opened, text_of(v).expose());
}

TEST(SevenZipDamage, TruncationAtEveryLength) {
  const Vector& v = ordinary();
  const SecretBytes text = text_of(v);
  const Survey whole = survey(v.bytes, Limits{});
  const SecretBytes key = key_for(whole.folders[0], v.password);
  const std::uint64_t salt_end = whole.folders[0].aes->place.offset + 18;
  EXPECT_THROW((void)survey({}, Limits{}), Error);
  for (std::uint64_t size = 1; size < v.bytes.size(); ++size) {
    SCOPED_TRACE("cut to " + std::to_string(size));
    const ByteView cut = ByteView(v.bytes).first(size);
    const Survey seen = survey(cut, Limits{});
    ASSERT_TRUE(has_flaw(seen, "truncated"));
    ASSERT_EQ(seen.flaws[0].missing, size < 32 ? 32 - size : v.bytes.size() - size);
    ASSERT_EQ(seen.dead_end.has_value(), size < salt_end);
    if (size < salt_end) {
      ASSERT_EQ(seen.dead_end->outcome(), Outcome::damaged);
      ASSERT_NE(seen.dead_end->sentence().find(std::to_string(seen.flaws[0].missing) + " bytes"), std::string::npos);
      continue;
    }
    const std::string& name = seen.entries.at(0).name;
    ASSERT_TRUE(name.empty() || name == v.inner_name) << "a part of a name is none";
    ASSERT_EQ(name.empty(), size < v.bytes.size() - 2);
    const Folder& folder = seen.folders.at(0);
    ASSERT_EQ(folder.aes->iv_lost, size < salt_end + 16);
    const Opened opened = open(cut, folder, key.expose(), Limits{});
    ASSERT_EQ(opened.iv_rebuilt, size < salt_end + 16);
    ASSERT_EQ(opened.grade, folder.crc ? Grade::good : Grade::unverified);
    ASSERT_TRUE(opened.holes.empty());
    ASSERT_TRUE(opened.text.equals(text.expose()));
  }
}

TEST(SevenZipDamage, WrongPasswordOnATruncatedFileIsNotCalledDamage) {
  const Vector& v = ordinary();
  const Survey whole = survey(v.bytes, Limits{});
  const ByteView cut = ByteView(v.bytes).first(whole.folders[0].aes->place.offset + 20);
  const Survey seen = survey(cut, Limits{});
  EXPECT_EQ(open_with(cut, seen, "wrong").grade, Grade::wrong_secret);
}

// A device's file of about `size` bytes of text, with its key.
struct Large {
  Bytes file;
  std::string text;
};
constexpr std::array<std::uint8_t, 32> large_key{1, 2, 3};
Large large(std::size_t size) {
  Large out;
  out.text = "# Coldcard backup file! DO NOT CHANGE.\n";
  for (unsigned i = 0; out.text.size() < size; ++i)
    out.text += "setting.n" + std::to_string(i * 2654435761u) + " = \"\xC3\xA9\"\n";
  out.text.resize(size);
  const Bytes salt(16, 1), iv(16, 2);
  out.file = compose(view(out.text), {"w1.txt", 0, FixedView<16>(salt.data(), 16), FixedView<16>(iv.data(), 16)}, large_key);
  return out;
}

TEST(SevenZipDamage, NoiseOfALargeTextDoesNotProveAPassword) {
  for (const std::size_t size : {131071u, 1048576u}) {
    const Large made = large(size);
    const Survey seen = survey(made.file, Limits{});
    ASSERT_TRUE(seen.flaws.empty());
    for (std::uint8_t i = 0; i < 30; ++i) {
      std::array<std::uint8_t, 32> wrong{};
      wrong[5] = i;
      ASSERT_EQ(open(made.file, seen.folders.at(0), wrong, Limits{}).grade, Grade::wrong_secret) << size << " key " << int{i};
    }
  }
}

TEST(SevenZipDamage, EqualBlocksOfNoiseDoNotProveAPassword) {
  Large made = large(4096);
  std::fill(made.file.begin() + 32, made.file.begin() + 32 + 4096, std::uint8_t{0});
  const Survey seen = survey(made.file, Limits{});
  std::array<std::uint8_t, 32> wrong{};
  for (unsigned i = 0; i < 3000; ++i) {
    wrong[0] = static_cast<std::uint8_t>(i);
    wrong[1] = static_cast<std::uint8_t>(i >> 8);
    ASSERT_EQ(open(made.file, seen.folders.at(0), wrong, Limits{}).grade, Grade::wrong_secret) << i;
  }
}

TEST(SevenZipDamage, HeavyDamageDoesNotHideTheRightPassword) {
  for (const std::size_t size : {1600u, 131071u, 1048576u}) {
    const Large made = large(size);
    const auto body = static_cast<std::ptrdiff_t>(size);
    const auto damaged = [&](std::ptrdiff_t from, std::ptrdiff_t to) {
      Bytes file = made.file;
      std::fill(file.begin() + 32 + from, file.begin() + 32 + to, std::uint8_t{0});
      return open(file, survey(file, Limits{}).folders.at(0), large_key, Limits{}).grade;
    };
    EXPECT_EQ(damaged(0, body / 2), Grade::damaged) << size;
    EXPECT_EQ(damaged(body / 2, body), Grade::damaged) << size;
    EXPECT_EQ(damaged(0, body / 3 * 2), Grade::damaged) << size << ": the last third survives";
    EXPECT_EQ(damaged(16, body), Grade::damaged) << size << ": the first block survives";
    Bytes scattered = made.file;  // every fourth block
    for (std::size_t at = 32; at + 64 < size; at += 64) scattered[at] ^= 0x5A, scattered[at + 3] ^= 0x11;
    EXPECT_EQ(open(scattered, survey(scattered, Limits{}).folders.at(0), large_key, Limits{}).grade, Grade::damaged) << size;
  }
}

TEST(SevenZipDamage, ASectorOfZeros) {
  const Vector& v = ordinary();
  Bytes file = v.bytes;
  std::fill(file.begin() + 512, file.begin() + 1024, std::uint8_t{0});
  const Survey seen = survey(file, Limits{});
  ASSERT_EQ(seen.flaws.size(), 1u);
  EXPECT_EQ(seen.flaws[0].code, "body-not-ciphertext");
  EXPECT_EQ(seen.flaws[0].place, (Region{512, 512}));
  const Opened opened = open_with(file, seen, v.password);
  EXPECT_EQ(opened.grade, Grade::damaged);
  ASSERT_EQ(opened.holes.size(), 1u);
  EXPECT_EQ(opened.holes[0].file.offset, 512u);
  EXPECT_GE(opened.holes[0].file.length, 512u);
  EXPECT_LE(opened.holes[0].file.length, 528u) << "the block after the zeros is noise too";
  expect_rest_intact(opened, text_of(v).expose());
}

TEST(SevenZipDamage, BytesLostAndPutInWithinTheBody) {
  const Vector& v = ordinary();
  const SecretBytes text = text_of(v);
  for (const std::uint64_t at : {32u, 40u, 500u, 512u, 1400u})
    for (const std::uint64_t count : {1u, 7u, 16u, 48u, 200u}) {
      SCOPED_TRACE(std::to_string(count) + " bytes at " + std::to_string(at));
      const auto place = static_cast<std::ptrdiff_t>(at);
      Bytes lost = v.bytes;
      lost.erase(lost.begin() + place, lost.begin() + place + static_cast<std::ptrdiff_t>(count));
      Bytes more = v.bytes;
      more.insert(more.begin() + place, count, std::uint8_t{0x55});
      for (const Bytes* file : {&lost, &more}) {
        const Survey seen = survey(*file, Limits{});
        EXPECT_EQ(has_flaw(seen, "bytes-missing"), file == &lost);
        EXPECT_EQ(has_flaw(seen, "bytes-inserted"), file == &more);
        EXPECT_EQ(seen.flaws.at(0).missing, file == &lost ? count : 0);
        EXPECT_TRUE(seen.recovered);
        const Opened opened = open_with(*file, seen, v.password);
        if (file == &more) {  // taken out again, and proven by the checksum
          ASSERT_EQ(opened.grade, Grade::good);
          EXPECT_EQ(opened.inserted, (Region{at, count}));
          EXPECT_TRUE(opened.holes.empty());
          EXPECT_TRUE(opened.padding_zero);
          EXPECT_TRUE(opened.text.equals(text.expose()));
        } else {
          ASSERT_EQ(opened.grade, Grade::damaged);
          ASSERT_EQ(opened.holes.size(), 1u);
          EXPECT_LE(opened.holes[0].text.length, count + 32);
          expect_rest_intact(opened, text.expose());
        }
        EXPECT_EQ(open_with(*file, seen, "wrong").grade, Grade::wrong_secret);
      }
    }
}

TEST(SevenZipDamage, BytesPutInBehindTheBody) {
  const Vector& v = ordinary();
  const Survey whole = survey(v.bytes, Limits{});
  for (const std::uint64_t count : {1u, 16u, 39u}) {
    Bytes file = v.bytes;
    file.insert(file.begin() + static_cast<std::ptrdiff_t>(whole.end_header.offset), count, std::uint8_t{0x55});
    const Survey seen = survey(file, Limits{});
    EXPECT_TRUE(has_flaw(seen, "bytes-inserted"));
    const Opened opened = open_with(file, seen, v.password);
    EXPECT_EQ(opened.grade, Grade::good);
    EXPECT_EQ(opened.inserted, (Region{whole.end_header.offset, count}));
    EXPECT_TRUE(opened.padding_zero);
    EXPECT_TRUE(opened.text.equals(text_of(v).expose()));
  }
  EXPECT_FALSE(open_with(v.bytes, whole, v.password).inserted);
}

TEST(SevenZipDamage, EveryOverwrittenByteIsNamed) {
  const Vector& v = ordinary();
  const Survey seen = survey(v.bytes, Limits{});
  const SecretBytes key = key_for(seen.folders[0], v.password);
  const SecretBytes text = text_of(v);
  ScriptedRandom random({}, 7);
  for (int round = 0; round < 400; ++round) {
    SCOPED_TRACE(round);
    Bytes file = v.bytes;
    std::array<std::uint8_t, 2> draw{};
    random.fill(draw);
    // Three blocks in a row: the one in the middle looks like a blemished text now and then.
    const std::uint64_t from = seen.packed.offset + (draw[0] % 90) * 16u;
    random.fill(ByteSpan(file).subspan(from, 48));
    const Opened opened = open(file, seen.folders[0], key.expose(), Limits{});
    ASSERT_EQ(opened.grade, Grade::damaged);
    ASSERT_EQ(opened.holes.size(), 1u);
    EXPECT_LE(opened.holes[0].file.offset, from);
    EXPECT_GE(opened.holes[0].file.end(), from + 32);
    expect_rest_intact(opened, text.expose());
  }
}

TEST(SevenZipDamage, NoiseThatLooksBlemishedDoesNotSplitAHole) {
  using enum Block;
  const std::vector<Hole> joined = holes_of({readable, noise, blemished, noise, readable, readable}, 32, 96);
  ASSERT_EQ(joined.size(), 1u);
  EXPECT_EQ(joined[0].file, (Region{48, 48}));
  EXPECT_EQ(joined[0].text, (Region{16, 48}));
  EXPECT_EQ(joined[0].suspect, (Region{64, 16}));
  const std::vector<Hole> echo = holes_of({readable, noise, blemished, readable}, 32, 64);
  ASSERT_EQ(echo.size(), 1u);
  EXPECT_EQ(echo[0].file, (Region{48, 16})) << "the wrong bits behind a single damaged block";
  EXPECT_EQ(echo[0].suspect, (Region{32, 16}));
  EXPECT_EQ(holes_of({noise, readable, noise, readable}, 32, 64).size(), 2u);
}

TEST(SevenZipDamage, NoSentenceEndsWithAStop) {
  const Vector& v = ordinary();
  const auto check = [](const Survey& seen) {
    for (const Flaw& flaw : seen.flaws) EXPECT_FALSE(flaw.sentence.ends_with('.')) << flaw.sentence;
    for (const Remark& remark : seen.remarks) EXPECT_FALSE(remark.sentence.ends_with('.')) << remark.sentence;
    if (seen.dead_end) {
      EXPECT_FALSE(seen.dead_end->sentence().ends_with('.')) << seen.dead_end->sentence();
    }
  };
  for (std::size_t size = 1; size < v.bytes.size(); size += 5) check(survey(ByteView(v.bytes).first(size), Limits{}));
  for (std::size_t at = 7; at < v.bytes.size(); ++at) {
    Bytes file = v.bytes;
    file[at] ^= 0x41;
    check(survey(file, Limits{}));
    if (at + 1 < file.size()) file[at + 1] ^= 0x14;
    check(survey(file, Limits{}));
    file.erase(file.begin() + static_cast<std::ptrdiff_t>(at));
    file.push_back(0x20);
    check(survey(file, Limits{}));
  }
}

TEST(SevenZipDamage, JunkBeforeAndAfter) {
  const Vector& v = ordinary();
  ByteWriter made;
  made.bytes(Bytes(1000, 0x20)).bytes(v.bytes).bytes(Bytes(77, 0x20));
  const Bytes file = made.take();
  EXPECT_TRUE(recognise(file));
  const Survey seen = survey(file, Limits{});
  ASSERT_TRUE(has_flaw(seen, "junk-before"));
  EXPECT_EQ(seen.flaws[0].place, (Region{0, 1000}));
  EXPECT_TRUE(has_remark(seen, "trailing-bytes"));
  EXPECT_EQ(seen.trailing_bytes, 77u);
  EXPECT_EQ(open_with(file, seen, v.password).grade, Grade::good);
}

TEST(SevenZipDamage, TheStartHeaderIsGone) {
  const Vector& v = ordinary();
  Bytes zeros = v.bytes;
  std::fill_n(zeros.begin(), 32, std::uint8_t{0});
  Bytes pointers = v.bytes;
  std::fill_n(pointers.begin() + 8, 24, std::uint8_t{0xFF});
  Bytes cut(v.bytes.begin() + 32, v.bytes.end());
  Bytes cut_short(v.bytes.begin() + 20, v.bytes.end());
  for (const Bytes* file : {&zeros, &pointers, &cut, &cut_short}) {
    SCOPED_TRACE(file->size());
    EXPECT_TRUE(recognise(*file));
    const Survey seen = survey(*file, Limits{});
    EXPECT_FALSE(seen.flaws.empty());
    EXPECT_TRUE(seen.recovered);
    EXPECT_EQ(seen.writer, Writer::device);
    EXPECT_EQ(open_with(*file, seen, v.password).grade, Grade::good);
  }
  Bytes body_gone(v.bytes.begin() + 300, v.bytes.end());
  const Survey seen = survey(body_gone, Limits{});
  const Opened opened = open_with(body_gone, seen, v.password);
  EXPECT_EQ(opened.grade, Grade::damaged) << "the end of the text can be read";
  ASSERT_EQ(opened.holes.size(), 1u);
  EXPECT_LE(opened.holes[0].text.end(), 300u);
}

TEST(SevenZipDamage, SeveralBytesOfTheEndHeader) {
  const Vector& v = ordinary();
  const SecretBytes text = text_of(v);
  const Survey whole = survey(v.bytes, Limits{});
  const SecretBytes key = key_for(whole.folders[0], v.password);
  const std::uint64_t begin = whole.end_header.offset;
  const Region salt{whole.folders[0].aes->place.offset + 2, 16}, iv{salt.end(), 16};
  for (std::uint64_t at = begin; at + 3 <= whole.end_header.end(); ++at) {
    SCOPED_TRACE("at " + std::to_string(at - begin));
    Bytes file = v.bytes;
    for (std::uint64_t i = 0; i < 3; ++i) file[at + i] ^= 0xA5;
    const Survey seen = survey(file, Limits{});
    ASSERT_TRUE(flaw_names(seen, at));
    ASSERT_FALSE(seen.dead_end);
    const Opened opened = open(file, seen.folders.at(0), key.expose(), Limits{});
    ASSERT_GE(opened.text.size(), text.size());
    EXPECT_TRUE(std::ranges::equal(opened.text.expose().subspan(16, text.size() - 16), text.expose().subspan(16)));
    if (iv.overlaps({at, 3})) {
      EXPECT_EQ(opened.grade, Grade::good);
      EXPECT_TRUE(opened.iv_rebuilt);
    }
  }
  Bytes both = v.bytes;  // and nothing left of the start header either
  std::fill_n(both.begin(), 32, std::uint8_t{0});
  both[begin] = both[begin + 1] = 0xEE;
  const Survey seen = survey(both, Limits{});
  EXPECT_TRUE(seen.recovered);
  EXPECT_EQ(open_with(both, seen, v.password).grade, Grade::good);
}

TEST(SevenZipDamage, TheChecksumItselfIsWrong) {
  const Vector& v = ordinary();
  const Survey whole = survey(v.bytes, Limits{});
  Bytes header = end_header_of(v.bytes);
  header[whole.folders[0].crc_place.offset - whole.end_header.offset] ^= 0x10;
  const Bytes file = with_end_header(v.bytes, header);
  const Survey seen = survey(file, Limits{});
  EXPECT_TRUE(seen.flaws.empty());
  const Opened opened = open_with(file, seen, v.password);
  EXPECT_EQ(opened.grade, Grade::damaged);
  EXPECT_TRUE(opened.holes.empty()) << "every block is readable";
  EXPECT_TRUE(opened.text.equals(text_of(v).expose()));
}

TEST(SevenZipDamage, ForeignTextThroughCompression) {
  const Vector& v = vector_named("repacked-7z-lzma2.7z");
  const Survey seen = survey(v.bytes, Limits{});
  const SecretBytes key = key_for(seen.folders[0], v.password);
  const SecretBytes text = text_of(v);
  for (std::uint64_t at = seen.packed.offset; at < seen.packed.end(); at += 7) {
    Bytes file = v.bytes;
    file[at] ^= 0x10;
    const Opened opened = open(file, seen.folders[0], key.expose(), Limits{});
    if (opened.grade == Grade::good) {  // only the padding may be hit without harm
      EXPECT_FALSE(opened.padding_zero);
      continue;
    }
    if (opened.grade == Grade::damaged && !opened.holes.empty()) {
      EXPECT_TRUE(hole_names(opened, at));
    }
    if (at > 100) {
      EXPECT_EQ(opened.grade, Grade::damaged) << at;
    }
  }
}

TEST(SevenZipDamage, PaddingThatIsNotZero) {
  Bytes text(1000, 'a');
  const std::array<std::uint8_t, 32> key{};
  const Bytes salt(16, 1), iv(16, 2);
  const DeviceLayout layout{"w1.txt", 0, FixedView<16>(salt.data(), 16), FixedView<16>(iv.data(), 16)};
  Bytes longer = text;
  longer.resize(1008, 'z');
  const Bytes padded_wrong = compose(longer, layout, key);
  const Bytes file = with_end_header(padded_wrong, device_end_header(1008, 1000, crc32(text), layout));
  const Survey seen = survey(file, Limits{});
  const Opened opened = open(file, seen.folders.at(0), key, Limits{});
  EXPECT_EQ(opened.grade, Grade::good);
  EXPECT_FALSE(opened.padding_zero);
}

TEST(SevenZipDamage, CharactersCutAtAHoleAreNotTakenForNoise) {
  std::string line = "# Coldcard backup file! DO NOT CHANGE.\n";
  for (int i = 0; i < 40; ++i) line += "note = \"\xE2\x82\xAC\xC3\xA9\xF0\x9F\x98\x80 x\"\n";
  const std::array<std::uint8_t, 32> key{};
  const Bytes salt(16, 1), iv(16, 2);
  const Bytes file = compose(view(line), {"w1.txt", 0, FixedView<16>(salt.data(), 16), FixedView<16>(iv.data(), 16)}, key);
  const Survey seen = survey(file, Limits{});
  for (std::uint64_t block = 3; block < 40; ++block) {
    Bytes broken = file;
    broken[32 + block * 16] ^= 0x01;
    const Opened opened = open(broken, seen.folders.at(0), key, Limits{});
    ASSERT_EQ(opened.holes.size(), 1u) << block;
    EXPECT_EQ(opened.holes[0].file, (Region{32 + block * 16, 16})) << block;
  }
}

}  // namespace
}  // namespace hwbak::sevenzip
