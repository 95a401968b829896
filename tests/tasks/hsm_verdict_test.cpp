// What is said of wrapped keys and share files that are not good: other DKEK, damage, numbers that contradict each other, hostile bytes.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/as_bytes.h"
#include "crypto/dkek_kdf.h"
#include "support/hsm_vectors.h"
#include "tasks/check_output.h"
#include "tasks/dkek_proof.h"
#include "tasks/hsm_share_examination.h"

namespace hwbak {
namespace {

using namespace test;
using tasks::Detail;
using tasks::OpenedShare;
using tasks::ShareSet;
using wrapped_key::Contents;
using wrapped_key::KeyType;

FixedView<32> view(const SecretBytes& share) { return FixedView<32>(share.expose().data(), 32); }

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(HsmVerdict, AnotherDkekSaysBothKcvsAndWhichSharesFit) {
  const Report both = examined("p256.bin", {"A1", "A2"}).report();
  EXPECT_EQ(both.outcome, Outcome::wrong_secret);
  EXPECT_EQ(both.levels.content, Level::fail);
  EXPECT_TRUE(holds(both.message, "2952B3021B693783") && holds(both.message, "84050F370FCDF7BC")) << both.message;
  EXPECT_TRUE(holds(both.message, "the share share-1.pbe alone fits")) << both.message;
  EXPECT_TRUE(holds(both.next, "--share share-1.pbe`")) << both.next;
  EXPECT_FALSE(bool_fact(both.facts, "fits"));
  ASSERT_EQ(list_fact(both.facts, "shares").size(), 1u);
  EXPECT_EQ(number_fact(std::get<Object>(list_fact(both.facts, "shares")[0].get()), "id"), 1);
  const Report other = examined("p256.bin", {"A2"}).report();
  EXPECT_EQ(other.outcome, Outcome::wrong_secret);
  EXPECT_TRUE(list_fact(other.facts, "shares").empty());
  const Report none = examined("p256.bin", {}).report();
  EXPECT_EQ(none.outcome, Outcome::ok);
  EXPECT_EQ(none.levels.content, Level::not_run);
}

// One byte after the other, each with another bit: the blob is never called good, and what is not in the blob never breaks anything.
void flip_every_byte(std::string_view name) {
  const Bytes good = read_bytes(hsm_file(name));
  const Region blob = wrapped_key::survey(good).blob;
  const auto shares = shares_of(vector_set({"A1"}));
  std::size_t located = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    Bytes bad = good;
    bad[at] ^= static_cast<std::uint8_t>(1u << at % 8);
    if (!wrapped_key::recognise(bad)) continue;
    const Report report = ExaminedKey(bad, shares).report(Detail::contents);
    if (!blob.contains(at)) continue;
    EXPECT_NE(report.outcome, Outcome::ok) << name << " " << at << ": " << report.message;
    EXPECT_NE(report.levels.content, Level::pass) << name << " " << at;
    located += report.outcome == Outcome::damaged && report.offset == at;
  }
  EXPECT_GT(located, blob.length * 9 / 10) << "the MAC proves which byte it was";
}

TEST(HsmVerdict, EveryFlippedByteOfASecretKey) { flip_every_byte("aes256-algs.bin"); }
TEST(HsmVerdict, EveryFlippedByteOfAKeyWithDescriptionAndCertificate) { flip_every_byte("x25519.bin"); }
TEST(HsmVerdict, EveryFlippedByteOfABareBlob) { flip_every_byte("host-p256-full.bin"); }

TEST(HsmVerdict, OneDamagedByteIsMendedAndTheKeyShown) {
  Bytes bad = read_bytes(hsm_file("rsa1024.bin"));
  const std::size_t at = 200;
  bad[at] ^= 0x40;
  const ExaminedKey key(bad, shares_of(vector_set({"A1"})));
  const Report report = key.report();
  EXPECT_EQ(report.outcome, Outcome::damaged);
  EXPECT_EQ(report.offset, at);
  EXPECT_TRUE(holds(report.message, "the key is whole")) << report.message;
  EXPECT_EQ(text_fact(report.facts, "public_key_pem"), text_fact(examined("rsa1024.bin").report().facts, "public_key_pem"));
  EXPECT_TRUE(key->plaintext().empty()) << "not given as the file's own";
  EXPECT_FALSE(key->salvage().empty());
  bad[at + 40] ^= 1;
  const Report twice = ExaminedKey(bad, shares_of(vector_set({"A1"}))).report();
  EXPECT_EQ(twice.outcome, Outcome::damaged);
  EXPECT_TRUE(holds(twice.message, "nothing can tell which")) << twice.message;
}

TEST(HsmVerdict, TruncatedAndJunkBehind) {
  const Bytes good = read_bytes(hsm_file("p256.bin"));
  const auto shares = shares_of(vector_set({"A1"}));
  for (const std::size_t size : {good.size() - 1, good.size() / 2, std::size_t{80}, std::size_t{20}}) {
    const Report report = ExaminedKey(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)), shares).report();
    EXPECT_EQ(report.outcome, Outcome::damaged) << size << ": " << report.message;
  }
  Bytes longer = good;
  longer.insert(longer.end(), {1, 2, 3});
  const Report report = ExaminedKey(longer, shares).report();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  EXPECT_TRUE(has_finding(report, "trailing-bytes"));
}

// The parts of a vector's key, to be put together in another way.
struct Parts {
  std::vector<Bytes> numbers;
  Contents contents;
  static Parts of(std::string_view name) {
    const ExaminedKey key = examined(name);
    const KeyType type = key->opening()->type;
    const wrapped_key::Body body = wrapped_key::body_of(key->plaintext(), type);
    Parts out;
    out.contents.type = type;
    out.contents.size = body.size;
    for (const ByteView part : body.parts) out.numbers.emplace_back(part.begin(), part.end());
    return out;
  }
  [[nodiscard]] Bytes blob() {
    contents.parts.assign(numbers.begin(), numbers.end());
    return wrapped_key::write_blob(contents, vector_keys(), system_random());
  }
  [[nodiscard]] Report report(ByteView certificate = {}) {
    return ExaminedKey(certificate.empty() ? blob() : wrapped_key::write_file(blob(), {}, certificate), shares_of(vector_set({"A1"}))).report();
  }
};
enum EcPart { ec_a, ec_b, ec_p, ec_n, ec_g, ec_d, ec_q };
enum RsaPart { rsa_d, rsa_n, rsa_e };

TEST(HsmVerdict, NumbersThatCannotBe) {
  EXPECT_EQ(Parts::of("host-p256-full.bin").report().outcome, Outcome::ok) << "control";
  Parts zero = Parts::of("host-p256-full.bin");
  std::ranges::fill(zero.numbers[ec_d], std::uint8_t{0});
  EXPECT_EQ(zero.report().outcome, Outcome::damaged) << "d = 0";
  Parts large = Parts::of("host-p256-full.bin");
  large.numbers[ec_d] = large.numbers[ec_n];
  EXPECT_EQ(large.report().outcome, Outcome::damaged) << "d = N";
  Parts other = Parts::of("host-p256-full.bin");
  other.numbers[ec_q] = other.numbers[ec_g];
  const Report of_other = other.report();
  EXPECT_EQ(of_other.outcome, Outcome::inconsistent) << of_other.message;
  EXPECT_EQ(of_other.levels.content, Level::pass) << "the MAC holds";
  EXPECT_EQ(of_other.levels.meaning, Level::fail);
  Parts unknown = Parts::of("host-p256-full.bin");
  unknown.numbers[ec_p][0] ^= 1;
  EXPECT_EQ(unknown.report().outcome, Outcome::unsupported) << "no known curve";
  Parts rsa = Parts::of("rsa1024.bin");
  rsa.numbers[rsa_d].back() ^= 2;
  EXPECT_EQ(rsa.report().outcome, Outcome::inconsistent) << "d of another key";
  Parts aes = Parts::of("aes128.bin");
  aes.contents.size = 20;
  aes.numbers[0].resize(20);
  EXPECT_EQ(aes.report().outcome, Outcome::unsupported) << "20 bytes";
}

TEST(HsmVerdict, GoodKeysWithSomethingToSay) {
  Parts bare = Parts::of("host-p256-full.bin");
  bare.numbers[ec_q].clear();
  EXPECT_TRUE(has_finding(bare.report(), "public-point-missing"));
  EXPECT_EQ(bare.report().outcome, Outcome::ok);
  Parts generator = Parts::of("host-p256-full.bin");
  generator.numbers[ec_g].back() ^= 1;
  EXPECT_TRUE(has_finding(generator.report(), "broken-generator"));
  EXPECT_EQ(generator.report().outcome, Outcome::ok);
  // 3 is prime to both p - 1 and q - 1 of this 1024-bit key; d = 3^-1 mod (p - 1)(q - 1).
  Parts three = Parts::of("rsa1024.bin");
  const crypto::ReadKey made = crypto::read_key_file(read_bytes(std::filesystem::path(HWBAK_SOURCE) / "tests/museum/pico-hsm/rsa-e3.pem"), {});
  const auto& rsa = std::get<crypto::RsaKey>(made.key);
  three.numbers = {Bytes(rsa.d.expose().begin(), rsa.d.expose().end()), rsa.n, rsa.e};
  const Report report = three.report();
  EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
  ASSERT_TRUE(has_finding(report, "rsa-exponent"));
  EXPECT_EQ(std::ranges::find(report.findings, "rsa-exponent", &Finding::code)->level, Severity::high);
}

TEST(HsmVerdict, ACertificateOfAnotherKey) {
  const wrapped_key::Survey other = wrapped_key::survey(read_bytes(hsm_file("p256.bin")));
  const Report report = Parts::of("p256-shortd.bin").report(other.at(other.certificate));
  EXPECT_EQ(report.outcome, Outcome::inconsistent) << report.message;
  EXPECT_FALSE(bool_fact(report.facts, "public_key_matches"));
  const wrapped_key::Survey own = wrapped_key::survey(read_bytes(hsm_file("p256-shortd.bin")));
  EXPECT_EQ(Parts::of("p256-shortd.bin").report(own.at(own.certificate)).outcome, Outcome::ok) << "control";
}

// A share file with few rounds, and the share that its key gives.
OpenedShare opened(const Bytes& file, std::string_view password, std::uint32_t rounds) {
  OpenedShare share = tasks::begin_share("a.pbe", file);
  share.key = SecretBytes(48);
  const crypto::DkekKdfJob job{as_bytes(password), share.survey->salt, rounds, FixedSpan<48>(share.key.expose().data(), 48)};
  EXPECT_TRUE(crypto::derive_dkek_share_keys(std::span(&job, 1)));
  auto opening = dkek::open(*share.survey, FixedView<48>(share.key.expose().data(), 48));
  if (opening) share.share = std::move(opening->share);
  return share;
}

TEST(HsmShares, DamageOfTheFirstBlockIsFoundByAKcv) {
  const SecretBytes secret = from_hex_secret(std::string(64, '7')).value();
  Bytes file = dkek::write(view(secret), as_bytes("pw"), 3, system_random());
  const std::size_t at = 20;
  file[at] ^= 9;
  ShareSet set;
  set.shares.push_back(opened(file, "pw", 3));
  ASSERT_TRUE(set.all_open());
  EXPECT_FALSE(set.shares[0].share.equals(secret.expose())) << "it opens to another share";
  const dkek::Kcv kcv = dkek::kcv_of(view(secret));
  EXPECT_FALSE(set.prove(dkek::Kcv{1, 2, 3})) << "control";
  EXPECT_FALSE(set.fitting(kcv)) << "as it stands";
  EXPECT_TRUE(set.damage().empty());
  ASSERT_TRUE(set.prove(kcv));
  EXPECT_EQ(set.damage(), "byte 20 of a.pbe");
  EXPECT_TRUE(set.shares[0].share.equals(secret.expose())) << "whoever uses the set from now on has the right DKEK";
  EXPECT_EQ(set.shares[0].findings.at(0).code, "share-damaged");
  EXPECT_TRUE(set.prove(kcv)) << "again";
  EXPECT_EQ(set.shares[0].findings.size(), 1u);
  EXPECT_TRUE(set.fitting(kcv));
}

// The key of the vectors, with a share file of their DKEK that has one byte flipped.
ShareSet damaged_set(std::size_t at) {
  const ShareSet good = vector_set({"A1"});
  Bytes file = dkek::write(view(good.shares[0].share), as_bytes("pw"), 3, system_random());
  file[at] ^= 1;
  ShareSet set;
  set.shares.push_back(opened(file, "pw", 3));
  return set;
}

TEST(HsmShares, AKeyThatNeedsAMendedShareIsProvenAndTheBackupDamaged) {
  const auto shares = shares_of(damaged_set(16));
  EXPECT_NE(dkek::to_text(shares->keys()->kcv), "2952B3021B693783") << "control";
  const ExaminedKey key(read_bytes(hsm_file("p256.bin")), shares);
  const Report report = key.report();
  EXPECT_EQ(report.outcome, Outcome::damaged);
  EXPECT_TRUE(report.message.starts_with("the key is proven, but a share file of its DKEK is damaged")) << report.message;
  EXPECT_TRUE(holds(report.message, "byte 16 of a.pbe")) << report.message;
  EXPECT_TRUE(holds(report.next, "`hwbak dkek reshare --share a.pbe --write-share NEW.pbe key.bin`")) << report.next;
  for (const Level level : {report.levels.structure, report.levels.content, report.levels.meaning}) EXPECT_EQ(level, Level::pass) << "of the key";
  EXPECT_EQ(std::ranges::count(report.findings, "share-damaged", &Finding::code), 1);
  EXPECT_EQ(text_fact(report.facts, "dkek_kcv"), "2952B3021B693783") << "what was mended is what is used";
  const tasks::Rehearsal rehearsal = key->rehearse({}, std::vector<tasks::DrillTarget>{{"pico-hsm", "6.6"}}, {});
  EXPECT_TRUE(rehearsal.damaged);
  EXPECT_FALSE(rehearsal.all_accept) << "nothing to rely on";
  const Report other = ExaminedKey(read_bytes(hsm_file("p256.bin")), shares_of(vector_set({"A2"}))).report();
  EXPECT_EQ(other.outcome, Outcome::wrong_secret) << "control";
}

TEST(HsmShares, WrappedKeysProveThemWholeOrDamaged) {
  const std::vector<Subject> key{hsm_file("p256.bin")};
  ShareSet whole = vector_set({"A1"}), damaged = damaged_set(31), other = vector_set({"A2"});
  tasks::prove_by({}, {}, whole);
  EXPECT_FALSE(whole.proven);
  Report unproven;
  tasks::tell_unproven(whole, unproven);
  EXPECT_TRUE(has_finding(unproven, "share-unproven"));
  EXPECT_TRUE(holds(tasks::proof_words(whole), "Nothing in a share file proves"));
  tasks::prove_by({}, key, whole);
  EXPECT_TRUE(whole.proven);
  Report proven;
  tasks::tell_unproven(whole, proven);
  EXPECT_TRUE(proven.findings.empty());
  tasks::prove_by({}, key, damaged);
  EXPECT_TRUE(damaged.dkek().equals(whole.dkek().expose()));
  EXPECT_TRUE(holds(tasks::proof_words(damaged), "byte 31 of a.pbe was damaged, and is put right: the KCV proves it")) << tasks::proof_words(damaged);
  EXPECT_THROW(tasks::prove_by({}, key, other), Error);
  EXPECT_THROW(tasks::prove_by({}, std::vector<Subject>{hsm_file("dkek-a1.pbe")}, damaged), Error) << "no wrapped key";
}

TEST(HsmShares, AShareFileIsComparedWithTheKcvThatIsExpected) {
  const SecretBytes secret = from_hex_secret(std::string(64, '7')).value();
  const dkek::Kcv kcv = dkek::kcv_of(view(secret));
  const auto report = [&](std::optional<std::size_t> flipped, const dkek::Kcv& expected) {
    Bytes file = dkek::write(view(secret), as_bytes("pw"), 3, system_random());
    if (flipped) file[*flipped] ^= 8;
    tasks::ShareExamination share({}, {"a.pbe", "a.pbe", file, std::nullopt});
    share.opening() = opened(file, "pw", 3);
    share.compare(expected);
    Report out;
    share.describe(out, Detail::facts, false);
    return out;
  };
  EXPECT_EQ(report(std::nullopt, kcv).outcome, Outcome::ok);
  EXPECT_TRUE(holds(report(std::nullopt, kcv).message, "it is whole"));
  const Report damaged = report(17, kcv);
  EXPECT_EQ(damaged.outcome, Outcome::damaged);
  EXPECT_TRUE(damaged.message.starts_with("byte 17 of a.pbe is damaged: a KCV proves it")) << damaged.message;
  EXPECT_TRUE(holds(damaged.next, "--expect-kcv " + dkek::to_text(kcv))) << damaged.next;
  EXPECT_EQ(report(std::nullopt, dkek::Kcv{1}).outcome, Outcome::wrong_secret);
}

TEST(HsmShares, NothingIsWrittenOverWhatASecretIsReadFrom) {
  const Folder folder;
  write_bytes(folder / "pw", as_bytes("password"));
  Context context;
  EXPECT_NO_THROW(tasks::check_output(context, {}, folder / "pw", true)) << "control";
  context.secret_files = {folder / "./pw"};
  EXPECT_THROW(tasks::check_output(context, {}, folder / "pw", true), Error);
}

TEST(HsmShares, AnySubsetOfMany) {
  std::vector<std::string> digits;
  for (unsigned i = 0; i < 12; ++i) digits.push_back(std::string(63, '0') + "123456789abc"[i] + "");
  for (unsigned i = 0; i < 12; ++i) digits[i][i] = 'f';
  ShareSet set = opened_set(digits);
  SecretBytes sum(32);
  for (const std::size_t i : {2u, 5u, 11u})
    for (std::size_t j = 0; j < 32; ++j) sum.expose()[j] ^= set.shares[i].share.expose()[j];
  const auto fit = set.fitting(dkek::kcv_of(view(sum)));
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->ids, (std::vector<unsigned>{3, 6, 12}));
  set.shares[4].share.clear();
  EXPECT_TRUE(set.fitting(dkek::kcv_of(view(sum)))) << "one that is closed is not needed";
  set.shares[5].share.clear();
  EXPECT_FALSE(set.fitting(dkek::kcv_of(view(sum))));
}

const Object& drilled(const Report& report, std::size_t index) { return std::get<Object>(list_fact(report.facts, "drill").at(index).get()); }

TEST(HsmDrill, VerdictsByDevice) {
  const auto verdicts = [](const ExaminedKey& key, std::vector<tasks::DrillTarget> targets = {{}}) {
    std::vector<std::string> out;
    for (const Value& value : key->rehearse({}, targets, {}).drill) {
      const Object& one = std::get<Object>(value.get());
      out.push_back(text_fact(one, "target") + " " + text_fact(one, "verdict") + " " + text_fact(one, "status_word"));
      EXPECT_TRUE(one.find("reason") && one.find("next") && one.find("lost") && one.find("notes"));
    }
    return out;
  };
  EXPECT_EQ(verdicts(examined("host-rsa2048-crt.bin")).front(), "pico-hsm@6.6 accept 9000");
  EXPECT_EQ(verdicts(examined("host-rsa2048-crt.bin")).size(), 2u) << "both devices";
  EXPECT_EQ(verdicts(examined("x25519.bin"), {{"pico-hsm", ""}}), std::vector<std::string>{"pico-hsm@6.6 reject 6400"});
  EXPECT_EQ(verdicts(examined("p256.bin", {"A2"}), {{"pico-hsm", "6.6"}}), std::vector<std::string>{"pico-hsm@6.6 reject 6400"});
  EXPECT_EQ(verdicts(examined("p256.bin", {"A1", "A2"}), {{"pico-hsm", "6.6"}}), std::vector<std::string>{"pico-hsm@6.6 reject 6400"});
  EXPECT_TRUE(verdicts(examined("p256.bin"), {{"smartcard-hsm", ""}}).front().find(" unproven ") != std::string::npos) << "an empty A";
}

TEST(HsmDrill, TheVerb) {
  Context context;
  const Report closed = drill(context, hsm_file("p256.bin"), {.targets = {"pico-hsm"}});
  EXPECT_EQ(closed.outcome, Outcome::ok);
  EXPECT_EQ(text_fact(drilled(closed, 0), "verdict"), "unproven") << "no DKEK was given";
  EXPECT_EQ(drill(context, hsm_file("p256.bin"), {.targets = {"pico-hsm@0.1"}}).outcome, Outcome::usage);
  EXPECT_EQ(drill(context, hsm_file("p256.bin"), {.targets = {"coldcard"}}).outcome, Outcome::usage);
  EXPECT_EQ(drill(context, hsm_file("dkek-a1.pbe"), {}).outcome, Outcome::unsupported);
}

}  // namespace
}  // namespace hwbak
