// Wrapped keys out into files of other programs: openssl reads them, and signs and decrypts as the vectors' public keys say.
#include "tasks/hsm_fixture.h"

namespace hwbak {
namespace {

using namespace test;
using testing::HasSubstr;

constexpr const char* password = "a password for exported keys";

class ExportKey : public HsmTask {
 protected:
  ExportOptions options_;
  ExportResult result_;

  ExportKey() { secrets_.others.add(Secrets::Kind::new_password, password); }
  const Report& run(const std::string& format, const std::filesystem::path& wrapped, bool open = false) {
    options_.format = format;
    options_.no_encryption = open;
    if (options_.output) std::filesystem::remove(*options_.output);
    result_ = {};
    result_.report = tasks::blank_report("export", wrapped);
    tasks::guarded(result_.report, [&] { tasks::export_key_with(context(), tasks::load(context(), wrapped), options_, vector_shares(), result_); });
    return result_.report;
  }
  const Report& to(std::string_view output, const std::string& format, std::string_view wrapped, bool open = false) {
    options_.output = folder_ / output;
    return run(format, hsm_file(wrapped), open);
  }
  [[nodiscard]] std::string out() const { return quoted(*options_.output); }
};

// Signs with the exported key, verifies with the vector's public key.
bool signs(const std::string& key_options, const std::filesystem::path& pub) {
  return test::run("T=$(mktemp -d); cat > $T/m; openssl dgst -sha256 -sign " + key_options + " -out $T/s $T/m && openssl dgst -sha256 -verify " + quoted(pub) +
                       " -signature $T/s $T/m; R=$?; rm -r $T; exit $R",
                   as_bytes("a message"))
      .has_value();
}

TEST_F(ExportKey, OpensslSignsWithEachAsThePublicKeySays) {
  for (const std::string name : {"rsa1024", "rsa2048", "host-rsa2048-crt", "p256", "p384", "p521", "k256", "bp256", "p256-shortd", "host-p256-full"}) {
    const auto pub = hsm_file(name + ".pub.pem");
    ASSERT_EQ(to("open.pem", "pem", name + ".bin", true).outcome, Outcome::ok) << name << result_.report.message;
    EXPECT_TRUE(signs(out(), pub)) << name;
    EXPECT_EQ(std::filesystem::status(*options_.output).permissions(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
}

TEST_F(ExportKey, OpensslOpensTheEncryptedFilesWithThePasswordOnly) {
  const auto pub = hsm_file("p256.pub.pem");
  ASSERT_EQ(to("key.pem", "pem", "p256.bin").outcome, Outcome::ok) << result_.report.message;
  EXPECT_THAT(text_of_file(*options_.output), HasSubstr("BEGIN ENCRYPTED PRIVATE KEY"));
  EXPECT_TRUE(signs(out() + " -passin 'pass:" + password + "'", pub));
  EXPECT_FALSE(signs(out() + " -passin pass:other", pub));
  ASSERT_EQ(to("key.der", "pkcs8", "p256.bin").outcome, Outcome::ok) << result_.report.message;
  // openssl dgst takes PEM only under a password.
  ASSERT_TRUE(test::run("openssl pkcs8 -inform DER -in " + out() + " -passin 'pass:" + password + "' -out " + quoted(folder_ / "key.pem")));
  EXPECT_TRUE(signs(quoted(folder_ / "key.pem"), pub));
}

TEST_F(ExportKey, OpensslDecryptsWithARsaKeyInTheClear) {
  ASSERT_EQ(to("key.der", "pkcs8", "rsa2048.bin", true).outcome, Outcome::ok);
  EXPECT_TRUE(has_finding(result_.report, "cleartext-key"));
  EXPECT_FALSE(bool_fact(object_fact(result_.report.facts, "export"), "encrypted"));
  const auto text = test::run("openssl pkeyutl -encrypt -pubin -inkey " + quoted(hsm_file("rsa2048.pub.pem")) + " -pkeyopt rsa_padding_mode:oaep | openssl pkeyutl -decrypt -inkey " +
                                  out() + " -keyform DER -pkeyopt rsa_padding_mode:oaep",
                              as_bytes("a secret"));
  EXPECT_EQ(text, "a secret");
}

TEST_F(ExportKey, X25519ComesOutWithItsPublicKey) {
  ASSERT_EQ(to("key.pem", "pem", "x25519.bin", true).outcome, Outcome::ok) << result_.report.message;
  EXPECT_EQ(test::run("openssl pkey -in " + out() + " -pubout"), text_of_file(hsm_file("x25519.pub.pem")));
}

TEST_F(ExportKey, Pkcs12HasTheCertificateWhereThereIsOne) {
  ASSERT_EQ(to("key.p12", "pkcs12", "p256.bin").outcome, Outcome::ok) << result_.report.message;
  EXPECT_FALSE(bool_fact(object_fact(result_.report.facts, "export"), "certificate")) << "a request of the card is no X.509 certificate";
  EXPECT_TRUE(test::run("openssl pkcs12 -in " + out() + " -passin 'pass:" + password + "' -nodes -nocerts -out " + quoted(folder_ / "key.pem")));
  EXPECT_TRUE(signs(quoted(folder_ / "key.pem"), hsm_file("p256.pub.pem")));

  // The same key with an X.509 certificate beside it.
  ASSERT_TRUE(test::run("openssl req -new -x509 -key " + quoted(folder_ / "key.pem") + " -subj /CN=mail -days 30 -outform DER -out " + quoted(folder_ / "cert.der")));
  const auto survey = wrapped_key::survey(read_bytes(hsm_file("p256.bin")));
  const auto with = folder_ / "with.wky";
  write_bytes(with, wrapped_key::write_file(survey.at(survey.blob), survey.at(survey.description), read_bytes(folder_ / "cert.der")));
  options_.output = folder_ / "with.p12";
  ASSERT_EQ(run("pkcs12", with).outcome, Outcome::ok) << result_.report.message;
  const auto cert = test::run("openssl pkcs12 -in " + out() + " -passin 'pass:" + password + "' -nokeys | openssl x509 -outform DER | sha256sum");
  EXPECT_EQ(cert, test::run("sha256sum < " + quoted(folder_ / "cert.der")));
  options_.output = folder_ / "with.pem";
  ASSERT_EQ(run("pem", with, true).outcome, Outcome::ok);
  EXPECT_EQ(test::run("openssl x509 -in " + out() + " -outform DER | sha256sum"), cert) << "behind the key";
}

TEST_F(ExportKey, AesKeysAreRawOnly) {
  for (const std::string name : {"aes128", "aes192", "aes256", "aes512", "host-aes256-genuine"}) {
    options_.output.reset();
    ASSERT_EQ(run("raw", hsm_file(name + ".bin")).outcome, Outcome::ok) << name << result_.report.message;
    EXPECT_EQ(result_.data.size() * 8, static_cast<std::size_t>(number_fact(result_.report.facts, "key_size"))) << name;
    EXPECT_TRUE(has_finding(result_.report, "cleartext-key"));
  }
  EXPECT_EQ(to("key.der", "pkcs8", "aes256.bin").outcome, Outcome::refused);
  EXPECT_THAT(result_.report.next, HasSubstr("--as raw"));
  EXPECT_EQ(to("key.der", "raw", "p256.bin").outcome, Outcome::refused);
  EXPECT_THAT(result_.report.next, HasSubstr("pkcs8"));
}

TEST_F(ExportKey, WhatDoesNotGoIsRefusedAndNothingIsWritten) {
  EXPECT_EQ(to("key", "otpauth", "p256.bin").outcome, Outcome::refused);
  EXPECT_EQ(to("key", "pkcs12", "p256.bin", true).outcome, Outcome::usage);
  EXPECT_EQ(to("key", "pkcs8", "dkek-a1.pbe").outcome, Outcome::refused);
  secrets_.others = {};
  EXPECT_EQ(to("key", "pkcs8", "p256.bin").outcome, Outcome::refused) << "no password";
  EXPECT_FALSE(std::filesystem::exists(*options_.output));
  Bytes bad = read_bytes(hsm_file("p256.bin"));
  bad[60] ^= 1, bad[100] ^= 1;
  write_bytes(folder_ / "bad.bin", bad);
  EXPECT_EQ(run("pkcs8", folder_ / "bad.bin", true).outcome, Outcome::damaged);
  EXPECT_FALSE(std::filesystem::exists(*options_.output));
}

TEST_F(ExportKey, DamageAroundTheBlobDoesNotKeepTheKeyIn) {
  const Bytes good = read_bytes(hsm_file("p256.bin"));
  const auto cut = folder_ / "cut.bin", huge = folder_ / "huge.bin", other = folder_ / "other.bin";
  write_bytes(cut, Bytes(good.begin(), good.end() - 30));
  Bytes bytes = good;
  bytes[1] = 0x84;
  write_bytes(huge, bytes);
  for (const auto& path : {cut, huge}) {
    options_.output = folder_ / "key.pem";
    ASSERT_EQ(run("pem", path, true).outcome, Outcome::ok) << path << result_.report.message;
    EXPECT_TRUE(has_finding(result_.report, "frame-damaged"));
    EXPECT_TRUE(signs(out(), hsm_file("p256.pub.pem"))) << path;
  }
  // The certificate of another key.
  const auto mine = wrapped_key::survey(good), theirs = wrapped_key::survey(read_bytes(hsm_file("k256.bin")));
  write_bytes(other, wrapped_key::write_file(mine.at(mine.blob), mine.at(mine.description), theirs.at(theirs.certificate)));
  EXPECT_EQ(run("pem", other, true).outcome, Outcome::inconsistent);
  EXPECT_THAT(result_.report.next, HasSubstr("--without-certificate"));
  EXPECT_FALSE(std::filesystem::exists(*options_.output));
  options_.parts.without_certificate = true;
  ASSERT_EQ(run("pem", other, true).outcome, Outcome::ok) << result_.report.message;
  EXPECT_THAT(result_.report.message, HasSubstr("the certificate beside the key is left out"));
  EXPECT_TRUE(signs(out(), hsm_file("p256.pub.pem")));
}

}  // namespace
}  // namespace hwbak
