// BIP-85 words and clone passwords: the official vectors, both sides of a clone, and what is refused.
#include <algorithm>

#include "base/hex.h"
#include "hwbak/error.h"
#include "wallet/bip32.h"
#include "wallet/bip39.h"
#include "wallet/curve.h"

namespace hwbak::wallet {
namespace {

Node bip85_master() {
  auto parsed = Node::parse(
      "xprv9s21ZrQH143K2LBWUUQRFXhucrQqBpKdRRxNVq2zBqsx8HVqFk2uYo8kmbaLLHRdqtQpUm98uKfu3vca1LqdGhUtyoFnCNkfmXRyPXLjbKb");
  return std::move(parsed.value().node);
}

TEST(Bip85, OfficialVectors) {
  const auto master = bip85_master();
  EXPECT_EQ(bip85_words(master, 12, 0)->expose(), "girl mad pet galaxy egg matter matrix prison refuse sense ordinary nose");
  EXPECT_EQ(bip85_words(master, 18, 0)->expose(),
            "near account window bike charge season chef number sketch tomorrow excuse sniff circle vital hockey outdoor "
            "supply token");
  EXPECT_EQ(bip85_words(master, 24, 0)->expose(),
            "puppy ocean match cereal symbol another shed magic wrap hammer bulb intact gadget divorce twin tonight reason "
            "outdoor destroy simple truth cigar social volcano");
}

TEST(Bip85, EveryIndexHasItsOwnWords) {
  const auto master = bip85_master();
  const auto last = bip85_words(master, 12, hardened - 1);
  ASSERT_TRUE(last);
  EXPECT_TRUE(entropy_from_mnemonic(last->expose()));
  EXPECT_NE(last->expose(), bip85_words(master, 12, 0)->expose());
  EXPECT_NE(bip85_words(master, 12, 1)->expose(), bip85_words(master, 12, 0)->expose());
}

TEST(Bip85, RefusesOtherCountsIndexesAndPublicKeys) {
  const auto master = bip85_master();
  for (const unsigned words : {0u, 11u, 13u, 15u, 21u, 25u}) EXPECT_FALSE(bip85_words(master, words, 0)) << words;
  EXPECT_FALSE(bip85_words(master, 12, hardened));
  EXPECT_FALSE(bip85_words(master.neutered(), 12, 0));
}

TEST(Clone, BothSidesFindTheSamePassword) {
  const auto one = *from_hex("846095d1b6aa50284eea2304d3da7c3406669647ecdb5045151e51ad4c926016");
  const auto other = *from_hex("0000000000000000000000000000000000000000000000000000000000000002");
  const auto a = clone_password(FixedView<32>(one), *point_of(FixedView<32>(other)));
  const auto b = clone_password(FixedView<32>(other), *point_of(FixedView<32>(one)));
  ASSERT_TRUE(a && b);
  EXPECT_TRUE(a->equals(b->expose()));
  EXPECT_EQ(a->size(), 64u);
  EXPECT_FALSE(a->equals(clone_password(FixedView<32>(one), *point_of(FixedView<32>(one)))->expose()));
}

TEST(Clone, RefusesInvalidKeys) {
  const auto private_key = *from_hex("846095d1b6aa50284eea2304d3da7c3406669647ecdb5045151e51ad4c926016");
  const auto public_key = *from_hex("024e01c31b75845902373b3e653494d83357d59c28ed74d7687b8dc51941592726");
  ASSERT_TRUE(clone_password(FixedView<32>(private_key), FixedView<33>(public_key)));
  const Bytes zero(32), beyond(32, 0xFF);
  EXPECT_FALSE(clone_password(FixedView<32>(zero), FixedView<33>(public_key)));
  EXPECT_FALSE(clone_password(FixedView<32>(beyond), FixedView<33>(public_key)));
  for (const std::uint8_t prefix : Bytes{0x00, 0x01, 0x04, 0x05, 0xFF}) {
    auto bad = public_key;
    bad[0] = prefix;
    EXPECT_FALSE(clone_password(FixedView<32>(private_key), FixedView<33>(bad))) << int{prefix};
  }
  Bytes off_curve(33, 0xFF);
  off_curve[0] = 0x02;
  EXPECT_FALSE(clone_password(FixedView<32>(private_key), FixedView<33>(off_curve)));
}

// Gives the recorded bytes, 32 at a time; the last ones again and again.
class Recorded final : public RandomSource {
 public:
  explicit Recorded(std::vector<Bytes> draws) : draws_(std::move(draws)) {}
  void fill(ByteSpan out) override {
    std::copy(draws_[next_].begin(), draws_[next_].end(), out.begin());
    if (next_ + 1 < draws_.size()) ++next_;
  }

 private:
  std::vector<Bytes> draws_;
  std::size_t next_ = 0;
};

TEST(CloneKey, TwoFreshPairsAgreeOnOnePassword) {
  const CloneKey one = fresh_clone_key(system_random()), other = fresh_clone_key(system_random());
  EXPECT_NE(one.public_key, other.public_key);
  EXPECT_EQ(one.public_key, *point_of(one.private_key.expose().first<32>()));
  const auto a = clone_password(one.private_key.expose().first<32>(), other.public_key);
  const auto b = clone_password(other.private_key.expose().first<32>(), one.public_key);
  ASSERT_TRUE(a && b);
  EXPECT_TRUE(a->equals(b->expose()));
}

TEST(CloneKey, DrawsAgainWhatIsNoKey) {
  const Bytes zero(32), beyond(32, 0xFF);
  const Bytes order = *from_hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
  const Bytes last = *from_hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140");
  Recorded random({zero, beyond, order, last});
  EXPECT_TRUE(fresh_clone_key(random).private_key.equals(last));
  Recorded broken({zero});
  EXPECT_THROW(static_cast<void>(fresh_clone_key(broken)), Error);
}

}  // namespace
}  // namespace hwbak::wallet
