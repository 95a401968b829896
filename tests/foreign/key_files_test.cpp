// AES keys as bytes and as digits; everything else goes to the reader of key files.
#include "foreign/key_files.h"

#include "base/as_bytes.h"
#include "base/hex.h"

namespace hwbak::foreign {
namespace {

ByteView key_of(const crypto::ReadKey& read) { return std::get<crypto::SecretKey>(read.key).key.expose(); }

TEST(KeySource, AesKeysAreBytesOrDigits) {
  for (const std::size_t size : {16u, 24u, 32u, 64u}) {
    Bytes key(size);
    for (std::size_t i = 0; i < size; ++i) key[i] = static_cast<std::uint8_t>(0xA0 + 3 * i);
    EXPECT_EQ(recognise_key(key)->format, KeyFormat::aes_bytes);
    EXPECT_TRUE(std::ranges::equal(key_of(read_key(key, {})), key));
    std::string digits = to_hex_upper(key) + "\r\n";
    EXPECT_EQ(recognise_key(as_bytes(digits))->format, KeyFormat::aes_digits) << size;
    EXPECT_TRUE(std::ranges::equal(key_of(read_key(as_bytes(digits), {})), key));
    for (std::size_t at = 2; at < 3 * size; at += 3) digits.insert(at, at % 2 == 0 ? ":" : " ");
    EXPECT_TRUE(std::ranges::equal(key_of(read_key(as_bytes(digits), {})), key)) << digits;
  }
}

TEST(KeySource, OtherSizesAreNoKeys) {
  for (const std::size_t size : {0u, 1u, 15u, 17u, 20u, 31u, 33u, 63u, 65u, 5000u}) {
    EXPECT_FALSE(recognise_key(Bytes(size, 0xEE))) << size;
    try {
      (void)read_key(Bytes(size, 0xEE), {});
      ADD_FAILURE() << size;
    } catch (const Error& error) {
      EXPECT_EQ(error.outcome(), Outcome::unsupported);
      EXPECT_FALSE(error.next().empty());
    }
  }
  EXPECT_FALSE(recognise_key(as_bytes(std::string(40, 'a')))) << "20 bytes in digits";
  EXPECT_FALSE(recognise_key(as_bytes(std::string(2000, ' '))));
}

TEST(KeySource, KeyFilesGoToTheirReader) {
  const auto pem = crypto::to_pem(
      crypto::pkcs8_der(crypto::fresh_ec(crypto::Curve::secp256r1, system_random())).expose(), "PRIVATE KEY");
  EXPECT_EQ(recognise_key(pem.expose())->format, KeyFormat::key_file);
  EXPECT_EQ(recognise_key(pem.expose())->needs, crypto::KeyFileNeeds::nothing);
  EXPECT_TRUE(std::holds_alternative<crypto::EcKey>(read_key(pem.expose(), {}).key));
}

}  // namespace
}  // namespace hwbak::foreign
