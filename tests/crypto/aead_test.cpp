// AES-256-GCM against the vectors of its authors and against python3-cryptography.
#include "crypto/aead.h"

#include <rapidcheck/gtest.h>

#include "base/hex.h"
#include "crypto/peer.h"
#include "hwbak/error.h"

namespace hwbak::crypto {
namespace {

struct Case {
  const char *key, *nonce, *associated, *plain, *sealed, *tag;
};
// McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13 to 16.
constexpr Case cases[] = {
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "", "", "",
     "530f8afbc74536b9a963b4f1c4cb738b"},
    {"0000000000000000000000000000000000000000000000000000000000000000", "000000000000000000000000", "",
     "00000000000000000000000000000000", "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888", "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad",
     "b094dac5d93471bdec1a502270e3cc6c"},
    {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
     "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
     "76fc6ece0f4e1768cddf8853bb2d551b"},
};

struct Sealed {
  Bytes bytes;
  std::array<std::uint8_t, 16> tag{};
};

Sealed seal(const Bytes& key, const Bytes& nonce, ByteView associated, ByteView plain) {
  Sealed out{Bytes(plain.size()), {}};
  aes256_gcm_seal(FixedView<32>(key), FixedView<12>(nonce), associated, plain, out.bytes, out.tag);
  return out;
}

std::optional<Bytes> open(const Bytes& key, const Bytes& nonce, ByteView associated, const Sealed& sealed) {
  Bytes out(sealed.bytes.size());
  if (!aes256_gcm_open(FixedView<32>(key), FixedView<12>(nonce), associated, sealed.bytes, sealed.tag, out)) {
    EXPECT_EQ(out, Bytes(out.size())) << "nothing unproven is given out";
    return std::nullopt;
  }
  return out;
}

TEST(AesGcm, PublishedVectors) {
  for (const Case& c : cases) {
    const auto key = *from_hex(c.key), nonce = *from_hex(c.nonce), associated = *from_hex(c.associated), plain = *from_hex(c.plain);
    const Sealed sealed = seal(key, nonce, associated, plain);
    EXPECT_EQ(to_hex(sealed.bytes), c.sealed);
    EXPECT_EQ(to_hex(sealed.tag), c.tag);
    EXPECT_EQ(open(key, nonce, associated, sealed), plain);
  }
}

TEST(AesGcm, EveryChangedBitIsNoticed) {
  const Bytes key = test::random_bytes(32), nonce = test::random_bytes(12), associated = test::random_bytes(5);
  const Bytes plain = test::random_bytes(37);
  const Sealed good = seal(key, nonce, associated, plain);
  ASSERT_EQ(open(key, nonce, associated, good), plain);
  const auto flips = [&](Bytes bytes, auto&& opens) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      EXPECT_FALSE(opens(bytes)) << bit;
      bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    }
  };
  flips(key, [&](const Bytes& b) { return open(b, nonce, associated, good); });
  flips(nonce, [&](const Bytes& b) { return open(key, b, associated, good); });
  flips(associated, [&](const Bytes& b) { return open(key, nonce, b, good); });
  flips(good.bytes, [&](const Bytes& b) { return open(key, nonce, associated, {b, good.tag}); });
  flips(Bytes(good.tag.begin(), good.tag.end()), [&](const Bytes& b) {
    Sealed other = good;
    std::copy(b.begin(), b.end(), other.tag.begin());
    return open(key, nonce, associated, other);
  });
}

TEST(AesGcm, RefusesAnOutputOfAnotherLength) {
  const Bytes key(32), nonce(12), plain(16);
  Bytes out(15);
  std::array<std::uint8_t, 16> tag{};
  EXPECT_THROW(aes256_gcm_seal(FixedView<32>(key), FixedView<12>(nonce), {}, plain, out, tag), Error);
}

TEST(AesGcmPeer, PythonAgreesOnRandomInputs) {
  const char* const program =
      "import sys\n"
      "from cryptography.hazmat.primitives.ciphers.aead import AESGCM\n"
      "key,nonce,associated,plain=[bytes.fromhex(a[1:]) for a in sys.argv[1:]]\n"
      "print(AESGCM(key).encrypt(nonce,plain,associated).hex(),end=\"\")";
  for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 4095u}) {
    const Bytes key = test::random_bytes(32), nonce = test::random_bytes(12);
    const Bytes associated = test::random_bytes(size % 40), plain = test::random_bytes(size);
    const Sealed sealed = seal(key, nonce, associated, plain);
    const std::string arguments =
        "x" + to_hex(key) + " x" + to_hex(nonce) + " x" + to_hex(associated) + " x" + to_hex(plain);
    EXPECT_EQ(test::python(program, arguments), to_hex(sealed.bytes) + to_hex(sealed.tag));
  }
}

}  // namespace
}  // namespace hwbak::crypto
