// AES-256-CMAC against SP 800-38B, and what it mends.
#include "crypto/cmac.h"

#include <rapidcheck/gtest.h>

#include "base/hex.h"
#include "crypto/peer.h"

namespace hwbak::crypto {
namespace {

const Bytes key = *from_hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
FixedView<32> key_view() { return FixedView<32>(key.data(), 32); }

TEST(Cmac, Sp80038bVectors) {
  const Bytes message = *from_hex(
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
      "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
  const std::pair<std::size_t, const char*> cases[] = {{0, "028962f61b7bf89efc6b551f4667d983"},
                                                       {16, "28a7023f452e8f82bd4bf28d8c37c35c"},
                                                       {40, "aaf3d8f1de5640c232f5b169b9c911e6"},
                                                       {64, "e1992190549f6ed5696a2c056c315410"}};
  for (const auto& [size, tag] : cases)
    EXPECT_EQ(to_hex(aes256_cmac(key_view(), ByteView(message).first(size))), tag) << size;
}

RC_GTEST_PROP(Cmac, MendsOneBlock, ()) {
  const Bytes whole = test::random_bytes(*rc::gen::inRange<std::size_t>(1, 200));
  const auto tag = aes256_cmac(key_view(), whole);
  const std::size_t block = *rc::gen::inRange<std::size_t>(0, (whole.size() + 15) / 16),
                    used = std::min<std::size_t>(16, whole.size() - block * 16);
  const std::size_t count = *rc::gen::inRange<std::size_t>(1, std::min<std::size_t>(used, 8) + 1);
  Bytes damaged = whole;
  std::vector<std::size_t> places;
  for (std::size_t i = used - count; i < used; ++i) {
    damaged[block * 16 + i] ^= 0x2A;
    places.push_back(block * 16 + i);
  }
  const auto mended = aes256_cmac_mend(key_view(), damaged, tag, 8);
  RC_ASSERT(mended && *mended == places && damaged == whole);
}

TEST(Cmac, MendsNothingThatIsNotProven) {
  Bytes message(100, 7);
  const auto tag = aes256_cmac(key_view(), message);
  const auto stays = [&](std::initializer_list<std::size_t> places) {
    Bytes damaged = message;
    for (const std::size_t at : places) damaged[at] ^= 1;
    const Bytes before = damaged;
    return !aes256_cmac_mend(key_view(), damaged, tag, 8) && damaged == before;
  };
  EXPECT_TRUE(stays({3, 40})) << "two blocks";
  EXPECT_TRUE(stays({0, 1, 2, 3, 4, 5, 6, 7, 8})) << "nine bytes";
  EXPECT_FALSE(stays({0, 1, 2, 3, 4, 5, 6, 7}));
  Bytes shorter(99, 7);
  EXPECT_FALSE(aes256_cmac_mend(key_view(), shorter, tag, 8)) << "a byte that is missing";
  Bytes none;
  EXPECT_FALSE(aes256_cmac_mend(key_view(), none, tag, 8));
}

}  // namespace
}  // namespace hwbak::crypto
