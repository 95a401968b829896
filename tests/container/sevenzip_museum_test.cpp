// Hostile and broken headers: each is named for what it is, at no cost, and good ones among them stay readable.
#include "container/sevenzip_support.h"

#include "container/sevenzip/crc_mend.h"
#include "container/sevenzip/number.h"

namespace hwbak::sevenzip {
namespace {

Survey look(const Bytes& file) { return survey(file, Limits{}); }

// A device's file with another first byte of the AES properties, and the key length of the rest.
Bytes with_rounds(unsigned rounds) {
  return edited(ordinary().bytes, {0x22, 0xCD, 0xFF}, {0x22, static_cast<std::uint8_t>(0xC0 | rounds), 0xFF});
}

Bytes with_pointers(std::uint64_t packed_size, std::uint64_t header_size) {
  Bytes file = ordinary().bytes;
  put_le(file, 12, packed_size, 8);
  put_le(file, 20, header_size, 8);
  put_le(file, 8, crc32(ByteView(file).subspan(12, 20)), 4);
  return file;
}

TEST(SevenZipMuseum, NumbersInBothForms) {
  const auto read = [](Bytes bytes) {
    ByteReader in(bytes, "number");
    const std::uint64_t value = read_number(in);
    EXPECT_TRUE(in.at_end());
    return value;
  };
  EXPECT_EQ(read({0x7F}), 127u);
  EXPECT_EQ(read({0x80, 0xFE}), 254u);
  EXPECT_EQ(read({0x82, 0x30}), 560u);
  EXPECT_EQ(read({0xBF, 0xFF}), 16383u);
  EXPECT_EQ(read({0xC1, 0xA0, 0x86}), 100000u);
  EXPECT_EQ(read({0xFE, 1, 0, 0, 0, 0, 0, 0x80}), 0x80000000000001u);
  EXPECT_EQ(read({0xFF, 1, 2, 3, 4, 5, 6, 7, 8}), 0x0807060504030201u);
  for (const std::uint64_t n : {0ull, 126ull, 127ull, 65535ull, 65536ull, 0xFFFFFFFFull, 0x100000000ull, ~0ull}) {
    ByteWriter out;
    write_device_number(out, n);
    EXPECT_EQ(out.size(), device_number_size(n));
    EXPECT_EQ(read(out.take()), n);
  }
  EXPECT_EQ(device_number_size(126), 1u);
  EXPECT_EQ(device_number_size(127), 3u);
  EXPECT_EQ(shortest_number_size(127), 1u);
  EXPECT_EQ(shortest_number_size(128), 2u);
  EXPECT_EQ(shortest_number_size(~0ull), 9u);
}

TEST(SevenZipMuseum, TheOneWrongByteIsFound) {
  Bytes data(300);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * 7);
  const std::uint32_t right = crc32(data);
  EXPECT_FALSE(mend_single_byte(data, right)) << "nothing to mend";
  for (const std::size_t at : {0u, 1u, 150u, 299u}) {
    data[at] ^= 0x5C;
    const auto mend = mend_single_byte(data, right);
    ASSERT_TRUE(mend);
    EXPECT_EQ(mend->at, at);
    EXPECT_EQ(mend->flip, 0x5C);
    data[at] ^= 0x5C;
  }
  data[10] ^= 1;
  data[200] ^= 1;
  EXPECT_FALSE(mend_single_byte(data, right)) << "two wrong bytes";
}

TEST(SevenZipMuseum, WhatIsNo7zIsUnsupported) {
  for (const std::string& text :
       {std::string(1, 'x'), std::string("hello"), std::string(31, '7'), std::string(5000, 'a'), std::string(100, '\0')}) {
    EXPECT_FALSE(recognise(view(text)));
    try {
      (void)survey(view(text), Limits{});
      FAIL() << "taken for a 7z file";
    } catch (const Error& error) {
      EXPECT_EQ(error.outcome(), Outcome::unsupported);
    }
  }
}

TEST(SevenZipMuseum, CostlyRoundsAreRefusedAtOnceButShown) {
  for (const unsigned rounds : {25u, 40u, 62u}) {
    const Survey seen = look(with_rounds(rounds));
    EXPECT_TRUE(seen.flaws.empty());
    ASSERT_TRUE(seen.dead_end);
    EXPECT_EQ(seen.dead_end->outcome(), Outcome::refused);
    EXPECT_NE(seen.dead_end->sentence().find("2^" + std::to_string(rounds)), std::string::npos);
    EXPECT_EQ(seen.folders.at(0).aes->rounds_pow, rounds);
    EXPECT_THROW((void)key_for(seen.folders[0], "x"), Error);
  }
  EXPECT_FALSE(look(with_rounds(24)).dead_end);
}

TEST(SevenZipMuseum, OddRoundsAndSaltAreRemarks) {
  const Survey hashless = look(with_rounds(63));
  EXPECT_TRUE(hashless.flaws.empty());
  EXPECT_FALSE(hashless.dead_end);
  EXPECT_TRUE(has_remark(hashless, "rounds-63"));
  EXPECT_EQ(open_with(with_rounds(63), hashless, "x").grade, Grade::wrong_secret);
  EXPECT_TRUE(has_remark(look(with_rounds(0)), "rounds-low"));
  const Bytes header = end_header_of(ordinary().bytes);
  const Bytes begin = {0x22, 0xCD, 0xFF};
  const auto mark = std::search(header.begin(), header.end(), begin.begin(), begin.end());
  const Bytes properties(mark, mark + 35);
  const Survey bare = look(edited(ordinary().bytes, properties, {0x01, 0x0D}));
  EXPECT_TRUE(bare.flaws.empty());
  EXPECT_TRUE(has_remark(bare, "no-salt"));
  EXPECT_EQ(bare.folders.at(0).aes->iv_size, 0u);
  EXPECT_NE(bare.writer, Writer::device);
}

TEST(SevenZipMuseum, AbsurdPointersAreNamedWithoutCost) {
  const std::uint64_t most = ~std::uint64_t{0};
  for (const auto& [packed, header] :
       std::vector<std::pair<std::uint64_t, std::uint64_t>>{{most, 102},
                                                            {most - 31, 102},
                                                            {1648, most},
                                                            {most, most},
                                                            {std::uint64_t{1} << 63, std::uint64_t{1} << 63},
                                                            {most - 100, 101}}) {
    const Survey seen = look(with_pointers(packed, header));
    EXPECT_TRUE(has_flaw(seen, "absurd-sizes")) << packed << " " << header;
    EXPECT_FALSE(seen.dead_end) << "the end header is found by search";
    EXPECT_EQ(open_with(with_pointers(packed, header), seen, ordinary().password).grade, Grade::good);
  }
  const Survey large = look(with_pointers(1648, 2 * 1024 * 1024));
  ASSERT_TRUE(large.dead_end);
  EXPECT_EQ(large.dead_end->outcome(), Outcome::refused);
}

TEST(SevenZipMuseum, AbsurdCountsAndSizesAreDamage) {
  const Bytes file = ordinary().bytes;
  const Bytes many = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F};
  const auto with = [&](Bytes was, Bytes before, Bytes after) {
    before.insert(before.end(), many.begin(), many.end());
    before.insert(before.end(), after.begin(), after.end());
    return edited(file, was, before);
  };
  const Bytes broken[] = {
      with({0x06, 0x00, 0x01, 0x09}, {0x06, 0x00}, {0x09}),                            // packed streams
      with({0x07, 0x0B, 0x01, 0x00}, {0x07, 0x0B}, {0x00}),                            // folders
      with({0x01, 0x00, 0x01, 0x24}, {0x01, 0x00}, {0x24}),                            // coders
      with({0x00, 0x00, 0x05, 0x01, 0x11}, {0x00, 0x00, 0x05}, {0x11}),                // files
      with({0x01, 0x00, 0x0C}, {0x01}, {0x0C}),                                        // an unknown record
      with({0x24, 0x06, 0xF1, 0x07, 0x01, 0x22}, {0x24, 0x06, 0xF1, 0x07, 0x01}, {}),  // properties
  };
  for (const Bytes& one : broken) {
    const Survey seen = look(one);
    EXPECT_TRUE(has_flaw(seen, "end-header-structure"));
  }
  const Survey position = look(with({0x06, 0x00, 0x01, 0x09}, {0x06}, {0x01, 0x09}));
  EXPECT_FALSE(position.flaws.empty());
  const Survey text =
      look(edited(file, {0x0C, 0xC0, 0x64, 0x06}, {0x0C, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}));
  EXPECT_TRUE(has_flaw(text, "unpack-size"));
  EXPECT_FALSE(text.dead_end) << "a contradiction is judged before the limit";
  EXPECT_TRUE(has_flaw(look(edited(file, {0x0C, 0xC0, 0x64, 0x06}, {0x0C, 0xC0, 0x64, 0x16})), "unpack-size"));
  EXPECT_TRUE(has_flaw(look(edited(file, {0x09, 0xC0, 0x70, 0x06}, {0x09, 0xC0, 0x70, 0x16})), "packed-size"));
  EXPECT_TRUE(has_flaw(look(edited(file, {0x09, 0xC0, 0x70, 0x06}, {0x09, 0xC0, 0x6F, 0x06})), "packed-size"));
}

// The header's text is still found whole, and the flaw stands where the contradiction is.
void expect_whole(const Bytes& file, std::string_view code, std::uint64_t at) {
  const Survey seen = look(file);
  EXPECT_TRUE(has_flaw(seen, code));
  EXPECT_TRUE(flaw_names(seen, at));
  ASSERT_FALSE(seen.dead_end);
  const Opened opened = open_with(file, seen, ordinary().password);
  EXPECT_TRUE(opened.holes.empty());
  EXPECT_TRUE(opened.text.equals(open_with(ordinary().bytes, look(ordinary().bytes), ordinary().password).text.expose()));
}

TEST(SevenZipMuseum, DataThatTheEndHeaderForgetsIsNoEmptyArchive) {
  const Bytes file = ordinary().bytes;
  const std::uint64_t header_at = look(file).end_header.offset;
  for (const std::uint8_t count : Bytes{0, 2, 3})
    expect_whole(edited(file, {0x06, 0x00, 0x01, 0x09}, {0x06, 0x00, count, 0x09}), "end-header-structure", header_at);
  Bytes header = end_header_of(file);
  for (std::size_t at = 0; at < header.size(); ++at)
    for (const int value : {0x00, 0x01, 0x04, 0x05, 0x06, 0x0B, 0x7F, 0xFF}) {
      const std::uint8_t was = std::exchange(header[at], static_cast<std::uint8_t>(value));
      const Survey seen = look(with_end_header(file, header));
      if (seen.dead_end) {
        EXPECT_EQ(seen.dead_end->sentence().find("empty"), std::string::npos) << at << " " << value;
      }
      EXPECT_FALSE(seen.folders.empty() && seen.flaws.empty()) << at << " " << value;
      header[at] = was;
    }
  const Bytes empty = with_end_header(with_pointers(0, 0), {});
  ASSERT_TRUE(look(empty).dead_end);
  EXPECT_EQ(look(empty).dead_end->outcome(), Outcome::unsupported);
}

TEST(SevenZipMuseum, TheFieldsThatDescribeTheEndHeader) {
  const Bytes file = ordinary().bytes;
  const auto with_field = [&](std::size_t at, std::uint64_t value, unsigned bytes) {
    Bytes out = file;
    put_le(out, at, value, bytes);
    put_le(out, 8, crc32(ByteView(out).subspan(12, 20)), 4);
    return out;
  };
  expect_whole(with_field(28, 1234, 4), "end-header-crc", 28);
  const std::uint64_t size = end_header_of(file).size();
  for (const std::uint64_t wrong : {size - 1, size - 20, size + 1, size + 400})
    expect_whole(with_field(20, wrong, 8), "end-header-structure", 20);
  Bytes header = end_header_of(file);
  header.pop_back();
  Bytes both = with_end_header(file, header);
  both.push_back(0);
  expect_whole(both, "end-header-structure", 20);
}

TEST(SevenZipMuseum, TheEncryptedPartIsWhatStandsBeforeTheEndHeader) {
  const Bytes file = ordinary().bytes;
  for (const std::uint8_t at : Bytes{1, 16, 64})
    expect_whole(edited(file, {0x06, 0x00, 0x01, 0x09}, {0x06, at, 0x01, 0x09}), "packed-size", 32);
  for (const std::uint8_t low : Bytes{0x60, 0x6F, 0x71, 0x00})
    expect_whole(edited(file, {0x09, 0xC0, 0x70, 0x06}, {0x09, 0xC0, low, 0x06}), "packed-size", 32);
}

TEST(SevenZipMuseum, PropertiesOfAnotherLength) {
  const Bytes file = ordinary().bytes;
  const Region place = look(file).folders.at(0).aes->place;
  const Bytes properties(file.begin() + static_cast<std::ptrdiff_t>(place.offset),
                         file.begin() + static_cast<std::ptrdiff_t>(place.end()));
  for (const std::size_t size : {33u, 35u, 39u}) {
    SCOPED_TRACE(size);
    Bytes was = properties, is = properties;
    was.insert(was.begin(), 34);
    is.resize(size, 'x');
    is.insert(is.begin(), static_cast<std::uint8_t>(size));
    const Bytes changed = edited(file, was, is);
    expect_whole(changed, "end-header-structure", place.offset);
  }
}

TEST(SevenZipMuseum, HeadersThatGoOnOrStopTooEarly) {
  const Bytes file = ordinary().bytes;
  const std::uint64_t header_at = look(file).end_header.offset;
  Bytes header = end_header_of(file);
  header.insert(header.end(), {1, 2, 3});
  const std::uint64_t extra = header_at + header.size() - 3;
  expect_whole(with_end_header(file, header), "end-header-structure", extra);
  expect_whole(edited(file, {0x05, 0x01, 0x11}, {0x00}), "end-header-structure", header_at);
  expect_whole(edited(file, {0x07, 0x0B, 0x01, 0x00}, {0x07, 0x0B, 0x01, 0x01}), "end-header-structure", header_at);
}

TEST(SevenZipMuseum, TheBeginningOfTheSignatureAlone) {
  const Bytes two = {0x37, 0x7A}, other = {0x37, 0x7B};
  EXPECT_TRUE(recognise(two));
  EXPECT_TRUE(has_flaw(look(two), "truncated"));
  EXPECT_FALSE(recognise(other));
  EXPECT_FALSE(recognise(ByteView(two).first(1)));
}

TEST(SevenZipMuseum, BytesThatCannotBeCiphertext) {
  const Bytes file = ordinary().bytes;
  const Region body = look(file).packed;
  const auto with_zeros = [&](std::uint64_t from, std::uint64_t to, std::uint8_t value) {
    Bytes out = file;
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(from), out.begin() + static_cast<std::ptrdiff_t>(to), value);
    return look(out);
  };
  for (const std::uint8_t value : Bytes{0x00, 0xFF}) {
    const Survey all = with_zeros(body.offset, body.end(), value);
    ASSERT_EQ(all.flaws.size(), 1u);
    EXPECT_EQ(all.flaws[0].code, "body-not-ciphertext");
    EXPECT_EQ(all.flaws[0].place, body);
    const Survey some = with_zeros(500, 700, value);
    ASSERT_EQ(some.flaws.size(), 1u);
    EXPECT_EQ(some.flaws[0].place, (Region{512, 176}));
  }
  EXPECT_TRUE(with_zeros(512, 512 + 7 * 16, 0).flaws.empty());
  for (const Vector& v : vectors()) EXPECT_FALSE(has_flaw(look(v.bytes), "body-not-ciphertext"));
}

TEST(SevenZipMuseum, ALyingTextSizeDoesNotHideTheText) {
  const Bytes file = ordinary().bytes;
  const Bytes sound = {0x0C, 0xC0, 0x64, 0x06};
  const SecretBytes text = open_with(file, look(file), ordinary().password).text;
  for (const Bytes& lie : {Bytes{0x0C, 0x64}, Bytes{0x0C, 0x00}, Bytes{0x0C, 0xC0, 0x71, 0x06}, Bytes{0x0C, 0xC0, 0x60, 0x06},
                           Bytes{0x0C, 0xF0, 0xF0, 0xFF, 0xFF, 0xFF}}) {
    Bytes lying = edited(file, sound, lie);
    const Survey seen = look(lying);
    ASSERT_EQ(seen.flaws.size(), 1u);
    EXPECT_EQ(seen.flaws[0].code, "unpack-size");
    ASSERT_FALSE(seen.dead_end);
    const Opened opened = open_with(lying, seen, ordinary().password);
    EXPECT_EQ(opened.grade, Grade::good);
    EXPECT_TRUE(opened.padding_zero);
    EXPECT_TRUE(opened.text.equals(text.expose())) << "the checksum tells where the padding begins";
    EXPECT_EQ(open_with(lying, seen, "wrong").grade, Grade::wrong_secret);
    lying[500] ^= 0x11;
    lying[505] ^= 0x22;
    const Opened damaged = open_with(lying, seen, ordinary().password);
    EXPECT_EQ(damaged.grade, Grade::damaged);
    EXPECT_EQ(damaged.text.size(), text.size());
    ASSERT_EQ(damaged.holes.size(), 1u);
    EXPECT_EQ(damaged.holes[0].file, (Region{496, 16}));
  }
  // The packed size lies: the size of the text tells that the whole area is meant.
  for (const Bytes& lie : {Bytes{0x09, 0xC0, 0x70, 0x16}, Bytes{0x09, 0xC0, 0x6F, 0x06}, Bytes{0x09, 0xC0, 0x00, 0x06}}) {
    const Bytes lying = edited(file, {0x09, 0xC0, 0x70, 0x06}, lie);
    const Survey seen = look(lying);
    EXPECT_TRUE(has_flaw(seen, "packed-size"));
    EXPECT_EQ(open_with(lying, seen, ordinary().password).grade, Grade::good);
  }
}

TEST(SevenZipMuseum, ACopyFolderCannotGiveMoreThanItHas) {
  const std::string text(1700, 'x');
  const auto archive = [&](const Bytes& size) {
    ByteWriter header;
    header.bytes(Bytes{0x01, 0x04, 0x06, 0x00, 0x01, 0x09, 0xC0, 0xA4, 0x06, 0x00, 0x07, 0x0B, 0x01, 0x00, 0x01, 0x01, 0x00, 0x0C});
    header.bytes(size).bytes(Bytes{0x00, 0x08, 0x0A, 0x01}).le32(crc32(view(text)));
    header.bytes(Bytes{0x00, 0x00, 0x05, 0x01, 0x11, 0x05, 0x00, 'a', 0, 0, 0, 0, 0});
    ByteWriter pointers;
    pointers.le64(text.size()).le64(header.view().size()).le32(crc32(header.view()));
    ByteWriter out;
    out.bytes(signature).u8(0).u8(4).le32(crc32(pointers.view())).bytes(pointers.view()).bytes(view(text)).bytes(header.view());
    return out.take();
  };
  EXPECT_TRUE(look(archive({0xC0, 0xA4, 0x06})).flaws.empty());
  for (const Bytes& size : {Bytes{0xF0, 0xF0, 0xFF, 0xFF, 0xFF}, Bytes{0xC0, 0xA5, 0x06}, Bytes{0x64}}) {
    const Bytes file = archive(size);
    const Survey seen = look(file);
    EXPECT_TRUE(has_flaw(seen, "unpack-size"));
    ASSERT_FALSE(seen.dead_end);
    const Opened opened = open(file, seen.folders.at(0), {}, Limits{});
    EXPECT_EQ(opened.grade, Grade::good);
    EXPECT_TRUE(opened.text.equals(view(text)));
  }
}

TEST(SevenZipMuseum, AStartHeaderThatDeniesTheArchive) {
  Bytes file = with_pointers(0, 0);
  put_le(file, 28, 0, 4);
  put_le(file, 8, crc32(ByteView(file).subspan(12, 20)), 4);
  const Survey seen = look(file);
  EXPECT_TRUE(has_flaw(seen, "not-empty"));
  EXPECT_FALSE(seen.dead_end);
  EXPECT_TRUE(seen.recovered);
  EXPECT_EQ(open_with(file, seen, ordinary().password).grade, Grade::good);
  for (const std::size_t more : {0u, 500u}) {  // truly empty, with and without bytes behind it
    file.resize(32);
    file.resize(32 + more, 0x20);
    const Survey empty = look(file);
    EXPECT_TRUE(empty.flaws.empty());
    ASSERT_TRUE(empty.dead_end);
    EXPECT_EQ(empty.dead_end->outcome(), Outcome::unsupported);
  }
}

TEST(SevenZipMuseum, DeceptiveNames) {
  const Bytes name = {'c', 0, 'a', 0, 'm', 0, 'p', 0};
  for (const Bytes& bad : {Bytes{'.', 0, '.', 0, '/', 0, 'p', 0}, Bytes{'a', 0, '\\', 0, 'b', 0, 'p', 0},
                           Bytes{'a', 0, 0x1B, 0, 'b', 0, 'p', 0}, Bytes{'a', 0, 0x2E, 0x20, 'b', 0, 'p', 0}}) {
    const Survey seen = look(edited(ordinary().bytes, name, bad));
    EXPECT_TRUE(seen.flaws.empty());
    EXPECT_TRUE(has_remark(seen, "inner-name"));
    EXPECT_EQ(open_with(edited(ordinary().bytes, name, bad), seen, ordinary().password).grade, Grade::good);
  }
  const auto remarked = [&](const std::string& given) {
    const Survey whole = look(ordinary().bytes);
    const Aes& aes = *whole.folders.at(0).aes;
    const DeviceLayout layout{given, aes.rounds_pow, FixedView<16>(aes.salt.data(), 16), aes.iv};
    const Folder& folder = whole.folders[0];
    const Survey seen = look(with_end_header(
        ordinary().bytes, device_end_header(folder.packed.length, folder.unpack_size, *folder.crc, layout)));
    EXPECT_TRUE(seen.flaws.empty());
    EXPECT_EQ(seen.writer, Writer::device);
    return has_remark(seen, "inner-name");
  };
  for (const char* odd_name : {"", "backup", "backup.exe", "txt"}) EXPECT_TRUE(remarked(odd_name)) << odd_name;
  EXPECT_TRUE(remarked(std::string(252, 'a') + ".txt"));
  EXPECT_FALSE(remarked(std::string(251, 'a') + ".txt"));
  EXPECT_FALSE(remarked("notes.json"));
  const Bytes unterminated = edited(ordinary().bytes, {'t', 0, 0, 0, 0, 0}, {'t', 0, 'x', 0, 0, 0});
  EXPECT_TRUE(has_flaw(look(unterminated), "inner-name"));
  const Bytes odd = edited(ordinary().bytes, {0x11, 0x19, 0x00}, {0x11, 0x1A, 0x00, 0x00});
  EXPECT_TRUE(has_flaw(look(odd), "inner-name"));
}

TEST(SevenZipMuseum, RecordsThatAreNotKnownAreSkipped) {
  const Bytes dummy =
      edited(ordinary().bytes, {0x05, 0x01, 0x11}, {0x05, 0x01, 0x19, 0x03, 0, 0, 0, 0x18, 0x01, 0xAA, 0x7E, 0x00, 0x11});
  const Survey seen = look(dummy);
  EXPECT_TRUE(seen.flaws.empty());
  EXPECT_EQ(seen.entries.at(0).name, ordinary().inner_name);
  EXPECT_EQ(seen.writer, Writer::unknown);
  EXPECT_EQ(open_with(dummy, seen, ordinary().password).grade, Grade::good);
}

TEST(SevenZipMuseum, OtherVersions) {
  Bytes file = ordinary().bytes;
  file[7] = 9;
  const Survey seen = look(file);
  EXPECT_TRUE(has_flaw(seen, "version-byte"));
  EXPECT_EQ(seen.writer, Writer::device);
  file[6] = 1;
  try {
    (void)look(file);
    FAIL() << "major version 1 was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.outcome(), Outcome::unsupported);
    EXPECT_EQ(error.offset(), 6u);
  }
}

TEST(SevenZipMuseum, RingsOfCodersAndHeadersWithinHeaders) {
  // The device's filler ties AES behind Copy: legal, not handled.
  const Bytes tied = edited(ordinary().bytes, {0x0B, 0x01, 0x00, 0x01}, {0x0B, 0x01, 0x00, 0x02, 0x01, 0x00});
  ASSERT_TRUE(look(edited(tied, {0x0C, 0xC0}, {0x0C, 0x05, 0xC0})).dead_end);
  // A coder that is fed by itself.
  EXPECT_TRUE(has_flaw(look(edited(tied, {0x01, 0x00, 0x0C}, {0x00, 0x00, 0x0C})), "end-header-structure"));
  // A packed header that is its own contents: Copy of a region that is the header itself.
  const Bytes header = {0x17, 0x06, 0x00, 0x01, 0x09, 0x14, 0x00, 0x07, 0x0B, 0x01,
                        0x00, 0x01, 0x01, 0x00, 0x0C, 0x14, 0x00, 0x00, 0x00, 0x00};
  ByteWriter file;
  file.bytes(signature).u8(0).u8(4);
  ByteWriter pointers;
  pointers.le64(header.size()).le64(header.size()).le32(crc32(header));
  file.le32(crc32(pointers.view())).bytes(pointers.view()).bytes(header).bytes(header);
  const Survey seen = look(file.take());
  EXPECT_TRUE(has_flaw(seen, "end-header-structure"));
  EXPECT_TRUE(seen.dead_end);
}

TEST(SevenZipMuseum, NothingButBeginningsOfHeaders) {
  Bytes file = with_pointers(1000000, 100000);
  file.resize(1u << 21);
  for (std::size_t i = 32; i + 3 <= file.size(); i += 3) file[i] = 0x01, file[i + 1] = 0x04, file[i + 2] = 0x06;
  const Survey seen = look(file);
  EXPECT_FALSE(seen.flaws.empty());
  EXPECT_TRUE(seen.dead_end);
}

TEST(SevenZipMuseum, ASecondDescriptionOfOtherFoldersIsRefused) {
  const Bytes file = read_bytes(std::string(HWBAK_MUSEUM) + "/sevenzip/folders-described-twice.7z");
  EXPECT_FALSE(look(file).flaws.empty());
}

struct Exhibit {
  const char* file;
  const char* flaw;  // empty: none
  std::optional<Outcome> dead_end;
  Grade grade;  // with the password, when there is no dead end
};

class SevenZipExhibits : public testing::TestWithParam<Exhibit> {};

TEST_P(SevenZipExhibits, IsCalledWhatItIs) {
  const Exhibit& exhibit = GetParam();
  const Bytes file = read_bytes(std::string(HWBAK_MUSEUM) + "/sevenzip/" + exhibit.file);
  ASSERT_FALSE(file.empty());
  EXPECT_TRUE(recognise(file));
  const Survey seen = look(file);
  if (*exhibit.flaw == 0) {
    EXPECT_TRUE(seen.flaws.empty());
  } else {
    EXPECT_TRUE(has_flaw(seen, exhibit.flaw));
  }
  ASSERT_EQ(seen.dead_end.has_value(), exhibit.dead_end.has_value());
  if (seen.dead_end) {
    EXPECT_EQ(seen.dead_end->outcome(), *exhibit.dead_end);
  } else {
    EXPECT_EQ(open_with(file, seen, ordinary().password).grade, exhibit.grade);
  }
}

INSTANTIATE_TEST_SUITE_P(All, SevenZipExhibits,
                         testing::Values(Exhibit{"start-header-byte-13-wrong.7z", "start-header-crc", {}, Grade::good},
                                         Exhibit{"start-header-checksum-wrong.7z", "start-header-crc", {}, Grade::good},
                                         Exhibit{"start-header-lost.7z", "signature", {}, Grade::good},
                                         Exhibit{"signature-wrong.7z", "signature", {}, Grade::good},
                                         Exhibit{"end-header-byte-wrong-in-salt.7z", "end-header-crc", {}, Grade::good},
                                         Exhibit{"end-header-three-bytes-wrong-in-iv.7z", "end-header-crc", {}, Grade::good},
                                         Exhibit{"cut-within-iv.7z", "truncated", {}, Grade::unverified},
                                         Exhibit{"cut-within-salt.7z", "truncated", Outcome::damaged, {}},
                                         Exhibit{"cut-within-body.7z", "truncated", Outcome::damaged, {}},
                                         Exhibit{"body-byte-500-wrong.7z", "", {}, Grade::damaged},
                                         Exhibit{"seven-bytes-lost-in-body.7z", "bytes-missing", {}, Grade::damaged},
                                         Exhibit{"junk-before.7z", "junk-before", {}, Grade::good},
                                         Exhibit{"trailing-bytes.7z", "", {}, Grade::good},
                                         Exhibit{"packed-size-wraps-around.7z", "absurd-sizes", {}, Grade::good},
                                         Exhibit{"rounds-62.7z", "", Outcome::refused, {}},
                                         Exhibit{"rounds-63.7z", "", {}, Grade::wrong_secret},
                                         Exhibit{"two-billion-files.7z", "end-header-structure", {}, Grade::good},
                                         Exhibit{"name-without-terminator.7z", "inner-name", {}, Grade::good},
                                         Exhibit{"name-with-escape-sequence.7z", "", {}, Grade::good}),
                         [](const testing::TestParamInfo<Exhibit>& made) {
                           std::string title = made.param.file;
                           std::ranges::replace_if(
                               title, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
                           return title;
                         });

}  // namespace
}  // namespace hwbak::sevenzip
