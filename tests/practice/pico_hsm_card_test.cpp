// The practice HSM's own behaviour: status words, the vectors taken back, keys at work, and its state across faults.
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <algorithm>

#include "base/as_bytes.h"
#include "container/wrapped_key/description.h"
#include "container/wrapped_key/tlv.h"
#include "crypto/peer.h"
#include "device/pico_hsm/algorithms.h"
#include "device/pico_hsm/key.h"
#include "device/pico_hsm/montgomery.h"
#include "io/fault_points.h"
#include "practice/pico_hsm_fixture.h"

namespace hwbak::practice::pico_hsm {
namespace {

using wrapped_key::tlv;

// Of GENERATE: these fields of the key, and what is wanted besides.
Bytes template_of(const std::vector<Bytes>& fields, std::string_view more = "") {
  Bytes inner, out = from_hex("5f2901004209555443413030303031").value();
  for (const Bytes& field : fields) inner.insert(inner.end(), field.begin(), field.end());
  for (const Bytes& part : std::vector<Bytes>{tlv(0x7F49, inner), tlv(0x5F20, as_bytes("ABCD")), from_hex(more).value()})
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

// A blob of an RSA key that not every device keeps as it is.
Bytes blob_with_exponent_3() {
  constexpr std::array<std::uint8_t, 1> three{3};
  for (;;)
    if (auto odd = crypto::rsa_with_exponent(crypto::fresh_rsa(1024), three))
      return blob_of(crypto::PrivateKey(std::move(*odd)), {}, test::test_keys(), system_random());
}

TEST_F(PracticeHsm, BeforeItIsInitialised) {
  insert();
  EXPECT_EQ(send("00200081"), "6a88");
  EXPECT_EQ(send("8052000000"), "6b00");
  EXPECT_EQ(send("80720192000000"), "6982");
  EXPECT_EQ(send("80580000000000"), "9000");
  EXPECT_EQ(send("00a40000022f0200"), "6a82");
}

TEST_F(PracticeHsm, PinsAndTheirTries) {
  set_up();
  card->reset();
  EXPECT_EQ(send("00200081"), "63c3");
  EXPECT_EQ(send("0020008106111111111111"), "63c2");
  insert();
  EXPECT_EQ(send("00200081"), "63c2") << "a try is lost for good";
  EXPECT_EQ(log_in(), "9000");
  EXPECT_EQ(send("00200081"), "9000");
  EXPECT_EQ(send("002400810c363438323139313233343536"), "9000");
  card->reset();
  EXPECT_EQ(log_in(), "63c2");
  EXPECT_EQ(log_in(), "63c1");
  EXPECT_EQ(log_in(), "6983");
  EXPECT_EQ(send("0020008106313233343536"), "6983");
  EXPECT_EQ(send("002c00810e3537363231383831363438323139"), "63ce") << "a wrong SO-PIN";
  EXPECT_EQ(send("002c00810e3537363231383830363438323139"), "9000");
  EXPECT_EQ(log_in(), "9000");
  EXPECT_EQ(send("8052000000"), "01002952b3021b6937839000") << "the DKEK is still there";
}

TEST_F(PracticeHsm, OptionsOfInitialise) {
  const std::string so = "3537363231383830", pin = "363438323139", fresh = "313233343536";
  set_up("0000");
  EXPECT_EQ(send("002c00810e" + so + pin), "6986") << "no resets";
  EXPECT_EQ(send("002c018108" + so), "6986");
  set_up("0001");
  EXPECT_EQ(send("002c018108" + so), "6986") << "only with a new PIN";
  EXPECT_EQ(send("002c028106" + fresh), "9000") << "after INITIALIZE the SO-PIN is known";
  card->reset();
  EXPECT_EQ(send("002c028106" + fresh), "6985");
  EXPECT_EQ(send("0020008806" + fresh), "63ce");
  EXPECT_EQ(send("0020008808" + so), "9000");
  EXPECT_EQ(send("002c028106" + pin), "9000");
  EXPECT_EQ(send("002c04810e" + so + pin), "6a86");
  EXPECT_EQ(send("002c00880e" + so + pin), "6a88");
  set_up("0021");
  card->reset();
  EXPECT_EQ(send("0020008106111111111111"), "63c2");
  EXPECT_EQ(send("002c0381"), "6985");
  EXPECT_EQ(send("002c018108" + so), "9000");
  EXPECT_EQ(send("00200081"), "63c3");
  set_up("0002");
  EXPECT_EQ(good(send("00a404000be82b0601040181c31f020100")).back(), 6);
  EXPECT_EQ(log_in(), "6984") << "the transport PIN is for nothing but its own end";
  EXPECT_EQ(send("00200081"), "6984");
  EXPECT_EQ(send("002400810c" + fresh + pin), "63c2");
  EXPECT_EQ(send("002400810c" + pin + fresh), "9000");
  EXPECT_EQ(send("0020008106" + fresh), "9000");
  EXPECT_EQ(send("002400860c" + fresh + pin), "6b00");
  EXPECT_EQ(send("002401810c" + fresh + pin), "6b00");
  EXPECT_EQ(send("00200181"), "6b00");
  EXPECT_EQ(send("002000a1"), "6b00");
  EXPECT_EQ(send("00200085"), "6a88");
}

// One device's key opens another one, beside the PIN.
TEST_F(PracticeHsm, PublicKeysBesideThePin) {
  set_up();
  EXPECT_EQ(send("8054000000"), "6a86") << "none are wanted";
  const auto& curve = crypto::parameters(crypto::Curve::secp256r1);
  const Bytes request = good(send("00460100", template_of({tlv(0x06, from_hex("04007f00070202020203").value()), tlv(0x81, curve.p), tlv(0x83, curve.b)})));
  const test::Folder elsewhere;
  std::unique_ptr<Card> spare = std::move(card);   // the one with the key
  card = std::make_unique<Card>(elsewhere / "second", real_files(), system_random(), Behaviour{}, quick);
  const auto initialise = [&](const std::string& keys) {
    return send("8050000020" "80020009" "8106363438323139" "82083537363231383830" "910103" "920100" "9302" + keys);
  };
  for (const char* const wrong : {"0001", "0901", "0200", "0203"}) EXPECT_EQ(initialise(wrong), "6a80") << wrong;
  EXPECT_EQ(initialise("0201"), "9000");
  EXPECT_EQ(send("004805b000"), "9000") << "it has all credentials then";
  EXPECT_EQ(send("8054000000"), "020201009000");
  EXPECT_EQ(send("80540000", request), "020101009000");
  EXPECT_EQ(send("80540000", Bytes(20, 1)), "6a80");
  EXPECT_EQ(send("80540101", request), "020001009000") << "replaced";
  EXPECT_EQ(send("80540000", request), "6a84");
  EXPECT_EQ(send("8054020000"), "414243449000");
  EXPECT_EQ(send("8054020200"), "6a86");
  EXPECT_EQ(send("00a4000002" "10c0" "00"), "6a82") << "the card's own";
  card->reset();
  EXPECT_EQ(send("80540000", request), "6982");
  EXPECT_EQ(log_in(), "9000");
  EXPECT_EQ(send("8072059200"), "6982") << "the PIN is not enough";
  EXPECT_EQ(send("008200000101"), "6a88");
  EXPECT_EQ(send("002281a4068304" "41424345"), "6a88") << "nobody's name";
  EXPECT_EQ(send("002281a4068304" "41424344"), "9000");
  EXPECT_EQ(send("008200000101"), "6985") << "no challenge yet";
  const auto answer_of = [&](const Bytes& challenge) {
    Bytes text = from_hex("45535049434f48534d54523030303031").value();
    text.insert(text.end(), challenge.begin(), challenge.end());
    card.swap(spare);
    const Bytes der = good(send("80680173", text));
    card.swap(spare);
    const unsigned char* at = der.data();
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
    Bytes out(64);
    BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out.data(), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out.data() + 32, 32);
    return out;
  };
  const Bytes old = answer_of(good(send("0084000008")));
  const Bytes fresh = answer_of(good(send("0084000008")));
  EXPECT_EQ(send("00820000", old), "6985") << "of another challenge";
  EXPECT_EQ(send("00820000", fresh), "9000");
  EXPECT_EQ(send("8054020000"), "414243449001");
  EXPECT_EQ(send("8054000000"), "020001019000");
  EXPECT_TRUE(send("8072059200").ends_with("9000"));
}

TEST_F(PracticeHsm, AButtonThatNobodyPresses) {
  set_up("0101");
  const Bytes blob = blob_of(test::wrapped_vector("p256.bin"));
  ASSERT_EQ(send("80740a93", blob), "9000");
  EXPECT_EQ(send("80720a92000000").substr(0, 16), "2952b3021b693783");
  behaviour.button = false;
  insert();
  EXPECT_EQ(log_in(), "9000");
  EXPECT_EQ(send("80720a92000000"), "6600");
  EXPECT_EQ(send("80740a93", blob), "6600");
  EXPECT_EQ(send("80680a73", Bytes(10)), "6600");
  EXPECT_EQ(send("80620a80", Bytes(65)), "6600");
  EXPECT_EQ(send("80720b92000000"), "6a82");
  set_up("0001");
  EXPECT_EQ(send("80740a93", blob), "9000") << "nobody is asked";
}

TEST_F(PracticeHsm, CountersOnAllKeysAndCiphersOfAes) {
  set_up("0201");
  ASSERT_EQ(send("004803b100"), "9000");
  EXPECT_TRUE(send("00a4000002cc0300").ends_with("a581069004fffffffe9000"));
  const Bytes message(32, 'm');
  const Bytes closed = good(send("80780310", message));
  EXPECT_NE(closed, message);
  EXPECT_EQ(good(send("80780311", closed)), message);
  EXPECT_EQ(good(send("80780318", ByteView(message).first(5))).size(), 16u);
  EXPECT_TRUE(send("00a4000002cc0300").ends_with("a581069004fffffffb9000")) << "three uses";
  EXPECT_EQ(send("80780310", ByteView(message).first(17)), "6700");
  EXPECT_EQ(send("80780399", message), "6b00");
  EXPECT_EQ(send("80780410", message), "6a82");
  EXPECT_EQ(send("80680330", message), "6400") << "an AES key does not sign";
  for (const char* const file : {"aes128.bin", "aes192.bin", "aes256.bin"}) {
    const test::WrappedVector& vector = test::wrapped_vector(file);
    ASSERT_EQ(send("80740493", blob_of(vector)), "9000");
    EXPECT_EQ(good(send("80780410", Bytes(16))), vector.hex("aes_ecb_of_16_zero_bytes_hex")) << file;
  }
  for (const std::size_t size : {16u, 24u, 32u}) {
    const Bytes key(size, 'k');
    const crypto::PrivateKey made = crypto::SecretKey{SecretBytes::copy_of(key)};
    ASSERT_EQ(send("80740493", pico_hsm::blob_of(made, {}, test::test_keys(), system_random())), "9000");
    Bytes mac(16);
    std::size_t written = 0;
    ASSERT_NE(EVP_Q_mac(nullptr, "CMAC", nullptr, ("AES-" + std::to_string(8 * size) + "-CBC").c_str(), nullptr, key.data(), key.size(),
                        message.data(), 21, mac.data(), mac.size(), &written), nullptr);
    EXPECT_EQ(good(send("80780418", ByteView(message).first(21))), mac) << size;
  }
  ASSERT_EQ(send("80740593", blob_of(test::wrapped_vector("aes512.bin"))), "9000");
  EXPECT_EQ(send("80780510", message), "6400") << "there is no such AES";
  EXPECT_EQ(send("80780518", message), "6a80");
}

// What --quirks is for: the card does as the firmware does, and what it did is on the disk.
TEST_F(PracticeHsm, Quirks) {
  set_up();
  const Bytes blob = blob_of(test::wrapped_vector("p256.bin")), odd = blob_with_exponent_3();
  const std::string label = "00d72f030854020000" "5302" "6869", nine = "80740a93";
  EXPECT_EQ(send(label), "6400");
  EXPECT_EQ(send(nine, ByteView(blob).first(9)), "6400");
  EXPECT_EQ(send("80740a93", odd), "6400");
  const auto montgomery = [&] {
    EXPECT_EQ(good(send("00460700", template_of({tlv(0x06, from_hex("04007f00070202020203").value()), tlv(0x81, hsm::parameters(crypto::Montgomery::x25519).p)}))).front(), 0x67);
    return send("80740893", good(send("80720792000000")));
  };
  EXPECT_EQ(montgomery(), "9000");
  behaviour.quirks = true;
  set_up();
  EXPECT_EQ(montgomery(), "6400") << "its own backup";
  EXPECT_EQ(send("80740a93", odd), "9000");
  const auto kept = wrapped_key::read_cvc(good(send("00b1ce0a00000454020000" "0000")));
  EXPECT_EQ(to_hex(*kept.e), "010001") << "another key than the one that came";
  const auto stops = [&](std::string_view header, ByteView data) {
    try {
      (void)(data.empty() ? send(header) : send(header, data));
      ADD_FAILURE() << header;
    } catch (const Error& error) {
      EXPECT_EQ(error.outcome(), Outcome::device);
    }
    insert();
    EXPECT_EQ(log_in(), "9000") << "the state loads";
  };
  stops(label, {});
  EXPECT_EQ(send("8052000000"), "01002952b3021b6937839000") << "no harm done";
  stops(nine, ByteView(blob).first(9));
  EXPECT_EQ(send("8052000000"), "6a88") << "the record of the domain is damaged";
  EXPECT_EQ(send("80740a93", blob), "6400");
}

TEST_F(PracticeHsm, StatusWordsOfBackupAndRestore) {
  set_up();
  const Bytes blob = blob_of(test::wrapped_vector("p256.bin"));
  Bytes other_kcv = blob, wrong_mac = blob, wrong_type = blob;
  other_kcv[0] ^= 1;
  wrong_mac.back() ^= 1;
  wrong_type[8] = 7;
  EXPECT_EQ(send("80740a93", other_kcv), "6400");
  EXPECT_EQ(send("80740a93", wrong_mac), "6400");
  EXPECT_EQ(send("80740a93", wrong_type), "6984");
  EXPECT_EQ(send("80740a93", ByteView(blob).first(8)), "6984");
  EXPECT_EQ(send("80740a93", ByteView(blob).first(9)), "6400") << "the firmware would abort";
  EXPECT_EQ(send("80740a93"), "6a82");
  EXPECT_EQ(send("80740a94", blob), "6b00");
  EXPECT_EQ(send("80720a92000000"), "6a82");
  EXPECT_EQ(send("80740a93", blob), "9000");
  EXPECT_EQ(send("80740a93", blob), "9000") << "an occupied reference";
  EXPECT_EQ(send("80720a93000000"), "6b00");
  EXPECT_EQ(send("8052000020" + to_hex(test::test_dkek("A"))), "6986");
  EXPECT_EQ(send("8052000100"), "6a86");
  EXPECT_EQ(send("8052001000"), "6b00");
  card->reset();
  EXPECT_EQ(send("80720a92000000"), "6982");
  EXPECT_EQ(send("80740a93", blob), "6982");
  EXPECT_EQ(send("00e4020002cc0a"), "6982");
  EXPECT_EQ(send("8052000000"), "010000000000000000009000") << "no KCV without a login";
}

TEST_F(PracticeHsm, DomainsByTheirNumberOfShares) {
  insert();
  EXPECT_EQ(send("8050000019800200018106363438323139820835373632313838309101" "03"), "9000");
  EXPECT_EQ(send("8052000020" + to_hex(test::test_dkek("A"))), "6986") << "no shares were asked for";
  EXPECT_EQ(send("004801b000"), "9000");
  EXPECT_EQ(send("80720192000000"), "6a88");
  EXPECT_EQ(send("805000001c80020001810636343832313982083537363231383830910103920100"), "9000");
  EXPECT_NE(send("8052000000").substr(4, 16), "0000000000000000") << "a random DKEK";
  EXPECT_EQ(send("805000001c80020001810636343832313982083537363231383830910103970102"), "9000");
  EXPECT_EQ(send("8052000100"), "6a88");
  EXPECT_EQ(send("8052020003530101"), "6a80") << "no membership";
  EXPECT_EQ(send("80520200035401" "01"), "6985") << "one that nobody vouches for";
  EXPECT_EQ(send("80520101010100"), "010100000000000000009000");
  EXPECT_EQ(send("8052000120" + to_hex(test::test_dkek("A"))), "01002952b3021b6937839000");
  EXPECT_EQ(send("80740a93", blob_of(test::wrapped_vector("aes256.bin"))), "9000");
  EXPECT_EQ(send("00a4000002cc0a00").substr(send("00a4000002cc0a00").size() - 16), "a581039201019000");
  EXPECT_EQ(send("8052030100"), "6a89");
  EXPECT_EQ(send("00e4020002cc0a"), "9000");
  EXPECT_EQ(send("8052030100"), "6a88");
}

class PracticeHsmVectors : public PracticeHsm {
 protected:
  // The key under reference 0A, by the word of the real openssl.
  void expect_signs(const std::string& pem) {
    const Bytes message(100, 'm'), other(100, 'n');
    const bool rsa = pem.find("rsa") != std::string::npos;
    const Bytes signature = good(send(rsa ? "80680a33" : "80680a73", message));
    const auto keep = [&](const char* name, const Bytes& bytes) {
      std::ofstream(folder / name, std::ios::binary).write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
      return " " + (folder / name).native();
    };
    const std::string verify = "openssl dgst -sha256 -verify " + std::string(HWBAK_VECTORS) + "/pico-hsm/" + pem + " -signature" + keep("signature", signature);
    EXPECT_TRUE(test::run(verify + keep("message", message))) << pem;
    EXPECT_FALSE(test::run(verify + keep("other", other))) << pem;
  }
};

// What comes back from the card is the key that went in; x25519 is one that the firmware refuses.
TEST_F(PracticeHsmVectors, TakesThemBack) {
  set_up();
  for (const test::WrappedVector& vector : test::wrapped_vectors()) {
    const Bytes blob = blob_of(vector);
    const bool refused = vector.file == "x25519.bin";
    EXPECT_EQ(send("80740a93", blob), refused ? "6400" : "9000") << vector.file;
    if (refused) continue;   // mended: below
    const auto read = [](ByteView bytes) {
      const auto survey = wrapped_key::survey(wrapped_key::write_file(bytes, {}, {}));
      const auto opening = wrapped_key::open(survey, test::test_keys());
      EXPECT_EQ(opening.fit, wrapped_key::Fit::opens);
      return hsm::read_key(wrapped_key::body_of(opening.plaintext.expose(), opening.type), opening.type, system_random());
    };
    if (const std::string pem = vector.text("public_key_pem"); !pem.empty()) expect_signs(pem);
    const std::string wrapped = send("80720a92000000");
    if (wrapped == "6985") {
      EXPECT_FALSE(hsm::exportable(wrapped_key::survey(vector.bytes).at(wrapped_key::survey(vector.bytes).allowed_algorithms)));
      continue;
    }
    const hsm::Key before = read(blob), after = read(good(wrapped));
    EXPECT_EQ(hsm::describe(before), hsm::describe(after));
    const auto was = crypto::public_of(before.key), is = crypto::public_of(after.key);
    ASSERT_EQ(was.has_value(), is.has_value());
    if (was) EXPECT_TRUE(crypto::same(*was, *is)) << vector.file;
    else EXPECT_TRUE(std::get<crypto::SecretKey>(before.key).key.equals(std::get<crypto::SecretKey>(after.key).key.expose()));
  }
}

// The one that the firmware refuses, with d in the order in which it is read: the key of the listed public one.
TEST_F(PracticeHsmVectors, TakesTheMendedOneBack) {
  set_up();
  const test::WrappedVector& vector = test::wrapped_vector("x25519.bin");
  const auto survey = wrapped_key::survey(vector.bytes);
  const auto opening = wrapped_key::open(survey, test::test_keys());
  const hsm::Key key = hsm::read_key(wrapped_key::body_of(opening.plaintext.expose(), opening.type), opening.type, system_random());
  const Bytes mended = pico_hsm::blob_of(key.key, {}, test::test_keys(), system_random());
  EXPECT_EQ(send("80740a93", mended), "9000");
  EXPECT_EQ(send("80740b93", good(send("80720a92000000"))), "9000") << "and comes back the same";
  const auto listed = test::run("openssl pkey -pubin -in " + std::string(HWBAK_VECTORS) + "/pico-hsm/x25519.pub.pem -outform DER");
  ASSERT_TRUE(listed);
  const auto q = wrapped_key::read_cvc(good(send("00b1ce0b00000454020000" "0000"))).q;
  ASSERT_TRUE(q);
  EXPECT_EQ(to_hex(*q), to_hex(as_bytes(*listed).last(32)));
}

TEST_F(PracticeHsm, UnwrapsFromItsBuffer) {
  set_up();
  const Bytes blob = blob_of(test::wrapped_vector("rsa1024.bin"));
  EXPECT_EQ(send("00d72f100654020000" "5300"), "9000");
  for (std::size_t at = 0; at < blob.size(); at += 200) {
    const ByteView piece = ByteView(blob).subspan(at, std::min<std::size_t>(200, blob.size() - at));
    const Bytes offset{static_cast<std::uint8_t>(at >> 8), static_cast<std::uint8_t>(at)}, size{0x81, static_cast<std::uint8_t>(piece.size())};
    EXPECT_EQ(send("00d72f10", from_hex("5402" + to_hex(offset) + "53" + to_hex(size) + to_hex(piece)).value()), "9000");
  }
  EXPECT_EQ(send("80740b93"), "9000");
  EXPECT_EQ(send("80580000000000"), "c400cc00cc0bc40b9000");
}

TEST_F(PracticeHsm, KeysAtWork) {
  set_up();
  ASSERT_EQ(send("80740193", blob_of(test::wrapped_vector("rsa2048.bin"))), "9000");
  ASSERT_EQ(send("80740293", blob_of(test::wrapped_vector("p256.bin"))), "9000");
  const Bytes message(60, 'm');
  const auto key = [&](std::uint8_t reference) {
    const auto cvc = wrapped_key::read_cvc(good(send("00b1ce" + to_hex(ByteView(&reference, 1)) + "00000454020000" "0000")));
    EXPECT_FALSE(cvc.signature.empty());
    return cvc;
  };
  const crypto::RsaPublic rsa{*key(1).n, *key(1).e};
  EXPECT_TRUE(crypto::verify_signature(rsa, 256, message, good(send("80680133", message))));
  EXPECT_FALSE(crypto::verify_signature(rsa, 256, message, good(send("80680135", message)))) << "another hash";
  EXPECT_EQ(good(send("80680143", message)).size(), 256u);
  const Bytes info = from_hex("3031300d060960864801650304020105000420" + std::string(64, '7')).value();
  EXPECT_EQ(good(send("80680140", info)).size(), 256u) << "as OpenSC asks for PSS";
  EXPECT_EQ(send("80680140", message), "6400") << "no digest";
  EXPECT_EQ(send("80680173", message), "6400") << "EC with an RSA key";
  EXPECT_EQ(good(send("80680273", message)).front(), 0x30);
  EXPECT_EQ(send("80680299", message), "6a86");
  EXPECT_EQ(send("80680373", message), "6a82");
  // Raw decryption undoes a signature.
  Bytes one(256);
  one.back() = 1;
  EXPECT_EQ(good(send("80620121", one)), one);
  // Its own public point: x of d * Q.
  EXPECT_EQ(good(send("80620280", *key(2).q)).size(), 33u);
  EXPECT_EQ(send("80620280", Bytes(65, 4)), "6984") << "no point of the curve";
  card->reset();
  EXPECT_EQ(send("80680273", message), "6982");
}

TEST_F(PracticeHsm, ListsAndCountersHold) {
  set_up();
  EXPECT_EQ(send("004805b20b90040000000191041011" "92"), "6a80") << "a list that ends too early";
  EXPECT_EQ(send("0046060000" "29"), "6700");
  const auto& curve = crypto::parameters(crypto::Curve::secp256r1);
  const Bytes request = template_of({tlv(0x06, from_hex("04007f00070202020203").value()), tlv(0x81, curve.p), tlv(0x83, curve.b)},
                                    "9004000000029103739270");
  EXPECT_EQ(good(send("00460600", request)).front(), 0x67);
  const Bytes message(10, 1);
  EXPECT_EQ(send("80680672", message), "6985") << "not in its list";
  EXPECT_TRUE(send("80680673", message).ends_with("9000"));
  EXPECT_TRUE(send("80680673", message).ends_with("9000"));
  EXPECT_EQ(send("80680673", message), "6a84") << "used up";
}

TEST_F(PracticeHsm, LongAnswersComeInPieces) {
  set_up();
  ASSERT_EQ(send("80740193", blob_of(test::wrapped_vector("rsa2048.bin"))), "9000");
  std::string answer = send("8072019200");
  EXPECT_EQ(answer.size(), 2 * 258u);
  Bytes whole;
  while (answer.substr(answer.size() - 4, 2) == "61") {
    const Bytes piece = from_hex(answer.substr(0, answer.size() - 4)).value();
    whole.insert(whole.end(), piece.begin(), piece.end());
    answer = send("00c0000000");
  }
  const Bytes last = good(answer);
  whole.insert(whole.end(), last.begin(), last.end());
  // And goes back in a chain.
  const std::size_t half = whole.size() / 2;
  EXPECT_EQ(send("90740293", ByteView(whole).first(half)), "9000");
  EXPECT_EQ(send("80740293", ByteView(whole).subspan(half)), "9000");
}

TEST_F(PracticeHsm, AnyBytesAreAnswered) {
  set_up();
  std::uint32_t state = 1;
  for (unsigned i = 0; i < 3000; ++i) {
    Bytes command(4 + (i % 40));
    for (std::uint8_t& byte : command) byte = static_cast<std::uint8_t>((state = state * 1664525 + 1013904223) >> 24);
    command[0] = i % 2 == 0 ? 0x00 : 0x80;
    if (command[1] == 0x50 || command[1] == 0x46) continue;   // it would take long
    EXPECT_GE(send(ByteView(command)).size(), 2u);
  }
  insert();
  EXPECT_EQ(send("00a404000be82b0601040181c31f020100").substr(0, 4), "6222");
}

TEST_F(PracticeHsm, AFaultAtAnyStepLeavesAStateThatLoads) {
  set_up();
  const Bytes blob = blob_of(test::wrapped_vector("p256.bin"));
  for (int step = 0; step <= static_cast<int>(WriteStep::read_back); ++step) {
    insert();
    ASSERT_EQ(log_in(), "9000");
    (void)send("00e4020002cc0a");
    io::FaultPoints faults;
    bool armed = false;
    faults.before_step = [&](WriteStep now) { return armed && static_cast<int>(now) == step ? ENOSPC : 0; };
    const auto files = io::files_with_faults(faults);
    insert(*files);
    ASSERT_EQ(log_in(), "9000");
    armed = true;
    EXPECT_THROW((void)send("80740a93", blob), Error) << step;
    card.reset();
    insert();
    ASSERT_EQ(log_in(), "9000") << step;
    EXPECT_EQ(send("80720a92000000") == "6a82", step <= static_cast<int>(WriteStep::rename)) << step;
  }
}

TEST_F(PracticeHsm, ADamagedFileIsTold) {
  set_up();
  const auto file = folder / "state" / "hsm.state";
  const Bytes good_bytes = test::bytes_of_file(file);
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{9}, good_bytes.size() / 2, good_bytes.size() - 1}) {
    std::ofstream(file, std::ios::binary | std::ios::trunc).write(reinterpret_cast<const char*>(good_bytes.data()), static_cast<std::streamsize>(size));
    try {
      insert();
      ADD_FAILURE() << size;
    } catch (const Error& error) {
      EXPECT_EQ(error.outcome(), Outcome::damaged) << size;
    }
  }
}

}  // namespace
}  // namespace hwbak::practice::pico_hsm
