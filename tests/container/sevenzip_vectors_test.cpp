// Every vector opens to its listed text, and every device's file is reproduced byte for byte.
#include "container/sevenzip_support.h"

namespace hwbak::sevenzip {
namespace {

TEST(SevenZipVectors, AllOpenToTheirText) {
  ASSERT_GE(vectors().size(), 8u);
  for (const Vector& v : vectors()) {
    SCOPED_TRACE(v.file);
    EXPECT_TRUE(recognise(v.bytes));
    const Survey seen = survey(v.bytes, Limits{});
    EXPECT_TRUE(seen.flaws.empty());
    EXPECT_FALSE(seen.dead_end);
    EXPECT_FALSE(seen.recovered);
    EXPECT_EQ(seen.trailing_bytes, 0u);
    EXPECT_EQ(seen.writer, v.device_made() ? Writer::device : Writer::sevenzip);
    ASSERT_EQ(seen.folders.size(), 1u);
    ASSERT_TRUE(seen.folders[0].aes);
    EXPECT_EQ(seen.folders[0].aes->rounds_pow, v.rounds_pow);
    ASSERT_EQ(seen.entries.size(), 1u);
    EXPECT_EQ(seen.entries[0].name, v.inner_name);
    EXPECT_EQ(has_remark(seen, "no-salt"), !v.device_made());
    const Opened opened = open_with(v.bytes, seen, v.password);
    EXPECT_EQ(opened.grade, Grade::good);
    EXPECT_TRUE(opened.padding_zero);
    EXPECT_TRUE(opened.holes.empty());
    EXPECT_EQ(to_hex(crypto::sha256(opened.text.expose())), v.sha256);
    EXPECT_EQ(open_with(v.bytes, seen, v.password + " ").grade, Grade::wrong_secret);
  }
}

TEST(SevenZipVectors, DeviceFilesAreReproduced) {
  unsigned devices = 0;
  for (const Vector& v : vectors()) {
    if (!v.device_made()) continue;
    SCOPED_TRACE(v.file);
    ++devices;
    const Survey seen = survey(v.bytes, Limits{});
    const Aes& aes = *seen.folders[0].aes;
    const SecretBytes key = key_for(seen.folders[0], v.password);
    const Opened opened = open(v.bytes, seen.folders[0], key.expose(), Limits{});
    const DeviceLayout layout{seen.entries[0].name, aes.rounds_pow, FixedView<16>(aes.salt.data(), 16), aes.iv};
    EXPECT_EQ(compose(opened.text.expose(), layout, FixedView<32>(key.expose().data(), 32)), v.bytes);
    EXPECT_EQ(blind_search(v.bytes).collision, "");
  }
  EXPECT_GE(devices, 6u);
}

TEST(SevenZipVectors, PasswordForms) {
  EXPECT_EQ(password_forms(view("ab")).size(), 1u);
  const auto forms = password_forms(view("\xC3\xA9"));
  ASSERT_EQ(forms.size(), 2u);
  EXPECT_EQ(to_hex(forms[0].expose()), "e900");
  EXPECT_EQ(to_hex(forms[1].expose()), "c300a900") << "the firmware widens each byte";
  const auto raw = password_forms(view("\xFF"));
  ASSERT_EQ(raw.size(), 1u);
  EXPECT_EQ(to_hex(raw[0].expose()), "ff00");
}

TEST(SevenZipVectors, KeyOfAnArchiveWithoutSalt) {
  Aes aes;
  aes.rounds_pow = 19;
  EXPECT_EQ(to_hex(derive_key(aes, password_forms(view("test"))[0].expose(), Limits{}).expose()),
            "886660203c30b116ac07bc8d24066697f35e476e7f07d6118ea9f27fbfb5d27b");
  aes.rounds_pow = 25;
  try {
    (void)derive_key(aes, {}, Limits{});
    FAIL() << "2^25 rounds were not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.outcome(), Outcome::refused);
  }
}

}  // namespace
}  // namespace hwbak::sevenzip
