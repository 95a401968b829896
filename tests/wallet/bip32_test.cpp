// BIP-32: the official vectors (good and invalid keys), what is refused, and properties.
#include "wallet/bip32.h"

#include <rapidcheck/gtest.h>

#include "base/hex.h"
#include "hwbak/error.h"

namespace hwbak::wallet {
namespace {

struct Step {
  const char* path;
  const char* xpub;
  const char* xprv;
};
struct Vector {
  const char* seed;
  std::vector<Step> steps;
};

const std::vector<Vector> vectors = {
    {"000102030405060708090a0b0c0d0e0f",
     {{"m",
       "xpub661MyMwAqRbcFtXgS5sYJABqqG9YLmC4Q1Rdap9gSE8NqtwybGhePY2gZ29ESFjqJoCu1Rupje8YtGqsefD265TMg7usUDFdp6W1EGMcet8",
       "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"},
      {"m/0h",
       "xpub68Gmy5EdvgibQVfPdqkBBCHxA5htiqg55crXYuXoQRKfDBFA1WEjWgP6LHhwBZeNK1VTsfTFUHCdrfp1bgwQ9xv5ski8PX9rL2dZXvgGDnw",
       "xprv9uHRZZhk6KAJC1avXpDAp4MDc3sQKNxDiPvvkX8Br5ngLNv1TxvUxt4cV1rGL5hj6KCesnDYUhd7oWgT11eZG7XnxHrnYeSvkzY7d2bhkJ7"},
      {"m/0h/1",
       "xpub6ASuArnXKPbfEwhqN6e3mwBcDTgzisQN1wXN9BJcM47sSikHjJf3UFHKkNAWbWMiGj7Wf5uMash7SyYq527Hqck2AxYysAA7xmALppuCkwQ",
       "xprv9wTYmMFdV23N2TdNG573QoEsfRrWKQgWeibmLntzniatZvR9BmLnvSxqu53Kw1UmYPxLgboyZQaXwTCg8MSY3H2EU4pWcQDnRnrVA1xe8fs"},
      {"m/0h/1/2h",
       "xpub6D4BDPcP2GT577Vvch3R8wDkScZWzQzMMUm3PWbmWvVJrZwQY4VUNgqFJPMM3No2dFDFGTsxxpG5uJh7n7epu4trkrX7x7DogT5Uv6fcLW5",
       "xprv9z4pot5VBttmtdRTWfWQmoH1taj2axGVzFqSb8C9xaxKymcFzXBDptWmT7FwuEzG3ryjH4ktypQSAewRiNMjANTtpgP4mLTj34bhnZX7UiM"},
      {"m/0h/1/2h/2",
       "xpub6FHa3pjLCk84BayeJxFW2SP4XRrFd1JYnxeLeU8EqN3vDfZmbqBqaGJAyiLjTAwm6ZLRQUMv1ZACTj37sR62cfN7fe5JnJ7dh8zL4fiyLHV",
       "xprvA2JDeKCSNNZky6uBCviVfJSKyQ1mDYahRjijr5idH2WwLsEd4Hsb2Tyh8RfQMuPh7f7RtyzTtdrbdqqsunu5Mm3wDvUAKRHSC34sJ7in334"},
      {"m/0h/1/2h/2/1000000000",
       "xpub6H1LXWLaKsWFhvm6RVpEL9P4KfRZSW7abD2ttkWP3SSQvnyA8FSVqNTEcYFgJS2UaFcxupHiYkro49S8yGasTvXEYBVPamhGW6cFJodrTHy",
       "xprvA41z7zogVVwxVSgdKUHDy1SKmdb533PjDz7J6N6mV6uS3ze1ai8FHa8kmHScGpWmj4WggLyQjgPie1rFSruoUihUZREPSL39UNdE3BBDu76"}}},
    {"fffcf9f6f3f0edeae7e4e1dedbd8d5d2cfccc9c6c3c0bdbab7b4b1aeaba8a5a29f9c999693908d8a8784817e7b7875726f6c696663605d5a57"
     "54514e4b484542",
     {{"m",
       "xpub661MyMwAqRbcFW31YEwpkMuc5THy2PSt5bDMsktWQcFF8syAmRUapSCGu8ED9W6oDMSgv6Zz8idoc4a6mr8BDzTJY47LJhkJ8UB7WEGuduB",
       "xprv9s21ZrQH143K31xYSDQpPDxsXRTUcvj2iNHm5NUtrGiGG5e2DtALGdso3pGz6ssrdK4PFmM8NSpSBHNqPqm55Qn3LqFtT2emdEXVYsCzC2U"},
      {"m/0",
       "xpub69H7F5d8KSRgmmdJg2KhpAK8SR3DjMwAdkxj3ZuxV27CprR9LgpeyGmXUbC6wb7ERfvrnKZjXoUmmDznezpbZb7ap6r1D3tgFxHmwMkQTPH",
       "xprv9vHkqa6EV4sPZHYqZznhT2NPtPCjKuDKGY38FBWLvgaDx45zo9WQRUT3dKYnjwih2yJD9mkrocEZXo1ex8G81dwSM1fwqWpWkeS3v86pgKt"},
      {"m/0/2147483647h",
       "xpub6ASAVgeehLbnwdqV6UKMHVzgqAG8Gr6riv3Fxxpj8ksbH9ebxaEyBLZ85ySDhKiLDBrQSARLq1uNRts8RuJiHjaDMBU4Zn9h8LZNnBC5y4a",
       "xprv9wSp6B7kry3Vj9m1zSnLvN3xH8RdsPP1Mh7fAaR7aRLcQMKTR2vidYEeEg2mUCTAwCd6vnxVrcjfy2kRgVsFawNzmjuHc2YmYRmagcEPdU9"},
      {"m/0/2147483647h/1",
       "xpub6DF8uhdarytz3FWdA8TvFSvvAh8dP3283MY7p2V4SeE2wyWmG5mg5EwVvmdMVCQcoNJxGoWaU9DCWh89LojfZ537wTfunKau47EL2dhHKon",
       "xprv9zFnWC6h2cLgpmSA46vutJzBcfJ8yaJGg8cX1e5StJh45BBciYTRXSd25UEPVuesF9yog62tGAQtHjXajPPdbRCHuWS6T8XA2ECKADdw4Ef"},
      {"m/0/2147483647h/1/2147483646h",
       "xpub6ERApfZwUNrhLCkDtcHTcxd75RbzS1ed54G1LkBUHQVHQKqhMkhgbmJbZRkrgZw4koxb5JaHWkY4ALHY2grBGRjaDMzQLcgJvLJuZZvRcEL",
       "xprvA1RpRA33e1JQ7ifknakTFpgNXPmW2YvmhqLQYMmrj4xJXXWYpDPS3xz7iAxn8L39njGVyuoseXzU6rcxFLJ8HFsTjSyQbLYnMpCqE2VbFWc"},
      {"m/0/2147483647h/1/2147483646h/2",
       "xpub6FnCn6nSzZAw5Tw7cgR9bi15UV96gLZhjDstkXXxvCLsUXBGXPdSnLFbdpq8p9HmGsApME5hQTZ3emM2rnY5agb9rXpVGyy3bdW6EEgAtqt",
       "xprvA2nrNbFZABcdryreWet9Ea4LvTJcGsqrMzxHx98MMrotbir7yrKCEXw7nadnHM8Dq38EGfSh6dqA9QWTyefMLEcBYJUuekgW4BYPJcr9E7j"}}},
    // 3 and 4: leading zeros are kept.
    {"4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4acba45d239319ac14f863b8d5ab5a0d0c64d2e8a1e7d1457df2e"
     "5a3c51c73235be",
     {{"m",
       "xpub661MyMwAqRbcEZVB4dScxMAdx6d4nFc9nvyvH3v4gJL378CSRZiYmhRoP7mBy6gSPSCYk6SzXPTf3ND1cZAceL7SfJ1Z3GC8vBgp2epUt13",
       "xprv9s21ZrQH143K25QhxbucbDDuQ4naNntJRi4KUfWT7xo4EKsHt2QJDu7KXp1A3u7Bi1j8ph3EGsZ9Xvz9dGuVrtHHs7pXeTzjuxBrCmmhgC6"},
      {"m/0h",
       "xpub68NZiKmJWnxxS6aaHmn81bvJeTESw724CRDs6HbuccFQN9Ku14VQrADWgqbhhTHBaohPX4CjNLf9fq9MYo6oDaPPLPxSb7gwQN3ih19Zm4Y",
       "xprv9uPDJpEQgRQfDcW7BkF7eTya6RPxXeJCqCJGHuCJ4GiRVLzkTXBAJMu2qaMWPrS7AANYqdq6vcBcBUdJCVVFceUvJFjaPdGZ2y9WACViL4L"}}},
    {"3ddd5602285899a946114506157c7997e5444528f3003f6134712147db19b678",
     {{"m",
       "xpub661MyMwAqRbcGczjuMoRm6dXaLDEhW1u34gKenbeYqAix21mdUKJyuyu5F1rzYGVxyL6tmgBUAEPrEz92mBXjByMRiJdba9wpnN37RLLAXa",
       "xprv9s21ZrQH143K48vGoLGRPxgo2JNkJ3J3fqkirQC2zVdk5Dgd5w14S7fRDyHH4dWNHUgkvsvNDCkvAwcSHNAQwhwgNMgZhLtQC63zxwhQmRv"},
      {"m/0h",
       "xpub69AUMk3qDBi3uW1sXgjCmVjJ2G6WQoYSnNHyzkmdCHEhSZ4tBok37xfFEqHd2AddP56Tqp4o56AePAgCjYdvpW2PU2jbUPFKsav5ut6Ch1m",
       "xprv9vB7xEWwNp9kh1wQRfCCQMnZUEG21LpbR9NPCNN1dwhiZkjjeGRnaALmPXCX7SgjFTiCTT6bXes17boXtjq3xLpcDjzEuGLQBM5ohqkao9G"},
      {"m/0h/1h",
       "xpub6BJA1jSqiukeaesWfxe6sNK9CCGaujFFSJLomWHprUL9DePQ4JDkM5d88n49sMGJxrhpjazuXYWdMf17C9T5XnxkopaeS7jGk1GyyVziaMt",
       "xprv9xJocDuwtYCMNAo3Zw76WENQeAS6WGXQ55RCy7tDJ8oALr4FWkuVoHJeHVAcAqiZLE7Je3vZJHxspZdFHfnBEjHqU5hG1Jaj32dVoS6XLT1"}}}};

TEST(Bip32, OfficialVectors1To4) {
  for (const auto& vector : vectors) {
    const auto master = Node::from_seed(*from_hex(vector.seed));
    ASSERT_TRUE(master);
    for (const auto& step : vector.steps) {
      SCOPED_TRACE(step.xpub);
      const auto node = master->derive(*parse_path(step.path));
      ASSERT_TRUE(node);
      EXPECT_EQ(node->xprv(Chain::mainnet).expose(), step.xprv);
      EXPECT_EQ(node->xpub(Chain::mainnet), step.xpub);
      const auto from_private = Node::parse(step.xprv);
      const auto from_public = Node::parse(step.xpub);
      ASSERT_TRUE(from_private && from_public);
      EXPECT_TRUE(from_private->node.is_private() && !from_public->node.is_private());
      EXPECT_FALSE(from_private->testnet || from_public->testnet);
      EXPECT_EQ(from_private->node.xprv(Chain::mainnet).expose(), step.xprv);
      EXPECT_EQ(from_private->node.xpub(Chain::mainnet), step.xpub);
      EXPECT_EQ(from_public->node.xpub(Chain::mainnet), step.xpub);
      EXPECT_TRUE(from_public->node.same_key(*node));
      EXPECT_EQ(node->depth(), parse_path(step.path)->size());
    }
  }
}

// Vector 5: keys that must be refused, each with what is wrong with it.
TEST(Bip32, OfficialVector5RefusesInvalidKeys) {
  const std::pair<const char*, const char*> keys[] = {
      {"public version, private key",
       "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6LBpB85b3D2yc8sfvZU521AAwdZafEz7mnzBBsz4wKY5fTtTQBm"},
      {"private version, public key",
       "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFGTQQD3dC4H2D5GBj7vWvSQaaBv5cxi9gafk7NF3pnBju6dwKvH"},
      {"public key prefix 04",
       "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6Txnt3siSujt9RCVYsx4qHZGc62TG4McvMGcAUjeuwZdduYEvFn"},
      {"private key prefix 04",
       "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFGpWnsj83BHtEy5Zt8CcDr1UiRXuWCmTQLxEK9vbz5gPstX92JQ"},
      {"public key prefix 01",
       "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6N8ZMMXctdiCjxTNq964yKkwrkBJJwpzZS4HS2fxvyYUA4q2Xe4"},
      {"private key prefix 01",
       "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFAzHGBP2UuGCqWLTAPLcMtD9y5gkZ6Eq3Rjuahrv17fEQ3Qen6J"},
      {"zero depth with a parent, private",
       "xprv9s2SPatNQ9Vc6GTbVMFPFo7jsaZySyzk7L8n2uqKXJen3KUmvQNTuLh3fhZMBoG3G4ZW1N2kZuHEPY53qmbZzCHshoQnNf4GvELZfqTUrcv"},
      {"zero depth with a parent, public",
       "xpub661no6RGEX3uJkY4bNnPcw4URcQTrSibUZ4NqJEw5eBkv7ovTwgiT91XX27VbEXGENhYRCf7hyEbWrR3FewATdCEebj6znwMfQkhRYHRLpJ"},
      {"zero depth with an index, private",
       "xprv9s21ZrQH4r4TsiLvyLXqM9P7k1K3EYhA1kkD6xuquB5i39AU8KF42acDyL3qsDbU9NmZn6MsGSUYZEsuoePmjzsB3eFKSUEh3Gu1N3cqVUN"},
      {"zero depth with an index, public",
       "xpub661MyMwAuDcm6CRQ5N4qiHKrJ39Xe1R1NyfouMKTTWcguwVcfrZJaNvhpebzGerh7gucBvzEQWRugZDuDXjNDRmXzSZe4c7mnTK97pTvGS8"},
      {"unknown version, private key",
       "DMwo58pR1QLEFihHiXPVykYB6fJmsTeHvyTp7hRThAtCX8CvYzgPcn8XnmdfHGMQzT7ayAmfo4z3gY5KfbrZWZ6St24UVf2Qgo6oujFktLHdHY4"},
      {"unknown version, public key",
       "DMwo58pR1QLEFihHiXPVykYB6fJmsTeHvyTp7hRThAtCX8CvYzgPcn8XnmdfHPmHJiEDXkTiJTVV9rHEBUem2mwVbbNfvT2MTcAqj3nesx8uBf9"},
      {"private key 0",
       "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzF93Y5wvzdUayhgkkFoicQZcP3y52uPPxFnfoLZB21Teqt1VvEHx"},
      {"private key n",
       "xprv9s21ZrQH143K24Mfq5zL5MhWK9hUhhGbd45hLXo2Pq2oqzMMo63oStZzFAzHGBP2UuGCqWLTAPLcMtD5SDKr24z3aiUvKr9bJpdrcLg1y3G"},
      {"public key not on the curve",
       "xpub661MyMwAqRbcEYS8w7XLSVeEsBXy79zSzH1J8vCdxAZningWLdN3zgtU6Q5JXayek4PRsn35jii4veMimro1xefsM58PgBMrvdYre8QyULY"},
      {"checksum",
       "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHL"}};
  for (const auto& [what, key] : keys) EXPECT_FALSE(Node::parse(key)) << what;
}

const Node& master() {
  static const Node node = std::move(*Node::from_seed(*from_hex(vectors[0].seed)));
  return node;
}

TEST(Bip32, TestnetKeysSayTprvAndTpub) {
  for (const Chain chain : {Chain::testnet, Chain::regtest}) {
    const auto xprv = master().xprv(chain);
    const auto xpub = master().xpub(chain);
    EXPECT_TRUE(xprv.expose().starts_with("tprv") && xpub.starts_with("tpub"));
    for (const auto text : {xprv.expose(), std::string_view(xpub)}) {
      const auto parsed = Node::parse(text);
      ASSERT_TRUE(parsed);
      EXPECT_TRUE(parsed->testnet);
      EXPECT_TRUE(parsed->node.same_key(master()));
    }
  }
}

TEST(Bip32, RefusesSeedsAndKeysOutOfRange) {
  EXPECT_FALSE(Node::from_seed(Bytes(15)));
  EXPECT_TRUE(Node::from_seed(Bytes(16)));
  EXPECT_TRUE(Node::from_seed(Bytes(64)));
  EXPECT_FALSE(Node::from_seed(Bytes(65)));
  const Bytes chain_code(32);
  const auto accepts = [&](std::string_view key) {
    return Node::from_private(FixedView<32>(chain_code), FixedView<32>(*from_hex(key))).has_value();
  };
  EXPECT_FALSE(accepts("0000000000000000000000000000000000000000000000000000000000000000"));
  EXPECT_TRUE(accepts("0000000000000000000000000000000000000000000000000000000000000001"));
  EXPECT_TRUE(accepts("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140"));
  EXPECT_FALSE(accepts("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"));
}

TEST(Bip32, APublicNodeKnowsNoSecrets) {
  const Node watcher = master().neutered();
  EXPECT_FALSE(watcher.is_private());
  EXPECT_TRUE(watcher.private_key().empty());
  EXPECT_EQ(watcher.fingerprint(), master().fingerprint());
  EXPECT_TRUE(watcher.child(0));
  EXPECT_FALSE(watcher.child(hardened));
  EXPECT_FALSE(watcher.derive(*parse_path("m/0/1h/2")));
  EXPECT_THROW((void)watcher.xprv(Chain::mainnet), Error);
}

TEST(Bip32, RerootedForgetsItsPlace) {
  const auto deep = master().derive(*parse_path("m/1h/2"));
  const Node root = deep->rerooted();
  EXPECT_TRUE(root.same_key(*deep));
  EXPECT_EQ(root.depth(), 0u);
  EXPECT_NE(root.xprv(Chain::mainnet).expose(), deep->xprv(Chain::mainnet).expose());
  EXPECT_EQ(Node::parse(root.xprv(Chain::mainnet).expose())->node.xpub(Chain::mainnet), root.xpub(Chain::mainnet));
  EXPECT_FALSE(root.same_key(master()));
}

TEST(Bip32, StopsAtDepth255) {
  std::optional<Node> node = master().clone();
  for (unsigned depth = 0; depth < 255; ++depth) node = node->child(0);
  ASSERT_TRUE(node);
  EXPECT_EQ(node->depth(), 255u);
  EXPECT_TRUE(Node::parse(node->xpub(Chain::mainnet)));
  EXPECT_FALSE(node->child(0));
}

TEST(Bip32, AnyChangedCharacterOfAnXprvIsRefused) {
  const auto key = master().xprv(Chain::mainnet);
  const std::string good(key.expose());
  ASSERT_TRUE(Node::parse(good));
  constexpr std::string_view alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0OIl \n";
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char c : alphabet) {
      if (c == good[at]) continue;
      std::string bad = good;
      bad[at] = c;
      EXPECT_FALSE(Node::parse(bad)) << "position " << at << " character " << c;
    }
    EXPECT_FALSE(Node::parse(good.substr(0, at)));
    EXPECT_FALSE(Node::parse(std::string(good).erase(at, 1)));
  }
  for (const std::string& bad : {good + "1", "1" + good, " " + good, good + "\n"}) EXPECT_FALSE(Node::parse(bad)) << bad;
}

RC_GTEST_PROP(Bip32, PublicChildIsThePublicHalfOfThePrivateChild, ()) {
  const auto seed = *rc::gen::container<Bytes>(32, rc::gen::arbitrary<std::uint8_t>());
  const auto index = *rc::gen::inRange<std::uint32_t>(0, hardened);
  const auto node = Node::from_seed(seed);
  RC_ASSERT(node.has_value());
  const auto one = node->neutered().child(index);
  const auto other = node->child(index);
  RC_ASSERT(one && other);
  RC_ASSERT(one->xpub(Chain::mainnet) == other->neutered().xpub(Chain::mainnet));
  RC_ASSERT(!node->neutered().child(index | hardened));
}

TEST(Paths, ReadAndWriteHardenedSteps) {
  const std::vector<std::uint32_t> account = {hardened | 84, hardened, hardened | 5, 0, 7};
  EXPECT_EQ(parse_path("m/84h/0h/5h/0/7"), account);
  EXPECT_EQ(parse_path("m/84'/0'/5h/0/7"), account);
  EXPECT_EQ(path_text(account), "m/84h/0h/5h/0/7");
  EXPECT_EQ(parse_path("m"), std::vector<std::uint32_t>());
  EXPECT_EQ(path_text({}), "m");
  EXPECT_EQ(parse_path("m/2147483647h"), std::vector<std::uint32_t>{0xFFFFFFFFu});
  std::string longest = "m";
  for (int i = 0; i < 255; ++i) longest += "/1";
  EXPECT_TRUE(parse_path(longest));
  for (const std::string& bad : {std::string(), std::string("84h"), std::string("M/1"), std::string("m/"), std::string("/1"),
                                 std::string("m//1"), std::string("m/1/"), std::string("m/-1"), std::string("m/+1"),
                                 std::string("m/ 1"), std::string("m/1hh"), std::string("m/h"), std::string("m/0x1"),
                                 std::string("m/2147483648"), std::string("m/99999999999999999999"), std::string("m1"),
                                 longest + "/1"}) {
    EXPECT_FALSE(parse_path(bad)) << bad;
  }
}

TEST(Fingerprints, AreEightHexDigits) {
  EXPECT_EQ(to_text(master().fingerprint()), "3442193E");
  EXPECT_EQ(fingerprint_from_text("3442193e"), master().fingerprint());
  EXPECT_EQ(fingerprint_from_text("3442193E"), master().fingerprint());
  EXPECT_EQ(fingerprint_from_le(0x3E194234u), master().fingerprint());
  for (const char* bad : {"", "3442193", "3442193E0", "0x3442193", "3442193G"}) {
    EXPECT_FALSE(fingerprint_from_text(bad)) << bad;
  }
}

TEST(Chains, HaveTheCodesOfTheColdcard) {
  for (const Chain chain : {Chain::mainnet, Chain::testnet, Chain::regtest}) {
    EXPECT_EQ(chain_from_code(coldcard_code(chain)), chain);
  }
  EXPECT_EQ(chain_from_code("XTN"), Chain::testnet);
  EXPECT_EQ(chain_from_code("XRT"), Chain::regtest);
  for (const char* bad : {"", "btc", "LTC", "BTC "}) EXPECT_FALSE(chain_from_code(bad)) << bad;
}

}  // namespace
}  // namespace hwbak::wallet
