// A second reader of device backups, for tests alone: what a device's Verify and Restore require, written from its description
// (docs/formats/coldcard.md, "What a device can read back") and apart from the product's. It shares no line with src/;
// key and decryption are OpenSSL's own.
#pragma once

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hwbak::test::second {

using View = std::span<const std::uint8_t>;
using Buffer = std::vector<std::uint8_t>;

// The stage that refuses. `contents`: a pattern that is not there or a text that fails its CRC, which Restore blames on the
// password; `limits`: everything else behind the headers.
enum class Stage { accepted, headers, contents, limits };

struct Fields {
  std::uint64_t packed = 0, text_size = 0;
  std::uint32_t text_crc = 0;
  unsigned rounds_pow = 0;
  std::array<std::uint8_t, 16> salt{}, iv{};
  std::string name;
  bool ascii_name = true;  // with the character that is dropped
  friend bool operator==(const Fields&, const Fields&) = default;
};

struct Answer {
  Stage stage = Stage::accepted;
  std::string why;   // a missing pattern in hex, or a few words
  Fields fields;     // as far as they were read
  Buffer text;       // of a restore that is accepted
  [[nodiscard]] bool accepted() const { return stage == Stage::accepted; }
};

inline std::uint32_t crc(View bytes, std::uint32_t before = 0) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> out{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? 0xEDB88320u ^ (value >> 1) : value >> 1;
      out[i] = value;
    }
    return out;
  }();
  std::uint32_t value = ~before;
  for (const std::uint8_t byte : bytes) value = table[(value ^ byte) & 0xFF] ^ (value >> 8);
  return ~value;
}

struct Refused {
  Stage stage;
  std::string why;
};

inline void require(bool holds, Stage stage, const char* why) {
  if (!holds) throw Refused{stage, why};
}

inline std::uint64_t little_endian(View bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | bytes[i];
  return value;
}

// What is left of the header behind a pattern; every read moves on.
class Tail final {
 public:
  explicit Tail(View bytes) : bytes_(bytes) {}
  View take(std::uint64_t count) {
    require(count <= bytes_.size() - at_, Stage::limits, "the end header stops");
    at_ += static_cast<std::size_t>(count);
    return bytes_.subspan(at_ - static_cast<std::size_t>(count), static_cast<std::size_t>(count));
  }
  std::uint8_t byte() { return take(1)[0]; }
  // The device's own idea of a 7z number.
  std::uint64_t number() {
    const unsigned first = byte();
    if (first < 0x80) return first;
    if (first >= 0xFE) return little_endian(take(8));
    unsigned extra = 1;
    while ((first << extra & 0x80) != 0) ++extra;
    return (static_cast<std::uint64_t>(first & 0xEFu >> extra) << extra) + little_endian(take(extra));
  }
  // Behind the next such bytes, looked for from where this tail began.
  [[nodiscard]] Tail behind(std::initializer_list<std::uint8_t> pattern) const {
    const auto found = std::search(bytes_.begin(), bytes_.end(), pattern.begin(), pattern.end());
    if (found == bytes_.end()) {
      std::string hex;
      for (const unsigned byte : pattern) {
        if (!hex.empty()) hex += ' ';
        hex += "0123456789abcdef"[byte >> 4];
        hex += "0123456789abcdef"[byte & 15];
      }
      throw Refused{Stage::contents, hex};
    }
    return Tail(bytes_.subspan(static_cast<std::size_t>(found - bytes_.begin()) + pattern.size()));
  }

 private:
  View bytes_;
  std::size_t at_ = 0;
};

// Step A. Gives the end header.
inline View check_headers(View file) {
  constexpr std::array<std::uint8_t, 6> signature{0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C};
  constexpr std::array<std::uint8_t, 5> aes{0x24, 0x06, 0xF1, 0x07, 0x01};
  require(file.size() >= 32 && std::equal(signature.begin(), signature.end(), file.begin()), Stage::headers, "signature");
  require(file[6] == 0 && file[7] >= 3, Stage::headers, "version");
  require(crc(file.subspan(12, 20)) == little_endian(file.subspan(8, 4)), Stage::headers, "start header CRC");
  const std::uint64_t packed = little_endian(file.subspan(12, 8)), size = little_endian(file.subspan(20, 8));
  require(size <= 10000, Stage::headers, "end header too large");
  require(packed <= file.size() - 32 && size <= file.size() - 32 - packed, Stage::headers, "truncated");
  const View header = file.subspan(32 + static_cast<std::size_t>(packed), static_cast<std::size_t>(size));
  require(std::search(header.begin(), header.end(), aes.begin(), aes.end()) != header.end(), Stage::headers, "not AES");
  require(crc(header) == little_endian(file.subspan(28, 4)), Stage::headers, "end header CRC");
  return header;
}

// Step B.
inline void search(View file, View header, Fields& out) {
  Tail tail = Tail(header).behind({0x01, 0x04, 0x06, 0x00, 0x01, 0x09});
  out.packed = tail.number();

  tail = tail.behind({0x07, 0x0B, 0x01, 0x00, 0x01, 0x24, 0x06, 0xF1, 0x07, 0x01});
  const std::uint64_t properties = tail.number();
  const unsigned first = tail.byte(), second = tail.byte();
  out.rounds_pow = first & 0x3F;
  require(out.rounds_pow <= 19, Stage::limits, "rounds");
  require((first & 0xC0) == 0xC0, Stage::limits, "no salt or no IV");
  require(second == 0xFF, Stage::limits, "size of salt or IV");
  std::ranges::copy(tail.take(16), out.salt.begin());
  std::ranges::copy(tail.take(16), out.iv.begin());
  require(properties == 34, Stage::limits, "size of the properties");

  tail = tail.behind({0x01, 0x00, 0x0C});
  out.text_size = tail.number();
  require(tail.byte() == 0, Stage::limits, "no end after the text size");

  tail = tail.behind({0x08, 0x0A, 0x01});
  out.text_crc = static_cast<std::uint32_t>(little_endian(tail.take(4)));
  require(tail.byte() == 0, Stage::limits, "no end after the CRC");

  tail = tail.behind({0x05, 0x01, 0x11});
  const std::uint64_t names = tail.number();
  require(names > 0 && tail.byte() == 0, Stage::limits, "names");
  const View wide = tail.take(names - 1);
  out.name.clear();
  for (std::size_t i = 0; i < wide.size(); i += 2) out.name += static_cast<char>(wide[i]);
  out.ascii_name = std::ranges::all_of(out.name, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!out.name.empty()) out.name.pop_back();
  require(tail.byte() == 0 && tail.byte() == 0, Stage::limits, "no end after the name");

  require(out.packed == little_endian(file.subspan(12, 8)), Stage::limits, "packed size");
  require(out.text_size <= 131072, Stage::limits, "text too large");
  require(out.packed <= out.text_size + 16, Stage::limits, "packed too large");
  require(out.packed % 16 == 0, Stage::limits, "not in blocks");
  require(out.name.ends_with(".txt"), Stage::limits, "not .txt");
}

template <typename Checks>
Answer answer(Checks checks) {
  Answer out;
  try {
    checks(out);
  } catch (const Refused& refused) {
    out.stage = refused.stage;
    out.why = refused.why;
  }
  return out;
}

inline Answer verify(View file, std::string_view file_name) {
  return answer([&](Answer& out) {
    require(file_name.ends_with(".7z") && file.size() <= 131072, Stage::headers, "not offered");
    const View header = check_headers(file);
    search(file, header, out.fields);
    require(400 < out.fields.text_size && out.fields.text_size < 131072, Stage::limits, "size");
    require(32 + out.fields.packed + header.size() == file.size(), Stage::limits, "trailing bytes");
  });
}

// Key and text by OpenSSL: each byte of the password widened to 16 bits.
inline Buffer decrypt(View file, const Fields& fields, std::string_view password) {
  Buffer record(fields.salt.begin(), fields.salt.end());
  for (const char c : password) record.insert(record.end(), {static_cast<std::uint8_t>(c), 0});
  const std::size_t counter = record.size();
  record.resize(counter + 8);
  std::array<std::uint8_t, 32> key{};
  EVP_MD_CTX* const digest = EVP_MD_CTX_new();
  EVP_DigestInit_ex(digest, EVP_sha256(), nullptr);
  for (std::uint64_t i = 0; i < std::uint64_t{1} << fields.rounds_pow; ++i) {
    for (unsigned byte = 0; byte < 8; ++byte) record[counter + byte] = static_cast<std::uint8_t>(i >> 8 * byte);
    EVP_DigestUpdate(digest, record.data(), record.size());
  }
  EVP_DigestFinal_ex(digest, key.data(), nullptr);
  EVP_MD_CTX_free(digest);

  Buffer text(static_cast<std::size_t>(fields.packed) + 16);
  int written = 0;
  EVP_CIPHER_CTX* const cipher = EVP_CIPHER_CTX_new();
  EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.data(), fields.iv.data());
  EVP_CIPHER_CTX_set_padding(cipher, 0);
  EVP_DecryptUpdate(cipher, text.data(), &written, file.data() + 32, static_cast<int>(fields.packed));
  EVP_CIPHER_CTX_free(cipher);
  text.resize(static_cast<std::size_t>(std::min<std::uint64_t>(static_cast<std::uint64_t>(written), fields.text_size)));
  return text;
}

inline Answer restore(View file, std::string_view password) {
  return answer([&](Answer& out) {
    search(file, check_headers(file), out.fields);
    Buffer text = decrypt(file, out.fields, password);
    require(crc(text) == out.fields.text_crc, Stage::contents, "CRC of the text");
    require(!text.empty() && text.front() == '#' && text.back() == '\n', Stage::limits, "first or last byte");
    out.text = std::move(text);
  });
}

}  // namespace hwbak::test::second
