// What a Pico HSM and a genuine SmartCard-HSM would do with wrapped keys: status word, reason, mend.
#include "device/pico_hsm/restore.h"

#include "crypto/peer.h"
#include "device/pico_hsm/algorithms.h"
#include "device/pico_hsm_keys.h"

namespace hwbak::pico_hsm {
namespace {

using test::LooseBody;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

const Target pico{Device::pico_hsm, "6.6"}, genuine{Device::smartcard_hsm, "3.5"};
enum class Dkek { right, other, none };

// As a task would call it.
Restore drill(const Bytes& file, const Target& target = pico, Dkek which = Dkek::right) {
  std::optional<wrapped_key::Survey> survey;
  std::optional<wrapped_key::Opening> opening;
  std::optional<Key> key;
  std::optional<Error> error;
  try {
    survey = wrapped_key::survey(file);
    const wrapped_key::DkekKeys other = wrapped_key::keys_of(FixedView<32>(test::test_dkek("A12").data(), 32));
    if (which != Dkek::none) opening = wrapped_key::open(*survey, which == Dkek::right ? test::test_keys() : other);
    if (opening && !opening->plaintext.empty())
      key = read_key(*opening, system_random());
  } catch (const Error& caught) {
    error = caught;
  }
  return restore(target, {survey ? &*survey : nullptr, opening ? &*opening : nullptr, key ? &*key : nullptr,
                          error ? &*error : nullptr});
}

std::string verdict(const Restore& out) {
  switch (out.verdict) {
    case Verdict::accept: return "accept " + out.status_word;
    case Verdict::reject: return "reject " + out.status_word;
    case Verdict::unproven: return "unproven " + out.status_word;
  }
  return "";
}

const Bytes& file(std::string_view name) { return test::wrapped_vector(name).bytes; }

TEST(PicoHsmRestore, Targets) {
  EXPECT_EQ(parse_target("pico-hsm")->text(), "pico-hsm@6.6");
  EXPECT_EQ(parse_target("pico-hsm@6.6")->text(), "pico-hsm@6.6");
  EXPECT_EQ(parse_target("smartcard-hsm")->text(), "smartcard-hsm@3.x");
  EXPECT_EQ(parse_target("smartcard-hsm@3.5")->text(), "smartcard-hsm@3.5");
  EXPECT_EQ(parse_target("smartcard-hsm@3.x")->device, Device::smartcard_hsm);
  for (const char* other : {"", "pico", "pico-hsm@", "pico-hsm@5.0", "smartcard-hsm@2.0", "smartcard-hsm@3",
                            "smartcard-hsm@3.10", "coldcard@5.6.1"})
    EXPECT_FALSE(parse_target(other)) << other;
  EXPECT_EQ(all_targets().size(), 2u);
}

TEST(PicoHsmRestore, TheVectorsAsTheFirmwareAnswered) {
  for (const test::WrappedVector& vector : test::wrapped_vectors()) {
    const bool restored = vector.all.at("restore_verified").as_bool();
    const Restore answer = drill(vector.bytes);
    EXPECT_EQ(verdict(answer), restored ? "accept 9000" : "reject 6400") << vector.file;
    EXPECT_FALSE(answer.lost.empty()) << vector.file;
    EXPECT_THAT(verdict(drill(vector.bytes, genuine)), StartsWith("unproven")) << vector.file;
    EXPECT_EQ(verdict(drill(vector.bytes, pico, Dkek::other)), "reject 6400") << vector.file;
    const Restore other = drill(vector.bytes, genuine, Dkek::other);
    EXPECT_EQ(verdict(other), "unproven ") << vector.file;
    EXPECT_THAT(other.reason, HasSubstr("6A80")) << vector.file;
    const Restore closed = drill(vector.bytes, pico, Dkek::none);
    EXPECT_EQ(verdict(closed), "unproven ") << vector.file;
    EXPECT_THAT(closed.next, HasSubstr("2952B3021B693783")) << vector.file;
  }
}

TEST(PicoHsmRestore, TheFirmwaresOwnX25519IsRefusedUntilDIsTurned) {
  const Restore refused = drill(file("x25519.bin"));
  EXPECT_THAT(refused.reason, HasSubstr("big-endian"));
  EXPECT_THAT(refused.next, HasSubstr("hwbak rekey"));
  EXPECT_EQ(verdict(drill(LooseBody::of(test::OpenedVector("x25519.bin").key().key).file())), "accept 9000");
  EXPECT_THAT(drill(file("x25519.bin"), genuine).reason, HasSubstr("expect a refusal"));
}

TEST(PicoHsmRestore, EmptyAOnGenuineCards) {
  const Restore empty = drill(file("p256.bin"), genuine);
  EXPECT_THAT(empty.reason, HasSubstr("left out"));
  EXPECT_THAT(empty.next, HasSubstr("full length"));
  const Restore full = drill(file("host-p256-full.bin"), genuine);
  EXPECT_EQ(full.next, "");
  EXPECT_EQ(verdict(full), "unproven ");
}

TEST(PicoHsmRestore, Curves) {
  for (const auto& [curve, answer] : {std::pair{crypto::Curve::secp192k1, "accept 9000"},
                                      {crypto::Curve::brainpoolP512r1, "accept 9000"},
                                      {crypto::Curve::secp521r1, "accept 9000"},
                                      {crypto::Curve::secp224r1, "reject 6400"},
                                      {crypto::Curve::secp224k1, "reject 6400"},
                                      {crypto::Curve::brainpoolP320r1, "reject 6400"},
                                      {crypto::Curve::brainpoolP256t1, "reject 6400"}}) {
    const Restore out = drill(LooseBody::of(crypto::fresh_ec(curve, system_random())).file());
    EXPECT_EQ(verdict(out), answer) << crypto::parameters(curve).name;
  }
  LooseBody edwards = LooseBody::of("x25519.bin");
  edwards.parts[4] = Bytes(32, 0x66);
  EXPECT_EQ(verdict(drill(edwards.file())), "reject 6400");
  EXPECT_THAT(drill(edwards.file()).reason, HasSubstr("Ed25519"));
}

TEST(PicoHsmRestore, RsaSizesAndExponent) {
  const auto key = [](const char* options) {
    const auto pem = test::run(std::string("openssl genpkey -algorithm RSA ") + options);
    return LooseBody::of(crypto::read_key_file(Bytes(pem->begin(), pem->end()), {}).key).file();
  };
  const Restore e3 = drill(key("-pkeyopt rsa_keygen_bits:1024 -pkeyopt rsa_keygen_pubexp:3"));
  EXPECT_EQ(verdict(e3), "accept 9000") << "as the firmware answers";
  EXPECT_THAT(e3.reason, AllOf(StartsWith("DANGER"), HasSubstr("65537")));
  EXPECT_TRUE(e3.other_key);
  EXPECT_THAT(e3.next, StartsWith("Do not restore"));
  LooseBody large_e = LooseBody::of("rsa1024.bin");
  large_e.parts[2] = Bytes(9, 0xFF);
  EXPECT_EQ(verdict(drill(large_e.file())), "unproven ");
  EXPECT_THAT(drill(large_e.file()).reason, AllOf(HasSubstr("e has 72 bits"), HasSubstr("not handled")));
  EXPECT_EQ(verdict(drill(key("-pkeyopt rsa_keygen_bits:1280"))), "unproven ");
  EXPECT_THAT(drill(file("rsa4096.bin"), genuine).reason, HasSubstr("4K"));
  EXPECT_THAT(drill(file("host-rsa2048-crt.bin")).notes, Contains(HasSubstr("type 05")));
}

TEST(PicoHsmRestore, TheAllowedList) {
  const Restore lacks = drill(file("host-aes256-genuine.bin"));
  EXPECT_EQ(verdict(lacks), "accept 9000");
  EXPECT_THAT(lacks.reason, HasSubstr("lacks 92"));
  EXPECT_THAT(lacks.notes, Contains(HasSubstr("6985")));
  EXPECT_THAT(lacks.next, HasSubstr("create wrapped-key"));
  EXPECT_EQ(drill(file("aes256-algs.bin")).next, "");
  EXPECT_TRUE(exportable(Bytes{}) && exportable(Bytes{0x10, 0x92}));
  EXPECT_FALSE(exportable(Bytes{0x10}));
  EXPECT_EQ(algorithm_name(0x92), "92 wrap");
  EXPECT_EQ(algorithm_name(0x73), "73 ECDSA SHA-256");
  EXPECT_EQ(algorithm_name(0x77), "77 unknown");
  EXPECT_EQ(algorithm_named("92"), 0x92);
  EXPECT_EQ(algorithm_named("0xa0"), 0xA0);
  EXPECT_EQ(algorithm_named("Wrap"), 0x92);
  EXPECT_FALSE(algorithm_named("wrapp") || algorithm_named("") || algorithm_named("9292"));
}

TEST(PicoHsmRestore, AesSizes) {
  EXPECT_EQ(verdict(drill(file("aes512.bin"))), "accept 9000");
  EXPECT_THAT(drill(file("aes512.bin"), genuine).reason, HasSubstr("Pico HSM only"));
  const Bytes twenty = LooseBody{wrapped_key::KeyType::aes, 20, {Bytes(20, 7)}}.file();
  EXPECT_EQ(verdict(drill(twenty)), "reject 6400");
  EXPECT_THAT(drill(twenty).reason, HasSubstr("20 bytes"));
}

TEST(PicoHsmRestore, BadNumbersAreNeverToBeSent) {
  LooseBody body = LooseBody::of("p256.bin");
  body.parts[5].assign(32, 0);
  EXPECT_EQ(verdict(drill(body.file())), "reject 6400");
  EXPECT_THAT(drill(body.file()).next, StartsWith("Never send"));
  EXPECT_EQ(verdict(drill(body.file(), genuine)), "unproven ");
}

TEST(PicoHsmRestore, DamageAndItsMend) {
  Bytes damaged = file("p256.bin");
  damaged[200] ^= 1;
  EXPECT_EQ(verdict(drill(damaged)), "reject 6400");
  EXPECT_THAT(drill(damaged).reason, HasSubstr("byte 200"));
  EXPECT_THAT(drill(damaged).next, HasSubstr("hwbak rekey"));
  damaged[250] ^= 1;
  EXPECT_THAT(drill(damaged).next, StartsWith("Look for another copy"));
  Bytes kcv = file("p256.bin");
  kcv[8] ^= 1;
  EXPECT_THAT(drill(kcv).reason, HasSubstr("KCV is damaged (byte 8)"));
  Bytes type = file("p256.bin");
  type[16] = 7;
  EXPECT_EQ(verdict(drill(type)), "reject 6984");
  EXPECT_THAT(drill(type).next, HasSubstr("hwbak rekey"));
  Bytes cut(file("p256.bin").begin(), file("p256.bin").end() - 30);
  EXPECT_EQ(verdict(drill(cut)), "reject ") << "sc-hsm-tool cannot read it";
  EXPECT_THAT(drill(cut).next, HasSubstr("key in it is whole"));
  const Bytes nine = wrapped_key::write_file(ByteView(file("p256.bin")).subspan(8, 9), {}, {});
  EXPECT_THAT(drill(nine).next, StartsWith("Never send"));
}

TEST(PicoHsmRestore, WhatNobodyTriedIsUnproven) {
  const auto p256 = [](const auto& change) {
    LooseBody body = LooseBody::of("host-p256-full.bin");
    change(body);
    return drill(body.file());
  };
  EXPECT_EQ(verdict(p256([](LooseBody&) {})), "accept 9000");
  const Restore no_g = p256([](LooseBody& body) { body.parts[4].clear(); });
  EXPECT_EQ(verdict(no_g), "unproven ");
  EXPECT_THAT(no_g.reason, HasSubstr("base point G is left out"));
  EXPECT_THAT(no_g.next, HasSubstr("hwbak rekey"));
  EXPECT_EQ(verdict(p256([](LooseBody& body) { body.parts[4][3] ^= 1; })), "unproven ");
  const Restore long_d = p256([](LooseBody& body) { body.parts[5].insert(body.parts[5].begin(), 468, 0); });
  EXPECT_EQ(verdict(long_d), "unproven ");
  EXPECT_THAT(long_d.reason, HasSubstr("500 bytes"));
  EXPECT_EQ(verdict(p256([](LooseBody& body) { body.parts.push_back({1, 2}); })), "unproven ") << "junk behind Q";
  const Restore squeezed = p256([](LooseBody& body) {
    Bytes& q = body.parts[6];
    q[0] = static_cast<std::uint8_t>(2 + (q.back() & 1));
    q.resize(33);
  });
  EXPECT_EQ(verdict(squeezed), "unproven ");
  EXPECT_THAT(squeezed.reason, HasSubstr("usual form"));
  const LooseBody aes = LooseBody::of("aes256.bin");
  EXPECT_EQ(verdict(drill(aes.file(Bytes(30, 0x92)))), "accept 9000");
  EXPECT_EQ(verdict(drill(aes.file(Bytes(256, 0x92)))), "unproven ");
  Key odd = test::OpenedVector("aes256.bin").key();
  EXPECT_TRUE(odd.untried.empty());
}

TEST(PicoHsmRestore, ABlobThatIsNotEvenRead) {
  for (const auto& [size, word] : {std::pair{8u, "6984"}, {1u, "6984"}, {0u, ""}, {9u, ""}, {72u, ""}}) {
    const Bytes bytes = wrapped_key::write_file(Bytes(size, 0x29), {}, {});
    EXPECT_EQ(wrapped_key::blob_size(bytes), size);
    const Restore out = restore(pico, {nullptr, nullptr, nullptr, nullptr, nullptr, wrapped_key::blob_size(bytes)});
    EXPECT_EQ(verdict(out), std::string("reject ") + word) << size;
    EXPECT_THAT(out.next, StartsWith("Never send")) << size;
  }
  EXPECT_FALSE(wrapped_key::blob_size({}) || wrapped_key::blob_size(Bytes(20, 0xFF)));
}

TEST(PicoHsmRestore, ForeignOids) {
  Bytes blob = test::OpenedVector("aes256.bin").opening.blob;
  blob[11] = 0x06;   // not 60: as genuine cards 3.0 to 3.2 have it, by report
  const test::OpenedVector whole("aes256.bin");
  const wrapped_key::Survey odd = wrapped_key::survey(wrapped_key::write_file(blob, {}, {}));
  const Bytes foreign = wrapped_key::write_file(
      wrapped_key::rewrap(odd, whole.opening.plaintext.expose(), test::test_keys(), system_random()), {}, {});
  EXPECT_EQ(verdict(drill(foreign)), "reject 6400");
  EXPECT_EQ(verdict(drill(foreign, pico, Dkek::none)), "reject 6400");
  EXPECT_THAT(drill(foreign).next, HasSubstr("the usual one"));
  EXPECT_EQ(verdict(drill(foreign, genuine)), "unproven ");
}

TEST(PicoHsmRestore, ToolsAndLosses) {
  Bytes large = file("aes256.bin");
  large.resize(5853);
  EXPECT_THAT(drill(large).notes, Contains(HasSubstr("0.23 reads at most 5852")));
  EXPECT_THAT(drill(test::OpenedVector("aes256.bin").opening.blob).notes, Contains(HasSubstr("bare blob")));
  EXPECT_THAT(drill(file("aes256.bin")).lost, testing::ElementsAre("the usage counter", HasSubstr("key domain")));
}

}  // namespace
}  // namespace hwbak::pico_hsm
