// create wrapped-key and rekey of wrapped keys: python3-cryptography opens what is written, from the layout alone.
#include <algorithm>

#include "tasks/hsm_fixture.h"

namespace hwbak {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* other_dkek = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

// The numbers of wrapped keys, as python makes them out: a line each with type, size, and the parts in hex.
std::vector<std::string> read_by_python(const std::vector<std::filesystem::path>& paths, const std::string& dkek_hex) {
  std::string arguments = dkek_hex;
  for (const auto& path : paths) arguments += " " + quoted(path);
  const auto out = python(
      "import hashlib, sys\n"
      "from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes\n"
      "from cryptography.hazmat.primitives.cmac import CMAC\n"
      "dkek = bytes.fromhex(sys.argv[1])\n"
      "def read(raw):\n"
      "    def tlv(at):\n"
      "        n, head = raw[at + 1], 2\n"
      "        if n & 128: head += n & 127; n = int.from_bytes(raw[at + 2:at + head], \"big\")\n"
      "        return at + head, at + head + n\n"
      "    blob = raw\n"
      "    if raw[0] == 0x30:\n"
      "        a, end = tlv(0); assert end == len(raw)\n"
      "        a, b = tlv(a); blob = raw[a:b]\n"
      "    assert blob[:8] == hashlib.sha256(dkek).digest()[:8]\n"
      "    mac = CMAC(algorithms.AES(hashlib.sha256(dkek + bytes([0, 0, 0, 2])).digest())); mac.update(blob[:-16]); mac.verify(blob[-16:])\n"
      "    at, kind = 9, blob[8]\n"
      "    for _ in range(4): at += 2 + int.from_bytes(blob[at:at + 2], \"big\")\n"
      "    d = Cipher(algorithms.AES(hashlib.sha256(dkek + bytes([0, 0, 0, 1])).digest()), modes.CBC(bytes(16))).decryptor()\n"
      "    plain = d.update(blob[at:-16]) + d.finalize()\n"
      "    size, at, parts = int.from_bytes(plain[8:10], \"big\"), 10, []\n"
      "    if kind == 15: parts, at = [plain[10:10 + size]], 10 + size\n"
      "    else:\n"
      "        for _ in range({5: 3, 6: 7, 12: 7}[kind]):\n"
      "            n = int.from_bytes(plain[at:at + 2], \"big\"); parts.append(plain[at + 2:at + 2 + n]); at += 2 + n\n"
      "    assert plain[at:].rstrip(bytes(1)) in (b\"\", bytes([128]))\n"
      "    return \" \".join([str(kind), str(size)] + [p.hex() for p in parts])\n"
      "for path in sys.argv[2:]: print(read(open(path, \"rb\").read()))\n",
      arguments);
  std::vector<std::string> lines;
  for (std::size_t at = 0; out && at < out->size();) {
    const std::size_t end = out->find('\n', at);
    lines.push_back(out->substr(at, end - at));
    at = end + 1;
  }
  lines.resize(paths.size(), "(does not open)");
  return lines;
}
std::string read_by_python(const std::filesystem::path& path, const std::string& dkek_hex) { return read_by_python(std::vector{path}, dkek_hex).front(); }

std::string a1_hex() { return hsm_share("A1").at("share_hex").as_string().c_str(); }

class CreateKey : public HsmTask {
 protected:
  CreateWrappedKeyOptions options_;
  Report report_;

  CreateKey() { options_.output = folder_ / "key.wky"; }
  const Report& run() {
    std::filesystem::remove(options_.output);
    report_ = tasks::blank_report("create", "wrapped-key");
    tasks::create_wrapped_key_with(context(), options_, vector_shares(), report_);
    return report_;
  }
  void openssl(const std::string& arguments) { ASSERT_TRUE(test::run("cd " + quoted(folder_.path()) + " && openssl " + arguments)) << arguments; }
  void from(std::string_view name) { options_.key = folder_ / name; }
  [[nodiscard]] bool written() const { return std::filesystem::exists(options_.output); }
};

TEST_F(CreateKey, KeysOfOpensslInAllTheirFormsKeepTheirPublicKey) {
  openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa.pem");
  openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -outform DER -out ec.der");
  openssl("genpkey -algorithm X25519 -out x.pem");
  openssl("ecparam -name brainpoolP256r1 -genkey -noout -out sec1.pem");
  openssl("pkcs8 -topk8 -in rsa.pem -passout pass:old -out locked.pem");
  openssl("req -new -x509 -key rsa.pem -subj /CN=mail -days 30 -out cert.pem");
  openssl("pkcs12 -export -inkey rsa.pem -in cert.pem -passout pass:old -out both.p12");
  secrets_.others.add(Secrets::Kind::password, "old");
  for (const auto& [name, type, form] : {std::tuple{"rsa.pem", "rsa", "PEM"}, {"ec.der", "ec", "DER"}, {"x.pem", "x25519", "PEM"}, {"sec1.pem", "ec", "PEM"},
                                         {"locked.pem", "rsa", "PEM"}, {"both.p12", "rsa", ""}}) {
    from(name);
    ASSERT_EQ(run().outcome, Outcome::ok) << name << report_.message;
    EXPECT_EQ(text_fact(report_.facts, "key_type"), type) << name;
    EXPECT_EQ(report_.levels.meaning, Level::pass);
    const std::string own = std::string(form).empty() ? "openssl pkey -in rsa.pem -pubout"
                                                      : "openssl pkey -inform " + std::string(form) + " -in " + name + " -passin pass:old -pubout";
    EXPECT_EQ(test::run("cd " + quoted(folder_.path()) + " && " + own), text_fact(report_.facts, "public_key_pem")) << name;
    EXPECT_TRUE(bool_fact(report_.facts, "exportable"));
  }
  EXPECT_EQ(text_fact(report_.facts, "certificate"), "x509") << "that of the PKCS#12 file";
  EXPECT_TRUE(bool_fact(report_.facts, "public_key_matches"));
}

TEST_F(CreateKey, PythonReadsTheNumbersOfAnAesAndAnEcKey) {
  const std::string key = "thirty-two bytes, not all digits";
  from(file("aes.key", key).filename().native());
  ASSERT_EQ(run().outcome, Outcome::ok) << report_.message;
  EXPECT_EQ(read_by_python(options_.output, a1_hex()), "15 32 " + to_hex(as_bytes(key)));
  from(file("aes.hex", to_hex(as_bytes(key)) + "\n").filename().native());
  ASSERT_EQ(run().outcome, Outcome::ok) << report_.message;
  EXPECT_EQ(read_by_python(options_.output, a1_hex()), "15 32 " + to_hex(as_bytes(key))) << "as digits";
  openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem");
  from("ec.pem");
  ASSERT_EQ(run().outcome, Outcome::ok) << report_.message;
  const auto numbers = python("import sys\nfrom cryptography.hazmat.primitives.serialization import load_pem_private_key as load\n"
                              "k = load(open(sys.argv[1], \"rb\").read(), None).private_numbers()\n"
                              "p = 2**256 - 2**224 + 2**192 + 2**96 - 1\n"
                              "print(12, 256, \"%064x\" % (p - 3), sys.argv[2], \"%064x\" % p, sys.argv[3], sys.argv[4], \"%064x\" % k.private_value,\n"
                              "      \"04%064x%064x\" % (k.public_numbers.x, k.public_numbers.y))",
                              quoted(folder_ / "ec.pem") + " 5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b"
                              " ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
                              " 046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                              "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5");
  ASSERT_TRUE(numbers);
  EXPECT_EQ(read_by_python(options_.output, a1_hex()) + "\n", *numbers) << "full length, parameter A included";
}

TEST_F(CreateKey, FreshKeysOfEveryKind) {
  std::vector<std::filesystem::path> made;
  for (const auto& [kind, type, size] : {std::tuple{"rsa:1024", "rsa", 1024}, {"ec:secp256r1", "ec", 256}, {"ec:secp521r1", "ec", 521}, {"ec:secp256k1", "ec", 256},
                                         {"ec:brainpoolP384r1", "ec", 384}, {"x25519", "x25519", 256}, {"x448", "x448", 448}, {"aes:128", "aes", 128}, {"aes:512", "aes", 512}}) {
    options_.fresh = kind;
    ASSERT_EQ(run().outcome, Outcome::ok) << kind << ": " << report_.message;
    EXPECT_EQ(text_fact(report_.facts, "key_type"), type) << kind;
    EXPECT_EQ(number_fact(report_.facts, "key_size"), size) << kind;
    made.push_back(folder_ / std::to_string(made.size()));
    std::filesystem::copy_file(options_.output, made.back());
  }
  for (const std::string& numbers : read_by_python(made, a1_hex())) EXPECT_NE(numbers, "(does not open)");
  for (const char* kind : {"rsa", "rsa:2047", "ec:", "ec:secp999r1", "aes:160", "des"}) {
    options_.fresh = kind;
    EXPECT_EQ(run().outcome, Outcome::usage) << kind;
    EXPECT_FALSE(written());
  }
}

TEST_F(CreateKey, LabelIdAndListAreThere) {
  options_.fresh = "aes:256";
  options_.label = "Schlüssel";
  options_.id = {0x12, 0xAB};
  options_.algorithms = Bytes{0x10, 0x11};
  ASSERT_EQ(run().outcome, Outcome::ok) << report_.message;
  EXPECT_EQ(text_fact(report_.facts, "label"), "Schlüssel");
  EXPECT_EQ(text_fact(report_.facts, "key_id"), "12ab");
  EXPECT_THAT(strings_of(list_fact(report_.facts, "allowed_algorithms")), ElementsAre("10", "11", "92")) << "92 is put in";
  options_.no_export = true;
  ASSERT_EQ(run().outcome, Outcome::ok);
  EXPECT_THAT(strings_of(list_fact(report_.facts, "allowed_algorithms")), ElementsAre("10", "11"));
  EXPECT_TRUE(has_finding(report_, "not-exportable"));
  options_.algorithms.reset();
  ASSERT_EQ(run().outcome, Outcome::ok);
  EXPECT_FALSE(bool_fact(report_.facts, "exportable"));
  options_.algorithms = Bytes{0x92};
  EXPECT_EQ(run().outcome, Outcome::usage) << "both cannot be";
}

TEST_F(CreateKey, WhatADeviceWouldRefuseOrSpoilIsNotWritten) {
  openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -pkeyopt rsa_keygen_pubexp:3 -out e3.pem");
  openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-224 -out p224.pem");
  openssl("genpkey -algorithm ED25519 -out ed.pem");
  openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.pem");
  openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out other.pem");
  openssl("req -new -x509 -key other.pem -subj /CN=other -days 30 -out other.crt");
  from("e3.pem");
  EXPECT_EQ(run().outcome, Outcome::refused) << report_.message;
  EXPECT_THAT(report_.message, HasSubstr("65537"));
  from("p224.pem");
  EXPECT_EQ(run().outcome, Outcome::refused) << report_.message;
  from("ed.pem");
  EXPECT_EQ(run().outcome, Outcome::unsupported) << report_.message;
  from("ec.pem");
  options_.certificate = folder_ / "other.crt";
  EXPECT_EQ(run().outcome, Outcome::inconsistent) << report_.message;
  options_.certificate = folder_ / "ec.pem";
  EXPECT_EQ(run().outcome, Outcome::unsupported) << "no certificate";
  options_.certificate.reset();
  from(file("junk", "twenty bytes of junk").filename().native());
  EXPECT_EQ(run().outcome, Outcome::unsupported);
  from("nothing there");
  EXPECT_EQ(run().outcome, Outcome::io);
  options_.fresh = "x25519";
  EXPECT_EQ(run().outcome, Outcome::usage) << "one of the two";
  EXPECT_FALSE(written());
}

class Rewrap : public HsmTask {
 protected:
  RewrapOptions options_;
  std::vector<Report> reports_;

  Rewrap() { options_.folder = folder_ / "new"; }
  void run(const std::vector<Subject>& files) {
    reports_.clear();
    tasks::rewrap_with(context(), files, options_, [] { return tasks::RewrapShares{shares_of(vector_set({"A1"})), shares_of(opened_set({other_dkek}))}; },
                       [&](Report report) { reports_.push_back(std::move(report)); });
  }
  [[nodiscard]] Report with_other(const std::filesystem::path& path) const {
    return ExaminedKey(read_bytes(path), shares_of(opened_set({other_dkek}))).report();
  }
};

TEST_F(Rewrap, EveryVectorGoesToAnotherDkekWithTheSameKey) {
  std::vector<Subject> files;
  for (const auto& entry : std::filesystem::directory_iterator(hsm_file("")))
    if (entry.path().extension() == ".bin") files.push_back(entry.path());
  std::ranges::sort(files);
  ASSERT_GE(files.size(), 16u);
  run(files);
  ASSERT_EQ(reports_.size(), files.size());
  std::vector<std::filesystem::path> outputs;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto output = options_.folder / files[i].filename();
    ASSERT_EQ(reports_[i].outcome, Outcome::ok) << files[i] << reports_[i].message;
    EXPECT_EQ(text_fact(reports_[i].facts, "kcv_before"), "2952B3021B693783");
    const Report before = verified(files[i]), after = with_other(output);
    EXPECT_EQ(after.outcome, Outcome::ok) << files[i] << after.message;
    EXPECT_EQ(text_fact(after.facts, "kcv"), text_fact(reports_[i].facts, "kcv"));
    for (const char* fact : {"key_type", "curve", "public_key_pem", "label", "key_id", "certificate", "form"})
      EXPECT_EQ(text_fact(after.facts, fact), text_fact(before.facts, fact)) << files[i] << fact;
    EXPECT_EQ(strings_of(list_fact(after.facts, "allowed_algorithms")), strings_of(list_fact(before.facts, "allowed_algorithms")));
    EXPECT_EQ(verified(output).outcome, Outcome::wrong_secret) << "the old DKEK does not open it";
    outputs.push_back(output);
  }
  // The secrets themselves; of elliptic curves only the length of the numbers may be another.
  const auto old_numbers = read_by_python(files, a1_hex()), new_numbers = read_by_python(outputs, other_dkek);
  for (std::size_t i = 0; i < files.size(); ++i) {
    EXPECT_NE(new_numbers[i], "(does not open)") << files[i];
    if (!old_numbers[i].starts_with("12 ")) {
      EXPECT_EQ(new_numbers[i], old_numbers[i]) << files[i];
    }
  }
  const Report mended = with_other(options_.folder / "x25519.bin");
  EXPECT_EQ(text_fact(mended.facts, "byte_order"), "little") << "as the device reads it";
}

TEST_F(Rewrap, BadOnesAreSaidAndTheOthersWritten) {
  const auto bad = folder_ / "bad.bin", damaged = folder_ / "p256.bin";
  Bytes bytes = read_bytes(hsm_file("p384.bin"));
  bytes[70] ^= 1, bytes[200] ^= 1;
  write_bytes(bad, bytes);
  bytes = read_bytes(hsm_file("p256.bin"));
  bytes[150] ^= 1;
  write_bytes(damaged, bytes);
  run({bad, damaged, hsm_file("p256.bin"), hsm_file("dkek-a1.pbe"), hsm_file("k256.bin")});
  ASSERT_EQ(reports_.size(), 5u);
  EXPECT_EQ(reports_[0].outcome, Outcome::damaged);
  EXPECT_EQ(reports_[1].outcome, Outcome::ok) << "one byte is put right: " << reports_[1].message;
  EXPECT_TRUE(has_finding(reports_[1], "key-mended"));
  EXPECT_EQ(text_fact(with_other(options_.folder / "p256.bin").facts, "public_key_pem"), text_fact(verified(hsm_file("p256.bin")).facts, "public_key_pem"));
  EXPECT_EQ(reports_[2].outcome, Outcome::refused) << "the same name";
  EXPECT_EQ(reports_[3].outcome, Outcome::unsupported);
  EXPECT_EQ(reports_[4].outcome, Outcome::ok);
  EXPECT_FALSE(std::filesystem::exists(options_.folder / "bad.bin"));
  options_.output = damaged;
  run({damaged});
  EXPECT_EQ(reports_[0].outcome, Outcome::refused) << "never over its own source";
}

// Whatever byte around the blob is damaged: the key is written again and good, or a way out is named.
TEST_F(HsmTask, EveryFlippedByteAroundTheBlobLeavesTheKeyAWayOut) {
  const Bytes good = read_bytes(hsm_file("p256.bin"));
  const Region blob = wrapped_key::survey(good).blob;
  const auto shares = shares_of(vector_set({"A1"}));
  const auto examine = [&](const Bytes& bytes, PartsChoice choice, Report& report) {
    return tasks::open_wrapped(context(), {"p256.bin", "p256.bin", bytes, std::nullopt}, shares, true, choice, report);
  };
  std::size_t refused = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    if (blob.contains(at)) continue;
    Bytes bad = good;
    bad[at] ^= static_cast<std::uint8_t>(1u << at % 8);
    if (!wrapped_key::recognise(bad)) {
      ADD_FAILURE() << at;
      continue;
    }
    Report report = tasks::blank_report("rekey", "p256.bin");
    PartsChoice choice;
    try {
      (void)examine(bad, choice, report);
    } catch (const Error& error) {
      ASSERT_EQ(error.outcome(), Outcome::inconsistent) << at << error.sentence();
      EXPECT_THAT(error.next(), HasSubstr("--without-")) << at;
      choice = {true, true};
      ++refused;
    }
    const auto opened = examine(bad, choice, report);
    ASSERT_NE(opened.key->key(), nullptr) << at;
    EXPECT_EQ(has_finding(report, "left-out"), !opened.left_out.empty()) << at;
    const Bytes again = wrapped_key::write_file(opened.key->survey()->at(opened.key->survey()->blob), opened.description,
                                                opened.certificate);
    EXPECT_EQ(ExaminedKey(again, shares).report().outcome, Outcome::ok) << at;
  }
  EXPECT_LT(refused, 20u) << "the certificate's own signature says that it is damaged";
}

}  // namespace
}  // namespace hwbak
