// The vectors of tests/vectors/cdc-badge/vectors.json.
#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/hex.h"
#include "support/read_bytes.h"

namespace hwbak::test {

struct BadgeVector {
  std::string file, passphrase, encoding;
  Bytes passphrase_bytes;  // as the key derivation takes them
  Bytes bytes;             // of the file
  boost::json::object all;
  [[nodiscard]] std::string text(const char* key) const { return all.at(key).as_string().c_str(); }
  [[nodiscard]] std::int64_t number(const char* key) const { return all.at(key).as_int64(); }
  [[nodiscard]] std::filesystem::path path() const { return std::filesystem::path(HWBAK_VECTORS) / "cdc-badge" / file; }
  [[nodiscard]] const boost::json::object& header() const { return all.at("header").as_object(); }
};

inline const std::vector<BadgeVector>& badge_vectors() {
  static const std::vector<BadgeVector> all = [] {
    const auto folder = std::filesystem::path(HWBAK_VECTORS) / "cdc-badge";
    const Bytes raw = read_bytes(folder / "vectors.json");
    const auto document = boost::json::parse({reinterpret_cast<const char*>(raw.data()), raw.size()});
    std::vector<BadgeVector> out;
    for (const auto& item : document.at("open").as_array()) {
      BadgeVector vector;
      vector.all = item.as_object();
      vector.file = vector.text("file");
      vector.passphrase = vector.text("passphrase");
      vector.encoding = vector.text("passphrase_encoding");
      vector.passphrase_bytes = from_hex(vector.text("passphrase_hex")).value();
      vector.bytes = read_bytes(folder / vector.file);
      out.push_back(std::move(vector));
    }
    return out;
  }();
  return all;
}

inline const BadgeVector& badge_vector(std::string_view file) {
  for (const BadgeVector& candidate : badge_vectors())
    if (candidate.file == file) return candidate;
  throw std::runtime_error("no vector " + std::string(file));
}

}  // namespace hwbak::test
