// What the tests of verbs that write badge backups share.
#pragma once

#include "base/as_bytes.h"
#include "base/hex.h"
#include "crypto/peer.h"
#include "support/badge_vectors.h"
#include "support/vectors.h"

namespace hwbak::test {

inline std::string as_text(const SecretBytes& bytes) { return {reinterpret_cast<const char*>(bytes.expose().data()), bytes.size()}; }

class BadgeTask : public testing::Test {
 protected:
  Folder folder_;
  FixedSecrets secrets_;
  const std::string passphrase_ = "a passphrase for these tests, long enough";

  BadgeTask() { secrets_.add(Secrets::Kind::new_password, passphrase_); }

  [[nodiscard]] std::filesystem::path file(std::string_view name, std::string_view text) const {
    const auto path = folder_ / name;
    write_bytes(path, as_bytes(text));
    return path;
  }
  [[nodiscard]] Context context(Secrets& secrets, bool reveal = false) const {
    Context out;
    out.secrets = &secrets;
    out.reveal = reveal;
    return out;
  }
  // A backup of these contents under passphrase_.
  [[nodiscard]] std::filesystem::path backup(std::string_view name, std::string_view json) {
    CreateBadgeOptions options;
    options.payload = file(std::string(name) + ".json", json);
    options.output = folder_ / name;
    const WrittenResult made = create_badge(context(secrets_), options);
    EXPECT_TRUE(std::filesystem::exists(options.output)) << made.report.message;
    return options.output;
  }
  // The contents of a file, opened by python3-cryptography as the format says.
  [[nodiscard]] static std::string opened_by_python(const std::filesystem::path& path, std::string_view passphrase) {
    const auto out = python(
        "import base64, hashlib, struct, sys\n"
        "from cryptography.hazmat.primitives.ciphers.aead import AESGCM\n"
        "raw = base64.b64decode(open(sys.argv[1], \"rb\").read(), validate=True)\n"
        "assert raw[:7] == b\"CDCBAK\\x01\" and struct.unpack(\"<I\", raw[7:11])[0] == 200000\n"
        "key = hashlib.pbkdf2_hmac(\"sha256\", bytes.fromhex(sys.argv[2]), raw[11:27], 200000, 32)\n"
        "sys.stdout.buffer.write(AESGCM(key).decrypt(raw[27:39], raw[39:], raw[:39]))\n",
        "'" + path.string() + "' " + to_hex(as_bytes(passphrase)));
    return out.value_or("(does not open)");
  }
};

// Members of the objects of a list.
inline std::vector<std::string> texts_of(const List& list, std::string_view key) {
  std::vector<std::string> out;
  for (const Value& value : list) {
    const Value* const member = std::get<Object>(value.get()).find(key);
    if (member == nullptr) continue;
    if (const auto* const text = std::get_if<std::string>(&member->get())) out.push_back(*text);
    if (const auto* const secret = std::get_if<SecretString>(&member->get())) out.emplace_back(secret->expose());
  }
  return out;
}

}  // namespace hwbak::test
