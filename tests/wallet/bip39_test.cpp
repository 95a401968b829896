// BIP-39: the list, the official vectors, python3-mnemonic as a peer, what is refused, and word search.
#include "wallet/bip39.h"

#include <rapidcheck/gtest.h>

#include <cstdio>
#include <memory>
#include <sstream>

#include "base/as_bytes.h"
#include "base/hex.h"
#include "crypto/digest.h"
#include "hwbak/error.h"
#include "wallet/bip32.h"

namespace hwbak::wallet {
namespace {

TEST(Bip39, TheListIsTheOfficialOne) {
  std::string lines;
  for (const auto word : english_words()) (lines += word) += '\n';
  EXPECT_EQ(to_hex(crypto::sha256(as_bytes(lines))), "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
  EXPECT_TRUE(std::is_sorted(english_words().begin(), english_words().end()));
}

// Trezor's vectors, English: entropy, and the extended key of its words with the passphrase "TREZOR".
// The key depends on every letter of the words, so words and seed are proven with it.
struct Vector {
  const char* entropy;
  const char* xprv;
};
const Vector vectors[] = {
    {"00000000000000000000000000000000",
     "xprv9s21ZrQH143K3h3fDYiay8mocZ3afhfULfb5GX8kCBdno77K4HiA15Tg23wpbeF1pLfs1c5SPmYHrEpTuuRhxMwvKDwqdKiGJS9XFKzUsAF"},
    {"7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
     "xprv9s21ZrQH143K2gA81bYFHqU68xz1cX2APaSq5tt6MFSLeXnCKV1RVUJt9FWNTbrrryem4ZckN8k4Ls1H6nwdvDTvnV7zEXs2HgPezuVccsq"},
    {"80808080808080808080808080808080",
     "xprv9s21ZrQH143K2shfP28KM3nr5Ap1SXjz8gc2rAqqMEynmjt6o1qboCDpxckqXavCwdnYds6yBHZGKHv7ef2eTXy461PXUjBFQg6PrwY4Gzq"},
    {"ffffffffffffffffffffffffffffffff",
     "xprv9s21ZrQH143K2V4oox4M8Zmhi2Fjx5XK4Lf7GKRvPSgydU3mjZuKGCTg7UPiBUD7ydVPvSLtg9hjp7MQTYsW67rZHAXeccqYqrsx8LcXnyd"},
    {"000000000000000000000000000000000000000000000000",
     "xprv9s21ZrQH143K3mEDrypcZ2usWqFgzKB6jBBx9B6GfC7fu26X6hPRzVjzkqkPvDqp6g5eypdk6cyhGnBngbjeHTe4LsuLG1cCmKJka5SMkmU"},
    {"7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
     "xprv9s21ZrQH143K3Lv9MZLj16np5GzLe7tDKQfVusBni7toqJGcnKRtHSxUwbKUyUWiwpK55g1DUSsw76TF1T93VT4gz4wt5RM23pkaQLnvBh7"},
    {"808080808080808080808080808080808080808080808080",
     "xprv9s21ZrQH143K3VPCbxbUtpkh9pRG371UCLDz3BjceqP1jz7XZsQ5EnNkYAEkfeZp62cDNj13ZTEVG1TEro9sZ9grfRmcYWLBhCocViKEJae"},
    {"ffffffffffffffffffffffffffffffffffffffffffffffff",
     "xprv9s21ZrQH143K36Ao5jHRVhFGDbLP6FCx8BEEmpru77ef3bmA928BxsqvVM27WnvvyfWywiFN8K6yToqMaGYfzS6Db1EHAXT5TuyCLBXUfdm"},
    {"0000000000000000000000000000000000000000000000000000000000000000",
     "xprv9s21ZrQH143K32qBagUJAMU2LsHg3ka7jqMcV98Y7gVeVyNStwYS3U7yVVoDZ4btbRNf4h6ibWpY22iRmXq35qgLs79f312g2kj5539ebPM"},
    {"7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
     "xprv9s21ZrQH143K3Y1sd2XVu9wtqxJRvybCfAetjUrMMco6r3v9qZTBeXiBZkS8JxWbcGJZyio8TrZtm6pkbzG8SYt1sxwNLh3Wx7to5pgiVFU"},
    {"8080808080808080808080808080808080808080808080808080808080808080",
     "xprv9s21ZrQH143K3CSnQNYC3MqAAqHwxeTLhDbhF43A4ss4ciWNmCY9zQGvAKUSqVUf2vPHBTSE1rB2pg4avopqSiLVzXEU8KziNnVPauTqLRo"},
    {"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "xprv9s21ZrQH143K2WFF16X85T2QCpndrGwx6GueB72Zf3AHwHJaknRXNF37ZmDrtHrrLSHvbuRejXcnYxoZKvRquTPyp2JiNG3XcjQyzSEgqCB"},
    {"9e885d952ad362caeb4efe34a8e91bd2",
     "xprv9s21ZrQH143K2oZ9stBYpoaZ2ktHj7jLz7iMqpgg1En8kKFTXJHsjxry1JbKH19YrDTicVwKPehFKTbmaxgVEc5TpHdS1aYhB2s9aFJBeJH"},
    {"6610b25967cdcca9d59875f5cb50b0ea75433311869e930b",
     "xprv9s21ZrQH143K3uT8eQowUjsxrmsA9YUuQQK1RLqFufzybxD6DH6gPY7NjJ5G3EPHjsWDrs9iivSbmvjc9DQJbJGatfa9pv4MZ3wjr8qWPAK"},
    {"68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c",
     "xprv9s21ZrQH143K2XTAhys3pMNcGn261Fi5Ta2Pw8PwaVPhg3D8DWkzWQwjTJfskj8ofb81i9NP2cUNKxwjueJHHMQAnxtivTA75uUFqPFeWzk"},
    {"c0ba5a8e914111210f2bd131f3d5e08d",
     "xprv9s21ZrQH143K3FperxDp8vFsFycKCRcJGAFmcV7umQmcnMZaLtZRt13QJDsoS5F6oYT6BB4sS6zmTmyQAEkJKxJ7yByDNtRe5asP2jFGhT6"},
    {"6d9be1ee6ebd27a258115aad99b7317b9c8d28b6d76431c3",
     "xprv9s21ZrQH143K3R1SfVZZLtVbXEB9ryVxmVtVMsMwmEyEvgXN6Q84LKkLRmf4ST6QrLeBm3jQsb9gx1uo23TS7vo3vAkZGZz71uuLCcywUkt"},
    {"9f6a2878b2520799a44ef18bc7df394e7061a224d2c33cd015b157d746869863",
     "xprv9s21ZrQH143K2WNnKmssvZYM96VAr47iHUQUTUyUXH3sAGNjhJANddnhw3i3y3pBbRAVk5M5qUGFr4rHbEWwXgX4qrvrceifCYQJbbFDems"},
    {"23db8160a31d3e0dca3688ed941adbf3",
     "xprv9s21ZrQH143K4G28omGMogEoYgDQuigBo8AFHAGDaJdqQ99QKMQ5J6fYTMfANTJy6xBmhvsNZ1CJzRZ64PWbnTFUn6CDV2FxoMDLXdk95DQ"},
    {"8197a4a47f0425faeaa69deebc05ca29c0a5b5cc76ceacc0",
     "xprv9s21ZrQH143K3wtsvY8L2aZyxkiWULZH4vyQE5XkHTXkmx8gHo6RUEfH3Jyr6NwkJhvano7Xb2o6UqFKWHVo5scE31SGDCAUsgVhiUuUDyh"},
    {"066dca1a2bb7e8a1db2832148ce9933eea0f3ac9548d793112d9a95c9407efad",
     "xprv9s21ZrQH143K3rEfqSM4QZRVmiMuSWY9wugscmaCjYja3SbUD3KPEB1a7QXJoajyR2T1SiXU7rFVRXMV9XdYVSZe7JoUXdP4SRHTxsT1nzm"},
    {"f30f8c1da665478f49b001d94c5fc452",
     "xprv9s21ZrQH143K2QWV9Wn8Vvs6jbqfF1YbTCdURQW9dLFKDovpKaKrqS3SEWsXCu6ZNky9PSAENg6c9AQYHcg4PjopRGGKmdD313ZHszymnps"},
    {"c10ec20dc3cd9f652c7fac2f1230f7a3c828389a14392f05",
     "xprv9s21ZrQH143K4aERa2bq7559eMCCEs2QmmqVjUuzfy5eAeDX4mqZffkYwpzGQRE2YEEeLVRoH4CSHxianrFaVnMN2RYaPUZJhJx8S5j6puX"},
    {"f585c11aec520db57dd353c69554b21a89b20fb0650966fa0a9d6f74fd989d8f",
     "xprv9s21ZrQH143K39rnQJknpH1WEPFJrzmAqqasiDcVrNuk926oizzJDDQkdiTvNPr2FYDYzWgiMiC63YmfPAa2oPyNB23r2g7d1yiK6WpqaQS"},
};

TEST(Bip39, OfficialVectors) {
  for (const auto& vector : vectors) {
    const auto entropy = from_hex(vector.entropy);
    const auto mnemonic = mnemonic_from_entropy(*entropy);
    const auto master = Node::from_seed(seed_from_mnemonic(mnemonic.expose(), "TREZOR").expose());
    ASSERT_TRUE(master) << vector.entropy;
    EXPECT_EQ(master->xprv(Chain::mainnet).expose(), vector.xprv) << vector.entropy;
    const auto back = entropy_from_mnemonic(mnemonic.expose());
    EXPECT_TRUE(back && back->equals(*entropy)) << vector.entropy;
  }
}

TEST(Bip39, OneVectorInFull) {
  constexpr std::string_view mnemonic = "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic";
  EXPECT_EQ(mnemonic_from_entropy(*from_hex("9e885d952ad362caeb4efe34a8e91bd2")).expose(), mnemonic);
  EXPECT_EQ(to_hex(seed_from_mnemonic(mnemonic, "TREZOR").expose()),
            "274ddc525802f7c828d8ef7ddbcdc5304e87ac3535913611fbbfa986d0c9e547"
            "6c91689f9c8a54fd55bd38606aa6a8595ad213d4c9c9f9aca3fb217069a41028");
}

// Debian's python3-mnemonic draws random entropies of all sizes and says what it makes of them.
TEST(Bip39, AgreesWithPythonMnemonic) {
  const std::unique_ptr<FILE, int (*)(FILE*)> peer(
      popen("/usr/bin/python3 -c '\n"
            "import os\n"
            "from mnemonic import Mnemonic\n"
            "m = Mnemonic(\"english\")\n"
            "for size in (16, 20, 24, 28, 32) * 12:\n"
            "    e = os.urandom(size); words = m.to_mnemonic(e)\n"
            "    print(e.hex(), m.to_seed(words, \"a pass phrase\").hex(), words)\n'",
            "r"),
      pclose);
  ASSERT_TRUE(peer);
  char line[1024];
  unsigned lines = 0;
  for (; std::fgets(line, sizeof line, peer.get()) != nullptr; ++lines) {
    std::istringstream fields{line};
    std::string entropy, seed, words;
    std::getline(fields >> entropy >> seed >> std::ws, words);
    EXPECT_EQ(mnemonic_from_entropy(*from_hex(entropy)).expose(), words);
    EXPECT_EQ(to_hex(entropy_from_mnemonic(words)->expose()), entropy);
    EXPECT_EQ(to_hex(seed_from_mnemonic(words, "a pass phrase").expose()), seed);
  }
  EXPECT_EQ(lines, 60u);
}

TEST(Bip39, RefusesWhatIsNotAMnemonic) {
  const std::string good = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
  ASSERT_TRUE(entropy_from_mnemonic(good));
  std::string zeros = "abandon";
  for (int i = 1; i < 27; ++i) {
    EXPECT_FALSE(entropy_from_mnemonic(zeros)) << i << " words whose checksum is wrong, or too few, or too many";
    zeros += " abandon";
  }
  for (const std::string& bad :
       {std::string(), std::string(" "), " " + good, good + " ", "abandon " + good, std::string(100000, ' '),
        "Abandon" + good.substr(7), "abandon\t" + good.substr(8), "abandon  " + good.substr(8), "abandun" + good.substr(7),
        good.substr(8), good.substr(0, good.size() - 6), good + '\0', "zoo" + good.substr(7)}) {
    EXPECT_FALSE(entropy_from_mnemonic(bad)) << bad.substr(0, 120);
  }
  for (const std::size_t size : {0u, 4u, 12u, 15u, 17u, 33u, 36u}) {
    EXPECT_THROW((void)mnemonic_from_entropy(Bytes(size)), Error) << size;
  }
}

RC_GTEST_PROP(Bip39, WordsAndEntropyRoundTrip, ()) {
  const auto size = *rc::gen::element<std::size_t>(16, 20, 24, 28, 32);
  const auto entropy = *rc::gen::container<Bytes>(size, rc::gen::arbitrary<std::uint8_t>());
  const auto mnemonic = mnemonic_from_entropy(entropy);
  const auto back = entropy_from_mnemonic(mnemonic.expose());
  RC_ASSERT(back.has_value());
  RC_ASSERT(back->equals(entropy));
}

TEST(WordSearch, FindsExactWordsOnly) {
  for (unsigned i = 0; i < word_count; ++i) EXPECT_EQ(word_index(english_words()[i]), i);
  for (const char* none : {"", "a", "abando", "abandons", "Abandon", "zzz", "zoo ", " zoo", "\xFF"}) {
    EXPECT_FALSE(word_index(none)) << none;
  }
}

TEST(WordSearch, FourLettersAreEnough) {
  for (unsigned i = 0; i < word_count; ++i) {
    for (std::size_t size = 4; size <= english_words()[i].size(); ++size) {
      const auto prefix = english_words()[i].substr(0, size);
      EXPECT_EQ(word_from_prefix(prefix), word_index(prefix) ? word_index(prefix) : i) << prefix;
    }
  }
  EXPECT_EQ(word_from_prefix("act"), word_index("act")) << "a whole word, though others begin with it";
  EXPECT_EQ(word_from_prefix("zoo"), word_index("zoo"));
  for (const char* none : {"", "aba", "zon", "abandonx", "qqqq"}) EXPECT_FALSE(word_from_prefix(none)) << none;
}

TEST(WordSearch, ListsCompletions) {
  using testing::ElementsAre;
  using testing::IsEmpty;
  EXPECT_THAT(words_with_prefix("act"), ElementsAre("act", "action", "actor", "actress", "actual"));
  EXPECT_THAT(words_with_prefix("zo"), ElementsAre("zone", "zoo"));
  EXPECT_THAT(words_with_prefix("abandon"), ElementsAre("abandon"));
  EXPECT_THAT(words_with_prefix("zoox"), IsEmpty());
  EXPECT_THAT(words_with_prefix("aa"), IsEmpty());
  EXPECT_EQ(words_with_prefix("").size(), word_count);
}

TEST(WordSearch, OffersTheNearestFirst) {
  const auto first = [](std::string_view typed) { return nearest_words(typed, 1).at(0); };
  EXPECT_EQ(first("abandon"), "abandon");
  EXPECT_EQ(first("abadnon"), "abandon") << "two letters swapped";
  EXPECT_EQ(first("abandn"), "abandon") << "a letter left out";
  EXPECT_EQ(first("abanddon"), "abandon") << "a letter too many";
  EXPECT_EQ(first("abendon"), "abandon") << "a wrong letter";
  EXPECT_EQ(first("recieve"), "receive");
  // At the same distance the longer shared beginning comes first, then the alphabet.
  EXPECT_THAT(nearest_words("roaf", 3), testing::ElementsAre("road", "roof", "roast"));
  EXPECT_THAT(nearest_words("xall", 5), testing::ElementsAre("all", "ball", "call", "fall", "wall"));
}

TEST(WordSearch, AnswersAnythingTyped) {
  EXPECT_EQ(nearest_words("zoo", 0).size(), 0u);
  EXPECT_EQ(nearest_words("zoo", 5000).size(), word_count);
  EXPECT_EQ(nearest_words("", 3).size(), 3u);
  EXPECT_EQ(nearest_words(std::string(100000, 'x'), 3).size(), 3u);
  EXPECT_EQ(nearest_words("\xFF\xFE\x00", 3).size(), 3u);
}

}  // namespace
}  // namespace hwbak::wallet
