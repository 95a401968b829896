// The wrapped keys of tests/vectors/pico-hsm/vectors.json, all under one DKEK.
#pragma once

#include <boost/json.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "container/wrapped_key/wrapped_key.h"
#include "support/badge_vectors.h"

namespace hwbak::test {

struct WrappedVector {
  std::string file;
  Bytes bytes;
  boost::json::object all;
  [[nodiscard]] std::string text(const char* key) const {
    const auto* const value = all.if_contains(key);
    return value != nullptr && value->is_string() ? value->as_string().c_str() : "";
  }
  [[nodiscard]] std::int64_t number(const char* key) const { return all.at(key).as_int64(); }
  [[nodiscard]] Bytes hex(const char* key) const { return from_hex(text(key)).value(); }
};

inline const boost::json::value& hsm_document() {
  static const boost::json::value document = [] {
    const Bytes raw = read_bytes(std::filesystem::path(HWBAK_VECTORS) / "pico-hsm" / "vectors.json");
    return boost::json::parse({reinterpret_cast<const char*>(raw.data()), raw.size()});
  }();
  return document;
}

inline const std::vector<WrappedVector>& wrapped_vectors() {
  static const std::vector<WrappedVector> all = [] {
    std::vector<WrappedVector> out;
    for (const auto& item : hsm_document().at("wrapped_keys").as_array()) {
      WrappedVector vector;
      vector.all = item.as_object();
      vector.file = vector.text("file");
      vector.bytes = read_bytes(std::filesystem::path(HWBAK_VECTORS) / "pico-hsm" / vector.file);
      out.push_back(std::move(vector));
    }
    return out;
  }();
  return all;
}

inline const WrappedVector& wrapped_vector(std::string_view file) {
  for (const WrappedVector& candidate : wrapped_vectors())
    if (candidate.file == file) return candidate;
  throw std::runtime_error("no vector " + std::string(file));
}

// "A": the DKEK of all wrapped keys; "A12": another one.
inline Bytes test_dkek(std::string_view name) {
  for (const auto& item : hsm_document().at("dkeks").as_array())
    if (item.at("name").as_string() == name) return from_hex(item.at("dkek_hex").as_string().c_str()).value();
  throw std::runtime_error("no DKEK " + std::string(name));
}

inline const wrapped_key::DkekKeys& test_keys() {
  static const wrapped_key::DkekKeys keys = wrapped_key::keys_of(FixedView<32>(test_dkek("A").data(), 32));
  return keys;
}

}  // namespace hwbak::test
