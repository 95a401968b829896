// Key blobs and wrapped files as devices take them (docs/formats/pico-hsm.md, "The key blob" and "The wrapped file").
#include <algorithm>

#include "base/byte_writer.h"
#include "container/wrapped_key/layout.h"
#include "container/wrapped_key/tlv.h"
#include "crypto/aes_cbc.h"
#include "crypto/cmac.h"

namespace hwbak::wrapped_key {
namespace {

void append_be16(SecretBytes& out, std::size_t value) {
  out.append(static_cast<std::uint8_t>(value >> 8));
  out.append(static_cast<std::uint8_t>(value));
}

// Header, ciphertext and MAC.
Bytes sealed(ByteView fields, ByteView plaintext, const DkekKeys& keys) {
  static constexpr std::array<std::uint8_t, 16> no_iv{};
  Bytes cipher(plaintext.size());
  crypto::aes256_cbc_encrypt(FixedView<32>(keys.enc.expose().data(), 32), no_iv, plaintext, cipher);
  ByteWriter out;
  for (const std::uint8_t byte : keys.kcv)
    out.u8(byte);  // g++ 12 warns wrongly about an insertion into an empty vector
  out.bytes(fields).bytes(cipher);
  const auto mac = crypto::aes256_cmac(FixedView<32>(keys.mac.expose().data(), 32), out.view());
  return out.bytes(mac).take();
}

}  // namespace

Bytes write_blob(const Contents& contents, const DkekKeys& keys, RandomSource& random) {
  SecretBytes plaintext(random_size);
  random.fill(plaintext.expose());
  std::size_t whole = random_size + 4 + 16;
  for (const ByteView part : contents.parts) whole += 2 + part.size();
  plaintext.reserve(whole);
  append_be16(plaintext, contents.size);
  for (const ByteView part : contents.parts) {
    if (contents.type != KeyType::aes) append_be16(plaintext, part.size());
    plaintext.append(part);
  }
  plaintext.append(std::uint8_t{0x80});
  plaintext.resize((plaintext.size() + block_size - 1) / block_size * block_size);

  const ByteView oid = usual_oid(contents.type);
  ByteWriter fields;
  fields.u8(static_cast<std::uint8_t>(contents.type));
  fields.be16(static_cast<std::uint16_t>(oid.size())).bytes(oid);
  fields.be16(static_cast<std::uint16_t>(contents.allowed_algorithms.size())).bytes(contents.allowed_algorithms);
  fields.be16(0).be16(0);
  Bytes blob = sealed(fields.view(), plaintext.expose(), keys);
  if (blob.size() > largest_blob)
    throw Error(Outcome::refused, "The key is too large for a key blob: it would have " + std::to_string(blob.size()) +
                                      " bytes, and at most " + std::to_string(largest_blob) + " are allowed");
  return blob;
}

Bytes rewrap(const Survey& survey, ByteView plaintext, const DkekKeys& keys, RandomSource& random) {
  SecretBytes fresh = SecretBytes::copy_of(plaintext);
  random.fill(fresh.expose().first(random_size));
  const std::uint64_t from = survey.blob.offset + type_at;
  return sealed(survey.at({from, survey.sealed.offset - from}), fresh.expose(), keys);
}

Bytes write_file(ByteView blob, ByteView description, ByteView certificate) {
  ByteWriter inside;
  inside.bytes(tlv(0x04, blob)).bytes(description).bytes(certificate);
  return tlv(0x30, inside.view());
}

}  // namespace hwbak::wrapped_key
