// Every vector: what its header says, which bytes of its passphrase open it, the derived key, the plaintext; and the
// writer gives the same file back.
#include "base/as_bytes.h"
#include "container/cdcbak/cdcbak.h"
#include "crypto/digest.h"
#include "support/badge_vectors.h"
#include "support/replay.h"

namespace hwbak::cdcbak {
namespace {

using test::BadgeVector;

class CdcbakVectors : public testing::TestWithParam<BadgeVector> {};

TEST_P(CdcbakVectors, OpensAndIsWrittenAgain) {
  const BadgeVector& vector = GetParam();
  ASSERT_TRUE(recognise(vector.bytes));
  const Survey seen = survey(vector.bytes, Limits{});
  EXPECT_EQ(seen.form, Form::base64);
  EXPECT_TRUE(seen.badge_decodes);
  EXPECT_FALSE(seen.dead_end);
  EXPECT_EQ(std::ssize(seen.container), vector.number("container_len"));
  EXPECT_EQ(static_cast<std::int64_t>(seen.payload_size), vector.number("plaintext_len"));
  EXPECT_EQ(seen.iterations, vector.header().at("kdf_iters").as_int64());
  EXPECT_EQ(to_hex(seen.salt), vector.header().at("salt").as_string().c_str());
  EXPECT_EQ(to_hex(seen.nonce), vector.header().at("nonce").as_string().c_str());
  EXPECT_EQ(to_hex(crypto::sha256(vector.bytes)), vector.text("file_sha256"));

  const auto unlocked = unlock(seen, passphrase_forms(as_bytes(vector.passphrase)));
  ASSERT_TRUE(unlocked);
  EXPECT_EQ(name(unlocked->form), vector.encoding);
  EXPECT_EQ(to_hex(unlocked->key.expose()), vector.text("key_hex"));
  EXPECT_EQ(to_hex(crypto::sha256(unlocked->plaintext.expose())), vector.text("plaintext_sha256"));

  Bytes dice(seen.salt.begin(), seen.salt.end());
  dice.insert(dice.end(), seen.nonce.begin(), seen.nonce.end());
  test::Replay random(dice);
  const Written written = write(unlocked->plaintext.expose(), vector.passphrase_bytes, seen.iterations, random);
  EXPECT_EQ(written.container, seen.container);
  if (vector.file != "s17-lf-wrapped.cdcbak") {
    EXPECT_EQ(written.base64, vector.bytes);
  }
}

INSTANTIATE_TEST_SUITE_P(All, CdcbakVectors, testing::ValuesIn(test::badge_vectors()), [](const auto& one) {
  std::string out = one.param.file.substr(0, one.param.file.find('.'));
  for (char& c : out) c = c == '-' ? '_' : c;
  return out;
});

std::vector<std::string> remarks_of(std::string_view file) {
  std::vector<std::string> out;
  for (const Remark& remark : survey(test::badge_vector(file).bytes, Limits{}).remarks) out.push_back(remark.code);
  return out;
}

TEST(Cdcbak, RemarksOnVectors) {
  EXPECT_EQ(test::badge_vectors().size(), 17u);
  EXPECT_TRUE(remarks_of("s01-minimal.cdcbak").empty());
  EXPECT_TRUE(remarks_of("s05-large.cdcbak").empty());
  EXPECT_EQ(remarks_of("s10-iters-1.cdcbak"), std::vector<std::string>{"iterations-low"});
  EXPECT_EQ(remarks_of("s17-lf-wrapped.cdcbak"), std::vector<std::string>{"base64-wrapped"});
}

TEST(Cdcbak, AWrongPassphraseOpensNothing) {
  const Survey seen = survey(test::badge_vector("s10-iters-1.cdcbak").bytes, Limits{});
  EXPECT_FALSE(unlock(seen, passphrase_forms(as_bytes("iter two"))));
  EXPECT_FALSE(unlock(seen, passphrase_forms(as_bytes("iter öne \U0001F511"))));
  EXPECT_FALSE(unlock(seen, {}));
  EXPECT_TRUE(unlock(seen, passphrase_forms(as_bytes("iter one"))));
}

}  // namespace
}  // namespace hwbak::cdcbak
