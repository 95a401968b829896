// 7-Zip and hwbak read what the other wrote.
#include "container/sevenzip_support.h"

namespace hwbak::sevenzip {
namespace {

std::string sample_text() {
  std::string text = "# Coldcard backup file! DO NOT CHANGE.\n";
  for (int line = 0; line < 60; ++line)
    text += "setting.line" + std::to_string(line) + " = \"" + std::to_string(line * line) + "\"\n";
  return text;
}

struct Options {
  const char* name;
  const char* switches;
  bool encrypted, header_packed;
};

class SevenZipPeer : public testing::TestWithParam<Options> {};

TEST_P(SevenZipPeer, ItsArchivesOpen) {
  const TempFolder folder;
  const std::string text = sample_text();
  write_bytes(folder.path() / "a.txt", view(text));
  ASSERT_TRUE(folder.run(std::string("7z a -mx=1 ") + GetParam().switches + (GetParam().encrypted ? " -ppass" : "") +
                         " out.7z a.txt"));
  const Bytes file = read_bytes(folder.path() / "out.7z");
  Survey seen = survey(file, Limits{});
  EXPECT_TRUE(seen.flaws.empty());
  EXPECT_EQ(seen.writer, Writer::sevenzip);
  EXPECT_EQ(seen.packed_header.has_value(), GetParam().header_packed);
  if (seen.packed_header) {
    EXPECT_FALSE(open_header(file, seen, key_for(*seen.packed_header, "wrong").expose(), Limits{}));
    ASSERT_TRUE(open_header(file, seen, key_for(*seen.packed_header, "pass").expose(), Limits{}));
    EXPECT_FALSE(seen.packed_header);
  }
  ASSERT_EQ(seen.entries.size(), 1u);
  EXPECT_EQ(seen.entries[0].name, "a.txt");
  EXPECT_EQ(seen.entries[0].size, text.size());
  const Opened opened = open_with(file, seen, "pass");
  EXPECT_EQ(opened.grade, Grade::good);
  EXPECT_EQ(as_text(opened.text.expose()), text);
  if (GetParam().encrypted) {
    EXPECT_EQ(open_with(file, seen, "wrong").grade, Grade::wrong_secret);
  }
}

INSTANTIATE_TEST_SUITE_P(Methods, SevenZipPeer,
                         testing::Values(Options{"Copy", "-m0=Copy", true, false}, Options{"Lzma", "-m0=LZMA", true, false},
                                         Options{"Lzma2", "-m0=LZMA2", true, false},
                                         Options{"HeaderEncrypted", "-m0=LZMA2 -mhe=on", true, true},
                                         Options{"HeaderEncryptedCopy", "-m0=Copy -mhe=on", true, true},
                                         Options{"PlainCopy", "-m0=Copy", false, false},
                                         Options{"PlainLzma", "-m0=LZMA", false, false},
                                         Options{"PlainLzma2", "-m0=LZMA2", false, false}),
                         [](const testing::TestParamInfo<Options>& made) { return std::string(made.param.name); });

TEST(SevenZipPeers, SolidArchiveWithEmptyFilesAndFolders) {
  const TempFolder folder;
  std::filesystem::create_directory(folder.path() / "folder");
  for (int i = 0; i < 5; ++i)
    write_bytes(folder.path() / ("f" + std::to_string(i) + ".txt"), view(sample_text() + std::to_string(i)));
  write_bytes(folder.path() / "empty.txt", {});
  ASSERT_TRUE(folder.run("7z a -mx=1 -ms=on -ppass out.7z f0.txt f1.txt f2.txt f3.txt f4.txt empty.txt folder"));
  const Bytes file = read_bytes(folder.path() / "out.7z");
  const Survey seen = survey(file, Limits{});
  EXPECT_TRUE(seen.flaws.empty());
  EXPECT_EQ(seen.writer, Writer::sevenzip);
  ASSERT_EQ(seen.entries.size(), 7u);
  const Opened opened = open_with(file, seen, "pass");
  EXPECT_EQ(opened.grade, Grade::good) << "each file has its own checksum";
  unsigned with_data = 0;
  for (const Entry& entry : seen.entries) {
    if (entry.name == "folder") {
      EXPECT_TRUE(entry.is_folder && !entry.has_stream);
    }
    if (entry.name == "empty.txt") {
      EXPECT_TRUE(!entry.is_folder && !entry.has_stream);
    }
    if (!entry.has_stream) continue;
    ++with_data;
    const ByteView part = opened.text.expose().subspan(entry.offset, entry.size);
    EXPECT_EQ(as_text(part), sample_text() + entry.name.substr(1, 1));
    EXPECT_EQ(crc32(part), entry.crc);
  }
  EXPECT_EQ(with_data, 5u);
}

TEST(SevenZipPeers, AnArchiveOfAnEmptyFileHasNoData) {
  const TempFolder folder;
  write_bytes(folder.path() / "empty.txt", {});
  ASSERT_TRUE(folder.run("7z a out.7z empty.txt"));
  const Survey seen = survey(read_bytes(folder.path() / "out.7z"), Limits{});
  EXPECT_TRUE(seen.flaws.empty());
  ASSERT_EQ(seen.entries.size(), 1u);
  EXPECT_FALSE(seen.entries[0].has_stream);
  ASSERT_TRUE(seen.dead_end);
  EXPECT_EQ(seen.dead_end->outcome(), Outcome::unsupported);
}

TEST(SevenZipPeers, UnhandledMethodsAreNamedAndNotOpened) {
  const TempFolder folder;
  write_bytes(folder.path() / "a.txt", view(sample_text()));
  for (const char* method : {"PPMd", "BZip2", "BCJ2"}) {
    SCOPED_TRACE(method);
    ASSERT_TRUE(folder.run(std::string("rm -f out.7z; 7z a -m0=") + method +
                           (std::string(method) == "BCJ2" ? " -m1=LZMA -m2=LZMA -m3=LZMA -mb0:1 -mb0s1:2 -mb0s2:3" : "") +
                           " out.7z a.txt"));
    const Survey seen = survey(read_bytes(folder.path() / "out.7z"), Limits{});
    EXPECT_TRUE(seen.flaws.empty());
    ASSERT_EQ(seen.folders.size(), 1u);
    EXPECT_EQ(seen.folders[0].unpack_size, sample_text().size());
    ASSERT_TRUE(seen.dead_end);
    EXPECT_EQ(seen.dead_end->outcome(), Outcome::unsupported);
  }
}

TEST(SevenZipPeers, ABombEndsAtTheLimit) {
  const TempFolder folder;
  ASSERT_TRUE(folder.run("truncate -s 40M zero && 7z a -mx=1 -ppass out.7z zero"));
  Bytes file = read_bytes(folder.path() / "out.7z");
  const Survey seen = survey(file, Limits{});
  ASSERT_TRUE(seen.dead_end);
  EXPECT_EQ(seen.dead_end->outcome(), Outcome::refused);
  EXPECT_THROW((void)open_with(file, seen, "pass"), Error);
  Folder lying = seen.folders.at(0);  // declares less than what comes
  lying.unpack_size = lying.coders.back().unpack_size = 1000;
  const Opened opened = open(file, lying, key_for(lying, "pass").expose(), Limits{});
  EXPECT_NE(opened.grade, Grade::good);
  EXPECT_LE(opened.text.size(), 1000u);
}

TEST(SevenZipPeers, TheyReadWhatIsComposed) {
  const TempFolder folder;
  const std::string text = sample_text(), password = "one two three";
  ScriptedRandom random;
  const Bytes file = write_device_archive(view(text), "word42.txt", password_forms(view(password))[0].expose(), 13, random);
  write_bytes(folder.path() / "made.7z", file);
  EXPECT_TRUE(folder.run("7z t -p'one two three' made.7z"));
  EXPECT_FALSE(folder.run("7z t -p'one two four' made.7z"));
  ASSERT_TRUE(folder.run("7z x -p'one two three' made.7z"));
  EXPECT_EQ(read_bytes(folder.path() / "word42.txt"), Bytes(text.begin(), text.end()));
}

}  // namespace
}  // namespace hwbak::sevenzip
