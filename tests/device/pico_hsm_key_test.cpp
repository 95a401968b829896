// What opened keys are: the vectors against their public keys, and numbers that do not belong together.
#include "device/pico_hsm/key.h"

#include "crypto/digest.h"
#include "crypto/peer.h"
#include "device/pico_hsm_keys.h"
#include "support/replay.h"

namespace hwbak::pico_hsm {
namespace {

using crypto::Curve;
using test::LooseBody;
using test::OpenedVector;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using wrapped_key::KeyType;

// "outcome: sentence", or what it is.
std::string verdict(const LooseBody& body) {
  try {
    return describe(body.read());
  } catch (const Error& error) {
    return std::string(name(error.outcome())) + ": " + error.sentence();
  }
}

TEST(PicoHsmKey, TheVectorsHaveTheirPublicKeys) {
  unsigned compared = 0;
  for (const test::WrappedVector& vector : test::wrapped_vectors()) {
    SCOPED_TRACE(vector.file);
    const Key key = OpenedVector(vector.bytes).key();
    EXPECT_EQ(to_hex(key.padding), vector.text("pad_after_body_hex"));
    if (const std::string pem = vector.text("public_key_pem"); !pem.empty()) {
      const Bytes file = test::read_bytes(std::filesystem::path(HWBAK_VECTORS) / "pico-hsm" / pem);
      EXPECT_EQ(crypto::spki_pem(crypto::public_of(key.key).value()), std::string(file.begin(), file.end()));
      ++compared;
    } else {
      const auto& aes = std::get<crypto::SecretKey>(key.key);
      EXPECT_EQ(to_hex(crypto::sha256(aes.key.expose())), vector.text("aes_key_sha256"));
      EXPECT_EQ(key.bits, vector.number("aes_bits"));
    }
  }
  EXPECT_EQ(compared, 12u);
}

TEST(PicoHsmKey, TheVectorsInWords) {
  const std::array<const char*, 4> expected[] = {
      {"rsa1024.bin", "RSA 1024 bits", "rsa", ""},     {"host-rsa2048-crt.bin", "RSA 2048 bits", "rsa-crt", ""},
      {"rsa4096.bin", "RSA 4096 bits", "rsa", ""},     {"p256.bin", "EC secp256r1", "ec", "secp256r1"},
      {"p384.bin", "EC secp384r1", "ec", "secp384r1"}, {"p521.bin", "EC secp521r1", "ec", "secp521r1"},
      {"k256.bin", "EC secp256k1", "ec", "secp256k1"}, {"bp256.bin", "EC brainpoolP256r1", "ec", "brainpoolP256r1"},
      {"x25519.bin", "X25519", "x25519", "X25519"},    {"aes512.bin", "AES 512 bits", "aes", ""},
  };
  for (const auto& [file, words, type, curve] : expected) {
    const Key key = OpenedVector(file).key();
    EXPECT_EQ(describe(key), words);
    EXPECT_EQ(shape_of(key).type, type);
    EXPECT_EQ(key.curve, curve);
    EXPECT_TRUE(key.usual_exponent);
    EXPECT_FALSE(key.q_computed);
  }
  EXPECT_EQ(OpenedVector("p521.bin").key().bits, 521u);
  EXPECT_TRUE(OpenedVector("p256.bin").key().a_empty);
  EXPECT_FALSE(OpenedVector("p256.bin").key().full_length);
  EXPECT_FALSE(OpenedVector("host-p256-full.bin").key().a_empty);
  EXPECT_TRUE(OpenedVector("host-p256-full.bin").key().full_length);
  EXPECT_EQ(OpenedVector("x25519.bin").key().byte_order, ByteOrder::big);
  EXPECT_FALSE(OpenedVector("p256.bin").key().byte_order);
}

TEST(PicoHsmKey, EveryCurveComposedReadsBack) {
  for (int i = 0; i <= static_cast<int>(Curve::brainpoolP512t1); ++i) {
    const auto curve = static_cast<Curve>(i);
    const crypto::EcKey fresh = crypto::fresh_ec(curve, system_random());
    LooseBody body = LooseBody::of(crypto::EcKey{curve, fresh.d.clone(), fresh.q});
    const Key key = body.read();
    const auto& read = std::get<crypto::EcKey>(key.key);
    EXPECT_EQ(read.curve, curve);
    EXPECT_TRUE(read.d.equals(fresh.d.expose()) && read.q == fresh.q && key.full_length && !key.a_empty) << key.curve;
    // As Pico HSM writes it, with a G of 2022, and without Q.
    for (Bytes& part : body.parts)
      while (part.size() > 1 && part[0] == 0) part.erase(part.begin());
    body.parts[0].clear();
    body.parts[4] = Bytes(3, 7);
    body.parts[6].clear();
    const Key short_form = body.read();
    EXPECT_TRUE(std::get<crypto::EcKey>(short_form.key).q == fresh.q && short_form.q_computed && short_form.a_empty)
        << key.curve;
  }
}

TEST(PicoHsmKey, MontgomeryInBothByteOrders) {
  for (const auto kind : {crypto::Montgomery::x25519, crypto::Montgomery::x448}) {
    // One number in 32 has its fixed bits in either order, and then an empty Q leaves the order open: not this one.
    test::Replay random(Bytes(size_of(kind), 0x5A));
    const crypto::MontgomeryKey fresh = crypto::fresh_montgomery(kind, random);
    LooseBody body = LooseBody::of(crypto::MontgomeryKey{kind, fresh.d.clone(), fresh.q});
    const Key little = body.read();
    EXPECT_EQ(little.byte_order, ByteOrder::little);
    EXPECT_EQ(shape_of(little).type, kind == crypto::Montgomery::x448 ? "x448" : "x25519");
    std::ranges::reverse(body.parts[5]);
    const Key big = body.read();
    EXPECT_EQ(big.byte_order, ByteOrder::big);
    EXPECT_TRUE(std::get<crypto::MontgomeryKey>(big.key).d.equals(fresh.d.expose()));
    LooseBody empty = body;
    empty.parts[6].clear();
    EXPECT_EQ(empty.read().byte_order, ByteOrder::big) << "by the bits that are fixed";
    LooseBody other = body;
    other.parts[6][3] ^= 1;
    EXPECT_THAT(verdict(other), StartsWith("inconsistent: The public value Q"));
    LooseBody edwards = body;
    edwards.parts[4] = Bytes(body.parts[4].size(), 0x66);
    EXPECT_THAT(verdict(edwards),
                AllOf(StartsWith("unsupported"), HasSubstr(kind == crypto::Montgomery::x448 ? "Ed448" : "Ed25519")));
    LooseBody zero = body;
    zero.parts[5].assign(zero.parts[5].size(), 0);
    EXPECT_THAT(verdict(zero), StartsWith("damaged: The private number d is 0"));
    zero.parts[5].assign(200, 1);
    EXPECT_THAT(verdict(zero), StartsWith("damaged: The private number d has 200 bytes"));
    zero = body;
    zero.size = 521;
    EXPECT_THAT(verdict(zero), StartsWith("inconsistent: The size of the key"));
  }
}

TEST(PicoHsmKey, NumbersOfCurvesThatCannotBe) {
  const LooseBody good = LooseBody::of("host-p256-full.bin");   // A, B, P, N, G, d, Q
  EXPECT_EQ(verdict(good), "EC secp256r1");
  const auto with = [&](std::size_t part, auto change) {
    LooseBody body = good;
    change(body.parts[part]);
    return verdict(body);
  };
  const auto flip = [](Bytes& number) { number[10] ^= 1; };
  EXPECT_THAT(with(0, flip), AllOf(StartsWith("unsupported: "), HasSubstr("A is another number")));
  EXPECT_THAT(with(1, flip), StartsWith("unsupported: The key is on a curve that is not known"));
  EXPECT_THAT(with(2, flip), StartsWith("unsupported: The key is on a curve that is not known"));
  EXPECT_THAT(with(2, [](Bytes& p) { p.clear(); }), StartsWith("unsupported: "));
  EXPECT_THAT(with(3, flip), AllOf(StartsWith("unsupported: "), HasSubstr("N is another number")));
  EXPECT_EQ(with(4, flip), "EC secp256r1") << "G does not count";
  EXPECT_THAT(with(5, flip), StartsWith("inconsistent: The public point Q"));
  EXPECT_THAT(with(5, [](Bytes& d) { d.assign(32, 0); }), StartsWith("damaged: The private number d is 0"));
  EXPECT_THAT(with(5, [](Bytes& d) { d.clear(); }), StartsWith("damaged: The private number d is 0"));
  EXPECT_THAT(with(5, [&](Bytes& d) { d = good.parts[3]; }),
              StartsWith("damaged: The private number d is not below the order N"));
  EXPECT_THAT(with(5, [](Bytes& d) { d.assign(4000, 0xFF); }),
              StartsWith("damaged: The private number d is not below"));
  EXPECT_EQ(with(5, [](Bytes& d) { d.insert(d.begin(), 20, 0); }), "EC secp256r1") << "leading zeros do not count";
  EXPECT_THAT(with(6, flip), StartsWith("damaged: The public point Q is not a point"));
  EXPECT_THAT(with(6, [](Bytes& q) { q = {0}; }), StartsWith("damaged: The public point Q is not a point"));
  EXPECT_THAT(with(6, [](Bytes& q) { q = std::get<crypto::EcKey>(OpenedVector("p256.bin").key().key).q; }),
              StartsWith("inconsistent: "));
  LooseBody size = good;
  size.size = 384;
  EXPECT_THAT(verdict(size), StartsWith("inconsistent: The size of the key says 384 bits"));
}

TEST(PicoHsmKey, NumbersOfRsaThatCannotBe) {
  const LooseBody good = LooseBody::of("rsa1024.bin");   // d, n, e
  const auto with = [&](std::size_t part, auto change) {
    LooseBody body = good;
    change(body.parts[part]);
    return verdict(body);
  };
  EXPECT_EQ(verdict(good), "RSA 1024 bits");
  EXPECT_THAT(with(0, [](Bytes& d) { d[60] ^= 4; }), StartsWith("inconsistent: The private exponent d"));
  EXPECT_THAT(with(0, [](Bytes& d) { d.clear(); }), StartsWith("damaged: The private exponent d is 0"));
  EXPECT_THAT(with(0, [&](Bytes& d) { d = good.parts[1]; }),
              StartsWith("damaged: The private exponent d is not below"));
  EXPECT_THAT(with(1, [](Bytes& n) { n[60] ^= 4; }), StartsWith("inconsistent: "));
  EXPECT_THAT(with(1, [](Bytes& n) { n.back() ^= 1; }), StartsWith("damaged: The RSA modulus n is even"));
  EXPECT_THAT(with(1, [](Bytes& n) { n.clear(); }), StartsWith("damaged: The RSA modulus n is even or empty"));
  EXPECT_THAT(with(1, [](Bytes& n) { n.assign(1500, 0xFF); }),
              StartsWith("unsupported: The RSA modulus has 12000 bits"));
  EXPECT_THAT(with(2, [](Bytes& e) { e = {3}; }), StartsWith("inconsistent: "));
  EXPECT_THAT(with(2, [](Bytes& e) { e = {2}; }), StartsWith("damaged: The public exponent e"));
  EXPECT_THAT(with(2, [](Bytes& e) { e.clear(); }), StartsWith("damaged: The public exponent e"));
  EXPECT_THAT(with(2, [](Bytes& e) { e.assign(128, 0xFF); }), StartsWith("unsupported: The public exponent e has 1024 bits"));
  LooseBody size = good;
  size.size = 2048;
  EXPECT_THAT(verdict(size), StartsWith("inconsistent: The size of the key says 2048 bits"));
}

TEST(PicoHsmKey, CrtPartsThatDoNotBelongTogether) {
  const LooseBody good = LooseBody::of("host-rsa2048-crt.bin");   // dP, dQ, p, qInv, q, n, e
  EXPECT_EQ(verdict(good), "RSA 2048 bits");
  for (std::size_t part = 0; part < 6; ++part) {
    LooseBody body = good;
    body.parts[part][60] ^= 4;
    EXPECT_THAT(verdict(body), StartsWith("inconsistent: ")) << part;
    body.parts[part].clear();
    EXPECT_THAT(verdict(body), testing::AnyOf(StartsWith("inconsistent: "), StartsWith("damaged: "))) << part;
  }
}

TEST(PicoHsmKey, AnotherExponentIsTold) {
  const auto pem = test::run(
      "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -pkeyopt rsa_keygen_pubexp:3");
  ASSERT_TRUE(pem);
  const Bytes file(pem->begin(), pem->end());
  const Key key = LooseBody::of(crypto::read_key_file(file, {}).key).read();
  EXPECT_FALSE(key.usual_exponent);
  EXPECT_EQ(describe(key), "RSA 1024 bits");
}

TEST(PicoHsmKey, SizesOfAes) {
  for (const std::size_t size : {16u, 24u, 32u, 64u}) {
    const LooseBody body{KeyType::aes, static_cast<std::uint16_t>(size), {Bytes(size, 7)}};
    EXPECT_EQ(verdict(body), "AES " + std::to_string(size * 8) + " bits");
  }
  for (const std::size_t size : {0u, 8u, 20u, 31u, 48u, 128u}) {
    const LooseBody body{KeyType::aes, static_cast<std::uint16_t>(size), {Bytes(size, 7)}};
    EXPECT_THAT(verdict(body), StartsWith("unsupported: The AES key has " + std::to_string(size) + " bytes"));
  }
}

TEST(PicoHsmKey, WhatStandsBesideTheVectors) {
  unsigned with_certificate = 0;
  for (const test::WrappedVector& vector : test::wrapped_vectors()) {
    SCOPED_TRACE(vector.file);
    const OpenedVector opened(vector.bytes);
    const Beside beside = compare(opened.key(), opened.parts());
    EXPECT_THAT(beside.what_differs, testing::IsEmpty());
    EXPECT_FALSE(beside.certificate_unreadable || beside.description_unreadable);
    EXPECT_EQ(beside.description, opened.survey.description.length == 0 ? Match::nothing_to_compare : Match::same);
    if (opened.survey.certificate.length == 0) {
      EXPECT_EQ(beside.certificate, wrapped_key::CertificateKind::none);
      EXPECT_EQ(beside.certificate_key, Match::nothing_to_compare);
      continue;
    }
    ++with_certificate;
    EXPECT_EQ(beside.certificate, wrapped_key::CertificateKind::cvc);
    EXPECT_EQ(beside.certificate_key, Match::same);
    EXPECT_EQ(beside.self_signature, vector.file == "x25519.bin" ? std::nullopt : std::optional<bool>(true));
    EXPECT_EQ(beside.holder, vector.file == "x25519.bin" ? "UTCDUMMY00001" : "ESPICOHSMTR00001");
  }
  EXPECT_EQ(with_certificate, 10u);
}

TEST(PicoHsmKey, AnotherKeysCertificateAndDescription) {
  const OpenedVector ec("p256.bin"), other("p256-shortd.bin"), rsa("rsa1024.bin"), aes("aes256.bin"),
      large("rsa2048.bin");
  const Beside differs = compare(ec.key(), other.parts());
  EXPECT_EQ(differs.certificate_key, Match::differs);
  EXPECT_EQ(differs.self_signature, true);
  EXPECT_EQ(differs.description, Match::same);
  EXPECT_THAT(differs.what_differs, testing::ElementsAre(HasSubstr("is not the one of this key")));
  const Beside kind = compare(ec.key(), rsa.parts());
  EXPECT_EQ(kind.certificate_key, Match::differs);
  EXPECT_EQ(kind.description, Match::differs);
  EXPECT_THAT(compare(aes.key(), ec.parts()).what_differs, testing::Contains(HasSubstr("this is a secret key")));
  EXPECT_THAT(compare(rsa.key(), large.parts()).what_differs,
              testing::Contains(HasSubstr("2048 bits, and this one has 1024")));
}

TEST(PicoHsmKey, EveryByteOfACertificateIsSeen) {
  const OpenedVector opened("p256.bin");
  const Key key = opened.key();
  const ByteView whole = opened.parts().certificate;
  const std::size_t signed_end = 4 + 5 + 0x18c;   // 67 82 xx xx, 7F21 82 xx xx: the inner certificate
  for (std::size_t at = 0; at < whole.size(); ++at) {
    Bytes changed(whole.begin(), whole.end());
    changed[at] ^= 0x10;
    const Beside beside = compare(key, {opened.parts().description, changed});
    if (at < signed_end) {
      EXPECT_FALSE(beside.what_differs.empty()) << at;
      EXPECT_TRUE(beside.certificate_unreadable || beside.certificate_key == Match::differs || beside.self_signature == false)
          << at;
    }
  }
  Bytes cut(whole.begin(), whole.begin() + 100);
  EXPECT_TRUE(compare(key, {{}, cut}).certificate_unreadable);
  EXPECT_TRUE(compare(key, {Bytes{0xA0, 0x01, 0x30}, {}}).description_unreadable);
  EXPECT_TRUE(compare(key, {{}, Bytes{0x13, 0x00}}).certificate_unreadable);
}

TEST(PicoHsmKey, X509) {
  for (const char* name : {"p256.bin", "rsa2048.bin"}) {
    const OpenedVector opened(name);
    const Key key = opened.key();
    const SecretBytes der = crypto::pkcs8_der(key.key), pem = crypto::to_pem(der.expose(), "PRIVATE KEY");
    const auto certificate = test::run("openssl req -new -x509 -key /dev/stdin -subj /CN=vault -days 1 -outform DER",
                                       pem.expose());
    ASSERT_TRUE(certificate);
    const Bytes bytes(certificate->begin(), certificate->end());
    const Beside beside = compare(key, {{}, bytes});
    EXPECT_EQ(beside.certificate, wrapped_key::CertificateKind::x509);
    EXPECT_EQ(beside.certificate_key, Match::same);
    EXPECT_THAT(beside.holder, HasSubstr("vault"));
    EXPECT_EQ(compare(OpenedVector("k256.bin").key(), {{}, bytes}).certificate_key, Match::differs);
    EXPECT_TRUE(compare(key, {{}, ByteView(bytes).first(bytes.size() - 1)}).certificate_unreadable);
  }
}

TEST(PicoHsmKey, ComposedFilesAreThoseOfTheHost) {
  // The one that independent lines made with full-length numbers, to the byte but for the random ones.
  const LooseBody ours = LooseBody::of(OpenedVector("host-p256-full.bin").key().key),
                  theirs = LooseBody::of("host-p256-full.bin");
  EXPECT_EQ(ours.parts, theirs.parts);
  EXPECT_EQ(ours.size, theirs.size);
  const LooseBody p521 = LooseBody::of(OpenedVector("p521.bin").key().key);
  EXPECT_EQ(p521.size, 528);
  for (const std::size_t part : {0u, 1u, 2u, 3u, 5u}) EXPECT_EQ(p521.parts[part].size(), 66u);
  // Curve25519: all but d is as the firmware writes it.
  const LooseBody mended = LooseBody::of(OpenedVector("x25519.bin").key().key);
  LooseBody firmware = LooseBody::of("x25519.bin");
  std::ranges::reverse(firmware.parts[5]);
  EXPECT_EQ(mended.parts, firmware.parts);
  EXPECT_EQ(mended.size, firmware.size);
  EXPECT_EQ(LooseBody::of(OpenedVector("rsa2048.bin").key().key).parts, LooseBody::of("rsa2048.bin").parts);
  EXPECT_EQ(LooseBody::of(OpenedVector("host-rsa2048-crt.bin").key().key).type, KeyType::rsa);
}

}  // namespace
}  // namespace hwbak::pico_hsm
