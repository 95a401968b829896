// The payloads of the CDC Badge vectors, opened with the key that stands beside each.
#pragma once

#include <stdexcept>
#include <string>

#include "base/hex.h"
#include "container/cdcbak/cdcbak.h"
#include "support/badge_vectors.h"

namespace hwbak::test {

inline std::string payload_of(const BadgeVector& vector) {
  const Bytes key = from_hex(vector.text("key_hex")).value();
  const auto opened = cdcbak::open(cdcbak::survey(vector.bytes, {}), FixedView<32>(key.data(), 32));
  if (!opened) throw std::runtime_error("cannot open " + vector.file);
  const ByteView bytes = opened->expose();
  return {bytes.begin(), bytes.end()};
}

// The vector whose name begins so ("s04").
inline const BadgeVector& badge_vector_named(std::string_view front) {
  for (const BadgeVector& vector : badge_vectors())
    if (vector.file.starts_with(front)) return vector;
  throw std::runtime_error("no such vector");
}

}  // namespace hwbak::test
