// The Coldcard vectors of tests/vectors/coldcard/vectors.json, and secrets for tests.
#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "container/sevenzip/survey.h"
#include "hwbak/tasks.h"
#include "support/folder.h"
#include "support/read_bytes.h"

namespace hwbak::test {

inline void write_bytes(const std::filesystem::path& path, ByteView bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!out) throw std::runtime_error("cannot write " + path.string());
}

struct Vector {
  std::string file, kind, password, sha256;
  boost::json::object all;     // the vector as it stands in the file
  [[nodiscard]] std::filesystem::path path() const { return std::filesystem::path(HWBAK_VECTORS) / "coldcard" / file; }
  [[nodiscard]] const boost::json::object& expect() const { return all.at("expect").as_object(); }
  [[nodiscard]] bool device_made() const { return kind == "backup" || kind == "clone"; }
};

inline const std::vector<Vector>& vectors() {
  static const std::vector<Vector> all = [] {
    const Bytes bytes = read_bytes(std::filesystem::path(HWBAK_VECTORS) / "coldcard" / "vectors.json");
    const auto document = boost::json::parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    std::vector<Vector> out;
    for (const auto& item : document.at("vectors").as_array()) {
      Vector vector;
      vector.all = item.as_object();
      vector.file = vector.all.at("file").as_string().c_str();
      vector.kind = vector.all.at("kind").as_string().c_str();
      if (vector.all.at("password").is_string()) vector.password = vector.all.at("password").as_string().c_str();
      vector.sha256 = vector.all.at("plaintext_sha256").as_string().c_str();
      out.push_back(std::move(vector));
    }
    return out;
  }();
  return all;
}

inline const Vector& vector(std::string_view file) {
  for (const Vector& candidate : vectors())
    if (candidate.file == file) return candidate;
  throw std::runtime_error("no vector " + std::string(file));
}

// Answers every question of a kind with the same list.
class FixedSecrets final : public Secrets {
 public:
  FixedSecrets() = default;
  explicit FixedSecrets(std::string_view password) { add(Kind::password, password); }
  void add(Kind kind, std::string_view secret) { answers_[kind].push_back(SecretString::copy_of(secret)); }
  std::span<const SecretString> ask(const Question& question) override { return answers_[question.kind]; }
  bool exact_bytes() const override { return exact; }

  bool exact = false;

 private:
  std::map<Kind, std::vector<SecretString>> answers_;
};

inline Report verify_one(const std::filesystem::path& path, Secrets* secrets, const VerifyOptions& options = {}) {
  Context context;
  context.secrets = secrets;
  Report result;
  verify(context, {path}, options, [&](Report report) { result = std::move(report); });
  return result;
}

inline std::string text_fact(const Object& facts, std::string_view key) {
  const Value* const value = facts.find(key);
  const auto* const text = value != nullptr ? std::get_if<std::string>(&value->get()) : nullptr;
  return text != nullptr ? *text : "(none)";
}

// Text that only --reveal gives, or that comes from the contents.
inline std::string secret_fact(const Object& facts, std::string_view key) {
  const Value* const value = facts.find(key);
  const auto* const text = value != nullptr ? std::get_if<SecretString>(&value->get()) : nullptr;
  return text != nullptr ? std::string(text->expose()) : "(none)";
}

inline bool bool_fact(const Object& facts, std::string_view key) {
  const Value* const value = facts.find(key);
  const auto* const held = value != nullptr ? std::get_if<bool>(&value->get()) : nullptr;
  if (held == nullptr) throw std::runtime_error("no such fact: " + std::string(key));
  return *held;
}

inline std::int64_t number_fact(const Object& facts, std::string_view key) {
  const Value* const value = facts.find(key);
  const auto* const number = value != nullptr ? std::get_if<std::int64_t>(&value->get()) : nullptr;
  return number != nullptr ? *number : -1;
}

inline const Object& object_fact(const Object& facts, std::string_view key) {
  static const Object none;
  const Value* const value = facts.find(key);
  const auto* const object = value != nullptr ? std::get_if<Object>(&value->get()) : nullptr;
  return object != nullptr ? *object : none;
}

inline const List& list_fact(const Object& facts, std::string_view key) {
  static const List none;
  const Value* const value = facts.find(key);
  const auto* const list = value != nullptr ? std::get_if<List>(&value->get()) : nullptr;
  return list != nullptr ? *list : none;
}

inline bool has_finding(const Report& report, std::string_view code) {
  for (const Finding& finding : report.findings)
    if (finding.code == code) return true;
  return false;
}

// Puts fitting checksums over an edited end header and over the start header.
inline void seal(Bytes& archive, std::size_t end_header) {
  const auto put = [&](std::size_t at, std::uint32_t crc) {
    for (unsigned i = 0; i < 4; ++i) archive[at + i] = static_cast<std::uint8_t>(crc >> 8 * i);
  };
  put(28, sevenzip::crc32(ByteView(archive).subspan(end_header)));
  put(8, sevenzip::crc32(ByteView(archive).subspan(12, 20)));
}

}  // namespace hwbak::test
