// Key files both ways with the openssl program and Debian's python3-cryptography as peers: what they write is read here, what
// is written here opens there; and files made to cost or to break.
#include <boost/json.hpp>

#include "base/as_bytes.h"
#include "base/hex.h"
#include "crypto/private_key.h"
#include "peer.h"
#include "support/vectors.h"

namespace hwbak::crypto {
namespace {

using test::Folder;

// Runs the openssl program in a folder; the key's password stands in the file `password` there, "horse \u00e4" without a newline.
constexpr std::string_view password = "horse \xC3\xA4";

class KeyFiles : public testing::Test {
 protected:
  KeyFiles() { test::write_bytes(folder_ / "password", as_bytes(password)); }
  bool openssl(const std::string& arguments) {
    return test::run("cd '" + folder_.path().string() + "' && openssl " + arguments).has_value();
  }
  std::string text_of_openssl(const std::string& arguments) {
    return test::run("cd '" + folder_.path().string() + "' && openssl " + arguments).value_or("(failed)");
  }
  Bytes file(const std::string& name) { return test::read_bytes(folder_ / name); }
  void put(const std::string& name, ByteView bytes) { test::write_bytes(folder_ / name, bytes); }
  // Reads a file the peer wrote, and compares with the public key the peer says.
  void is_read(const std::string& name, KeyFileNeeds needs, std::string_view with = password) {
    const Bytes bytes = file(name);
    EXPECT_EQ(key_file_kind(bytes), needs) << name;
    try {
      const ReadKey read = read_key_file(bytes, as_bytes(with));
      EXPECT_EQ(spki_pem(*public_of(read.key)), public_pem_) << name;
    } catch (const Error& error) {
      ADD_FAILURE() << name << ": " << error.sentence();
    }
    if (needs == KeyFileNeeds::nothing) return;
    EXPECT_EQ(outcome_of(bytes, "wrong"), Outcome::wrong_secret) << name;
    EXPECT_EQ(outcome_of(bytes, ""), Outcome::wrong_secret) << name;
  }
  static Outcome outcome_of(ByteView bytes, std::string_view with = password) {
    try {
      (void)read_key_file(bytes, as_bytes(with));
    } catch (const Error& error) {
      EXPECT_FALSE(error.sentence().empty());
      return error.outcome();
    }
    return Outcome::ok;
  }
  void make(const std::string& genpkey) {
    ASSERT_TRUE(openssl("genpkey " + genpkey + " -out key.pem")) << genpkey;
    public_pem_ = text_of_openssl("pkey -in key.pem -pubout");
  }
  std::string public_pem_;
  Folder folder_;
};

TEST_F(KeyFiles, OfOpensslAreRead) {
  for (const std::string kind :
       {"-algorithm RSA -pkeyopt rsa_keygen_bits:1024", "-algorithm X25519", "-algorithm X448",
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "-algorithm EC -pkeyopt ec_paramgen_curve:prime192v1",
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-521", "-algorithm EC -pkeyopt ec_paramgen_curve:secp224k1",
        "-algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP512r1",
        "-algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP160t1",
        "-algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -pkeyopt ec_param_enc:explicit"}) {
    make(kind);
    if (kind.find("explicit") != std::string::npos) {
      ASSERT_TRUE(openssl("pkey -in key.pem -pubout -ec_param_enc named_curve -out named.pem"));
      const Bytes named = file("named.pem");
      public_pem_.assign(named.begin(), named.end());
    }
    is_read("key.pem", KeyFileNeeds::nothing);
    ASSERT_TRUE(openssl("pkey -in key.pem -outform DER -out key.der"));
    is_read("key.der", KeyFileNeeds::nothing);
    ASSERT_TRUE(openssl("pkcs8 -topk8 -in key.pem -passout file:password -out new.pem"));
    is_read("new.pem", KeyFileNeeds::password);
  }
}

TEST_F(KeyFiles, OldFormsOfOpensslAreRead) {
  make("-algorithm RSA -pkeyopt rsa_keygen_bits:1024");
  ASSERT_TRUE(openssl("pkcs8 -topk8 -v1 PBE-SHA1-3DES -in key.pem -passout file:password -outform DER -out v1.der"));
  is_read("v1.der", KeyFileNeeds::password);
  ASSERT_TRUE(openssl("pkcs8 -topk8 -scrypt -in key.pem -passout file:password -out scrypt.pem"));
  is_read("scrypt.pem", KeyFileNeeds::password);
  ASSERT_TRUE(openssl("rsa -in key.pem -traditional -out plain.pem"));
  is_read("plain.pem", KeyFileNeeds::nothing);
  ASSERT_TRUE(openssl("rsa -in key.pem -traditional -outform DER -out plain.der"));
  is_read("plain.der", KeyFileNeeds::nothing);
  for (const std::string cipher : {"aes-128-cbc", "aes256", "des3"}) {
    ASSERT_TRUE(openssl("rsa -in key.pem -traditional -" + cipher + " -passout file:password -out old.pem"));
    is_read("old.pem", KeyFileNeeds::password);
  }
  make("-algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP384r1");
  ASSERT_TRUE(openssl("ec -in key.pem -aes192 -passout file:password -out old.pem"));
  is_read("old.pem", KeyFileNeeds::password);
  ASSERT_TRUE(openssl("ec -in key.pem -no_public -outform DER -out bare.der"));
  is_read("bare.der", KeyFileNeeds::nothing);
  ASSERT_TRUE(openssl("ec -in key.pem -conv_form compressed -out short.pem"));
  is_read("short.pem", KeyFileNeeds::nothing);
}

TEST_F(KeyFiles, Pkcs12OfOpensslIsReadWithItsCertificate) {
  for (const std::string kind : {"-algorithm RSA -pkeyopt rsa_keygen_bits:1024", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"}) {
    make(kind);
    ASSERT_TRUE(openssl("req -new -x509 -key key.pem -subj /CN=mine -out certificate.pem"));
    ASSERT_TRUE(openssl("req -new -x509 -newkey rsa:1024 -noenc -keyout other.key -subj /CN=other -out other.pem"));
    const std::string both = " -in certificate.pem -inkey key.pem -certfile other.pem -passout file:password -out ";
    for (const std::string how : {"", "-keypbe PBE-SHA1-3DES -certpbe NONE -macalg sha1", "-keypbe NONE -certpbe AES-128-CBC",
                                  "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -iter 1 -maciter"}) {
      ASSERT_TRUE(openssl("pkcs12 -export " + how + both + "all.p12")) << how;
      is_read("all.p12", KeyFileNeeds::password);
      const auto certificate = read_certificate(read_key_file(file("all.p12"), as_bytes(password)).certificate);
      ASSERT_TRUE(certificate);
      EXPECT_EQ(certificate->subject, "CN=mine");
    }
    ASSERT_TRUE(openssl("pkcs12 -export -nomac" + both + "nomac.p12"));
    is_read("nomac.p12", KeyFileNeeds::password);
    // RC2 needs a part of OpenSSL that is not built in: said, with the way on.
    ASSERT_TRUE(openssl("pkcs12 -export -legacy" + both + "legacy.p12"));
    try {
      (void)read_key_file(file("legacy.p12"), as_bytes(password));
      ADD_FAILURE() << "RC2-40 was read";
    } catch (const Error& error) {
      EXPECT_EQ(error.outcome(), Outcome::unsupported);
      EXPECT_THAT(error.sentence(), testing::HasSubstr("RC2"));
      EXPECT_THAT(error.next(), testing::HasSubstr("openssl pkcs12 -legacy"));
    }
    ASSERT_TRUE(openssl("pkcs12 -legacy -in legacy.p12 -passin file:password -aes256 -passout pass:new -out again.pem"));
    is_read("again.pem", KeyFileNeeds::password, "new");
    EXPECT_EQ(read_certificate(read_key_file(file("again.pem"), as_bytes("new")).certificate)->subject, "CN=mine");
    // Key and certificates in one PEM file, the other certificate first.
    ASSERT_TRUE(test::run("cd '" + folder_.path().string() + "' && cat other.pem key.pem certificate.pem > all.pem"));
    is_read("all.pem", KeyFileNeeds::nothing);
    EXPECT_EQ(read_certificate(read_key_file(file("all.pem"), {}).certificate)->subject, "CN=mine");
  }
  ASSERT_TRUE(openssl("pkcs12 -export -in certificate.pem -inkey key.pem -passout pass: -out empty.p12"));
  EXPECT_EQ(outcome_of(file("empty.p12"), ""), Outcome::ok);
  EXPECT_EQ(outcome_of(file("empty.p12"), "x"), Outcome::wrong_secret);
}

std::vector<PrivateKey> fresh_keys() {
  std::vector<PrivateKey> out;
  out.push_back(fresh_rsa(1024));
  out.push_back(fresh_rsa(2048));
  for (const Curve curve : {Curve::secp192r1, Curve::secp256r1, Curve::secp521r1, Curve::secp224k1, Curve::brainpoolP320r1,
                            Curve::brainpoolP512t1})
    out.push_back(fresh_ec(curve, system_random()));
  for (const Montgomery kind : {Montgomery::x25519, Montgomery::x448}) out.push_back(fresh_montgomery(kind, system_random()));
  return out;
}

TEST_F(KeyFiles, WrittenHereOpenWithOpenssl) {
  std::array<int, 4> seen{};
  for (const PrivateKey& key : fresh_keys()) {
    const std::string mine = spki_pem(*public_of(key));
    put("key.der", pkcs8_der(key).expose());
    EXPECT_EQ(text_of_openssl("pkey -inform DER -in key.der -pubout"), mine);
    EXPECT_TRUE(key.index() == 2 || openssl("pkey -inform DER -in key.der -check -noout"));
    ASSERT_TRUE(openssl("pkcs8 -topk8 -nocrypt -inform DER -in key.der -outform DER -out same.der"));
    EXPECT_EQ(file("same.der"), file("key.der")) << "as OpenSSL writes it, to the byte";

    if (seen[key.index()]++ != 0) continue;  // 600,000 iterations each
    put("sealed.pem", to_pem(pkcs8_encrypted_der(key, as_bytes(password)), "ENCRYPTED PRIVATE KEY").expose());
    EXPECT_EQ(text_of_openssl("pkey -in sealed.pem -passin file:password -pubout"), mine);
    EXPECT_TRUE(same(read_key_file(file("sealed.pem"), as_bytes(password)).key, key));
    EXPECT_EQ(outcome_of(file("sealed.pem"), "horse"), Outcome::wrong_secret);
  }
  const std::string shown = text_of_openssl("asn1parse -in sealed.pem");
  for (const std::string part : {"PBES2", "PBKDF2", "0927C0", "hmacWithSHA256", "aes-256-cbc"})
    EXPECT_THAT(shown, testing::HasSubstr(part));
}

TEST_F(KeyFiles, Pkcs12WrittenHereOpensWithOpenssl) {
  make("-algorithm EC -pkeyopt ec_paramgen_curve:P-384");
  ASSERT_TRUE(openssl("req -new -x509 -key key.pem -subj /CN=mine -outform DER -out mine.der"));
  const ReadKey read = read_key_file(file("key.pem"), {});
  const Bytes certificate = file("mine.der");
  put("all.p12", pkcs12(read.key, certificate, "Signing \xC3\xA4", as_bytes(password)));
  EXPECT_TRUE(openssl("pkcs12 -in all.p12 -passin file:password -noenc -out all.pem"));
  EXPECT_EQ(text_of_openssl("pkey -in all.pem -pubout"), public_pem_);
  EXPECT_EQ(text_of_openssl("x509 -in all.pem -noout -subject"), "subject=CN = mine\n");
  EXPECT_THAT(text_of_openssl("pkcs12 -in all.p12 -passin file:password -nokeys"), testing::HasSubstr("friendlyName: Signing"));
  const ReadKey again = read_key_file(file("all.p12"), as_bytes(password));
  EXPECT_TRUE(same(again.key, read.key));
  EXPECT_EQ(again.certificate, certificate);

  put("bare.p12", pkcs12(read.key, {}, "", as_bytes(password)));
  EXPECT_EQ(text_of_openssl("pkcs12 -in bare.p12 -passin file:password -noenc | openssl pkey -pubout"), public_pem_);
  EXPECT_THROW((void)pkcs12(fresh_ec(Curve::secp384r1, system_random()), certificate, "", as_bytes(password)), Error);
  EXPECT_THROW((void)pkcs12(SecretKey{SecretBytes(32)}, {}, "", as_bytes(password)), Error);
  EXPECT_THROW((void)pkcs8_der(SecretKey{SecretBytes(32)}), Error);
}

// A peer that is not OpenSSL's program: it reads what is written here and writes what is read here.
TEST_F(KeyFiles, PythonCryptographyAgrees) {
  for (const PrivateKey& key : {PrivateKey(fresh_rsa(1024)), PrivateKey(fresh_ec(Curve::brainpoolP384r1, system_random())),
                                PrivateKey(fresh_montgomery(Montgomery::x448, system_random()))}) {
    put("sealed.der", pkcs8_encrypted_der(key, as_bytes(password)));
    const auto out = test::run("cd '" + folder_.path().string() + "' && /usr/bin/python3 -c '" + std::string(R"(
from cryptography.hazmat.primitives.serialization import *
from cryptography.hazmat.primitives.serialization import pkcs12
word = open("password", "rb").read()
key = load_der_private_key(open("sealed.der", "rb").read(), word)
open("other.p12", "wb").write(pkcs12.serialize_key_and_certificates(b"x", key, None, None, BestAvailableEncryption(word))
                              if hasattr(key, "sign") else b"")
open("other.pem", "wb").write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(word)))
print(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(), end="")
)") + "'");
    ASSERT_TRUE(out) << key.index();
    public_pem_ = spki_pem(*public_of(key));
    EXPECT_EQ(*out, public_pem_);
    is_read("other.pem", KeyFileNeeds::password);
    if (key.index() <= 1) is_read("other.p12", KeyFileNeeds::password);
  }
}

// --- hostile ---

void replace_all(Bytes& in, std::string_view what, std::string_view with) {
  const Bytes from = from_hex(what).value(), to = from_hex(with).value();
  ASSERT_EQ(from.size(), to.size());
  auto at = std::search(in.begin(), in.end(), from.begin(), from.end());
  ASSERT_NE(at, in.end());
  std::copy(to.begin(), to.end(), at);
}

TEST_F(KeyFiles, CostIsKnownBeforeTheWork) {
  make("-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
  // PBES2 with PBKDF2 and 2^31 - 1 iterations, then a negative number of them.
  const std::string sealed = "305f304b06092a864886f70d01050d303e301d06092a864886f70d01050c3010040801020304050607080204";
  const std::string rest = "301d060960864801650304012a041000000000000000000000000000000000041000000000000000000000000000000000";
  for (const char* const count : {"7fffffff", "80000000"}) {
    const Bytes slow = from_hex(sealed + count + rest).value();
    EXPECT_EQ(key_file_kind(slow), KeyFileNeeds::password);
    EXPECT_EQ(outcome_of(slow), Outcome::refused);
  }
  EXPECT_EQ(outcome_of(from_hex(sealed + "00000001" + rest).value()), Outcome::damaged) << "no DER of a number";
  ASSERT_TRUE(openssl("pkcs8 -topk8 -scrypt -in key.pem -passout file:password -outform DER -out scrypt.der"));
  for (const char* const cost : {"02027fff", "02028000"}) {
    Bytes hard = file("scrypt.der");
    replace_all(hard, "02024000020108020101", std::string(cost) + "020108020101");
    EXPECT_EQ(outcome_of(hard), Outcome::refused);
  }
  Bytes wide = file("scrypt.der");
  replace_all(wide, "02024000020108020101", "0202400002010802017f");
  EXPECT_EQ(outcome_of(wide), Outcome::refused);
  ASSERT_TRUE(openssl("req -new -x509 -key key.pem -subj /CN=mine -out certificate.pem"));
  ASSERT_TRUE(openssl("pkcs12 -export -iter 70000 -in certificate.pem -inkey key.pem -passout file:password -out all.p12"));
  Bytes mac = file("all.p12");
  ASSERT_EQ(to_hex(ByteView(mac).last(5)), "0203011170");
  std::copy_n(from_hex("0203800000")->begin(), 5, mac.end() - 5);
  EXPECT_EQ(outcome_of(mac), Outcome::refused);
}

TEST_F(KeyFiles, UnknownKindsAreSaid) {
  make("-algorithm ED25519");
  EXPECT_EQ(outcome_of(file("key.pem")), Outcome::unsupported);
  make("-algorithm EC -pkeyopt ec_paramgen_curve:sect233k1");
  EXPECT_EQ(outcome_of(file("key.pem")), Outcome::unsupported);
  ASSERT_TRUE(openssl("ec -in key.pem -out old.pem"));
  EXPECT_EQ(outcome_of(file("old.pem")), Outcome::unsupported);
  make("-algorithm RSA -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_primes:3");
  EXPECT_EQ(outcome_of(file("key.pem")), Outcome::unsupported);
  ASSERT_TRUE(openssl("pkcs8 -provider legacy -provider default -topk8 -v1 PBE-MD5-DES -in key.pem -passout file:password -out des.pem"));
  EXPECT_EQ(outcome_of(file("des.pem")), Outcome::unsupported);
  // As the error says.
  ASSERT_TRUE(openssl("pkey -provider default -provider legacy -in des.pem -passin file:password -aes256 "
                      "-passout pass:new -out aes.pem"));
  EXPECT_EQ(outcome_of(file("aes.pem"), "new"), Outcome::unsupported) << "three primes";
  ASSERT_TRUE(test::run("cd '" + folder_.path().string() + "' && cat key.pem key.pem > two.pem"));
  EXPECT_EQ(outcome_of(file("two.pem")), Outcome::unsupported);
  EXPECT_EQ(outcome_of(as_bytes("hello")), Outcome::unsupported);
  EXPECT_EQ(outcome_of({}), Outcome::unsupported);
  EXPECT_EQ(outcome_of(as_bytes(public_pem_)), Outcome::unsupported);
  EXPECT_EQ(outcome_of(Bytes(largest_key_file + 1)), Outcome::refused);
  EXPECT_EQ(key_file_kind(as_bytes(public_pem_)), std::nullopt);
  EXPECT_EQ(key_file_kind({}), std::nullopt);
  EXPECT_EQ(key_file_kind(test::random_bytes(64)), std::nullopt);
}

TEST_F(KeyFiles, DamageIsNeverAKey) {
  for (const PrivateKey& key : fresh_keys()) {
    if (key.index() == 0 && std::get<RsaKey>(key).n.size() > 128) continue;
    const SecretBytes whole = pkcs8_der(key);
    const Bytes der(whole.expose().begin(), whole.expose().end());
    for (std::size_t size = 0; size < der.size(); size += 3)
      EXPECT_NE(outcome_of(ByteView(der).first(size)), Outcome::ok) << size;
    // A flipped bit is noticed, or it changes nothing but the key's name for itself: X25519 has nothing to compare with.
    for (std::size_t at = 0; at < der.size(); at += key.index() == 0 ? 17 : 1) {
      Bytes flipped = der;
      flipped[at] ^= 2;
      try {
        const ReadKey read = read_key_file(flipped, {});
        const auto* const rsa = std::get_if<RsaKey>(&read.key);
        const auto* const ec = std::get_if<EcKey>(&read.key);
        EXPECT_TRUE(key.index() == 2 || (rsa != nullptr && rsa->p.equals(std::get<RsaKey>(key).p.expose())) ||
                    (ec != nullptr && ec->q == std::get<EcKey>(key).q))
            << at;
      } catch (const Error& error) {
        EXPECT_NE(error.outcome(), Outcome::internal) << at << ": " << error.sentence();
      }
    }
  }
}

}  // namespace
}  // namespace hwbak::crypto
