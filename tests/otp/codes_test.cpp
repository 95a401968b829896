// One-time codes: the tables of RFC 4226 and RFC 6238, and oathtool as a peer.
#include "otp/codes.h"

#include "base/as_bytes.h"
#include "base/hex.h"
#include "crypto/peer.h"

namespace hwbak::otp {
namespace {

constexpr std::string_view seed = "1234567890123456789012345678901234567890123456789012345678901234";

std::string_view seed_for(Hash hash) { return seed.substr(0, hash == Hash::sha1 ? 20 : hash == Hash::sha256 ? 32 : 64); }

TEST(Hotp, GivesTheTableOfRfc4226) {
  const char* const codes[] = {"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"};
  for (unsigned counter = 0; counter < 10; ++counter)
    EXPECT_EQ(hotp(as_bytes(seed_for(Hash::sha1)), Hash::sha1, counter, 6).expose(), codes[counter]) << counter;
}

TEST(Totp, GivesTheTableOfRfc6238) {
  struct Row {
    std::uint64_t time;
    const char *sha1, *sha256, *sha512;
  };
  const Row rows[] = {{59, "94287082", "46119246", "90693936"},          {1111111109, "07081804", "68084774", "25091201"},
                      {1111111111, "14050471", "67062674", "99943326"},  {1234567890, "89005924", "91819424", "93441116"},
                      {2000000000, "69279037", "90698825", "38618901"},  {20000000000, "65353130", "77737706", "47863826"}};
  for (const Row& row : rows)
    for (const auto& [hash, code] : {std::pair(Hash::sha1, row.sha1), std::pair(Hash::sha256, row.sha256), std::pair(Hash::sha512, row.sha512)})
      EXPECT_EQ(totp(as_bytes(seed_for(hash)), hash, row.time, 30, 8).expose(), code) << row.time;
}

TEST(Codes, AgreeWithOathtool) {
  const std::string secret = "00ff10e02040807f" + std::string(280, 'a');  // longer than a block of SHA-512
  const auto bytes = from_hex(secret);
  for (const auto& [hash, name] : {std::pair(Hash::sha1, "sha1"), std::pair(Hash::sha256, "sha256"), std::pair(Hash::sha512, "sha512")})
    for (const unsigned digits : {6u, 7u, 8u}) {
      const auto peer = test::run("oathtool --totp=" + std::string(name) + " --now='2026-02-03 04:05:06 UTC' --time-step-size=45s --digits=" +
                                  std::to_string(digits) + " " + secret);
      ASSERT_TRUE(peer) << "oathtool is needed";
      EXPECT_EQ(std::string(totp(*bytes, hash, 1770091506, 45, digits).expose()) + "\n", *peer) << name << digits;
    }
  const auto peer = test::run("oathtool --hotp --counter=9007199254740991 --digits=8 " + secret);
  ASSERT_TRUE(peer);
  EXPECT_EQ(std::string(hotp(*bytes, Hash::sha1, 9007199254740991, 8).expose()) + "\n", *peer);
}

}  // namespace
}  // namespace hwbak::otp
