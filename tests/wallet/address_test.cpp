// Addresses: the vectors of BIP-49, 84, 86, 341, 67 and 383, and what is refused.
#include "wallet/address.h"

#include <algorithm>

#include "base/byte_writer.h"
#include "base/hex.h"
#include "crypto/digest.h"
#include "hwbak/error.h"
#include "wallet/base58.h"
#include "wallet/bip39.h"

namespace hwbak::wallet {
namespace {

using Key = std::array<std::uint8_t, 33>;

Key key_from(std::string_view hex) {
  const auto bytes = from_hex(hex).value();
  Key out{};
  EXPECT_EQ(bytes.size(), out.size());
  std::copy_n(bytes.begin(), std::min(bytes.size(), out.size()), out.begin());
  return out;
}

Node master() {
  constexpr std::string_view words =
      "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
  return std::move(*Node::from_seed(seed_from_mnemonic(words).expose()));
}

TEST(Addresses, FirstAccountsOnMainnet) {
  const auto accounts = first_accounts(master(), Chain::mainnet);
  ASSERT_EQ(accounts.size(), 4u);
  EXPECT_EQ(accounts[0].path, "m/44h/0h/0h");
  EXPECT_EQ(accounts[0].first_address, "1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA");
  EXPECT_EQ(accounts[1].path, "m/49h/0h/0h");
  EXPECT_EQ(accounts[1].first_address, "37VucYSaXLCAsxYyAPfbSi9eh4iEcbShgf");
  EXPECT_EQ(accounts[2].path, "m/84h/0h/0h");
  EXPECT_EQ(accounts[2].first_address, "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
  EXPECT_EQ(accounts[3].path, "m/86h/0h/0h");
  EXPECT_EQ(accounts[3].purpose, Purpose::bip86);
  EXPECT_EQ(accounts[3].xpub,
            "xpub6BgBgsespWvERF3LHQu6CnqdvfEvtMcQjYrcRzx53QJjSxarj2afYWcLteoGVky7D3UKDP9QyrLprQ3VCECoY49yfdDEHGCtMMj92pReUsQ");
  EXPECT_EQ(accounts[3].first_address, "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr");
}

TEST(Addresses, FirstAccountsOnTestNetworks) {
  const auto testnet = first_accounts(master(), Chain::testnet);
  const auto regtest = first_accounts(master(), Chain::regtest);
  ASSERT_EQ(testnet.size(), 4u);
  EXPECT_EQ(testnet[1].path, "m/49h/1h/0h");
  EXPECT_EQ(testnet[1].first_address, "2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiD2");
  EXPECT_TRUE(testnet[0].xpub.starts_with("tpub"));
  EXPECT_TRUE(testnet[2].first_address.starts_with("tb1q"));
  EXPECT_TRUE(testnet[3].first_address.starts_with("tb1p"));
  EXPECT_TRUE(regtest[2].first_address.starts_with("bcrt1q"));
  EXPECT_EQ(regtest[0].first_address, testnet[0].first_address) << "regtest shares testnet's Base58 prefixes";
}

TEST(Addresses, APublicMasterHasNoAccounts) { EXPECT_TRUE(first_accounts(master().neutered(), Chain::mainnet).empty()); }

TEST(Addresses, OtherAddressesOfTheVectors) {
  const auto at = [](std::string_view path, Purpose purpose) {
    return address(purpose, master().derive(*parse_path(path))->public_key(), Chain::mainnet);
  };
  EXPECT_EQ(at("m/84h/0h/0h/0/1", Purpose::bip84), "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g");
  EXPECT_EQ(at("m/84h/0h/0h/1/0", Purpose::bip84), "bc1q8c6fshw2dlwun7ekn9qwf37cu2rn755upcp6el");
  EXPECT_EQ(at("m/86h/0h/0h/0/1", Purpose::bip86), "bc1p4qhjn9zdvkux4e44uhx8tc55attvtyu358kutcqkudyccelu0was9fqzwh");
  EXPECT_EQ(at("m/86h/0h/0h/1/0", Purpose::bip86), "bc1p3qkhfews2uk44qtvauqyr2ttdsw7svhkl9nkm9s9c3x4ax5h60wqwruhk7");
}

// BIP-341's vector without scripts; the internal key is the same for both signs of Y.
TEST(Addresses, TaprootTweaksTheEvenPoint) {
  for (const std::string sign : {"02", "03"}) {
    const auto key = key_from(sign + "d6889cb081036e0faefa3a35157ad71086b123b2b144b649798b494c300a961d");
    EXPECT_EQ(address(Purpose::bip86, key, Chain::mainnet), "bc1p2wsldez5mud2yam29q22wgfh9439spgduvct83k3pm50fcxa5dps59h4z5");
  }
  const auto off_curve = key_from("020000000000000000000000000000000000000000000000000000000000000005");
  EXPECT_THROW((void)address(Purpose::bip86, off_curve, Chain::mainnet), Error);
}

std::vector<Key> keys_from(const std::vector<std::string_view>& texts) {
  std::vector<Key> out;
  for (const auto text : texts) out.push_back(key_from(text));
  return out;
}

TEST(Multisig, Bip67Vectors) {
  const std::pair<std::vector<std::string_view>, const char*> cases[] = {
      {{"02ff12471208c14bd580709cb2358d98975247d8765f92bc25eab3b2763ed605f8",
        "02fe6f0a5a297eb38c391581c4413e084773ea23954d93f7753db7dc0adc188b2f"},
       "39bgKC7RFbpoCRbtD5KEdkYKtNyhpsNa3Z"},
      {{"02632b12f4ac5b1d1b72b2a3b508c19172de44f6f46bcee50ba33f3f9291e47ed0",
        "027735a29bae7780a9755fae7a1c4374c656ac6a69ea9f3697fda61bb99a4f3e77",
        "02e2cc6bd5f45edd43bebe7cb9b675f0ce9ed3efe613b177588290ad188d11b404"},
       "3CKHTjBKxCARLzwABMu9yD85kvtm7WnMfH"},
      {{"030000000000000000000000000000000000004141414141414141414141414141",
        "020000000000000000000000000000000000004141414141414141414141414141",
        "020000000000000000000000000000000000004141414141414141414141414140",
        "030000000000000000000000000000000000004141414141414141414141414140"},
       "32V85igBri9zcfBRVupVvwK18NFtS37FuD"},
      {{"022df8750480ad5b26950b25c7ba79d3e37d75f640f8e5d9bcd5b150a0f85014da",
        "03e3818b65bcc73a7d64064106a859cc1a5a728c4345ff0b641209fba0d90de6e9",
        "021f2f6e1e50cb6a953935c3601284925decd3fd21bc445712576873fb8c6ebc18"},
       "3Q4sF6tv9wsdqu2NtARzNCpQgwifm2rAba"}};
  for (const auto& [texts, expected] : cases) {
    auto keys = keys_from(texts);
    EXPECT_EQ(multisig_address(2, keys, ScriptType::p2sh, true, Chain::mainnet), expected);
    std::sort(keys.begin(), keys.end());
    EXPECT_EQ(multisig_address(2, keys, ScriptType::p2sh, false, Chain::mainnet), expected) << "sorted by hand";
    std::swap(keys.front(), keys.back());
    EXPECT_NE(multisig_address(2, keys, ScriptType::p2sh, false, Chain::mainnet), expected) << "the order matters";
  }
}

Key key_at(std::string_view xprv, std::string_view path) {
  return Node::parse(xprv)->node.derive(*parse_path(path))->public_key();
}

// BIP-383: a P2SH and a P2WSH script of derived keys, in the order given.
TEST(Multisig, Bip383Vectors) {
  const auto p2sh = multisig_address(
      2,
      {key_at("xprvA1RpRA33e1JQ7ifknakTFpgNXPmW2YvmhqLQYMmrj4xJXXWYpDPS3xz7iAxn8L39njGVyuoseXzU6rcxFLJ8HFsTjSyQbLYnMpCqE2VbFWc",
              "m"),
       key_at("xprv9uPDJpEQgRQfDcW7BkF7eTya6RPxXeJCqCJGHuCJ4GiRVLzkTXBAJMu2qaMWPrS7AANYqdq6vcBcBUdJCVVFceUvJFjaPdGZ2y9WACViL4L",
              "m/0")},
      ScriptType::p2sh, false, Chain::mainnet);
  EXPECT_EQ(to_hex(from_base58check(p2sh)->expose()), "0545a9a622a8b0a1269944be477640eedc447bbd84");

  const std::vector<Key> keys = {
      key_at("xprv9s21ZrQH143K31xYSDQpPDxsXRTUcvj2iNHm5NUtrGiGG5e2DtALGdso3pGz6ssrdK4PFmM8NSpSBHNqPqm55Qn3LqFtT2emdEXVYsCzC2U",
             "m/2147483647h/0"),
      key_at("xprv9vHkqa6EV4sPZHYqZznhT2NPtPCjKuDKGY38FBWLvgaDx45zo9WQRUT3dKYnjwih2yJD9mkrocEZXo1ex8G81dwSM1fwqWpWkeS3v86pgKt",
             "m/1/2/0"),
      key_at("xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
             "m/10/20/30/40/0h")};
  const auto program = *from_hex("b92623201f3bb7c3771d45b2ad1d0351ea8fbf8cfe0a0e570264e1075fa1948f");
  EXPECT_EQ(multisig_address(2, keys, ScriptType::p2wsh, false, Chain::mainnet), segwit_address("bc", 0, program));
  EXPECT_EQ(multisig_address(2, keys, ScriptType::p2wsh, false, Chain::regtest), segwit_address("bcrt", 0, program));
  const auto script_hash = crypto::hash160(ByteWriter().u8(0).u8(32).bytes(program).view());
  EXPECT_EQ(multisig_address(2, keys, ScriptType::p2sh_p2wsh, false, Chain::testnet),
            base58check(ByteWriter().u8(0xC4).bytes(script_hash).view()).expose());
}

TEST(Multisig, RefusesOtherNumbersOfKeys) {
  const auto key = key_from("02ff12471208c14bd580709cb2358d98975247d8765f92bc25eab3b2763ed605f8");
  const auto make = [&](unsigned m, std::size_t n) {
    return multisig_address(m, std::vector<Key>(n, key), ScriptType::p2sh, true, Chain::mainnet);
  };
  EXPECT_TRUE(make(1, 1).starts_with('3'));
  EXPECT_TRUE(make(15, 15).starts_with('3'));
  EXPECT_NE(make(1, 2), make(2, 2));
  for (const auto& [m, n] : {std::pair{0u, 1u}, {0u, 0u}, {2u, 1u}, {1u, 16u}, {0xFFFFFFFFu, 15u}}) {
    EXPECT_THROW((void)make(m, n), Error) << m << " of " << n;
  }
}

}  // namespace
}  // namespace hwbak::wallet
