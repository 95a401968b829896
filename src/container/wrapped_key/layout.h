// The fields of a key blob's header (docs/formats/pico-hsm.md, "The key blob"); internal to this folder.
#pragma once

#include <array>

#include "container/wrapped_key/wrapped_key.h"

namespace hwbak::wrapped_key {

inline constexpr std::size_t kcv_size = 8, type_at = 8, mac_size = 16, block_size = 16, random_size = 8;

inline constexpr std::array<std::uint8_t, 10> oid_rsa{0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02, 0x01, 0x02};
inline constexpr std::array<std::uint8_t, 10> oid_ec{0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02, 0x02, 0x03};
inline constexpr std::array<std::uint8_t, 8> oid_aes{0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01};

[[nodiscard]] constexpr bool is_key_type(std::uint8_t type) noexcept {
  switch (static_cast<KeyType>(type)) {
    case KeyType::rsa:
    case KeyType::rsa_crt:
    case KeyType::ec:
    case KeyType::aes: return true;
  }
  return false;
}

[[nodiscard]] constexpr ByteView usual_oid(KeyType type) noexcept {
  switch (type) {
    case KeyType::rsa:
    case KeyType::rsa_crt: return oid_rsa;
    case KeyType::ec: return oid_ec;
    case KeyType::aes: return oid_aes;
  }
  return {};
}

// The fields of a blob; regions count from the blob's first byte.
struct Header {
  std::uint8_t type = 0;
  std::array<Region, 4> fields;    // default algorithm, allowed algorithms, access conditions, key OID
  Region sealed;
  std::optional<Error> trouble;    // damaged: lengths that cannot be; unsupported: the type
};
// `base` is where the blob stands in the file, for offsets of errors. The blob has at least smallest_blob bytes.
[[nodiscard]] Header read_header(ByteView blob, std::uint64_t base);

// How far `data` looks like a header from `at` on, which is where the type would stand: type, length and OID, all but
// one byte of them.
[[nodiscard]] bool header_shows(ByteView data, std::size_t at) noexcept;

}  // namespace hwbak::wrapped_key
