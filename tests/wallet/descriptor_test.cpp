// Descriptors against the vectors of their BIPs, SLIP-132 against its own, addresses read back, and hostile text.
#include "wallet/descriptor.h"

#include <rapidcheck.h>

#include <fstream>
#include <regex>

#include "base/hex.h"
#include "wallet/address.h"
#include "wallet/base58.h"
#include "wallet/bip39.h"
#include "wallet/slip132.h"

namespace hwbak::wallet {
namespace {

struct Case {
  bool good = false;
  std::string text;
  std::vector<std::string> gives;
};

std::vector<Case> cases() {
  std::ifstream in(std::string(HWBAK_VECTORS) + "/descriptors/vectors.txt");
  std::vector<Case> out;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("ok ")) out.push_back({true, line.substr(3), {}});
    if (line.starts_with("bad ")) out.push_back({false, line.substr(4), {}});
    if (line.starts_with("  ")) out.back().gives.push_back(line.substr(2));
  }
  return out;
}

std::string script(const Descriptor& descriptor, std::size_t choice, std::uint32_t index) {
  const auto bytes = descriptor.script_at(choice, index);
  return bytes ? to_hex(*bytes) : "(none)";
}

TEST(Descriptors, AreThoseOfTheirBips) {
  const auto all = cases();
  ASSERT_GE(all.size(), 110u);
  for (const Case& one : all) {
    DescriptorFault fault;
    const auto read = parse_descriptor(one.text, fault);
    ASSERT_EQ(read.has_value(), one.good) << one.text << ": " << fault.sentence;
    if (!read) {
      EXPECT_FALSE(fault.sentence.empty());
      EXPECT_EQ(fault.sentence.find("xprv"), std::string::npos) << "what was typed is never said again";
      continue;
    }
    const bool expands = !one.gives.empty() && one.gives[0].find('(') != std::string::npos;
    EXPECT_EQ(read->choices(), expands ? one.gives.size() : 1u) << one.text;
    for (std::size_t i = 0; i < one.gives.size(); ++i) {
      const auto expected = expands ? script(*parse_descriptor(one.gives[i], fault), 0, 5) : one.gives[i];
      EXPECT_EQ(expands ? script(*read, i, 5) : script(*read, 0, static_cast<std::uint32_t>(i)), expected) << one.text;
    }
    EXPECT_EQ(read->ranged(), one.text.find('*') != std::string::npos) << one.text;
    const bool is_private = std::regex_search(one.text, std::regex("prv|[(,\\]][LK5]"));
    EXPECT_EQ(read->has_private(), is_private) << one.text;
  }
}

TEST(Descriptors, HardenedStepsWantAPrivateKey) {
  DescriptorFault fault;
  const std::string key = "xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL";
  EXPECT_FALSE(parse_descriptor("pkh(" + key + "/3h/*)", fault)->script_at(0, 0));
  EXPECT_FALSE(parse_descriptor("pkh(" + key + "/3/*h)", fault)->script_at(0, 0));
  EXPECT_TRUE(parse_descriptor("pkh(" + key + "/3/*)", fault)->script_at(0, 0));
  EXPECT_EQ(parse_descriptor("pkh(" + key + "/<0;1h>/3/*)", fault)->keys[0].path_words(), "<0;1h>/3/*");
}

TEST(Descriptors, AddrIsItsAddress) {
  DescriptorFault fault;
  const auto read = parse_descriptor("addr(bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu)", fault);
  ASSERT_TRUE(read) << fault.sentence;
  EXPECT_EQ(address_of(*read->script_at(0, 0), Chain::mainnet), "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
  EXPECT_FALSE(parse_descriptor("addr(bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyv)", fault));
}

TEST(Descriptors, OtherKindsAreUnknownNotWrong) {
  DescriptorFault fault;
  for (const char* text : {"combo(0260b2003c386519fc9eadf2b5cf124dd8eea4c4e68d5e154050a9346ea98ce600)", "wsh(and_v(v:pk(A),older(3)))",
                           "tr(a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd,multi_a(1,A))"}) {
    EXPECT_FALSE(parse_descriptor(text, fault));
    EXPECT_TRUE(fault.unknown) << text << fault.sentence;
  }
  EXPECT_FALSE(parse_descriptor("wpkh(nothing)", fault));
  EXPECT_FALSE(fault.unknown);
}

TEST(Descriptors, SayWhereOneCharacterIsWrong) {
  std::string text = "wpkh([d34db33f/84h/0h/0h]xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL/0/*)";
  text += "#" + *descriptor_checksum(text);
  DescriptorFault fault;
  EXPECT_TRUE(parse_descriptor(text, fault));
  text[8] = '9';
  EXPECT_FALSE(parse_descriptor(text, fault));
  EXPECT_NE(fault.sentence.find("character 9 is wrong"), std::string::npos) << fault.sentence;
}

TEST(Descriptors, HostileTextMeetsLimits) {
  DescriptorFault fault;
  EXPECT_FALSE(parse_descriptor(std::string(max_descriptor + 1, 'a'), fault));
  std::string deep = "tr(a34b99f22c790c4e36b2b3c2c35a36db06226e41c692fc82b8b56ac1c540c5bd,";
  EXPECT_FALSE(parse_descriptor(deep + std::string(10'000, '{'), fault));
  EXPECT_NE(fault.sentence.find("deeper"), std::string::npos) << fault.sentence;
  std::string wraps;
  for (int i = 0; i < 3000; ++i) wraps += "sh(";
  EXPECT_FALSE(parse_descriptor(wraps, fault));
  std::string steps = "pkh(xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL";
  for (int i = 0; i < 300; ++i) steps += "/0";
  EXPECT_FALSE(parse_descriptor(steps + ")", fault));
  EXPECT_FALSE(parse_descriptor("", fault));
}

TEST(Descriptors, CutOrChangedAnywhereNothingHappens) {
  const auto all = cases();
  rc::check([&] {
    std::string text = (*rc::gen::elementOf(all)).text;
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    if (*rc::gen::arbitrary<bool>()) text.resize(at);
    else text[at] = *rc::gen::elementOf(std::string("{}()<>;,/*'h#0129abcxyzKL[] "));
    DescriptorFault fault;
    if (const auto read = parse_descriptor(text, fault)) (void)read->script_at(read->choices() - 1, 7);
  });
}

Node master() {
  constexpr std::string_view words = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
  return std::move(*Node::from_seed(seed_from_mnemonic(words).expose()));
}

// SLIP-132, "Bitcoin Test Vectors".
TEST(UsedKeys, AreThoseOfSlip132) {
  struct {
    std::uint32_t purpose;
    KeyUse use;
    std::string_view prv, pub;
  } const rows[] = {
      {44, KeyUse::any, "xprv9xpXFhFpqdQK3TmytPBqXtGSwS3DLjojFhTGht8gwAAii8py5X6pxeBnQ6ehJiyJ6nDjWGJfZ95WxByFXVkDxHXrqu53WCRGypk2ttuqncb",
       "xpub6BosfCnifzxcFwrSzQiqu2DBVTshkCXacvNsWGYJVVhhawA7d4R5WSWGFNbi8Aw6ZRc1brxMyWMzG3DSSSSoekkudhUd9yLb6qx39T9nMdj"},
      {49, KeyUse::p2sh_p2wpkh, "yprvAHwhK6RbpuS3dgCYHM5jc2ZvEKd7Bi61u9FVhYMpgMSuZS613T1xxQeKTffhrHY79hZ5PsskBjcc6C2V7DrnsMsNaGDaWev3GLRQRgV7hxF",
       "ypub6Ww3ibxVfGzLrAH1PNcjyAWenMTbbAosGNB6VvmSEgytSER9azLDWCxoJwW7Ke7icmizBMXrzBx9979FfaHxHcrArf3zbeJJJUZPf663zsP"},
      {84, KeyUse::p2wpkh, "zprvAdG4iTXWBoARxkkzNpNh8r6Qag3irQB8PzEMkAFeTRXxHpbF9z4QgEvBRmfvqWvGp42t42nvgGpNgYSJA9iefm1yYNZKEm7z6qUWCroSQnE",
       "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs"},
  };
  for (const auto& row : rows) {
    const auto node = master().derive(std::array{hardened | row.purpose, hardened, hardened});
    EXPECT_EQ(used_xpub(*node, row.use, Chain::mainnet), row.pub);
    EXPECT_TRUE(used_xprv(*node, row.use, Chain::mainnet).equals(row.prv));
    for (const std::string_view text : {row.prv, row.pub}) {
      const auto read = read_used_key(text);
      ASSERT_TRUE(read);
      EXPECT_EQ(read->use, row.use);
      EXPECT_FALSE(read->testnet);
      EXPECT_TRUE(read->node.same_key(*node));
      EXPECT_EQ(read->node.is_private(), text == row.prv);
    }
  }
}

TEST(UsedKeys, HaveTheirLetters) {
  const Node node = master();
  const std::pair<KeyUse, std::string_view> rows[] = {{KeyUse::any, "xt"}, {KeyUse::p2sh_p2wpkh, "yu"}, {KeyUse::p2wpkh, "zv"},
                                                      {KeyUse::multisig_p2sh_p2wsh, "YU"}, {KeyUse::multisig_p2wsh, "ZV"}};
  for (const auto& [use, letters] : rows)
    for (const bool testnet : {false, true}) {
      const std::string text = used_xpub(node, use, testnet ? Chain::regtest : Chain::mainnet);
      EXPECT_EQ(text.substr(0, 4), std::string(1, letters[testnet ? 1 : 0]) + "pub");
      const auto read = read_used_key(text);
      ASSERT_TRUE(read);
      EXPECT_EQ(read->use, use);
      EXPECT_EQ(read->testnet, testnet);
    }
  EXPECT_FALSE(read_used_key("xpub"));
  EXPECT_FALSE(read_used_key("1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabA"));
}

TEST(ReadAddresses, GiveBackTheirScripts) {
  for (const Chain chain : {Chain::mainnet, Chain::testnet, Chain::regtest})
    for (const Purpose purpose : {Purpose::bip44, Purpose::bip49, Purpose::bip84, Purpose::bip86}) {
      const Bytes wanted = output_script(purpose, master().public_key());
      std::string fault;
      const auto read = read_address(address_of(wanted, chain), fault);
      ASSERT_TRUE(read) << fault;
      EXPECT_EQ(read->script, wanted);
      EXPECT_EQ(read->mainnet, chain == Chain::mainnet);
    }
}

// BIP-173 and BIP-350, valid and invalid addresses.
TEST(ReadAddresses, FollowBech32) {
  std::string fault;
  const auto upper = read_address("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", fault);
  ASSERT_TRUE(upper) << fault;
  EXPECT_EQ(to_hex(upper->script), "0014751e76e8199196d454941c45d1b3a323f1433bd6");
  EXPECT_EQ(to_hex(read_address("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0", fault)->script),
            "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
  for (const char* text : {"tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF2",
                           "bc1rw5uspcuh", "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sL5k7",
                           "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3pjxtptv", "bc1gmk9yu",
                           "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", "bc1", "", "1", "2Mww8dCYPUpKHofjgcXcBCEGmniw9CoaiDx"}) {
    EXPECT_FALSE(read_address(text, fault)) << text;
    EXPECT_FALSE(fault.empty());
  }
}

TEST(ReadAddresses, SayWhereOneCharacterIsWrong) {
  std::string fault;
  EXPECT_FALSE(read_address("bc1qcr8te4kr609gcawutmrzb0j4xv80jy8z306fyu", fault));
  EXPECT_FALSE(read_address("bc1qcr8te4kr609gcawutmrz80j4xv80jy8z306fyu", fault));
  EXPECT_NE(fault.find("character 25 is wrong"), std::string::npos) << fault;
  EXPECT_FALSE(read_address("1LqBGSKuX5yYUonjxT5qGfpUsXKYYWeabB", fault));
  EXPECT_NE(fault.find("character 34 is wrong"), std::string::npos) << fault;
}

}  // namespace
}  // namespace hwbak::wallet
