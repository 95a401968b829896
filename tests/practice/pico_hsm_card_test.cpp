// The practice HSM's own behaviour: status words, the vectors taken back, keys at work, and its state across faults.
#include <algorithm>

#include "base/as_bytes.h"
#include "container/wrapped_key/description.h"
#include "container/wrapped_key/tlv.h"
#include "crypto/peer.h"
#include "device/pico_hsm/algorithms.h"
#include "device/pico_hsm/key.h"
#include "io/fault_points.h"
#include "practice/pico_hsm_fixture.h"

namespace hwbak::practice::pico_hsm {
namespace {

using wrapped_key::tlv;

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
      return hsm::read_key(opening, system_random());
    };
    if (const std::string pem = vector.text("public_key_pem"); !pem.empty()) expect_signs(pem);
    const std::string wrapped = send("80720a92000000");
    if (wrapped == "6985") {
      EXPECT_FALSE(hsm::exportable(wrapped_key::survey(vector.bytes).at(wrapped_key::survey(vector.bytes).allowed_algorithms)));
      continue;
    }
    const hsm::Key before = read(blob), after = read(good(wrapped));
    EXPECT_EQ(hsm::describe(before), hsm::describe(after));
    EXPECT_TRUE(crypto::same(before.key, after.key)) << vector.file;
  }
}

// The one that the firmware refuses, with d in the order in which it is read: the key of the listed public one.
TEST_F(PracticeHsmVectors, TakesTheMendedOneBack) {
  set_up();
  const test::WrappedVector& vector = test::wrapped_vector("x25519.bin");
  const auto survey = wrapped_key::survey(vector.bytes);
  const auto opening = wrapped_key::open(survey, test::test_keys());
  const hsm::Key key = hsm::read_key(opening, system_random());
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

TEST_F(PracticeHsm, AFullDeviceSaysSoAndLoads) {
  set_up();
  const auto file = folder / "state" / "hsm.state";
  State state = parse_state(test::read_bytes(file), "the state");
  for (std::uint16_t number = 0; number < 256; ++number) state.files[static_cast<std::uint16_t>(0xCA00 + number)] = Bytes(8190);
  real_files().write(file, serialise(state).expose(), {.overwrite = true});
  insert();
  ASSERT_EQ(log_in(), "9000");
  Bytes data = from_hex("54020000" "53821000").value();
  data.resize(data.size() + 0x1000, 0xEE);
  EXPECT_EQ(send("00d7cd00", data), "6a84");
  EXPECT_EQ(send("00d7ca00", data), "9000") << "what is there may be written again";
  EXPECT_EQ(send("00d7cf0508" "5402ffff" "53024141"), "6a84") << "too long a file";
  insert();
  EXPECT_EQ(log_in(), "9000");
  EXPECT_EQ(send("004801b000"), "9000") << "there is room for keys";
}

TEST_F(PracticeHsm, ADamagedFileIsTold) {
  set_up();
  const auto file = folder / "state" / "hsm.state";
  const Bytes good_bytes = test::read_bytes(file);
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
