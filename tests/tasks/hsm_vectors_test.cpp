// Every field of the vectors of real devices and of sc-hsm-tool, through the tasks; and the shares, with real derivations.
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/digest.h"
#include "support/hsm_vectors.h"

namespace hwbak {
namespace {

using namespace test;
using tasks::Detail;

std::string field(const boost::json::object& vector, const char* name) {
  const auto* const value = vector.if_contains(name);
  return value != nullptr && value->is_string() ? value->as_string().c_str() : "";
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
  return text;
}

std::string type_of(const boost::json::object& vector) {
  switch (vector.at("key_type").as_int64()) {
    case 5: return "rsa";
    case 6: return "rsa-crt";
    case 15: return "aes";
    default: return field(vector, "curve") == "x25519" ? "x25519" : "ec";
  }
}

std::string joined(const List& list) {
  std::string out;
  for (const std::string& text : strings_of(list)) out += text;
  return out;
}

TEST(HsmVectors, EveryFieldOfEveryWrappedKey) {
  std::size_t keys = 0;
  for (const auto& item : hsm_listing().at("wrapped_keys").as_array()) {
    const auto& vector = item.as_object();
    const std::string file = field(vector, "file");
    SCOPED_TRACE(file);
    const ExaminedKey key = examined(file);
    const Report report = key.report();
    ++keys;
    EXPECT_EQ(report.outcome, Outcome::ok) << report.message;
    EXPECT_EQ(report.levels.structure, Level::pass);
    EXPECT_EQ(report.levels.content, Level::pass);
    EXPECT_EQ(report.levels.meaning, Level::pass);
    EXPECT_EQ(report.format, "wrapped-key");
    const Object& facts = report.facts;
    EXPECT_EQ(text_fact(facts, "kcv"), upper(field(vector, "kcv_hex")));
    EXPECT_EQ(text_fact(facts, "key_type"), type_of(vector));
    EXPECT_EQ(number_fact(facts, "size_field"), vector.at("key_size_field").as_int64());
    EXPECT_EQ(text_fact(facts, "default_algorithm"), field(vector, "default_alg_oid_hex"));
    EXPECT_EQ(joined(list_fact(facts, "allowed_algorithms")), field(vector, "allowed_algs_hex"));
    EXPECT_EQ(number_fact(facts, "blob_size"), vector.at("blob_len").as_int64());
    EXPECT_EQ(text_fact(facts, "padding"), field(vector, "pad_after_body_hex"));
    std::vector<std::int64_t> sizes;
    for (const Value& size : list_fact(facts, "component_sizes")) sizes.push_back(std::get<std::int64_t>(size.get()));
    std::vector<std::int64_t> wanted;
    for (const auto& size : vector.at("component_lens").as_array()) wanted.push_back(size.as_int64());
    EXPECT_EQ(sizes, wanted);
    EXPECT_EQ(bool_fact(facts, "exportable"), field(vector, "allowed_algs_hex").empty() || field(vector, "allowed_algs_hex").find("92") != std::string::npos);
    EXPECT_EQ(has_finding(report, "not-exportable"), !bool_fact(facts, "exportable"));
    EXPECT_TRUE(bool_fact(facts, "fits"));
    const auto& outer = vector.at("outer").as_array();
    EXPECT_EQ(text_fact(facts, "certificate"), outer.size() == 3 ? "cvc" : "none");
    EXPECT_EQ(facts.find("label") != nullptr, outer.size() >= 2);
    const std::string curve = field(vector, "curve");
    EXPECT_EQ(text_fact(facts, "curve"), curve == "x25519" ? "X25519" : curve.empty() ? "(none)" : curve);
    if (const std::string pem = field(vector, "public_key_pem"); !pem.empty()) {
      const Bytes wanted_pem = read_bytes(hsm_file(pem));
      EXPECT_EQ(text_fact(facts, "public_key_pem"), std::string(wanted_pem.begin(), wanted_pem.end()));
    }
    if (const auto* const matches = vector.if_contains("cvc_public_key_matches"); matches != nullptr && matches->is_bool()) {
      EXPECT_EQ(bool_fact(facts, "public_key_matches"), matches->as_bool());
    }
    if (const std::string digest = field(vector, "aes_key_sha256"); !digest.empty()) {
      constexpr std::size_t before_key = 10;
      const auto size = static_cast<std::size_t>(vector.at("key_size_field").as_int64());
      EXPECT_EQ(to_hex(crypto::sha256(key->plaintext().subspan(before_key, size))), digest);
      EXPECT_EQ(number_fact(facts, "key_size"), vector.at("aes_bits").as_int64());
    }
  }
  EXPECT_EQ(keys, 18u);
}

// What lies open agrees with what the DKEK shows.
TEST(HsmVectors, InspectKnowsTheKindWithoutTheDkek) {
  for (const auto& item : hsm_listing().at("wrapped_keys").as_array()) {
    const std::string file = field(item.as_object(), "file");
    SCOPED_TRACE(file);
    const Report open = examined(file).report(), closed = inspect({}, hsm_file(file));
    EXPECT_EQ(closed.outcome, Outcome::ok);
    EXPECT_EQ(closed.levels.content, Level::not_run);
    for (const char* fact : {"kcv", "allowed_algorithms", "label", "key_id", "certificate", "default_algorithm", "form"})
      EXPECT_EQ(text_fact(closed.facts, fact), text_fact(open.facts, fact)) << fact;
    if (text_fact(open.facts, "certificate") == "cvc") {
      for (const char* fact : {"key_type", "curve"}) EXPECT_EQ(text_fact(closed.facts, fact), text_fact(open.facts, fact)) << fact;
    }
    if (number_fact(closed.facts, "key_size") != -1) {
      EXPECT_EQ(number_fact(closed.facts, "key_size"), number_fact(open.facts, "key_size"));
    }
    for (const char* fact : {"fits", "padding", "public_key_pem"}) EXPECT_EQ(closed.facts.find(fact), nullptr) << fact;
  }
}

TEST(HsmVectors, FindingsOfTheirMakers) {
  EXPECT_TRUE(has_finding(examined("p256.bin").report(), "empty-a"));
  EXPECT_FALSE(has_finding(examined("host-p256-full.bin").report(), "empty-a")) << "control";
  EXPECT_TRUE(has_finding(examined("x25519.bin").report(), "big-endian-d"));
  EXPECT_EQ(text_fact(examined("x25519.bin").report().facts, "byte_order"), "big");
  EXPECT_TRUE(has_finding(examined("host-p256-full.bin").report(), "no-certificate"));
  EXPECT_TRUE(has_finding(examined("host-p256-full.bin").report(), "no-description"));
  EXPECT_FALSE(has_finding(examined("aes256.bin").report(), "no-certificate")) << "AES keys have none";
  EXPECT_TRUE(has_finding(examined("host-aes256-genuine.bin").report(), "not-exportable"));
}

TEST(HsmVectors, PrivateNumbersAreShownOnlyWhenAskedFor) {
  const auto shown = [](bool reveal) {
    std::string all;
    for (const Section& section : examined("aes128.bin").report(Detail::contents, reveal).page)
      for (const Section::Row& row : section.rows)
        if (const auto* const secret = std::get_if<SecretString>(&row.value.get())) all += secret->expose();
    return all;
  };
  EXPECT_EQ(shown(false), "");
  EXPECT_EQ(to_hex(crypto::sha256(from_hex(shown(true)).value())), field(hsm_listing().at("wrapped_keys").at(0).as_object(), "aes_key_sha256"));
}

// One answer for each share file, by its place.
class ShareSecrets final : public Secrets {
 public:
  void add(std::string_view text, bool quorum = false) { secrets_.push_back({SecretString::copy_of(text), quorum}); }
  std::span<const SecretString> ask(const Question&) override { return {}; }
  const ShareSecret* share(const ShareQuestion& question) override {
    asked = std::max(asked, question.attempt + 1);
    return question.attempt == 0 && question.index < secrets_.size() ? &secrets_[question.index] : nullptr;
  }
  unsigned asked = 0;

 private:
  std::vector<ShareSecret> secrets_;
};

// One run of derivations, side by side: right and wrong passwords, quorums, the same share twice.
TEST(HsmShares, ASetOfManyKinds) {
  ShareSecrets secrets;
  const std::string password = field(hsm_share("A1"), "password_utf8");
  secrets.add(password);
  secrets.add(quorum_lines("A2", {5, 1, 3}), true);
  secrets.add(password);
  secrets.add("wrong horse");
  secrets.add("prime=ee:b1:38:ca:19:de:9a:5f\nshare=0:1\nshare=2:1\n", true);
  Context context;
  context.secrets = &secrets;
  double last = -1;
  context.progress = [&](double part) {
    EXPECT_GE(part, 0);
    EXPECT_LE(part, 1);
    last = part;
    return true;
  };
  const auto a1 = hsm_file("dkek-a1.pbe"), a2 = hsm_file("dkek-a2.pbe");
  const std::vector<std::filesystem::path> files{a1, a2, a1, a1, a2, a1, hsm_file("aes128.bin"), hsm_file("none.pbe")};
  const tasks::ShareSet set = tasks::open_shares(context, files, Secrets::ShareQuestion::List::shares);
  ASSERT_EQ(set.shares.size(), files.size());
  EXPECT_GE(last, 0) << "progress was told";
  EXPECT_GT(secrets.asked, 1u) << "a terminal would have been asked again";
  EXPECT_EQ(to_hex(set.shares[0].share.expose()), field(hsm_share("A1"), "share_hex"));
  EXPECT_EQ(to_hex(set.shares[1].share.expose()), field(hsm_share("A2"), "share_hex"));
  EXPECT_EQ(set.shares[1].reading, dkek::Reading::padded);
  const std::pair<std::size_t, Outcome> failures[] = {{3, Outcome::wrong_secret}, {4, Outcome::refused}, {5, Outcome::refused}, {7, Outcome::io}};
  for (const auto& [index, outcome] : failures) {
    ASSERT_TRUE(set.shares[index].error) << index;
    EXPECT_EQ(set.shares[index].error->outcome(), outcome) << set.shares[index].error->sentence();
  }
  EXPECT_TRUE(set.shares[6].error) << "no share file";
  EXPECT_FALSE(set.all_open());
  EXPECT_EQ(set.trouble()->outcome(), Outcome::io);
  EXPECT_EQ(std::ranges::count(set.findings, "same-share-twice", &Finding::code), 1);
  // The first alone is A; with the second it is A12.
  const auto fits = [&](const char* digits) {
    dkek::Kcv kcv;
    std::ranges::copy(from_hex(digits).value(), kcv.begin());
    const auto fit = set.fitting(kcv);
    return fit ? fit->ids : std::vector<unsigned>{};
  };
  EXPECT_EQ(fits("2952b3021b693783"), std::vector<unsigned>{1});
  EXPECT_EQ(fits("84050f370fcdf7bc"), (std::vector<unsigned>{1, 2}));
  EXPECT_EQ(fits("0000000000000000"), std::vector<unsigned>{});
}

// The verbs themselves, with the real derivation once for all files.
TEST(HsmShares, VerifyOpensThemOnceForManyFiles) {
  ShareSecrets secrets;
  secrets.add(field(hsm_share("A1"), "password_utf8"));
  Context context;
  context.secrets = &secrets;
  context.shares = {hsm_file("dkek-a1.pbe")};
  std::vector<Subject> files;
  for (const auto& item : hsm_listing().at("wrapped_keys").as_array()) files.push_back(hsm_file(field(item.as_object(), "file")));
  std::size_t good = 0;
  VerifyOptions options;
  options.page = false;
  verify(context, files, options, [&](Report report) { good += report.outcome == Outcome::ok && report.levels.meaning == Level::pass; });
  EXPECT_EQ(good, files.size());
  EXPECT_EQ(secrets.asked, 1u) << "the secret was asked for once";
}

}  // namespace
}  // namespace hwbak
