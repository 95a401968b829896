// Curves, RSA from its parts, public keys and signatures, against the openssl program and the vectors of real devices.
#include "crypto/private_key.h"

#include "base/as_bytes.h"
#include "base/hex.h"
#include "peer.h"
#include "support/vectors.h"

namespace hwbak::crypto {
namespace {

using test::random_bytes;
using test::run;

constexpr Curve all[] = {
    Curve::secp192r1, Curve::secp224r1, Curve::secp256r1, Curve::secp384r1, Curve::secp521r1, Curve::secp192k1,
    Curve::secp224k1, Curve::secp256k1, Curve::brainpoolP160r1, Curve::brainpoolP192r1, Curve::brainpoolP224r1,
    Curve::brainpoolP256r1, Curve::brainpoolP320r1, Curve::brainpoolP384r1, Curve::brainpoolP512r1,
    Curve::brainpoolP160t1, Curve::brainpoolP192t1, Curve::brainpoolP224t1, Curve::brainpoolP256t1,
    Curve::brainpoolP320t1, Curve::brainpoolP384t1, Curve::brainpoolP512t1};

Bytes hex(std::string_view digits) { return from_hex(digits).value(); }

// Of the openssl program: the lines of hexadecimal under a heading, joined.
Bytes printed(const std::string& text, const std::string& heading) {
  std::size_t at = text.find(heading);
  EXPECT_NE(at, std::string::npos) << heading;
  if (at == std::string::npos) return {};
  std::string digits;
  for (at = text.find('\n', at) + 1; text.compare(at, 4, "    ") == 0; at = text.find('\n', at) + 1)
    for (const char c : text.substr(at, text.find('\n', at) - at))
      if (std::isxdigit(static_cast<unsigned char>(c))) digits += c;
  return hex(digits);
}

TEST(Curves, HaveTheParametersOfTheirStandards) {
  const CurveParameters& p256 = parameters(Curve::secp256r1);
  EXPECT_EQ(p256.name, "secp256r1");
  EXPECT_EQ(p256.bits, 256u);
  EXPECT_EQ(p256.p, hex("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"));
  EXPECT_EQ(p256.a, hex("ffffffff00000001000000000000000000000000fffffffffffffffffffffffc"));
  EXPECT_EQ(p256.b, hex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"));
  EXPECT_EQ(p256.n, hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"));
  EXPECT_EQ(parameters(Curve::secp256k1).b, hex("0000000000000000000000000000000000000000000000000000000000000007"));
  EXPECT_EQ(parameters(Curve::secp521r1).field_size, 66u);
  EXPECT_EQ(parameters(Curve::secp521r1).b.size(), 66u);
  EXPECT_EQ(parameters(Curve::secp224k1).n.size(), 29u);
  EXPECT_EQ(parameters(Curve::brainpoolP512t1).bits, 512u);
}

TEST(Curves, AreKnownByNameAndByNumbers) {
  for (const Curve curve : all) {
    const CurveParameters& known = parameters(curve);
    EXPECT_EQ(curve_named(known.name), curve);
    EXPECT_EQ(curve_with(known.p, known.b), curve) << known.name;
    Bytes longer{0, 0};
    longer.insert(longer.end(), known.p.begin(), known.p.end());
    EXPECT_EQ(curve_with(longer, known.b), curve);
    Bytes other = known.b;
    other.back() ^= 1;
    EXPECT_EQ(curve_with(known.p, other), std::nullopt);
    EXPECT_TRUE(ec_point_is_valid(curve, known.g));
    EXPECT_EQ(ec_public_point(curve, Bytes{1}), known.g);
  }
  EXPECT_EQ(curve_named("P-256"), Curve::secp256r1);
  EXPECT_EQ(curve_named("nist p-521"), Curve::secp521r1);
  EXPECT_EQ(curve_named("prime192v1"), Curve::secp192r1);
  EXPECT_EQ(curve_named(""), std::nullopt);
  EXPECT_EQ(curve_named("secp256"), std::nullopt);
  EXPECT_EQ(curve_with({}, {}), std::nullopt);
  EXPECT_EQ(curve_with(Bytes(100'000, 0xFF), Bytes(3)), std::nullopt);
}

TEST(Curves, APrivateNumberIsBetweenOneAndTheOrder) {
  for (const Curve curve : all) {
    Bytes n = parameters(curve).n;
    EXPECT_EQ(ec_public_point(curve, {}), std::nullopt);
    EXPECT_EQ(ec_public_point(curve, Bytes(40)), std::nullopt);
    EXPECT_EQ(ec_public_point(curve, n), std::nullopt);
    EXPECT_EQ(ec_public_point(curve, Bytes(100'000, 0xFF)), std::nullopt);
    --n.back();
    const auto last = ec_public_point(curve, n);
    ASSERT_TRUE(last);
    const std::size_t size = parameters(curve).field_size;
    EXPECT_TRUE(std::equal(last->begin(), last->begin() + 1 + static_cast<std::ptrdiff_t>(size), parameters(curve).g.begin()));
    EXPECT_NE(*last, parameters(curve).g) << "-G has the other y";
  }
}

TEST(Curves, OnlyPointsOnTheCurveAreValid) {
  Bytes g = parameters(Curve::secp256r1).g;
  EXPECT_FALSE(ec_point_is_valid(Curve::secp256k1, g));
  EXPECT_FALSE(ec_point_is_valid(Curve::secp256r1, {}));
  EXPECT_FALSE(ec_point_is_valid(Curve::secp256r1, Bytes(1)));
  EXPECT_FALSE(ec_point_is_valid(Curve::secp256r1, Bytes(65)));
  EXPECT_FALSE(ec_point_is_valid(Curve::secp256r1, Bytes(65, 4)));
  EXPECT_FALSE(ec_point_is_valid(Curve::secp256r1, ByteView(g).first(64)));
  g.back() ^= 1;
  EXPECT_FALSE(ec_point_is_valid(Curve::secp256r1, g));
}

// Keys of the openssl program for each curve: our public point is the one it prints.
TEST(Curves, PublicPointsAreThoseOfOpenssl) {
  for (const Curve curve : all) {
    const std::string name = std::string(parameters(curve).name);
    const std::string by = name == "secp192r1" ? "prime192v1" : name == "secp256r1" ? "prime256v1" : name;
    const auto text = run("openssl ecparam -name " + by + " -genkey -noout | openssl ec -text -noout");
    ASSERT_TRUE(text) << name;
    EXPECT_EQ(ec_public_point(curve, printed(*text, "priv:")), printed(*text, "pub:")) << name;
  }
}

TEST(Montgomery, PublicKeysAreThoseOfOpenssl) {
  for (const auto& [kind, name] : {std::pair(Montgomery::x25519, "X25519"), std::pair(Montgomery::x448, "X448")}) {
    const auto text = run(std::string("openssl genpkey -algorithm ") + name + " | openssl pkey -text -noout");
    ASSERT_TRUE(text);
    EXPECT_EQ(montgomery_public(kind, printed(*text, "priv:")), printed(*text, "pub:")) << name;
    const MontgomeryKey fresh = fresh_montgomery(kind, system_random());
    EXPECT_EQ(fresh.q, montgomery_public(kind, fresh.d.expose()));
  }
}

// --- RSA ---

RsaCrtParts parts_of(const RsaKey& key, const RsaDerived& derived) {
  return {key.p.expose(), key.q.expose(), derived.dp.expose(), derived.dq.expose(), derived.qinv.expose()};
}

TEST(Rsa, FactorsAreFoundFromTheExponents) {
  for (const unsigned bits : {1024u, 1537u, 2048u}) {
    const RsaKey key = fresh_rsa(bits);
    EXPECT_EQ(key.e, hex("010001"));
    EXPECT_EQ(key.n.size(), (bits + 7) / 8);
    const auto found = rsa_from_exponents(key.n, key.e, key.d.expose(), system_random());
    ASSERT_TRUE(found) << bits;
    EXPECT_TRUE(found->p.equals(key.p.expose()) && found->q.equals(key.q.expose()) && found->d.equals(key.d.expose()));
    // With leading zeros, as some devices write numbers.
    Bytes longer(3);
    longer.insert(longer.end(), key.n.begin(), key.n.end());
    EXPECT_TRUE(rsa_from_exponents(longer, key.e, key.d.expose(), system_random()));
    SecretBytes other = key.d.clone();
    other.expose()[5] ^= 4;
    EXPECT_FALSE(rsa_from_exponents(key.n, key.e, other.expose(), system_random()));
    Bytes n = key.n;
    n[9] ^= 1;
    EXPECT_FALSE(rsa_from_exponents(n, key.e, key.d.expose(), system_random()));
  }
}

TEST(Rsa, ImpossibleNumbersAreRefusedAtOnce) {
  const RsaKey key = fresh_rsa(1024);
  auto& random = system_random();
  const ByteView n = key.n, e = key.e, d = key.d.expose();
  const Bytes none, zero{0}, one{1}, two{2}, three{3}, huge(3000, 0xFF);
  Bytes even = key.n;
  even.back() &= 0xFE;
  EXPECT_FALSE(rsa_from_exponents(none, e, d, random));
  EXPECT_FALSE(rsa_from_exponents(zero, e, d, random));
  EXPECT_FALSE(rsa_from_exponents(one, e, d, random));
  EXPECT_FALSE(rsa_from_exponents(even, e, d, random));
  EXPECT_FALSE(rsa_from_exponents(huge, e, d, random));
  for (const ByteView bad : {ByteView(none), ByteView(zero), ByteView(one), ByteView(two), ByteView(three), ByteView(huge)}) {
    EXPECT_FALSE(rsa_from_exponents(n, bad, d, random));
    EXPECT_FALSE(rsa_from_exponents(n, e, bad, random));
  }
  // d * e = 1 modulo the order, but n is a prime or the square of one: no two factors to be found.
  const ByteView p = key.p.expose();
  EXPECT_FALSE(rsa_from_exponents(p, e, key.d.expose().subspan(64), random));
  const auto square = run("openssl prime -generate -bits 256 -hex | /usr/bin/python3 -c \"p=int(input(),16); "
                          "print(hex(p*p)[2:], format(pow(65537,-1,p*(p-1)),\'0128x\'), hex(p)[2:], format(pow(65537,-1,p-1),\'064x\'))\"");
  ASSERT_TRUE(square);
  std::istringstream words(*square);
  std::string n2, d2, n1, d1;
  words >> n2 >> d2 >> n1 >> d1;
  EXPECT_FALSE(rsa_from_exponents(hex(n2), e, hex(d2), random));
  EXPECT_FALSE(rsa_from_exponents(hex(n1), e, hex(d1), random));
}

TEST(Rsa, CrtPartsMustBelongTogether) {
  const RsaKey key = fresh_rsa(1024);
  const RsaDerived derived = rsa_derived(key);
  std::string what;
  const auto found = rsa_from_crt(parts_of(key, derived), key.n, key.e, what);
  ASSERT_TRUE(found) << what;
  EXPECT_TRUE(rsa_from_exponents(key.n, key.e, found->d.expose(), system_random()));

  // p and q the other way round, with the inverse that belongs to it: the larger one is p again.
  RsaKey turned{key.n, key.e, key.d.clone(), key.q.clone(), key.p.clone()};
  const RsaDerived other = rsa_derived(turned);
  const auto again = rsa_from_crt(parts_of(turned, other), key.n, key.e, what);
  ASSERT_TRUE(again) << what;
  EXPECT_TRUE(again->p.equals(key.p.expose()));
  EXPECT_TRUE(rsa_derived(*again).qinv.equals(derived.qinv.expose()));

  const auto told = [&](const auto& change) {
    RsaKey k{key.n, key.e, key.d.clone(), key.p.clone(), key.q.clone()};
    RsaDerived r = rsa_derived(k);
    change(k, r);
    std::string sentence;
    EXPECT_FALSE(rsa_from_crt(parts_of(k, r), k.n, k.e, sentence));
    return sentence;
  };
  EXPECT_EQ(told([](RsaKey& k, RsaDerived&) { k.p.expose()[7] ^= 1; }), "the modulus n is not p times q");
  EXPECT_EQ(told([](RsaKey& k, RsaDerived&) { k.n[7] ^= 1; }), "the modulus n is not p times q");
  EXPECT_EQ(told([](RsaKey&, RsaDerived& r) { r.dp.expose()[7] ^= 1; }), "dP does not belong to p and e");
  EXPECT_EQ(told([](RsaKey&, RsaDerived& r) { r.dq.expose()[7] ^= 1; }), "dQ does not belong to q and e");
  EXPECT_EQ(told([](RsaKey&, RsaDerived& r) { r.qinv.expose()[7] ^= 1; }), "qInv is not the inverse of q modulo p");
  EXPECT_EQ(told([](RsaKey& k, RsaDerived&) { k.e = {1}; }), "the public exponent e is even or less than 3");
  EXPECT_EQ(told([](RsaKey& k, RsaDerived&) { k.e = {}; }), "the public exponent e is even or less than 3");
  EXPECT_EQ(told([](RsaKey& k, RsaDerived&) {
              k.p = SecretBytes::copy_of(k.n);
              k.q = SecretBytes::copy_of(Bytes{1});
            }),
            "p is not a prime number");
  EXPECT_EQ(told([](RsaKey& k, RsaDerived&) {
              k.p.clear();
              k.q.clear();
              k.n.clear();
            }),
            "p is not a prime number");
}

// --- public keys ---

std::string pem_of_vector(const std::string& name) {
  const Bytes bytes = test::read_bytes(std::filesystem::path(HWBAK_VECTORS) / "pico-hsm" / (name + ".pub.pem"));
  return {bytes.begin(), bytes.end()};
}

// A certificate around any public key, by Debian's cryptography; the issuer's key is a throw-away one.
Bytes certificate_of(const std::string& public_pem) {
  const auto out = test::run("/usr/bin/python3 -c '" + std::string(R"(
import sys, datetime
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
key = serialization.load_pem_public_key(sys.stdin.buffer.read())
day = datetime.datetime(2036, 5, 4, 3, 2, 1)
name = lambda text: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
made = (x509.CertificateBuilder().subject_name(name("Ada" + chr(0x202e))).issuer_name(name("Issuer")).public_key(key)
        .serial_number(7).not_valid_before(day - datetime.timedelta(days=9)).not_valid_after(day)
        .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256()))
sys.stdout.buffer.write(made.public_bytes(serialization.Encoding.DER))
)") + "'", as_bytes(public_pem));
  return out ? Bytes(out->begin(), out->end()) : Bytes();
}

TEST(PublicKey, VectorsAreWrittenByteForByte) {
  for (const std::string name : {"rsa1024", "rsa2048", "rsa4096", "p256", "p256-shortd", "p384", "p521", "k256", "bp256",
                                 "host-rsa2048-crt", "host-p256-full", "x25519"}) {
    const std::string pem = pem_of_vector(name);
    const Bytes certificate = certificate_of(pem);
    const auto facts = read_certificate(certificate);
    ASSERT_TRUE(facts && facts->key) << name;
    EXPECT_EQ(spki_pem(*facts->key), pem) << name;
    EXPECT_EQ(facts->subject, "CN=Ada\\u{202E}");
    EXPECT_EQ(facts->issuer, "CN=Issuer");
    EXPECT_EQ(facts->not_after, "2036-05-04T03:02:01Z");
    for (std::size_t size = 0; size < certificate.size(); size += 7)
      EXPECT_FALSE(read_certificate(ByteView(certificate).first(size)));
    Bytes longer = certificate;
    longer.push_back(0);
    EXPECT_FALSE(read_certificate(longer)) << "exactly one";
  }
}

TEST(PublicKey, ComparisonGoesByValue) {
  EXPECT_TRUE(same(RsaPublic{{0, 0, 9}, {3}}, RsaPublic{{9}, {0, 3}}));
  EXPECT_FALSE(same(RsaPublic{{9}, {3}}, RsaPublic{{9}, {5}}));
  EXPECT_FALSE(same(RsaPublic{{9}, {3}}, MontgomeryPublic{Montgomery::x25519, Bytes(32)}));
  EXPECT_FALSE(same(EcPublic{Curve::secp256r1, {4}}, EcPublic{Curve::secp256k1, {4}}));
  EXPECT_FALSE(public_of(SecretKey{SecretBytes(32)}));
}

// Signatures of the openssl program, with keys written here.
TEST(PrivateKey, ComparisonGoesByTheKey) {
  const auto aes = [](std::uint8_t byte) { return PrivateKey(SecretKey{SecretBytes::copy_of(Bytes(16, byte))}); };
  const PrivateKey ec = fresh_ec(Curve::secp256r1, system_random());
  EXPECT_TRUE(same(ec, clone(ec)));
  EXPECT_FALSE(same(ec, PrivateKey(fresh_ec(Curve::secp256r1, system_random()))));
  EXPECT_TRUE(same(aes(1), aes(1)));
  EXPECT_FALSE(same(aes(1), aes(2)));
  EXPECT_FALSE(same(aes(1), ec));
  EXPECT_FALSE(same(ec, aes(1)));
}

TEST(Signature, OpensslSignsAndWeVerify) {
  const test::Folder folder;
  const Bytes data = random_bytes(100);
  const auto file = (folder / "key.pem").string();
  const auto sign = [&](const PrivateKey& key, const std::string& digest) {
    test::write_bytes(file, to_pem(pkcs8_der(key).expose(), "PRIVATE KEY").expose());
    const auto out = run("openssl dgst -" + digest + " -sign '" + file + "'", data);
    return out ? Bytes(out->begin(), out->end()) : Bytes();
  };
  const PrivateKey rsa = fresh_rsa(1024);
  for (const unsigned bits : {1u, 224u, 256u, 384u, 512u}) {
    Bytes signature = sign(rsa, "sha" + std::to_string(bits));
    ASSERT_EQ(signature.size(), 128u);
    EXPECT_TRUE(verify_signature(*public_of(rsa), bits, data, signature)) << bits;
    EXPECT_FALSE(verify_signature(*public_of(rsa), bits == 256 ? 512 : 256, data, signature));
    signature[20] ^= 1;
    EXPECT_FALSE(verify_signature(*public_of(rsa), bits, data, signature));
  }
  for (const Curve curve : {Curve::secp192r1, Curve::secp256r1, Curve::secp521r1, Curve::brainpoolP256r1, Curve::brainpoolP320t1}) {
    const PrivateKey key = fresh_ec(curve, system_random());
    const Bytes der = sign(key, "sha256");
    ASSERT_FALSE(der.empty()) << parameters(curve).name;
    // SEQUENCE { INTEGER r, INTEGER s } to r || s.
    Bytes plain;
    const std::size_t size = parameters(curve).n.size();
    for (std::size_t at = der[1] == 0x81 ? 3 : 2; at < der.size(); at += 2 + der[at + 1]) {
      const ByteView value = ByteView(der).subspan(at + 2, der[at + 1]);
      const ByteView bare = value.size() > size ? value.last(size) : value;
      plain.resize(plain.size() + size - bare.size());
      plain.insert(plain.end(), bare.begin(), bare.end());
    }
    EXPECT_TRUE(verify_signature(*public_of(key), 256, data, plain)) << parameters(curve).name;
    EXPECT_FALSE(verify_signature(*public_of(key), 256, data, der)) << "not DER";
    EXPECT_FALSE(verify_signature(*public_of(key), 255, data, plain));
    EXPECT_FALSE(verify_signature(*public_of(key), 256, data, {}));
    plain[3] ^= 1;
    EXPECT_FALSE(verify_signature(*public_of(key), 256, data, plain));
  }
  EXPECT_FALSE(verify_signature(RsaPublic{{8}, {3}}, 256, data, Bytes(1)));
  EXPECT_FALSE(verify_signature(RsaPublic{}, 256, data, Bytes(128)));
  EXPECT_FALSE(verify_signature(EcPublic{Curve::secp256r1, Bytes(65)}, 256, data, Bytes(64)));
  EXPECT_FALSE(verify_signature(MontgomeryPublic{Montgomery::x25519, Bytes(32)}, 256, data, Bytes(64)));
}

}  // namespace
}  // namespace hwbak::crypto
