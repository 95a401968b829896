// The engine of a search: vectors open with their passwords among wrong ones, whatever their place; what only looks like a hit is none.
#include "recover/trial.h"

#include <algorithm>
#include <random>

#include "container/sevenzip/open.h"
#include "crypto/dkek_kdf.h"
#include "hwbak/random.h"
#include "recover/trials.h"
#include "support/badge_vectors.h"
#include "support/hsm_vectors.h"
#include "support/sevenzip_checksum.h"
#include "support/vectors.h"

namespace hwbak::recover {
namespace {

const std::atomic<bool> never = false;

ByteView bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

// As long as `right` or a little longer or shorter, and another in one place.
std::string wrong_like(const std::string& right, std::size_t i) {
  std::string out = right + std::string(i % 3, 'x');
  out[(5 * i) % out.size()] = static_cast<char>('A' + i % 26);
  return out == right ? out + "!" : out;
}

Batch batch_with(const std::string& right, std::size_t size, std::size_t place) {
  Batch out;
  for (std::size_t i = 0; i < size; ++i) out.add(bytes_of(i == place ? right : wrong_like(right, i)));
  return out;
}

void expect_found(Trial& trial, const std::string& right, std::size_t size, std::size_t place, const std::string& name) {
  const Tried tried = trial.try_all(batch_with(right, size, place), never);
  EXPECT_TRUE(tried.finished);
  EXPECT_EQ(tried.hit, place) << name << ", engine " << trial.engine();
}

void expect_nothing(Trial& trial, const std::string& right, const std::string& name) {
  const Tried tried = trial.try_all(batch_with(right, 21, 99), never);
  EXPECT_TRUE(tried.finished);
  EXPECT_EQ(tried.hit, std::nullopt) << name;
}

// --- Kernels ---

// Right step by step, and wrong in one bit of one lane after a whole derivation.
template <class Kernel>
const Kernel* honest = nullptr;

template <class Kernel>
void expect_refused(const Kernel& good, decltype(Kernel::run) lie) {
  honest<Kernel> = &good;
  Kernel liar = good;
  liar.name = "liar";
  liar.run = lie;
  const Kernel* const kernels[] = {&good, &liar};
  check_kernels(std::span(kernels).first(1));
  try {
    check_kernels(kernels);
    ADD_FAILURE() << good.name;
  } catch (const Error& error) {
    EXPECT_EQ(error.outcome(), Outcome::internal);
    EXPECT_NE(std::string_view(error.what()).find("\"liar\""), std::string_view::npos) << error.what();
  }
}

TEST(Kernels, ASearchWithOneThatDiffersFromOpensslDoesNotBegin) {
  for (const crypto::Sha256Lanes* kernel : crypto::fastest_sha256_kernels())
    expect_refused(*kernel, [](std::uint32_t* state, std::span<const crypto::Sha256Step> steps) noexcept {
      const auto& good = *honest<crypto::Sha256Lanes>;
      good.run(state, steps);
      if (steps.size() > 1) state[good.state_at(3, good.lanes - 1)] ^= 1;
    });
  for (const crypto::Pbkdf2Lanes* kernel : crypto::fastest_pbkdf2_kernels())
    expect_refused(*kernel, [](const std::uint32_t* inner, const std::uint32_t* outer, std::uint32_t* u, std::uint32_t* total,
                               std::uint32_t iterations) noexcept {
      const auto& good = *honest<crypto::Pbkdf2Lanes>;
      good.run(inner, outer, u, total, iterations);
      if (iterations > 10) total[4 * good.lanes - 1] ^= 1;
    });
  for (const crypto::Md5Lanes* kernel : crypto::fastest_md5_kernels())
    expect_refused(*kernel, [](std::uint32_t* digests, std::uint32_t rounds) noexcept {
      const auto& good = *honest<crypto::Md5Lanes>;
      good.run(digests, rounds);
      if (rounds > 10) digests[2 * good.lanes - 1] ^= 1;
    });
}

// --- Coldcard ---

Bytes coldcard(std::string_view file) { return test::read_bytes(test::vector(file).path()); }

TEST(SevenZipTrial, EveryVectorOpensWithItsPasswordAndNoOther) {
  std::minstd_rand dice;
  for (const test::Vector& vector : test::vectors()) {
    if (vector.password.empty()) continue;
    const auto trial = trial_for(test::read_bytes(vector.path()), {});
    const bool slow = trial->batch_size() < 256;
    expect_found(*trial, vector.password, slow ? 9 : 70, dice() % (slow ? 9 : 70), vector.file);
    if (!slow) expect_nothing(*trial, vector.password, vector.file);
    EXPECT_EQ(trial->false_hits(), 0u) << vector.file;
  }
}

TEST(SevenZipTrial, EveryLaneFindsIt) {
  const auto trial = trial_for(coldcard("mk4-12words.7z"), {});
  for (std::size_t place = 0; place < 35; ++place) expect_found(*trial, test::vector("mk4-12words.7z").password, 35, place, "place " + std::to_string(place));
}

TEST(SevenZipTrial, AnEmptyBatchAndAStoppedOne) {
  const auto trial = trial_for(coldcard("mk4-12words.7z"), {});
  EXPECT_TRUE(trial->try_all({}, never).finished);
  const std::atomic<bool> stop = true;
  const Tried tried = trial->try_all(batch_with(test::vector("mk4-12words.7z").password, 5, 2), stop);
  EXPECT_FALSE(tried.finished);
  EXPECT_EQ(tried.hit, std::nullopt);
}

TEST(SevenZipTrial, AChecksumThatHoldsForGarbageDoesNotEndTheSearch) {
  constexpr std::string_view name = "mk3-24words-duress.7z";  // no padding: the checksum alone tells
  const std::string right = test::vector(name).password, liar = wrong_like(right, 3);  // of one length, so that it comes first
  const Bytes honest = coldcard(name);
  const sevenzip::Folder folder = sevenzip::survey(honest, {}).folders.at(0);
  ASSERT_EQ(folder.unpack_size % 16, 0u);
  const SecretBytes key = sevenzip::derive_key(*folder.aes, sevenzip::password_forms(bytes_of(liar)).at(0).expose(), {});
  const sevenzip::Opened garbage = sevenzip::open(honest, folder, key.expose(), {});
  ASSERT_EQ(garbage.grade, sevenzip::Grade::wrong_secret);
  const Bytes crafted = test::with_checksum(honest, sevenzip::crc32(garbage.text.expose()));
  ASSERT_EQ(sevenzip::open(crafted, sevenzip::survey(crafted, {}).folders.at(0), key.expose(), {}).grade, sevenzip::Grade::good);

  const auto trial = trial_for(crafted, {});
  Batch batch;
  for (std::size_t i = 0; i < 20; ++i) batch.add(bytes_of(i == 4 ? liar : i == 17 ? right : wrong_like(right, 2 * i + 7)));
  EXPECT_EQ(trial->try_all(batch, never).hit, 17u);
  EXPECT_EQ(trial->false_hits(), 1u);
  batch.clear();
  batch.add(bytes_of(liar));
  EXPECT_EQ(trial->try_all(batch, never).hit, std::nullopt);
  EXPECT_EQ(trial->false_hits(), 2u);
}

// A damaged byte in the body keeps nobody from finding the words: the text is a device's in all other places.
TEST(SevenZipTrial, DamageInTheBodyDoesNotHideTheWords) {
  const std::string right = test::vector("mk4-12words.7z").password;
  const Bytes good = coldcard("mk4-12words.7z");
  const Region packed = sevenzip::survey(good, {}).folders.at(0).packed;
  const auto from = static_cast<std::size_t>(packed.offset), size = static_cast<std::size_t>(packed.length);
  for (const std::size_t at : {from + 3, from + 40, from + size / 2, from + size - 20, from + size - 1}) {
    Bytes bad = good;
    bad[at] ^= 0x41;
    const auto trial = trial_for(bad, {});
    expect_found(*trial, right, 20, 11, "damaged at " + std::to_string(at));
    expect_nothing(*trial, right, "damaged at " + std::to_string(at));
  }
}

TEST(SevenZipTrial, WhatCannotBeOpenedIsSaidAtOnce) {
  const auto outcome_of = [](ByteView file, TrialOptions options = {}) {
    try {
      (void)trial_for(file, std::move(options));
    } catch (const Error& error) {
      return error.outcome();
    }
    return Outcome::ok;
  };
  const Bytes good = coldcard("mk5-xprv-rounds16.7z");
  EXPECT_EQ(outcome_of(bytes_of("hello")), Outcome::unsupported);
  EXPECT_EQ(outcome_of({}), Outcome::unsupported);
  TrialOptions low;
  low.sevenzip.max_rounds_pow = 15;
  EXPECT_EQ(outcome_of(good, std::move(low)), Outcome::refused);
  EXPECT_EQ(outcome_of(ByteView(good).first(20)), Outcome::damaged);
}

// Whatever bytes are wrong: an Error or an answer, in bounded time.
TEST(SevenZipTrial, HostileArchives) {
  const Bytes good = coldcard("mk4-12words.7z");
  const std::string right = test::vector("mk4-12words.7z").password;
  std::minstd_rand dice;
  for (int i = 0; i < 60; ++i) {
    Bytes bad = good;
    for (std::size_t j = 0; j <= dice() % 3; ++j) bad[dice() % bad.size()] = static_cast<std::uint8_t>(dice());
    if (i % 4 == 0) bad.resize(dice() % bad.size());
    TrialOptions options;
    options.sevenzip.max_rounds_pow = 13;
    try {
      (void)trial_for(bad, std::move(options))->try_all(batch_with(right, 3, 1), never);
    } catch (const Error& error) {
      EXPECT_NE(error.outcome(), Outcome::internal) << error.sentence();
    }
  }
}

TEST(SevenZipTrial, MemoryIsFlatAndAMeasureIsANumber) {
  const auto trial = trial_for(coldcard("mk4-12words.7z"), {});
  const std::string right = test::vector("mk4-12words.7z").password;
  const auto used = [&] {
    (void)trial->try_all(batch_with(right, 64, 99), never);
    return secret::pool_status().bytes_in_use;
  };
  const std::size_t first = used();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(used(), first);
  const auto other = trial->clone();
  EXPECT_EQ(other->engine(), trial->engine());
  expect_found(*other, right, 10, 3, "clone");
  EXPECT_GT(trial->measure(76, std::chrono::milliseconds(20)), 1.0);
  EXPECT_GT(trial->measure(3, std::chrono::milliseconds(1)), 1.0);
}

// --- CDC Badge ---

TEST(BadgeTrial, VectorsOpenInWhateverFormTheirPassphraseTakes) {
  for (const test::BadgeVector& vector : test::badge_vectors()) {
    if (vector.file != "s10-iters-1.cdcbak" && vector.file != "s04-cp437.cdcbak") continue;
    const auto trial = trial_for(vector.bytes, {});
    const std::size_t size = vector.file == "s10-iters-1.cdcbak" ? 70 : 5;
    expect_found(*trial, vector.passphrase, size, size - 2, vector.file);
    EXPECT_GT(trial->measure(12, std::chrono::milliseconds(5)), 0.1);
    EXPECT_FALSE(trial->engine().empty());
  }
}

TEST(BadgeTrial, EveryLaneAndNoOther) {
  const auto& vectors = test::badge_vectors();
  const auto vector = std::ranges::find(vectors, "s10-iters-1.cdcbak", &test::BadgeVector::file);
  ASSERT_NE(vector, vectors.end());
  const auto trial = trial_for(vector->bytes, {});
  for (std::size_t place = 0; place < 40; ++place) expect_found(*trial, vector->passphrase, 40, place, "place " + std::to_string(place));
  expect_nothing(*trial, vector->passphrase, vector->file);
  Batch empty;
  empty.add({});
  empty.add(bytes_of(vector->passphrase));
  EXPECT_EQ(trial->clone()->try_all(empty, never).hit, 1u);
  const std::atomic<bool> stop = true;
  EXPECT_FALSE(trial->try_all(empty, stop).finished);
  TrialOptions low;
  low.cdcbak.max_iterations = 0;
  EXPECT_THROW((void)trial_for(vector->bytes, std::move(low)), Error);
}

// --- DKEK shares ---

constexpr std::uint32_t few_rounds = 30;

TrialOptions few() {
  TrialOptions options;
  options.dkek_rounds = few_rounds;
  return options;
}

struct Sealed {
  Bytes file;
  std::array<std::uint8_t, 32> share{};
};
Sealed sealed_under(std::string_view password) {
  Sealed out;
  std::array<std::uint8_t, 8> salt{1, 2, 3};
  std::array<std::uint8_t, 48> key;
  system_random().fill(out.share);
  const crypto::DkekKdfJob job{bytes_of(password), salt, few_rounds, key};
  EXPECT_TRUE(crypto::derive_dkek_share_keys({&job, 1}));
  out.file = dkek::seal(out.share, salt, key);
  return out;
}

TEST(DkekTrial, EveryLaneAndNoOther) {
  const std::string right = "correct horse 43";
  const auto trial = trial_for(sealed_under(right).file, few());
  for (std::size_t place = 0; place < 70; ++place) expect_found(*trial, right, 70, place, "place " + std::to_string(place));
  expect_nothing(*trial, right, "share");
  EXPECT_GT(trial->measure(8, std::chrono::milliseconds(5)), 1.0);
  const std::atomic<bool> stop = true;
  EXPECT_FALSE(trial->clone()->try_all(batch_with(right, 3, 1), stop).finished);
}

TEST(DkekTrial, WhereHalfOfThePaddingIsDamagedAKcvDecides) {
  const std::string right = "correct horse 44";
  Sealed sealed = sealed_under(right);
  sealed.file[16 + 33] ^= 4;
  expect_found(*trial_for(sealed.file, few()), right, 20, 3, "without a KCV");
  TrialOptions options = few();
  options.kcvs = {dkek::kcv_of(sealed.share)};
  expect_found(*trial_for(sealed.file, std::move(options)), right, 20, 3, "its own KCV");
  options = few();
  options.kcvs = {dkek::zero_dkek_kcv};
  EXPECT_EQ(trial_for(sealed.file, std::move(options))->try_all(batch_with(right, 20, 3), never).hit, std::nullopt);
  // With the other share of the DKEK the KCV is that of both.
  options = few();
  std::array<std::uint8_t, 32> other, both;
  system_random().fill(other);
  for (std::size_t i = 0; i < both.size(); ++i) both[i] = other[i] ^ sealed.share[i];
  options.kcvs = {dkek::kcv_of(both)};
  options.other_shares = SecretBytes::copy_of(other);
  expect_found(*trial_for(sealed.file, std::move(options)), right, 20, 3, "two shares");
}

TEST(DkekTrial, AShareOfARealDeviceWithAllItsRounds) {
  const auto& share = test::hsm_share("A1");
  const std::string right(share.at("password_utf8").as_string().c_str());
  expect_found(*trial_for(test::read_bytes(test::hsm_file("dkek-a1.pbe")), {}), right, 20, 13, "dkek-a1.pbe");
}

}  // namespace
}  // namespace hwbak::recover
