// The header of a key blob: its lengths, and whether they leave room for what must follow (docs/formats/pico-hsm.md,
// "The key blob").
#include <algorithm>
#include <span>

#include "container/wrapped_key/layout.h"

namespace hwbak::wrapped_key {
namespace {

constexpr std::array<const char*, 4> field_names{"the default algorithm", "the allowed algorithms",
                                                 "the access conditions", "the key's OID"};

std::optional<std::string_view> kind_of_oid(ByteView oid) {
  if (std::ranges::equal(oid, oid_rsa)) return "an RSA key";
  if (std::ranges::equal(oid, oid_ec)) return "an EC key";
  if (std::ranges::equal(oid, oid_aes)) return "an AES key";
  return std::nullopt;
}

// Bytes of `wanted` that stand at the front of `there`.
std::size_t hits(ByteView there, ByteView wanted) noexcept {
  std::size_t out = 0;
  for (std::size_t i = 0; i < std::min(there.size(), wanted.size()); ++i) out += there[i] == wanted[i];
  return out;
}

}  // namespace

Header read_header(ByteView blob, std::uint64_t base) {
  Header out;
  out.type = blob[type_at];
  std::uint64_t at = type_at + 1;
  const std::uint64_t end = blob.size() - mac_size - 2 * block_size;   // the shortest ciphertext has two blocks
  for (std::size_t i = 0; i < out.fields.size(); ++i) {
    if (at + 2 > end) {
      out.trouble.emplace(Outcome::damaged,
                          "The key blob's header has no room for the length of " + std::string(field_names[i]),
                          base + at);
      return out;
    }
    const std::uint64_t length = static_cast<std::uint64_t>(blob[at] << 8 | blob[at + 1]);
    out.fields[i] = {at + 2, length};
    if (length > end - at - 2) {
      out.fields[i] = {};
      out.trouble.emplace(Outcome::damaged,
                          "The key blob's header gives " + std::string(field_names[i]) + " " + std::to_string(length) +
                              " bytes, which reaches past its ciphertext: the length is damaged, or the blob is cut",
                          base + at);
      return out;
    }
    at += 2 + length;
  }
  const std::uint64_t sealed = blob.size() - mac_size - at;
  if (sealed % block_size != 0) {
    out.trouble.emplace(Outcome::damaged,
                        "The key blob's ciphertext has " + std::to_string(sealed) +
                            " bytes, which is no multiple of 16: bytes are missing or too "
                            "many, or a length in the header is damaged",
                        base + at);
    return out;
  }
  out.sealed = {at, sealed};
  if (!is_key_type(out.type)) {
    std::string sentence = "Key type " + std::to_string(out.type) +
                           " is not known; known are 5 and 6 (RSA), 12 (EC) and 15 (AES)";
    if (const auto kind = kind_of_oid(blob.subspan(out.fields[0].offset, out.fields[0].length)))
      sentence += ". The algorithm beside it is that of " + std::string(*kind) + ", so this byte may be damaged";
    out.trouble.emplace(Outcome::unsupported, sentence, base + type_at);
  }
  return out;
}

bool header_shows(ByteView data, std::size_t at) noexcept {
  if (at >= data.size()) return false;
  const ByteView there = data.subspan(at);
  const auto shows = [&](std::uint8_t type, ByteView oid) {
    std::array<std::uint8_t, 13> wanted{};
    wanted[0] = type;
    wanted[2] = static_cast<std::uint8_t>(oid.size());
    std::ranges::copy(oid, wanted.begin() + 3);
    const std::size_t size = 3 + oid.size();
    // The type may be that of the other form of RSA.
    const bool other_rsa = type == 5 && there[0] == 6;
    return there.size() >= size && hits(there, std::span(wanted).first(size)) + other_rsa + 1 >= size;
  };
  return shows(5, oid_rsa) || shows(12, oid_ec) || shows(15, oid_aes);
}

}  // namespace hwbak::wrapped_key
