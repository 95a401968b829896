// Base58Check and segwit addresses: official vectors, edge cases, round trips.
#include "wallet/base58.h"

#include <rapidcheck/gtest.h>

#include "base/hex.h"
#include "hwbak/error.h"

namespace hwbak::wallet {
namespace {

TEST(Base58, KnownTexts) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "3QJmnh"},
      {"00", "1Wh4bh"},
      {"000000000000000000000000000000000000000000", "1111111111111111111114oLvT2"},
      {"0062e907b15cbf27d5425399ebf6f0fb50ebb88f18", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"},
      {"800c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d",
       "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"}};
  for (const auto& [hex, text] : cases) {
    const auto payload = from_hex(hex);
    const auto made = base58check(*payload);
    EXPECT_EQ(made.expose(), text);
    const auto back = from_base58check(made.expose());
    ASSERT_TRUE(back) << hex;
    EXPECT_TRUE(back->equals(*payload)) << hex;
  }
}

TEST(Base58, RefusesWhatIsNotOne) {
  const std::string genesis = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa";
  ASSERT_TRUE(from_base58check(genesis));
  for (const std::string& bad :
       {std::string(), std::string("1"), std::string("11111"), std::string("0"), "1" + genesis, genesis.substr(1),
        genesis + " ", " " + genesis, genesis + '\0', std::string("1A1zP1eP5QGefi2DMPTfTL5SLmv7Divfna"),
        std::string("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNO"), std::string("\xFF\xFE"), std::string(120, '1'),
        std::string(120, 'z'), std::string(1000000, 'z')}) {
    EXPECT_FALSE(from_base58check(bad)) << bad.substr(0, 150);
  }
}

TEST(Base58, TakesUpTo120Characters) {
  const auto longest = base58check(Bytes(83, 0xFF));
  EXPECT_EQ(longest.size(), 119u);
  EXPECT_TRUE(from_base58check(longest.expose()));
  const auto too_long = base58check(Bytes(84, 0xFF));
  EXPECT_EQ(too_long.size(), 121u);
  EXPECT_FALSE(from_base58check(too_long.expose()));
}

RC_GTEST_PROP(Base58, RoundTrips, ()) {
  const auto zeros = *rc::gen::inRange<std::size_t>(0, 5);
  const auto size = *rc::gen::inRange<std::size_t>(0, 79);
  auto payload = *rc::gen::container<Bytes>(size, rc::gen::arbitrary<std::uint8_t>());
  payload.insert(payload.begin(), zeros, 0);
  const auto back = from_base58check(base58check(payload).expose());
  RC_ASSERT(back.has_value());
  RC_ASSERT(back->equals(payload));
}

// BIP-173 and BIP-350: human-readable part, version, program, address.
TEST(Segwit, OfficialAddresses) {
  struct Case {
    const char* hrp;
    unsigned version;
    const char* program;
    const char* address;
  };
  const Case cases[] = {
      {"bc", 0, "751e76e8199196d454941c45d1b3a323f1433bd6", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"},
      {"tb", 0, "1863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262",
       "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7"},
      {"bc", 1, "751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6",
       "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y"},
      {"bc", 16, "751e", "bc1sw50qgdz25j"},
      {"bc", 2, "751e76e8199196d454941c45d1b3a323", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs"},
      {"tb", 0, "000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
       "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy"},
      {"tb", 1, "000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433",
       "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c"},
      {"bc", 1, "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
       "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"}};
  for (const auto& test : cases) EXPECT_EQ(segwit_address(test.hrp, test.version, *from_hex(test.program)), test.address);
}

TEST(Segwit, RefusesVersionsAndSizesThatDoNotExist) {
  EXPECT_THROW((void)segwit_address("bc", 17, Bytes(20)), Error);
  EXPECT_THROW((void)segwit_address("bc", 1, Bytes(1)), Error);
  EXPECT_THROW((void)segwit_address("bc", 1, Bytes(41)), Error);
  EXPECT_THROW((void)segwit_address("bc", 0, Bytes(21)), Error);
}

}  // namespace
}  // namespace hwbak::wallet
