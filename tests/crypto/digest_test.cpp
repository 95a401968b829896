// Digests, HMAC and PBKDF2 against published vectors and against Python's hashlib.
#include "crypto/digest.h"

#include <rapidcheck/gtest.h>

#include "base/hex.h"
#include "crypto/peer.h"
#include "hwbak/error.h"

namespace hwbak::crypto {
namespace {

ByteView text(std::string_view s) { return {reinterpret_cast<const std::uint8_t*>(s.data()), s.size()}; }

std::string hmac_hex(ByteView key, ByteView data) {
  std::array<std::uint8_t, 64> out;
  hmac_sha512(key, data, out);
  return to_hex(out);
}

std::string pbkdf2_hex(ByteView password, ByteView salt, unsigned iterations, std::size_t size = 64) {
  Bytes out(size);
  pbkdf2_hmac_sha512(password, salt, iterations, out);
  return to_hex(out);
}

TEST(Digest, Fips180Sha256) {
  EXPECT_EQ(to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256(text("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256(text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(to_hex(sha256(Bytes(1000000, 'a'))), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  EXPECT_EQ(to_hex(sha256d(text("hello"))), "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50");
}

TEST(Digest, Hash160OfTheGeneratorPoint) {
  const auto point = from_hex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
  EXPECT_EQ(to_hex(hash160(*point)), "751e76e8199196d454941c45d1b3a323f1433bd6") << "the key hash of BIP-173's examples";
}

TEST(Digest, Rfc4231HmacSha512) {
  EXPECT_EQ(hmac_hex(Bytes(20, 0x0B), text("Hi There")),
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
            "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854");
  EXPECT_EQ(hmac_hex(text("Jefe"), text("what do ya want for nothing?")),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
  EXPECT_EQ(hmac_hex(Bytes(131, 0xAA), text("Test Using Larger Than Block-Size Key - Hash Key First")),
            "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
            "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598");
}

TEST(Digest, Pbkdf2OfABip39Seed) {
  EXPECT_EQ(pbkdf2_hex(text("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"),
                       text("mnemonicTREZOR"), 2048),
            "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e5349553"
            "1f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04");
}

TEST(Digest, RefusesZeroIterations) {
  Bytes out(64);
  EXPECT_THROW(pbkdf2_hmac_sha512({}, {}, 0, out), Error);
}

RC_GTEST_PROP(Digest, HmacIsPbkdf2OfOneIteration, (const Bytes& key, const Bytes& salt)) {
  Bytes message = salt;
  message.insert(message.end(), {0, 0, 0, 1});
  RC_ASSERT(pbkdf2_hex(key, salt, 1) == hmac_hex(key, message));
}

RC_GTEST_PROP(Digest, ShorterPbkdf2IsAPrefix, (const Bytes& password, const Bytes& salt)) {
  const auto size = *rc::gen::inRange<std::size_t>(0, 200);
  RC_ASSERT(pbkdf2_hex(password, salt, 3, size) == pbkdf2_hex(password, salt, 3, 200).substr(0, 2 * size));
}

TEST(DigestPeer, PythonAgreesOnRandomInputs) {
  const char* const program =
      "import hashlib,hmac,sys\n"
      "a,b,n,size=bytes.fromhex(sys.argv[1]),bytes.fromhex(sys.argv[2]),int(sys.argv[3]),int(sys.argv[4])\n"
      "print(hashlib.sha256(a).hexdigest(),hmac.new(a,b,hashlib.sha512).hexdigest(),"
      "hashlib.pbkdf2_hmac(\"sha512\",a,b,n,size).hex(),end=\"\")";
  const std::size_t sizes[] = {1, 55, 56, 64, 111, 112, 127, 128, 129, 300};
  for (const std::size_t size : sizes) {
    const auto bytes = test::random_bytes(size);
    const auto other = test::random_bytes(size / 2 + 1);
    const auto iterations = static_cast<unsigned>(size % 7 + 1);
    const std::string arguments =
        to_hex(bytes) + " " + to_hex(other) + " " + std::to_string(iterations) + " " + std::to_string(size);
    EXPECT_EQ(test::python(program, arguments),
              to_hex(sha256(bytes)) + " " + hmac_hex(bytes, other) + " " + pbkdf2_hex(bytes, other, iterations, size));
  }
}

TEST(DigestPeer, OpensslProgramAgrees) {
  const Bytes bytes = test::random_bytes(99);
  const ByteView key = ByteView(bytes).first(33);
  const auto openssl = [&](const std::string& arguments) {
    const auto out = test::run("openssl dgst -binary " + arguments, bytes);
    return out ? to_hex(text(*out)) : "failed";
  };
  EXPECT_EQ(openssl("-sha256"), to_hex(sha256(bytes)));
  EXPECT_EQ(openssl("-sha256 | openssl dgst -binary -provider legacy -provider default -rmd160"), to_hex(hash160(bytes)));
  EXPECT_EQ(openssl("-sha512 -mac HMAC -macopt hexkey:" + to_hex(key)), hmac_hex(key, bytes));
}

}  // namespace
}  // namespace hwbak::crypto
