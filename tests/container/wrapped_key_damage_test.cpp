// Changed, cut and hostile wrapped keys: none opens as good, and the damaged place is named where the MAC or the
// lengths prove it.
#include <rapidcheck/gtest.h>

#include "base/as_bytes.h"
#include "base/byte_writer.h"
#include "container/wrapped_key/description.h"
#include "crypto/cmac.h"
#include "support/replay.h"
#include "support/wrapped_keys.h"

namespace hwbak::wrapped_key {
namespace {

using test::test_keys;
using test::wrapped_vector;
using testing::HasSubstr;
using testing::StartsWith;

// What a user would be told first: "opens", "outcome@offset: sentence", or what the MAC says.
std::string verdict(const Bytes& file) {
  const auto say = [](const Error& error) {
    return std::string(name(error.outcome())) + (error.offset() ? "@" + std::to_string(*error.offset()) : "") + ": " +
           error.sentence();
  };
  try {
    const Survey seen = survey(file);
    const Opening opening = open(seen, test_keys());
    if (seen.dead_end) return say(*seen.dead_end);
    switch (opening.fit) {
      case Fit::opens: return "opens";
      case Fit::other_dkek: return "other DKEK";
      case Fit::kcv_damaged: return "KCV damaged";
      case Fit::damaged: return opening.plaintext.empty() ? "damaged" : "mended";
    }
  } catch (const Error& error) {
    return say(error);
  }
  return "";
}

Bytes blob_of(const Bytes& file) {
  const Survey seen = survey(file);
  return Bytes(seen.at(seen.blob).begin(), seen.at(seen.blob).end());
}

// A blob of `plaintext` with a MAC that holds, whatever its header says.
Bytes authentic(ByteView header_behind_kcv, std::size_t sealed) {
  ByteWriter out;
  for (const std::uint8_t byte : test_keys().kcv) out.u8(byte);
  out.bytes(header_behind_kcv).bytes(Bytes(sealed, 0x5A));
  const auto mac = crypto::aes256_cmac(FixedView<32>(test_keys().mac.expose().data(), 32), out.view());
  return out.bytes(mac).take();
}

TEST(WrappedKeyDamage, EveryByteOfTheBlobIsFoundAndMended) {
  for (const char* name : {"aes128.bin", "p256-shortd.bin", "aes256-algs.bin", "rsa4096.bin"}) {
    const Bytes& whole = wrapped_vector(name).bytes;
    const Region blob = survey(whole).blob;
    const SecretBytes plaintext = open(survey(whole), test_keys()).plaintext.clone();
    for (std::uint64_t at = blob.offset; at < blob.end(); ++at) {
      Bytes file = whole;
      file[at] = static_cast<std::uint8_t>(file[at] ^ (1u << at % 8 | (at % 3 == 0 ? 0x40 : 0)));
      ASSERT_TRUE(recognise(file)) << name << ", byte " << at;
      ASSERT_NE(verdict(file), "opens") << name << ", byte " << at;
      const Opening opening = open(survey(file), test_keys());
      ASSERT_EQ(opening.fit, at < blob.offset + 8 ? Fit::kcv_damaged : Fit::damaged) << name << ", byte " << at;
      ASSERT_EQ(opening.mended, std::vector<std::uint64_t>{at}) << name;
      ASSERT_EQ(opening.mac_only, at >= blob.end() - 16) << name << ", byte " << at;
      ASSERT_EQ(opening.blob, blob_of(whole)) << name << ", byte " << at;
      ASSERT_TRUE(opening.plaintext.equals(plaintext.expose())) << name << ", byte " << at;
    }
  }
}

TEST(WrappedKeyDamage, EveryByteAroundTheBlobIsFound) {
  for (const char* name : {"p256.bin", "aes128.bin", "rsa2048.bin", "host-aes256-genuine.bin"}) {
    const Bytes& whole = wrapped_vector(name).bytes;
    const Region blob = survey(whole).blob;
    for (std::uint64_t at = 0; at < blob.offset; ++at) {
      for (unsigned value = 0; value < 256; ++value) {
        if (value == whole[at]) continue;
        Bytes file = whole;
        file[at] = static_cast<std::uint8_t>(value);
        const std::string said = verdict(file);
        ASSERT_TRUE(recognise(file)) << name << ", byte " << at << ", value " << value;
        ASSERT_THAT(said, testing::AnyOf(StartsWith("damaged@"), StartsWith("unsupported@")))
            << name << ", byte " << at << ", value " << value;
      }
      Bytes file = whole;
      file[at] ^= 0x01;
      const Survey seen = survey(file);
      ASSERT_TRUE(seen.dead_end) << name << ", byte " << at;
      EXPECT_EQ(seen.blob, blob) << name << ", byte " << at;
      EXPECT_EQ(open(seen, test_keys()).fit, Fit::opens) << name << ", byte " << at << ": the key is whole";
    }
  }
}

// Nothing protects them but their lengths: what is found is told, and the key opens.
TEST(WrappedKeyDamage, NoByteBehindTheBlobKeepsTheKeyFromOpening) {
  const Bytes& whole = wrapped_vector("p256.bin").bytes;
  const Region blob = survey(whole).blob;
  for (std::size_t at = static_cast<std::size_t>(blob.end()); at < whole.size(); ++at) {
    Bytes file = whole;
    file[at] ^= 0x11;
    const Survey seen = survey(file);
    EXPECT_EQ(seen.blob, blob) << at;
    EXPECT_EQ(open(seen, test_keys()).fit, Fit::opens) << at;
  }
}

TEST(WrappedKeyDamage, EveryCutIsNoticed) {
  for (const char* name : {"p256.bin", "aes128.bin", "host-p256-full.bin"}) {
    const Bytes& whole = wrapped_vector(name).bytes;
    const Region blob = survey(whole).blob;
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const Bytes file(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      const std::string said = verdict(file);
      ASSERT_THAT(said, testing::AnyOf(StartsWith("damaged@"), StartsWith("unsupported@"))) << name << ", " << size;
      if (size >= 8) {
        ASSERT_TRUE(recognise(file)) << name << ", " << size;
        ASSERT_THAT(said, HasSubstr(std::to_string(whole.size() - size) +
                                    (whole.size() - size == 1 ? " byte is" : " bytes are") + " missing"))
            << name << ", " << size;
      }
      if (size >= blob.end()) {
        ASSERT_EQ(open(survey(file), test_keys()).fit, Fit::opens) << name << ", " << size;
      }
    }
  }
}

TEST(WrappedKeyDamage, EveryCutOfABareBlobIsNoticed) {
  const Bytes whole = blob_of(wrapped_vector("p256.bin").bytes);
  for (std::size_t size = 0; size < whole.size(); ++size)
    ASSERT_NE(verdict(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))), "opens") << size;
}

TEST(WrappedKeyDamage, MoreThanOneByte) {
  const Bytes& whole = wrapped_vector("rsa2048.bin").bytes;
  const auto damaged = [&](std::initializer_list<std::size_t> places) {
    Bytes file = whole;
    for (const std::size_t at : places) file[at] ^= 0x55;
    return open(survey(file), test_keys());
  };
  // The blob begins at byte 8; blocks of the MAC count from there.
  EXPECT_EQ(damaged({104, 107, 110, 111, 112, 113, 118, 119}).mended,
            (std::vector<std::uint64_t>{104, 107, 110, 111, 112, 113, 118, 119}));
  EXPECT_EQ(damaged({104, 105, 106, 107, 108, 109, 110, 111, 112}).fit, Fit::damaged)
      << "nine bytes of a block prove nothing";
  EXPECT_TRUE(damaged({104, 105, 106, 107, 108, 109, 110, 111, 112}).plaintext.empty());
  EXPECT_TRUE(damaged({104, 120}).plaintext.empty()) << "two blocks";
  EXPECT_TRUE(damaged({104, 120}).mended.empty());
  const Opening all_kcv = damaged({8, 9, 10, 11, 12, 13, 14, 15});
  EXPECT_EQ(all_kcv.fit, Fit::kcv_damaged);
  EXPECT_EQ(all_kcv.mended.size(), 8u);
  const Opening both = damaged({9, 300});
  EXPECT_EQ(both.fit, Fit::damaged);
  EXPECT_EQ(both.mended, (std::vector<std::uint64_t>{9, 300}));
  EXPECT_EQ(damaged({8, 9, 10, 11, 300}).fit, Fit::other_dkek);
}

TEST(WrappedKeyDamage, DerThatIsNone) {
  const Bytes& whole = wrapped_vector("aes128.bin").bytes;   // 30 6C 04 49 ...
  const auto with_front = [&](std::initializer_list<std::uint8_t> front, std::size_t from) {
    Bytes file(front);
    file.insert(file.end(), whole.begin() + static_cast<std::ptrdiff_t>(from), whole.end());
    return file;
  };
  EXPECT_THAT(verdict(with_front({0x30, 0x80}, 2)), StartsWith("unsupported@1: The file has an indefinite length"));
  EXPECT_THAT(verdict(with_front({0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}, 2)), StartsWith("damaged@")) << "huge";
  EXPECT_THAT(verdict(with_front({0x30, 0x85, 1, 1, 1, 1, 1}, 2)), StartsWith("damaged@"));
  EXPECT_THAT(verdict(with_front({0x30, 0x6C, 0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF}, 4)), StartsWith("damaged@"));
  const Bytes longer = with_front({0x30, 0x82, 0x00, whole[1]}, 2);
  EXPECT_EQ(verdict(longer), "opens");
  ASSERT_EQ(survey(longer).remarks.size(), 1u);
  EXPECT_EQ(survey(longer).remarks[0].code, "der-not-shortest");
}

TEST(WrappedKeyDamage, JunkBehindIsTold) {
  for (const char* name : {"p256.bin", "aes128.bin"}) {
    Bytes file = wrapped_vector(name).bytes;
    file.insert(file.end(), {'j', 'u', 'n', 'k'});
    EXPECT_EQ(verdict(file), "opens");
    const Survey seen = survey(file);
    ASSERT_EQ(seen.remarks.size(), 1u);
    EXPECT_EQ(seen.remarks[0].code, "trailing-bytes");
    EXPECT_THAT(seen.remarks[0].sentence, StartsWith("4 bytes follow"));
  }
}

TEST(WrappedKeyDamage, PartsThatAreNotKnown) {
  const Bytes blob = blob_of(wrapped_vector("aes128.bin").bytes);
  const Bytes odd{0x13, 0x01, 0x20}, description = write_description({DescribedKind::secret, "a", {1}, 1, 128, {}});
  const auto codes = [](const Bytes& file) {
    std::string out;
    for (const Remark& remark : survey(file).remarks) out += remark.code + " ";
    return out;
  };
  EXPECT_EQ(codes(write_file(blob, description, {})), "");
  EXPECT_EQ(codes(write_file(blob, {}, Bytes{0x67, 0x00})), "");
  EXPECT_EQ(survey(write_file(blob, {}, Bytes{0x67, 0x00})).description.length, 0u);
  EXPECT_EQ(codes(write_file(blob, odd, {})), "unknown-part ");
  EXPECT_EQ(codes(write_file(blob, description, odd)), "unknown-part ");
  Bytes two = description;
  two.insert(two.end(), {0x67, 0x00, 0x13, 0x00});
  EXPECT_EQ(codes(write_file(blob, two, {})), "unknown-part ");
}

TEST(WrappedKeyDamage, SmallAndLargeBlobs) {
  for (const std::size_t size : {0u, 1u, 8u, 9u, 32u, 72u}) {
    Bytes blob = blob_of(wrapped_vector("aes128.bin").bytes);
    blob.resize(size);
    EXPECT_THAT(verdict(write_file(blob, {}, {})),
                AllOf(StartsWith("damaged@"), HasSubstr("has " + std::to_string(size) + " bytes")))
        << size;
    EXPECT_TRUE(recognise(write_file(blob, {}, {}))) << size;
  }
  const Bytes header{15, 0, 8, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0, 0, 0, 0, 0, 0};
  const Bytes large = authentic(header, 4048), too_large = authentic(header, 4064);
  EXPECT_EQ(verdict(write_file(large, {}, {})), "opens");
  EXPECT_THAT(verdict(write_file(too_large, {}, {})), StartsWith("refused@8: The key blob has 4105 bytes"));
  EXPECT_THAT(verdict(write_file(large, Bytes(Bytes{0x30, 0x82, 0x50, 0x00}.size() + 0x5000, 0x30), {})),
              StartsWith("damaged@"))
      << "the length does not fit";
  Bytes description{0xA0, 0x82, 0x50, 0x00};
  description.resize(4 + 0x5000);
  EXPECT_THAT(verdict(write_file(large, description, {})), StartsWith("refused@")) << "above the limit of a part";
}

TEST(WrappedKeyDamage, AuthenticBlobsThatCannotBe) {
  const auto said = [](std::initializer_list<std::uint8_t> header, std::size_t sealed) {
    const Bytes blob = authentic(Bytes(header), sealed);
    return verdict(write_file(blob, {}, {}));
  };
  EXPECT_THAT(said({7, 0, 0, 0, 0, 0, 0, 0, 0}, 48), StartsWith("unsupported@12: Key type 7 is not known"));
  EXPECT_THAT(said({7, 0, 8, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0, 0, 0, 0, 0, 0}, 48),
              HasSubstr("that of an AES key"));
  EXPECT_THAT(said({15, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0}, 48), StartsWith("damaged@13: "));
  EXPECT_THAT(said({15, 0, 0, 0, 0, 0, 0, 0, 33}, 64), StartsWith("damaged@")) << "less than two blocks are left";
  EXPECT_THAT(said({15, 0, 0, 0, 0, 0, 0, 0, 0}, 49), HasSubstr("no multiple of 16"));
  EXPECT_EQ(said({15, 0, 0, 0, 0, 0, 0, 0, 0}, 48), "opens");
  const Survey odd = survey(write_file(authentic(Bytes{15, 0, 1, 9, 0, 1, 0x92, 0, 1, 1, 0, 2, 1, 1}, 48), {}, {}));
  ASSERT_EQ(odd.remarks.size(), 3u);
  EXPECT_EQ(odd.remarks[0].code, "foreign-oid");
  EXPECT_EQ(odd.remarks[1].code, "access-conditions");
  EXPECT_EQ(odd.remarks[2].code, "key-oid");
}

TEST(WrappedKeyDamage, BodiesThatEndTooEarly) {
  for (const test::WrappedVector& vector : test::wrapped_vectors()) {
    const Opening opening = open(survey(vector.bytes), test_keys());
    const Body body = body_of(opening.plaintext.expose(), opening.type);
    const std::size_t end = opening.plaintext.size() - body.padding.size();
    for (std::size_t size = 0; size < end; ++size)
      ASSERT_THROW((void)body_of(opening.plaintext.expose().first(size), opening.type), Error)
          << vector.file << ", " << size;
    EXPECT_NO_THROW((void)body_of(opening.plaintext.expose().first(end), opening.type)) << vector.file;
  }
}

TEST(WrappedKeyDamage, NoiseIsNotRecognised) {
  for (const std::string_view other :
       {"", "0", "hello, world", "-----BEGIN PRIVATE KEY-----\n", "Salted__12345678", "7z\xBC\xAF\x27\x1C"})
    EXPECT_FALSE(recognise(as_bytes(other))) << other;
  EXPECT_FALSE(recognise(from_hex("308204be020100300d06092a864886f70d0101010500").value())) << "PKCS#8";
  EXPECT_FALSE(recognise(from_hex("3077020101042000").value())) << "an EC key";
  EXPECT_FALSE(recognise(Bytes(200, 0x00)));
  EXPECT_FALSE(recognise(Bytes(200, 0x30)));
}

RC_GTEST_PROP(WrappedKeyDamage, AnythingIsRefusedOrKnown, (Bytes noise, bool like_der)) {
  if (like_der) {
    const Bytes& whole = wrapped_vector("aes128.bin").bytes;
    const std::size_t keep = *rc::gen::inRange<std::size_t>(0, 60);
    noise.insert(noise.begin(), whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(keep));
  }
  RC_ASSERT(!verdict(noise).empty() && verdict(noise) != "opens");
}

RC_GTEST_PROP(WrappedKeyDamage, DescriptionsAndCertificatesNeverCrash, (const Bytes& noise)) {
  try {
    (void)read_description(noise);
  } catch (const Error& error) {
    RC_ASSERT(error.outcome() != Outcome::internal);
  }
  const Survey seen = survey(wrapped_vector("rsa1024.bin").bytes);
  Bytes certificate(seen.at(seen.certificate).begin(), seen.at(seen.certificate).end());
  const std::size_t at = *rc::gen::inRange<std::size_t>(0, certificate.size());
  std::copy_n(noise.begin(), std::min(noise.size(), certificate.size() - at),
              certificate.begin() + static_cast<std::ptrdiff_t>(at));
  try {
    (void)read_cvc(certificate);
  } catch (const Error& error) {
    RC_ASSERT(error.outcome() == Outcome::damaged || error.outcome() == Outcome::unsupported);
  }
}

}  // namespace
}  // namespace hwbak::wrapped_key
