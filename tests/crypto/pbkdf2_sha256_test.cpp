// PBKDF2-HMAC-SHA256: known answers (RFC 7914, section 11), Python's OpenSSL as a peer, and every way of this machine
// against it.
#include "crypto/pbkdf2_sha256.h"

#include <random>

#include "base/as_bytes.h"
#include "base/hex.h"
#include "crypto/peer.h"
#include "crypto/pbkdf2_sha256_chain.h"
#include "hwbak/error.h"

namespace hwbak::crypto {
namespace {

using Key = std::array<std::uint8_t, 32>;

std::string key_of(std::string_view password, std::string_view salt, std::uint32_t iterations) {
  Key key;
  pbkdf2_hmac_sha256({as_bytes(password), as_bytes(salt), iterations, key});
  return to_hex(key);
}

// Jobs that own their bytes.
struct Batch {
  std::vector<Bytes> passwords, salts;
  std::vector<std::uint32_t> iterations;
  std::vector<Key> keys;

  void add(std::size_t password, std::size_t salt, std::uint32_t count) {
    passwords.push_back(any(password));
    salts.push_back(any(salt));
    iterations.push_back(count);
    keys.emplace_back();
  }
  std::vector<Pbkdf2Job> jobs() {
    std::vector<Pbkdf2Job> out;
    for (std::size_t i = 0; i < keys.size(); ++i) out.push_back({passwords[i], salts[i], iterations[i], keys[i]});
    return out;
  }
  // The keys, forgotten here.
  std::string take() {
    std::string out;
    for (auto& key : keys) {
      out += to_hex(key) + " ";
      key.fill(0);
    }
    return out;
  }
  std::string python() const {
    const char* const program =
        "import hashlib,sys\n"
        "for line in sys.argv[1:]:\n"
        "  p,s,n=line.split(\",\")\n"
        "  print(hashlib.pbkdf2_hmac(\"sha256\",bytes.fromhex(p),bytes.fromhex(s),int(n)).hex(),end=\" \")";
    std::string arguments;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      arguments += to_hex(passwords[i]) + "," + to_hex(salts[i]) + "," + std::to_string(iterations[i]) + " ";
    }
    return test::python(program, arguments).value_or("Python failed");
  }

 private:
  Bytes any(std::size_t size) {
    Bytes out(size);
    for (auto& byte : out) byte = static_cast<std::uint8_t>(next_());
    return out;
  }
  std::minstd_rand next_;
};

TEST(Pbkdf2Sha256, KnownAnswers) {
  EXPECT_EQ(key_of("passwd", "salt", 1), "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
  EXPECT_EQ(key_of("Password", "NaCl", 80000), "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56");
}

TEST(Pbkdf2Sha256, NoIterationsIsABugOfTheCaller) { EXPECT_THROW((void)key_of("a", "b", 0), Error); }

// Password lengths around the block that is hashed when it is longer; salts around one and two blocks.
TEST(Pbkdf2Sha256, EveryChainAgreesWithPython) {
  Batch batch;
  for (const std::size_t password : {0u, 1u, 63u, 64u, 65u, 200u})
    for (const std::size_t salt : {0u, 16u, 51u, 52u, 60u, 130u})
      for (const std::uint32_t iterations : {1u, 2u, 3u, 1000u}) batch.add(password, salt, iterations);
  const std::string expected = batch.python();
  for (const Pbkdf2Chain* chain : pbkdf2_chains()) {
    for (const Pbkdf2Job& job : batch.jobs()) pbkdf2_hmac_sha256_with(*chain, job);
    EXPECT_EQ(batch.take(), expected) << chain->name;
  }
  pbkdf2_hmac_sha256_many(batch.jobs());
  EXPECT_EQ(batch.take(), expected);
}

TEST(Pbkdf2Sha256, EveryKernelSideBySideAgreesWithPython) {
  for (const Pbkdf2Lanes* kernel : usable_pbkdf2_kernels()) {
    const Pbkdf2Lanes always{kernel->name, kernel->lanes, 1, kernel->available, kernel->run};
    const Pbkdf2Lanes* const one[] = {&always};
    for (const std::size_t count : {std::size_t{1}, kernel->lanes - 1, kernel->lanes, 2 * kernel->lanes + 1}) {
      Batch batch;
      for (std::size_t i = 0; i < count; ++i) batch.add(5 * i, i % 19, 100 + i % 2);
      pbkdf2_hmac_sha256_many_with(one, batch.jobs());
      EXPECT_EQ(batch.take(), batch.python()) << kernel->name << ", " << count;
    }
  }
}

TEST(Pbkdf2Sha256, RandomJobsOnEveryKernelAgreeWithPython) {
  const Bytes dice = test::random_bytes(3 * 60);
  Batch batch;
  for (std::size_t i = 0; i < dice.size(); i += 3) batch.add(dice[i], dice[i + 1] % 150u, dice[i + 2] % 8 + 1u);
  const std::string expected = batch.python();
  for (const Pbkdf2Lanes* kernel : usable_pbkdf2_kernels()) {
    pbkdf2_hmac_sha256_many_with({&kernel, 1}, batch.jobs());
    EXPECT_EQ(batch.take(), expected) << kernel->name;
  }
  pbkdf2_hmac_sha256_many_with(fastest_pbkdf2_kernels(), batch.jobs());
  EXPECT_EQ(batch.take(), expected);
}

TEST(Pbkdf2Sha256, AKernelThatDiffersIsFoundOut) {
  static const Pbkdf2Lanes* good;
  for (const Pbkdf2Lanes* kernel : usable_pbkdf2_kernels()) {
    good = kernel;
    Pbkdf2Lanes bad = *kernel;
    bad.run = [](const std::uint32_t* inner, const std::uint32_t* outer, std::uint32_t* u, std::uint32_t* total, std::uint32_t count) noexcept {
      good->run(inner, outer, u, total, count);
      if (count == 2) total[8 * good->lanes - 1] ^= 1;
    };
    EXPECT_FALSE(agrees_with_portable(bad)) << kernel->name;
  }
}

TEST(Pbkdf2Sha256, AChainThatDiffersIsFoundOut) {
  static const Pbkdf2Chain* good;
  for (const Pbkdf2Chain* chain : pbkdf2_chains()) {
    EXPECT_TRUE(agrees_with_portable(*chain)) << chain->name;
    good = chain;
    Pbkdf2Chain bad = *chain;
    bad.run = [](const Pbkdf2Midstates& hmac, std::uint32_t* u, std::uint32_t* total, std::uint32_t iterations) noexcept {
      good->run(hmac, u, total, iterations);
      if (iterations == 3) total[7] ^= 1;
    };
    EXPECT_FALSE(agrees_with_portable(bad)) << chain->name;
  }
  EXPECT_EQ(pbkdf2_sha256_engine(), pbkdf2_chains().front()->name);
}

}  // namespace
}  // namespace hwbak::crypto
