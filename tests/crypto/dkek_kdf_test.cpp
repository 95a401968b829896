// The key derivation of DKEK share files: an independent loop of OpenSSL's EVP_BytesToKey against every kernel of this machine, and a
// real file's key at full strength.
#include "crypto/dkek_kdf.h"

#include <openssl/evp.h>
#include <rapidcheck/gtest.h>

#include "base/as_bytes.h"
#include "base/hex.h"
#include "crypto/aes_cbc.h"
#include "crypto/dkek_kdf_engines.h"
#include "crypto/peer.h"
#include "hwbak/error.h"
#include "support/vectors.h"

namespace hwbak::crypto {
namespace {

using Kernels = std::span<const Md5Lanes* const>;
using Key = std::array<std::uint8_t, 48>;

// OpenSSL itself derives key and IV.
std::string openssl(ByteView password, FixedView<8> salt, std::uint32_t rounds) {
  Key key;
  static constexpr std::uint8_t none{};  // without any data it does nothing
  EVP_BytesToKey(EVP_aes_256_cbc(), EVP_md5(), salt.data(), password.empty() ? &none : password.data(),
                 static_cast<int>(password.size()),
                 static_cast<int>(rounds), key.data(), key.data() + 32);
  return to_hex(key);
}

// Jobs that own their bytes.
struct Batch {
  struct Item {
    Bytes password;
    std::array<std::uint8_t, 8> salt;
    std::uint32_t rounds;
    Key key{};
  };
  std::vector<Item> items;

  void add(std::size_t password, std::uint32_t rounds) {
    Item item{test::random_bytes(password), {}, rounds};
    system_random().fill(item.salt);
    items.push_back(item);
  }
  std::vector<DkekKdfJob> jobs() {
    std::vector<DkekKdfJob> out;
    for (Item& item : items) out.push_back({item.password, item.salt, item.rounds, item.key});
    return out;
  }
  std::vector<std::string> expected() const {
    std::vector<std::string> out;
    for (const Item& item : items) out.push_back(openssl(item.password, item.salt, item.rounds));
    return out;
  }
  // The keys, forgotten here.
  std::vector<std::string> with(Kernels kernels) {
    EXPECT_TRUE(derive_dkek_share_keys_with(kernels, jobs()));
    std::vector<std::string> out;
    for (Item& item : items) {
      out.push_back(to_hex(item.key));
      item.key.fill(0);
    }
    return out;
  }
};

// Each kernel of this processor by itself (with OpenSSL where it is not worth it), then all.
std::vector<std::vector<const Md5Lanes*>> engines() {
  const auto usable = usable_md5_kernels();
  std::vector<std::vector<const Md5Lanes*>> out;
  for (const Md5Lanes* kernel : usable) out.push_back({kernel, &md5_openssl});
  out.emplace_back(usable.begin(), usable.end());
  return out;
}

TEST(DkekKdf, EveryKernelOfThisProcessorAgreesWithOpenssl) {
  const auto usable = usable_md5_kernels();
  for (const Md5Lanes* kernel : md5_kernels()) {
    if (!kernel->available()) continue;
    EXPECT_TRUE(agrees_with_openssl(*kernel)) << kernel->name;
    EXPECT_NE(std::ranges::find(usable, kernel), usable.end()) << kernel->name;
  }
}

TEST(DkekKdf, AKernelThatDiffersIsFoundOut) {
  static const Md5Lanes* good;
  for (const Md5Lanes* kernel : usable_md5_kernels()) {
    good = kernel;  // spoilt in one bit of the last lane, in the third round
    Md5Lanes bad = *kernel;
    bad.run = [](std::uint32_t* digests, std::uint32_t rounds) noexcept {
      good->run(digests, rounds);
      if (rounds == 3) digests[4 * good->lanes - 1] ^= 1;
    };
    EXPECT_FALSE(agrees_with_openssl(bad)) << kernel->name;
  }
}

TEST(DkekKdf, MoreJobsTakeWiderKernels) {
  std::size_t before = 0;
  for (const std::size_t jobs : {0u, 1u, 2u, 8u, 16u, 17u, 100u}) {
    const Md5Lanes& kernel = md5_kernel_for(usable_md5_kernels(), std::max<std::size_t>(jobs, 1));
    EXPECT_EQ(dkek_kdf_engine(jobs), kernel.name);
    EXPECT_GE(kernel.lanes, before);
    before = kernel.lanes;
  }
}

// Passwords of none, one and several blocks of MD5, around their ends.
TEST(DkekKdf, PasswordsOfEveryLength) {
  Batch batch;
  for (std::size_t size = 0; size < 140; ++size) batch.add(size, 3);
  batch.add(100'000, 3);
  for (const auto& kernels : engines()) EXPECT_EQ(batch.with(kernels), batch.expected()) << kernels.front()->name;
}

RC_GTEST_PROP(DkekKdf, EveryEngineGivesOpensslsKeys, ()) {
  Batch batch;
  const auto shapes = *rc::gen::inRange(1, 4);
  for (int i = 0; i < shapes; ++i) {
    const auto rounds = *rc::gen::inRange(1u, 60u);
    const auto count = *rc::gen::inRange(1, 70);
    for (int j = 0; j < count; ++j) batch.add(*rc::gen::inRange<std::size_t>(0, 90), rounds);
  }
  const auto turn = *rc::gen::inRange<std::size_t>(0, batch.items.size());
  std::ranges::rotate(batch.items, batch.items.begin() + static_cast<std::ptrdiff_t>(turn));
  for (const auto& kernels : engines()) RC_ASSERT(batch.with(kernels) == batch.expected());
}

TEST(DkekKdf, NothingToDoAndNoRounds) {
  EXPECT_TRUE(derive_dkek_share_keys({}));
  Batch batch;
  batch.add(5, 0);
  EXPECT_THROW((void)derive_dkek_share_keys(batch.jobs()), Error);
}

TEST(DkekKdf, ProgressRisesToOneAndStopsTheWork) {
  Batch batch;
  for (int i = 0; i < 3; ++i) batch.add(8, 400'000);
  batch.add(8, 300'000);
  std::vector<double> seen;
  EXPECT_TRUE(derive_dkek_share_keys(batch.jobs(), [&](double part) {
    seen.push_back(part);
    return true;
  }));
  ASSERT_FALSE(seen.empty());
  EXPECT_TRUE(std::ranges::is_sorted(seen));
  EXPECT_GT(seen.front(), 0);
  EXPECT_EQ(seen.back(), 1);
  EXPECT_EQ(std::ranges::count(seen, 1), 1);

  int calls = 0;
  EXPECT_FALSE(derive_dkek_share_keys(batch.jobs(), [&](double) {
    ++calls;
    return false;
  }));
  EXPECT_EQ(calls, 1);
  for (const auto& item : batch.items) EXPECT_EQ(item.key, Key{}) << "a key that is half made stays behind";
}

TEST(DkekKdf, ARealShareOpens) {
  const Bytes file = test::read_bytes(std::filesystem::path(HWBAK_VECTORS) / "pico-hsm" / "dkek-a1.pbe");
  Key key;
  const DkekKdfJob job{as_bytes("correct horse 42"), FixedView<8>(file.data() + 8, 8), 10'000'000, key};
  ASSERT_TRUE(derive_dkek_share_keys({&job, 1}));
  Bytes plain(48);
  aes256_cbc_decrypt(FixedSpan<48>(key).first<32>(), FixedSpan<48>(key).last<16>(), ByteView(file).subspan(16), plain);
  EXPECT_EQ(to_hex(plain), "e9bf5992f455e0ed13d641c70ff7abd90ba39018f7b8a998efffcf815a5cfa6710101010101010101010101010101010");
}

}  // namespace
}  // namespace hwbak::crypto
