// The vectors of Pico HSM with all their fields, and the writer against them and against python3-cryptography.
#include "base/as_bytes.h"
#include "container/wrapped_key/description.h"
#include "crypto/peer.h"
#include "support/replay.h"
#include "support/wrapped_keys.h"

namespace hwbak::wrapped_key {
namespace {

using test::test_keys;
using test::wrapped_vector;
using test::wrapped_vectors;
using test::WrappedVector;

unsigned tag_at(const Survey& seen, const Region& part) {
  const ByteView bytes = seen.at(part);
  return bytes.empty() ? 0 : bytes[0];
}

TEST(WrappedKey, KeysOfTheDkek) {
  for (const auto& item : test::hsm_document().at("dkeks").as_array()) {
    const DkekKeys keys = keys_of(FixedView<32>(from_hex(item.at("dkek_hex").as_string().c_str())->data(), 32));
    EXPECT_EQ(to_hex(keys.enc.expose()), item.at("kenc_hex").as_string().c_str());
    EXPECT_EQ(to_hex(keys.mac.expose()), item.at("kmac_hex").as_string().c_str());
    EXPECT_EQ(to_hex(keys.kcv), item.at("kcv_hex").as_string().c_str());
  }
}

TEST(WrappedKey, TheFieldsOfTheVectors) {
  ASSERT_EQ(wrapped_vectors().size(), 18u);
  for (const WrappedVector& vector : wrapped_vectors()) {
    SCOPED_TRACE(vector.file);
    EXPECT_TRUE(recognise(vector.bytes));
    const Survey seen = survey(vector.bytes);
    EXPECT_FALSE(seen.bare || seen.dead_end);
    EXPECT_TRUE(seen.remarks.empty());
    EXPECT_EQ(to_hex(seen.kcv), vector.text("kcv_hex"));
    EXPECT_EQ(seen.type, vector.number("key_type"));
    EXPECT_EQ(to_hex(seen.at(seen.default_algorithm)), vector.text("default_alg_oid_hex"));
    EXPECT_EQ(to_hex(seen.at(seen.allowed_algorithms)), vector.text("allowed_algs_hex"));
    EXPECT_EQ(seen.blob.length, static_cast<std::uint64_t>(vector.number("blob_len")));
    const auto& outer = vector.all.at("outer").as_array();
    const char* const description = outer.size() > 1 ? outer[1].at("tag").as_string().c_str() : "0";
    const char* const certificate = outer.size() > 2 ? outer[2].at("tag").as_string().c_str() : "0";
    EXPECT_EQ(tag_at(seen, seen.description), std::stoul(description, nullptr, 16));
    EXPECT_EQ(tag_at(seen, seen.certificate), std::stoul(certificate, nullptr, 16));
  }
}

TEST(WrappedKey, TheContentsOfTheVectors) {
  for (const WrappedVector& vector : wrapped_vectors()) {
    SCOPED_TRACE(vector.file);
    const Survey seen = survey(vector.bytes);
    const Opening opening = open(seen, test_keys());
    ASSERT_EQ(opening.fit, Fit::opens);
    EXPECT_TRUE(opening.mended.empty());
    EXPECT_EQ(opening.blob, Bytes(seen.at(seen.blob).begin(), seen.at(seen.blob).end()));
    EXPECT_EQ(static_cast<std::uint8_t>(opening.type), seen.type);
    const Body body = body_of(opening.plaintext.expose(), opening.type);
    EXPECT_EQ(body.size, vector.number("key_size_field"));
    EXPECT_EQ(to_hex(body.padding), vector.text("pad_after_body_hex"));
    EXPECT_TRUE(body.padding_is_usual);
    const auto& lengths = vector.all.at("component_lens").as_array();
    ASSERT_EQ(body.parts.size(), lengths.size());
    for (std::size_t i = 0; i < lengths.size(); ++i)
      EXPECT_EQ(body.parts[i].size(), static_cast<std::size_t>(lengths[i].as_int64()));
  }
}

TEST(WrappedKey, AnotherDkekIsToldFromDamage) {
  const DkekKeys other = keys_of(FixedView<32>(test::test_dkek("A12").data(), 32));
  for (const WrappedVector& vector : wrapped_vectors()) {
    const Opening opening = open(survey(vector.bytes), other);
    EXPECT_EQ(opening.fit, Fit::other_dkek) << vector.file;
    EXPECT_TRUE(opening.plaintext.empty() && opening.blob.empty() && opening.mended.empty()) << vector.file;
  }
}

TEST(WrappedKey, TheBareBlobIsTheSameKey) {
  for (const WrappedVector& vector : wrapped_vectors()) {
    const Survey seen = survey(vector.bytes);
    const Bytes blob(seen.at(seen.blob).begin(), seen.at(seen.blob).end());
    EXPECT_TRUE(recognise(blob)) << vector.file;
    const Survey bare = survey(blob);
    EXPECT_TRUE(bare.bare) << vector.file;
    EXPECT_TRUE(open(bare, test_keys()).plaintext.equals(open(seen, test_keys()).plaintext.expose())) << vector.file;
  }
}

Contents contents_of(const Survey& seen, const Body& body) {
  const ByteView allowed = seen.at(seen.allowed_algorithms);
  return {static_cast<KeyType>(seen.type), body.size, body.parts, Bytes(allowed.begin(), allowed.end())};
}

TEST(WrappedKey, RecordedRandomnessGivesTheVectorsBack) {
  unsigned reproduced = 0;
  for (const WrappedVector& vector : wrapped_vectors()) {
    const Survey seen = survey(vector.bytes);
    const Opening opening = open(seen, test_keys());
    const Body body = body_of(opening.plaintext.expose(), opening.type);
    test::Replay random(Bytes(opening.plaintext.expose().begin(), opening.plaintext.expose().begin() + 8));
    const Bytes blob = write_blob(contents_of(seen, body), test_keys(), random);
    if (body.padding.empty()) {
      EXPECT_EQ(blob.size(), seen.blob.length + 16) << vector.file << ": padding is always written";
      continue;
    }
    EXPECT_EQ(write_file(blob, seen.at(seen.description), seen.at(seen.certificate)), vector.bytes) << vector.file;
    ++reproduced;
  }
  EXPECT_EQ(reproduced, 17u) << "all but the one without padding";
}

TEST(WrappedKey, RewrapChangesNothingButTheDkekAndTheRandomBytes) {
  const DkekKeys other = keys_of(FixedView<32>(test::test_dkek("A12").data(), 32));
  for (const WrappedVector& vector : wrapped_vectors()) {
    const Survey seen = survey(vector.bytes);
    const Opening before = open(seen, test_keys());
    const Survey moved = survey(rewrap(seen, before.plaintext.expose(), other, system_random()));
    EXPECT_EQ(moved.kcv, other.kcv);
    EXPECT_EQ(open(moved, test_keys()).fit, Fit::other_dkek);
    const Opening after = open(moved, other);
    ASSERT_EQ(after.fit, Fit::opens) << vector.file;
    EXPECT_TRUE(std::ranges::equal(after.plaintext.expose().subspan(8), before.plaintext.expose().subspan(8)))
        << vector.file;
    EXPECT_FALSE(std::ranges::equal(after.plaintext.expose().first(8), before.plaintext.expose().first(8)))
        << vector.file;
    EXPECT_TRUE(std::ranges::equal(moved.at(moved.allowed_algorithms), seen.at(seen.allowed_algorithms)));
    test::Replay same(Bytes(before.plaintext.expose().begin(), before.plaintext.expose().begin() + 8));
    EXPECT_EQ(rewrap(seen, before.plaintext.expose(), test_keys(), same), before.blob) << vector.file;
  }
}

// Lines from the format page, without a look at our code.
constexpr const char* peer =
    "import hashlib,sys\n"
    "from cryptography.hazmat.primitives.cmac import CMAC\n"
    "from cryptography.hazmat.primitives.ciphers import Cipher,algorithms as a,modes\n"
    "d=bytes.fromhex(sys.argv[1]); f=sys.stdin.buffer.read()\n"
    "def tlv(b):\n"
    "  n=b[1]; at=2\n"
    "  if n>127: at=2+(n&127); n=int.from_bytes(b[2:at],\"big\")\n"
    "  assert len(b)>=at+n\n"
    "  return b[0],b[at:at+n],b[at+n:]\n"
    "t,inside,rest=tlv(f); assert t==0x30 and rest==b\"\"\n"
    "t,blob,rest=tlv(inside); assert t==4\n"
    "assert blob[:8]==hashlib.sha256(d).digest()[:8]\n"
    "c=CMAC(a.AES(hashlib.sha256(d+bytes([0,0,0,2])).digest())); c.update(blob[:-16]); c.verify(blob[-16:])\n"
    "at=9; fields=[]\n"
    "for i in range(4):\n"
    "  n=int.from_bytes(blob[at:at+2],\"big\"); fields.append(blob[at+2:at+2+n].hex()); at+=2+n\n"
    "x=Cipher(a.AES(hashlib.sha256(d+bytes([0,0,0,1])).digest()),modes.CBC(bytes(16))).decryptor()\n"
    "p=x.update(blob[at:-16])+x.finalize(); size=int.from_bytes(p[8:10],\"big\"); p=p[10:]; parts=[]\n"
    "if blob[8]==15: parts=[p[:size].hex()]; p=p[size:]\n"
    "else:\n"
    "  for i in range({5:3,6:7,12:7}[blob[8]]):\n"
    "    n=int.from_bytes(p[:2],\"big\"); parts.append(p[2:2+n].hex()); p=p[2+n:]\n"
    "assert 1<=len(p)<=16 and p==b\"\\x80\"+bytes(len(p)-1)\n"
    "print(blob[8],size,\",\".join(fields),\",\".join(parts),rest.hex())\n";

TEST(WrappedKey, PythonReadsWhatIsWritten) {
  const Bytes dkek = test::random_bytes(32), n = test::random_bytes(256), d = test::random_bytes(255), e{1, 0, 1},
              key = test::random_bytes(32);
  const DkekKeys keys = keys_of(FixedView<32>(dkek.data(), 32));
  const Bytes description = write_description({DescribedKind::rsa, "server", {0x10}, 16, 2048, {}});
  const auto python = [&](const Bytes& file) {
    return test::run("/usr/bin/python3 -c '" + std::string(peer) + "' " + to_hex(dkek), file);
  };

  const Bytes rsa = write_file(write_blob({KeyType::rsa, 2048, {d, n, e}, {0x31, 0x92}}, keys, system_random()),
                               description, {});
  EXPECT_EQ(python(rsa), "5 2048 04007f00070202020102,3192,, " + to_hex(d) + "," + to_hex(n) + ",010001 " +
                             to_hex(description) + "\n");
  const Bytes aes = write_file(write_blob({KeyType::aes, 32, {key}, {}}, keys, system_random()), {}, {});
  EXPECT_EQ(python(aes), "15 32 6086480165030401,,, " + to_hex(key) + " \n");
  Bytes changed = aes;
  changed[50] ^= 1;
  EXPECT_FALSE(python(changed)) << "the peer checks nothing";
}

TEST(WrappedKey, PaddingIsReadGenerously) {
  const auto usual = [](std::string_view padding_hex) {
    Bytes plaintext(8 + 2 + 16);
    plaintext[9] = 16;
    const Bytes padding = from_hex(padding_hex).value();
    plaintext.insert(plaintext.end(), padding.begin(), padding.end());
    return body_of(plaintext, KeyType::aes).padding_is_usual;
  };
  EXPECT_TRUE(usual(""));
  EXPECT_TRUE(usual("80"));
  EXPECT_TRUE(usual("80000000000000000000000000000000"));
  EXPECT_FALSE(usual("8000000000000000000000000000000000"));
  EXPECT_FALSE(usual("00"));
  EXPECT_FALSE(usual("8001"));
}

TEST(WrappedKey, Descriptions) {
  const auto of = [](const char* file) {
    const Survey seen = survey(wrapped_vector(file).bytes);
    return read_description(seen.at(seen.description));
  };
  const Description ec = of("p256.bin");
  EXPECT_EQ(ec.kind, DescribedKind::ec);
  EXPECT_EQ(ec.label, "p256");
  EXPECT_EQ(ec.id, Bytes{0x01});
  EXPECT_EQ(ec.key_reference, 1u);
  EXPECT_EQ(ec.bits, 256u);
  EXPECT_EQ(ec.usage, (std::vector<unsigned>{2, 3, 8}));
  const Description rsa = of("rsa2048.bin");
  EXPECT_EQ(rsa.kind, DescribedKind::rsa);
  EXPECT_EQ(rsa.label, "A rsa:2048");
  EXPECT_EQ(rsa.id, Bytes{0x02});
  EXPECT_EQ(rsa.bits, 2048u);
  EXPECT_EQ(rsa.usage, (std::vector<unsigned>{1, 2, 3}));
  const Description aes = of("aes128.bin");
  EXPECT_EQ(aes.kind, DescribedKind::secret);
  EXPECT_EQ(aes.label, "");
  EXPECT_EQ(aes.id, (Bytes{'2', '0'}));
  EXPECT_EQ(aes.bits, 128u);
  EXPECT_EQ(of("aes512.bin").bits, 512u);
  EXPECT_EQ(of("x25519.bin").id, Bytes{'9'});
}

TEST(WrappedKey, WrittenDescriptionsAreThoseOfOpenSc) {
  unsigned same = 0;
  for (const char* file : {"p256.bin", "p521.bin", "rsa1024.bin", "rsa4096.bin", "bp256.bin"}) {
    const Survey seen = survey(wrapped_vector(file).bytes);
    const ByteView there = seen.at(seen.description);
    EXPECT_EQ(to_hex(write_description(read_description(there))), to_hex(there)) << file;
    ++same;
  }
  EXPECT_EQ(same, 5u);
  const Description secret{DescribedKind::secret, "k\xC3\xBC", {1, 2, 3}, 300, 256, {}};
  const Description again = read_description(write_description(secret));
  EXPECT_EQ(again.label, secret.label);
  EXPECT_EQ(again.id, secret.id);
  EXPECT_EQ(again.key_reference, 300u);
  EXPECT_EQ(again.bits, 256u);
  EXPECT_EQ(again.usage, (std::vector<unsigned>{0, 1}));
}

TEST(WrappedKey, Requests) {
  const auto of = [](const char* file) {
    const Survey seen = survey(wrapped_vector(file).bytes);
    return read_cvc(seen.at(seen.certificate));
  };
  const Cvc ec = of("p256.bin");
  EXPECT_TRUE(ec.request);
  EXPECT_EQ(ec.holder, "ESPICOHSMTR00001");
  EXPECT_EQ(ec.authority, "UTCA00001");
  ASSERT_TRUE(ec.p && ec.a && ec.b && ec.g && ec.order && ec.q);
  EXPECT_FALSE(ec.n || ec.e);
  EXPECT_EQ(ec.q->size(), 65u);
  EXPECT_EQ(ec.signature.size(), 64u);
  EXPECT_EQ(ec.outer_signature.size(), 64u);
  EXPECT_FALSE(ec.outer_authority.empty());
  const Cvc rsa = of("rsa2048.bin");
  ASSERT_TRUE(rsa.n && rsa.e);
  EXPECT_EQ(rsa.n->size(), 256u);
  EXPECT_EQ(*rsa.e, (Bytes{1, 0, 1}));
  const Cvc montgomery = of("x25519.bin");
  ASSERT_TRUE(montgomery.p && montgomery.order && montgomery.g && montgomery.q);
  EXPECT_FALSE(montgomery.a || montgomery.b);
  EXPECT_EQ(montgomery.q->size(), 32u);
  EXPECT_EQ(certificate_kind(Bytes{0x30, 0}), CertificateKind::x509);
  EXPECT_EQ(certificate_kind(Bytes{0x7F, 0x21}), CertificateKind::cvc);
  EXPECT_EQ(certificate_kind(Bytes{}), CertificateKind::none);
}

}  // namespace
}  // namespace hwbak::wrapped_key
