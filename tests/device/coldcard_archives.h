// Archives for tests of the device's reader: made with a small key, edited byte by byte, sealed again.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "base/as_bytes.h"
#include "base/byte_writer.h"
#include "base/unicode.h"
#include "container/sevenzip/layout.h"
#include "crypto/sevenzip_kdf.h"
#include "device/coldcard/firmware.h"
#include "support/vectors.h"

namespace hwbak::test {

inline constexpr std::string_view twelve_words = "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong";

inline coldcard::Firmware device(std::string_view version) {
  return *coldcard::firmware(*coldcard::parse_firmware(version));
}

// The words "abandon ... about", whose fingerprint is 73C5DA0A.
inline std::string small_text(std::string_view more = {}) {
  return "# Coldcard backup file! DO NOT CHANGE.\n\nraw_secret = \"8\"\nchain = \"BTC\"\n" + std::string(more) + "# " +
         std::string(400, '.') + "\n# EOF\n";
}

struct Recipe {
  std::string text = small_text();
  std::string inner_name = "word42.txt";
  std::string_view password = twelve_words;
  unsigned rounds_pow = 1;
  std::array<std::uint8_t, 16> salt{0xA1, 0xA2}, iv{0xB1, 0xB2};
};

inline Bytes make_archive(const Recipe& recipe) {
  std::array<std::uint8_t, 32> key{};
  const SecretBytes password = bytes_to_utf16le(recipe.password);
  crypto::derive_sevenzip_key({recipe.salt, password.expose(), recipe.rounds_pow, key});
  return sevenzip::compose(as_bytes(recipe.text), {recipe.inner_name, recipe.rounds_pow, recipe.salt, recipe.iv}, key);
}

inline std::size_t end_header_at(const Bytes& archive) {
  std::size_t size = 0;
  for (unsigned i = 8; i-- > 0;) size = size << 8 | archive[12 + i];
  return 32 + size;
}

// Where `pattern` begins in the end header.
inline std::size_t find_mark(const Bytes& archive, std::initializer_list<std::uint8_t> pattern) {
  const auto from = archive.begin() + static_cast<std::ptrdiff_t>(end_header_at(archive));
  const auto found = std::search(from, archive.end(), pattern.begin(), pattern.end());
  if (found == archive.end()) throw std::runtime_error("no such pattern");
  return static_cast<std::size_t>(found - archive.begin());
}

// Changes bytes of the end header without a change of length.
inline Bytes with_bytes(Bytes archive, std::size_t at, std::initializer_list<std::uint8_t> bytes) {
  std::copy(bytes.begin(), bytes.end(), archive.begin() + static_cast<std::ptrdiff_t>(at));
  seal(archive, end_header_at(archive));
  return archive;
}

// Replaces bytes of the end header by more or fewer.
inline Bytes with_part(Bytes archive, std::size_t at, std::size_t length, const Bytes& part) {
  const std::size_t end = end_header_at(archive);
  archive.erase(archive.begin() + static_cast<std::ptrdiff_t>(at), archive.begin() + static_cast<std::ptrdiff_t>(at + length));
  archive.insert(archive.begin() + static_cast<std::ptrdiff_t>(at), part.begin(), part.end());
  const std::uint64_t size = archive.size() - end;
  for (unsigned i = 0; i < 8; ++i) archive[20 + i] = static_cast<std::uint8_t>(size >> 8 * i);
  seal(archive, end);
  return archive;
}

}  // namespace hwbak::test
