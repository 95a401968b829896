// What a practice HSM does by its options: of INITIALIZE, and of the program.
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include "container/wrapped_key/description.h"
#include "device/pico_hsm/montgomery.h"
#include "practice/pico_hsm_fixture.h"

namespace hwbak::practice::pico_hsm {
namespace {

using wrapped_key::tlv;

// A blob of an RSA key that not every device keeps as it is.
Bytes blob_with_exponent_3() {
  constexpr std::array<std::uint8_t, 1> three{3};
  for (;;)
    if (auto odd = crypto::rsa_with_exponent(crypto::fresh_rsa(1024), three))
      return blob_of(crypto::PrivateKey(std::move(*odd)), {}, test::test_keys(), system_random());
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

}  // namespace
}  // namespace hwbak::practice::pico_hsm
