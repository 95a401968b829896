// raw_secret in all its forms, and python3-mnemonic as a peer.
#include "device/coldcard/secret.h"

#include <rapidcheck/gtest.h>

#include "base/hex.h"
#include "device/coldcard_vectors.h"
#include "wallet/base58.h"

namespace hwbak::coldcard {
namespace {

using testing::output_of;

std::optional<WalletSecret> decode(std::string_view digits) {
  SecretFault fault;
  auto secret = decode_secret(digits, fault);
  EXPECT_EQ(secret.has_value(), fault.sentence.empty()) << digits;
  return secret;
}

std::string words_of(std::string_view digits) {
  const auto secret = decode(digits);
  return secret ? std::string(secret->mnemonic.expose()) : "";
}

TEST(ColdcardSecret, UndoesTheTrimming) {
  const std::string entropy_zero_end = "00112233445566778899aabbccddee00";
  const auto whole = words_of("80" + entropy_zero_end);
  EXPECT_EQ(words_of("8000112233445566778899aabbccddee"), whole) << "a zero byte cut";
  EXPECT_EQ(words_of("8000112233445566778899aabbccddeef"), words_of("8000112233445566778899aabbccddeef0"))
      << "odd digits";
  EXPECT_EQ(words_of("8"), words_of("80")) << "all the entropy is zero";
  EXPECT_THAT(words_of("8"), ::testing::StartsWith("abandon abandon"));
  EXPECT_THAT(words_of("8"), ::testing::EndsWith("about"));
  EXPECT_EQ(words_of("80" + entropy_zero_end + std::string(110, '0')), whole) << "not trimmed at all: 72 bytes";
}

TEST(ColdcardSecret, AgreesWithPythonMnemonic) {
  const std::string hex = "9e885d952ad362caeb4efe34a8e91bd2000000000000000000000000000000a0";
  const std::string command =
      "/usr/bin/python3 -c 'from mnemonic import Mnemonic; m = Mnemonic(\"english\"); "
      "w = m.to_mnemonic(bytes.fromhex(\"" +
      hex + "\")); print(w + \"|\" + m.to_hd_master_key(m.to_seed(w)), end=\"\")'";
  const std::string peer = output_of(command);
  const auto secret = decode("82" + hex.substr(0, hex.size() - 1));
  ASSERT_TRUE(secret);
  EXPECT_EQ(secret->word_count, 24u);
  EXPECT_EQ(
      std::string(secret->mnemonic.expose()) + "|" + std::string(secret->node->xprv(wallet::Chain::mainnet).expose()),
      peer);
}

TEST(ColdcardSecret, DecodesEveryKind) {
  EXPECT_EQ(decode("81aa")->word_count, 18u);
  EXPECT_EQ(decode("82aa")->word_count, 24u);
  const auto imported = decode(std::string("01") + std::string(64, 'c') + std::string(63, '0') + "1");
  ASSERT_TRUE(imported);
  EXPECT_EQ(imported->mode, Mode::xprv);
  EXPECT_EQ(to_hex(imported->node->public_key()), "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
  for (const unsigned size : {16u, 32u, 64u}) {
    std::string digits = to_hex(Bytes{static_cast<std::uint8_t>(size)});
    for (unsigned i = 0; i < size; ++i) digits += "5a";
    const auto master = decode(digits);
    ASSERT_TRUE(master) << size;
    EXPECT_EQ(master->mode, Mode::master);
    EXPECT_EQ(master->master_secret.size(), size);
  }
  // BIP-32, test vector 1.
  EXPECT_EQ(decode("10000102030405060708090a0b0c0d0e0f")->node->xprv(wallet::Chain::mainnet).expose(),
            "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBx"
            "rMPHi");
}

TEST(ColdcardSecret, RefusesWithAReason) {
  const auto fault = [](std::string_view digits) {
    SecretFault why;
    EXPECT_FALSE(decode_secret(digits, why)) << digits;
    return why.sentence;
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(fault(""), HasSubstr("empty"));
  EXPECT_THAT(fault("00"), HasSubstr("empty"));
  EXPECT_THAT(fault("0011"), HasSubstr("empty"));
  EXPECT_THAT(fault("83" + std::string(80, '1')), HasSubstr("40 bytes"));
  EXPECT_THAT(fault("02"), HasSubstr("no kind"));
  EXPECT_THAT(fault("41"), HasSubstr("no kind"));
  EXPECT_THAT(fault("7f"), HasSubstr("no kind"));
  EXPECT_THAT(fault(std::string("01") + std::string(64, '1')), HasSubstr("range")) << "private key zero";
  EXPECT_THAT(fault(std::string("01") + std::string(64, '1') + std::string(64, 'f')), HasSubstr("range"));
  EXPECT_THAT(fault("80xy"), HasSubstr("hexadecimal"));
  EXPECT_THAT(fault(std::string(145, '8')), HasSubstr("72 bytes"));
}

TEST(ColdcardSecret, SeesBytesAfterTheContent) {
  EXPECT_TRUE(decode(std::string("80") + std::string(32, 'a'))->zero_tail);
  EXPECT_FALSE(decode(std::string("80") + std::string(32, 'a') + "0000ff")->zero_tail);
}

TEST(ColdcardSecret, MnemonicsNeedTheirChecksumAndCount) {
  SecretFault fault;
  const std::string abandon11 =
      "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon ";
  EXPECT_TRUE(secret_from_mnemonic(abandon11 + "about", fault));
  EXPECT_FALSE(secret_from_mnemonic(abandon11 + "zoo", fault));
  EXPECT_THAT(fault.sentence, ::testing::HasSubstr("checksum"));
  EXPECT_FALSE(secret_from_mnemonic(abandon11 + abandon11 + "abandon abandon about", fault));
  EXPECT_THAT(fault.sentence, ::testing::HasSubstr("25 words"));
  EXPECT_FALSE(secret_from_mnemonic("", fault));
  EXPECT_FALSE(secret_from_mnemonic(
      "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
      "abandon abandon address",
      fault))
      << "15 words";
}

TEST(ColdcardSecret, EncodesTheVectorsDigitForDigit) {
  for (const auto& v : testing::vectors().all()) {
    const auto digits = v.expect.member("raw_secret")->string();
    EXPECT_EQ(encode_secret(*decode(digits->expose())).expose(), digits->expose()) << v.file;
  }
  EXPECT_EQ(encode_secret(*decode("80")).expose(), "8");
}

RC_GTEST_PROP(ColdcardSecretProperties, WhatWasEncodedDecodesToTheSame, ()) {
  const auto kind = *rc::gen::inRange(0, 5);
  std::string digits;
  std::size_t content = 0;
  if (kind < 3) {
    digits = to_hex(Bytes{static_cast<std::uint8_t>(0x80 + kind)});
    content = static_cast<std::size_t>(kind + 2) * 8;
  } else {
    content = kind == 3 ? 64 : *rc::gen::inRange<std::size_t>(16, 65);
    digits = to_hex(Bytes{static_cast<std::uint8_t>(kind == 3 ? 1 : content)});
  }
  digits += to_hex(*rc::gen::container<Bytes>(content, rc::gen::element<std::uint8_t>(0, 0, 1, 0x10, 0xA5, 0xFE)));
  SecretFault fault;
  const auto secret = decode_secret(digits, fault);
  RC_PRE(secret.has_value());  // no private key zero
  const SecretString encoded = encode_secret(*secret);
  while (digits.ends_with('0')) digits.pop_back();
  RC_ASSERT(encoded.equals(digits));
  const auto again = decode_secret(encoded.expose(), fault);
  RC_ASSERT(again.has_value());
  RC_ASSERT(again->mode == secret->mode && again->word_count == secret->word_count);
  RC_ASSERT(again->mnemonic.equals(secret->mnemonic.expose()) && again->master_secret.equals(secret->master_secret.expose()));
  RC_ASSERT(again->node->same_key(*secret->node));
}

TEST(ColdcardSecret, TakesAMasterXprv) {
  const auto from = decode("80aa");
  SecretFault fault;
  for (const auto chain : {wallet::Chain::mainnet, wallet::Chain::testnet}) {
    const auto made = secret_from_xprv(from->node->xprv(chain).expose(), fault);
    ASSERT_TRUE(made) << fault.sentence;
    EXPECT_EQ(made->secret.mode, Mode::xprv);
    EXPECT_EQ(made->testnet, chain == wallet::Chain::testnet);
    EXPECT_TRUE(made->secret.node->same_key(*from->node));
    EXPECT_THAT(std::string(encode_secret(made->secret).expose()), ::testing::StartsWith("01"));
  }
}

TEST(ColdcardSecret, SaysWhyAnotherKeyIsNoMasterXprv) {
  const auto from = decode("80aa");
  const std::string xprv(from->node->xprv(wallet::Chain::mainnet).expose());
  const auto fault = [](std::string_view text) {
    SecretFault why;
    EXPECT_FALSE(secret_from_xprv(text, why)) << text;
    return why.sentence;
  };
  using ::testing::HasSubstr;
  EXPECT_THAT(fault(""), HasSubstr("not an extended key"));
  EXPECT_THAT(fault(xprv.substr(1)), HasSubstr("checksum does not hold"));
  EXPECT_THAT(fault(xprv.substr(0, 50) + (xprv[50] == 'a' ? "b" : "a") + xprv.substr(51)), HasSubstr("checksum does not hold"));
  EXPECT_THAT(fault(from->node->xpub(wallet::Chain::mainnet)), HasSubstr("public key"));
  EXPECT_THAT(fault(from->node->xpub(wallet::Chain::testnet)), HasSubstr("public key"));
  EXPECT_THAT(fault(from->node->child(3)->xprv(wallet::Chain::mainnet).expose()), HasSubstr("depth 1"));
  EXPECT_THAT(fault("1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"), HasSubstr("not a valid xprv")) << "an address";
  // The same key under other version bytes.
  for (const auto& [version, kind] : {std::pair("049d7878", "yprv"), {"04b2430c", "zprv"}, {"044a4e28", "uprv"}, {"045f18bc", "vprv"}}) {
    auto payload = wallet::from_base58check(xprv);
    const Bytes other = *from_hex(version);
    std::copy(other.begin(), other.end(), payload->expose().begin());
    const SecretString text = wallet::base58check(payload->expose());
    EXPECT_THAT(std::string(text.expose()), ::testing::StartsWith(kind));
    EXPECT_THAT(fault(text.expose()), HasSubstr(std::string("in the ") + kind + " form"));
  }
}

TEST(Memo, GivesTheSameSecretAndForgetsTheOldest) {
  SecretMemo memo;
  SecretFault fault;
  const auto first = decode_secret("80aa", fault, &memo);
  const auto again = decode_secret("80aa", fault, &memo);
  ASSERT_TRUE(first && again);
  EXPECT_TRUE(again->mnemonic.equals(first->mnemonic.expose()));
  EXPECT_TRUE(again->node->same_key(*decode_secret("80aa", fault)->node));
  EXPECT_EQ(again->node->fingerprint(), first->node->fingerprint());

  SecretBytes entropy(16);
  entropy.expose()[0] = 0xAA;
  EXPECT_NE(memo.find(entropy.expose()), nullptr);
  for (std::uint8_t i = 0; i < 64; ++i) {
    entropy.expose()[1] = static_cast<std::uint8_t>(i + 1);
    memo.keep(entropy.expose(), *first->node);
  }
  EXPECT_NE(memo.find(entropy.expose()), nullptr);
  entropy.expose()[1] = 0;
  EXPECT_EQ(memo.find(entropy.expose()), nullptr);
}

}  // namespace
}  // namespace hwbak::coldcard
