// The 7z key derivation: a known answer, Python as a peer, and every kernel of this machine against the
// single stream.
#include "crypto/sevenzip_kdf.h"

#include <rapidcheck/gtest.h>

#include <random>

#include "base/hex.h"
#include "crypto/peer.h"
#include "crypto/sevenzip_kdf_engines.h"
#include "hwbak/error.h"

namespace hwbak::crypto {
namespace {

using Kernels = std::span<const Sha256Lanes* const>;

Bytes utf16(std::string_view ascii) {
  Bytes out;
  for (const char c : ascii) {
    out.push_back(static_cast<std::uint8_t>(c));
    out.push_back(0);
  }
  return out;
}

std::string key_of(ByteView salt, ByteView password, unsigned cycles_pow) {
  std::array<std::uint8_t, 32> key;
  derive_sevenzip_key({salt, password, cycles_pow, key});
  return to_hex(key);
}

// Jobs that own their bytes.
struct Batch {
  struct Item {
    Bytes salt, password;
    unsigned cycles_pow;
  };
  std::vector<Item> items;

  void add(std::size_t salt, std::size_t password, unsigned cycles_pow) {
    Item item{Bytes(salt), Bytes(password), cycles_pow};
    for (auto& byte : item.salt) byte = static_cast<std::uint8_t>(next_());
    for (auto& byte : item.password) byte = static_cast<std::uint8_t>(next_());
    items.push_back(std::move(item));
  }
  std::vector<std::string> keys_one_by_one() const {
    std::vector<std::string> out;
    for (const auto& item : items) out.push_back(key_of(item.salt, item.password, item.cycles_pow));
    return out;
  }
  std::vector<std::string> keys_with(Kernels kernels) const {
    std::vector<std::array<std::uint8_t, 32>> keys(items.size());
    std::vector<SevenZipKdfJob> jobs;
    for (std::size_t i = 0; i < items.size(); ++i) {
      jobs.push_back({items[i].salt, items[i].password, items[i].cycles_pow, keys[i]});
    }
    derive_sevenzip_keys_with(kernels, jobs);
    std::vector<std::string> out;
    for (const auto& key : keys) out.push_back(to_hex(key));
    return out;
  }

 private:
  std::minstd_rand next_;
};

// Each usable kernel by itself, then all, then none.
std::vector<std::vector<const Sha256Lanes*>> engines() {
  const auto usable = usable_sha256_kernels();
  std::vector<std::vector<const Sha256Lanes*>> out;
  for (const auto* kernel : usable) out.push_back({kernel});
  out.emplace_back(usable.begin(), usable.end());
  out.emplace_back();
  return out;
}

std::string label(Kernels kernels) {
  std::string out;
  for (const auto* kernel : kernels) out += std::string(kernel->name) + " ";
  return out + "of " + std::string(sevenzip_kdf_engine());
}

TEST(SevenZipKdf, KnownAnswerWithoutSalt) {
  EXPECT_EQ(key_of({}, utf16("test"), 19), "886660203c30b116ac07bc8d24066697f35e476e7f07d6118ea9f27fbfb5d27b");
}

TEST(SevenZipKdf, SixtyThreeIsNoHash) {
  const Bytes salt{1, 2, 3}, password{4, 5}, long_password(40, 9), long_salt(16, 7);
  EXPECT_EQ(key_of(salt, password, 63), "0102030405" + std::string(54, '0'));
  EXPECT_EQ(key_of(long_salt, long_password, 63), to_hex(long_salt) + to_hex(ByteView(long_password).first(16)));
  EXPECT_EQ(key_of({}, {}, 63), std::string(64, '0'));
  EXPECT_EQ(key_of(Bytes(33, 8), {}, 63), to_hex(Bytes(32, 8)));
}

TEST(SevenZipKdf, RefusesWhatIsNoJob) {
  std::array<std::uint8_t, 32> key;
  EXPECT_THROW(derive_sevenzip_key({{}, {}, 64, key}), Error);
  EXPECT_THROW(derive_sevenzip_key({{}, {}, 0, ByteSpan(key).first(31)}), Error);
  const SevenZipKdfJob jobs[] = {{{}, {}, 64, key}};
  EXPECT_THROW(derive_sevenzip_keys(jobs), Error);
}

TEST(SevenZipKdf, EveryKernelOfThisProcessorAgreesWithOpenssl) {
  for (const auto* kernel : sha256_kernels()) {
    if (kernel->available()) {
      EXPECT_TRUE(agrees_with_openssl(*kernel)) << kernel->name;
    }
  }
  const auto usable = usable_sha256_kernels();
  EXPECT_EQ(sevenzip_kdf_engine(), usable.empty() ? "portable" : usable.front()->name);
}

// Wrong in one bit, for one use of a block at a time.
const Sha256Lanes* good;
template <Sha256Use Use>
void spoilt(std::uint32_t* state, std::span<const Sha256Step> steps) noexcept {
  good->run(state, steps);
  if (steps.front().use != Use) return;
  if (Use == Sha256Use::record || Use == Sha256Use::schedule) {
    steps.front().to[good->schedule_words() * steps.front().blocks - 1] ^= 1;
  } else {
    state[good->state_at(7, good->lanes - 1)] ^= 1;
  }
}

TEST(SevenZipKdf, AKernelThatDiffersIsFoundOut) {
  for (const auto* kernel : usable_sha256_kernels()) {
    good = kernel;
    Sha256Lanes bad = *kernel;
    for (const auto run : {spoilt<Sha256Use::compress>, spoilt<Sha256Use::record>, spoilt<Sha256Use::replay>,
                           spoilt<Sha256Use::shared>, spoilt<Sha256Use::schedule>}) {
      bad.run = run;
      EXPECT_FALSE(agrees_with_openssl(bad)) << kernel->name;
    }
    bad.run = [](std::uint32_t* state, std::span<const Sha256Step> steps) noexcept {
      good->run(state, steps);
      if (steps.front().use == Sha256Use::schedule) state[0] ^= 1;
    };
    EXPECT_FALSE(agrees_with_openssl(bad)) << kernel->name;
  }
  const Sha256Lanes idle{"idle", 2, true, 1, nullptr, [](std::uint32_t*, std::span<const Sha256Step>) noexcept {}};
  EXPECT_FALSE(agrees_with_openssl(idle));
}

// Candidates that differ in a few bytes: the blocks that lie outside them are made once for all lanes.
TEST(SevenZipKdf, WhatPasswordsHaveInCommonIsMadeOnce) {
  for (const std::size_t length : {2u, 37u, 64u, 148u, 150u}) {
    for (const std::size_t from : {std::size_t{0}, length / 2 - 1, length - 2}) {
      for (const std::size_t salt : {0u, 7u, 16u}) {
        Batch batch;
        batch.add(salt, length, 8);
        for (std::uint8_t i = 1; i < 19; ++i) {
          batch.items.push_back(batch.items.front());
          batch.items.back().password[from] ^= i;
          batch.items.back().password[from + 1] ^= static_cast<std::uint8_t>(i * 31);
        }
        const auto expected = batch.keys_one_by_one();
        for (const auto& kernels : engines()) EXPECT_EQ(batch.keys_with(kernels), expected) << label(kernels) << length << " " << from;
      }
    }
  }
  Batch alike;  // nothing differs at all, and salts that do
  alike.add(16, 148, 13);
  for (int i = 0; i < 15; ++i) alike.items.push_back(alike.items.front());
  for (const auto& kernels : engines()) EXPECT_EQ(alike.keys_with(kernels), alike.keys_one_by_one()) << label(kernels);
  for (std::size_t i = 0; i < 16; ++i) alike.items[i].salt[i] ^= 1;
  for (const auto& kernels : engines()) EXPECT_EQ(alike.keys_with(kernels), alike.keys_one_by_one()) << label(kernels);
}

// Every alignment of the counter in a word, and every number of records that fills whole blocks.
TEST(SevenZipKdf, EveryEngineGivesTheSingleStreamsKeys) {
  Batch batch;
  for (std::size_t password = 0; password < 70; ++password) {
    for (int i = 0; i < 17; ++i) batch.add(password % 17, password, 6 + static_cast<unsigned>(password % 3));
  }
  const auto expected = batch.keys_one_by_one();
  for (const auto& kernels : engines()) EXPECT_EQ(batch.keys_with(kernels), expected) << label(kernels);
}

TEST(SevenZipKdf, CountersThatReachTheirSecondWord) {
  Batch batch;
  for (std::size_t password = 148; password < 152; ++password) {  // 24 bits in the first word, then 16, 8, 32
    for (int i = 0; i < 16; ++i) batch.add(16, password, 10);
  }
  for (int i = 0; i < 7; ++i) batch.add(0, 3, 17);
  for (int i = 0; i < 7; ++i) batch.add(0, 2, 17);
  const auto expected = batch.keys_one_by_one();
  for (const auto& kernels : engines()) EXPECT_EQ(batch.keys_with(kernels), expected) << label(kernels);
}

TEST(SevenZipKdf, LongPasswordsAndFewRecordsGoAlone) {
  Batch batch;
  for (int i = 0; i < 20; ++i) batch.add(16, 5000, 6);
  for (int i = 0; i < 20; ++i) batch.add(16, 20000, 2);
  for (int i = 0; i < 20; ++i) batch.add(5, 9, 0);
  for (int i = 0; i < 20; ++i) batch.add(5, 9, 63);
  const auto expected = batch.keys_one_by_one();
  for (const auto& kernels : engines()) EXPECT_EQ(batch.keys_with(kernels), expected) << label(kernels);
  EXPECT_TRUE(Batch().keys_with(usable_sha256_kernels()).empty());
}

RC_GTEST_PROP(SevenZipKdf, BatchEqualsSingle, ()) {
  Batch batch;
  const auto shapes = *rc::gen::inRange(1, 5);
  for (int i = 0; i < shapes; ++i) {
    const auto salt = *rc::gen::inRange<std::size_t>(0, 17);
    const auto password = *rc::gen::inRange<std::size_t>(0, 520);
    const auto cycles = *rc::gen::inRange(0u, 9u);
    const auto count = *rc::gen::inRange(0, 40);
    for (int j = 0; j < count; ++j) batch.add(salt, password, cycles);
  }
  // Not sorted by shape, as jobs come.
  const auto turn = *rc::gen::inRange<std::size_t>(1, 97);
  std::vector<Batch::Item> mixed;
  for (std::size_t i = 0; i < batch.items.size(); ++i) {
    mixed.insert(mixed.begin() + static_cast<std::ptrdiff_t>(i * turn % (i + 1)), batch.items[i]);
  }
  batch.items = std::move(mixed);
  const auto expected = batch.keys_one_by_one();
  for (const auto& kernels : engines()) RC_ASSERT(batch.keys_with(kernels) == expected);
}

TEST(SevenZipKdfPeer, PythonAgreesOnRandomJobs) {
  const char* const program =
      "import hashlib,struct,sys\n"
      "for line in sys.argv[1:]:\n"
      "  salt,password,n=line.split(\",\")\n"
      "  fixed=bytes.fromhex(salt)+bytes.fromhex(password)\n"
      "  print(hashlib.sha256(b\"\".join(fixed+struct.pack(\"<Q\",i) for i in range(1<<int(n)))).hexdigest(),end=\" \")";
  Batch batch;
  const Bytes dice = test::random_bytes(3 * 40);
  for (std::size_t i = 0; i < dice.size(); i += 3) batch.add(dice[i] % 17u, dice[i + 1] % 160u, dice[i + 2] % 12u);
  for (int i = 0; i < 16; ++i) batch.add(16, 148, 13);  // the device's own parameters
  std::string arguments, expected;
  for (const auto& item : batch.items) {
    arguments += to_hex(item.salt) + "," + to_hex(item.password) + "," + std::to_string(item.cycles_pow) + " ";
  }
  for (const auto& key : batch.keys_with(usable_sha256_kernels())) expected += key + " ";
  EXPECT_EQ(test::python(program, arguments), expected);
}

}  // namespace
}  // namespace hwbak::crypto
