// The device's decryption: see reader.h; docs/formats/coldcard.md, "What a device can read back".
#include <algorithm>

#include "base/unicode.h"
#include "container/sevenzip/layout.h"
#include "crypto/aes_cbc.h"
#include "crypto/sevenzip_kdf.h"
#include "device/coldcard/reader.h"

namespace hwbak::coldcard {

DeviceText decrypt(ByteView file, const DeviceArchive& archive, ByteView typed_password) {
  const auto [begin, length] = archive.packed;
  if (begin > file.size() || length > file.size() - begin || length % sevenzip::block_size != 0)
    return {{}, Refusal::assertion, "the encrypted part does not lie within the file", {}};
  const SecretBytes password =
      bytes_to_utf16le({reinterpret_cast<const char*>(typed_password.data()), typed_password.size()});
  SecretBytes key(32);
  crypto::derive_sevenzip_key({archive.salt, password.expose(), archive.rounds_pow, key.expose()});
  DeviceText out;
  out.text = SecretBytes::copy_of(file.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(length)));
  if (!out.text.empty())
    crypto::aes256_cbc_decrypt(FixedView<32>(key.expose().data(), 32), archive.iv, out.text.expose(), out.text.expose());
  out.text.resize(static_cast<std::size_t>(std::min<std::uint64_t>(archive.text_size, length)));
  if (sevenzip::crc32(out.text.expose()) == archive.text_crc) return out;
  return {{}, Refusal::password, "the password is wrong or the encrypted part is damaged: the text fails its CRC", {}};
}

const DeviceText& DecryptMemo::decrypted(ByteView file, const DeviceArchive& archive, ByteView typed_password) {
  for (const auto& [parameters, text] : known_)
    if (parameters == archive) return text;
  return known_.emplace_back(archive, decrypt(file, archive, typed_password)).second;
}

}  // namespace hwbak::coldcard
