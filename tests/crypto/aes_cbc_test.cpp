// AES-256-CBC against SP 800-38A and the openssl program; and no configuration of the machine is obeyed.
#include "crypto/aes_cbc.h"

#include <fstream>

#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/peer.h"
#include "hwbak/error.h"

namespace hwbak::crypto {
namespace {

template <std::size_t N>
FixedView<N> fixed(const Bytes& bytes) {
  return FixedView<N>(bytes.data(), N);
}

// SP 800-38A, F.2.5 and F.2.6.
const Bytes key = *from_hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
const Bytes iv = *from_hex("000102030405060708090a0b0c0d0e0f");
const Bytes plain = *from_hex(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710");
const Bytes cipher = *from_hex(
    "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
    "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b");

TEST(AesCbc, Sp80038aVectors) {
  Bytes out(plain.size());
  aes256_cbc_encrypt(fixed<32>(key), fixed<16>(iv), plain, out);
  EXPECT_EQ(to_hex(out), to_hex(cipher));
  aes256_cbc_decrypt(fixed<32>(key), fixed<16>(iv), cipher, out);
  EXPECT_EQ(to_hex(out), to_hex(plain));
}

TEST(AesCbc, InPlaceAndEmpty) {
  Bytes bytes = plain;
  aes256_cbc_encrypt(fixed<32>(key), fixed<16>(iv), bytes, bytes);
  EXPECT_EQ(bytes, cipher);
  aes256_cbc_decrypt(fixed<32>(key), fixed<16>(iv), bytes, bytes);
  EXPECT_EQ(bytes, plain);
  aes256_cbc_decrypt(fixed<32>(key), fixed<16>(iv), {}, {});
}

TEST(AesCbc, RefusesLengthsThatDoNotFit) {
  Bytes out(17), shorter(16);
  EXPECT_THROW(aes256_cbc_encrypt(fixed<32>(key), fixed<16>(iv), ByteView(plain).first(17), out), Error);
  EXPECT_THROW(aes256_cbc_decrypt(fixed<32>(key), fixed<16>(iv), ByteView(plain).first(32), shorter), Error);
}

TEST(AesCbcPeer, OpensslProgramAgrees) {
  const Bytes k = test::random_bytes(32), v = test::random_bytes(16), text = test::random_bytes(16 * 37);
  Bytes out(text.size());
  aes256_cbc_encrypt(fixed<32>(k), fixed<16>(v), text, out);
  const auto theirs = test::run("openssl enc -aes-256-cbc -nopad -K " + to_hex(k) + " -iv " + to_hex(v), text);
  EXPECT_EQ(theirs, std::string(out.begin(), out.end()));
  aes256_cbc_decrypt(fixed<32>(k), fixed<16>(v), out, out);
  EXPECT_EQ(out, text);
}

// Blocks are decrypted several at a time: around one such turn and two, and not a byte more.
TEST(AesCbc, EveryNumberOfBlocksComesBack) {
  const Bytes k = test::random_bytes(32), v = test::random_bytes(16);
  for (std::size_t blocks = 1; blocks <= 18; ++blocks) {
    const Bytes text = test::random_bytes(16 * blocks);
    Bytes sealed(text.size()), out(text.size() + 1, 0x5A);
    aes256_cbc_encrypt(fixed<32>(k), fixed<16>(v), text, sealed);
    aes256_cbc_decrypt(fixed<32>(k), fixed<16>(v), sealed, ByteSpan(out).first(text.size()));
    EXPECT_EQ(out.back(), 0x5A) << blocks;
    out.pop_back();
    EXPECT_EQ(out, text) << blocks;
  }
}

// A configuration under which OpenSSL finds no algorithm any more. The openssl program obeys it (the
// control); this process, started again with it, does not.
TEST(OpensslConfiguration, IsNotRead) {
  const auto folder = std::filesystem::temp_directory_path() / ("hwbak-openssl-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  const std::string file = folder / "openssl.cnf";
  std::ofstream(file) << "openssl_conf = all\n[all]\nalg_section = algorithms\n"
                         "[algorithms]\ndefault_properties = none=yes\n";
  const std::string with = "OPENSSL_CONF=" + file + " ";
  EXPECT_TRUE(test::run("openssl dgst -sha256"));
  EXPECT_FALSE(test::run(with + "openssl dgst -sha256")) << "the control did not notice the configuration";
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  EXPECT_TRUE(test::run(with + self + " --gtest_filter=AesCbc.*:Digest.Fips*:Digest.Rfc*"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace hwbak::crypto
