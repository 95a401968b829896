// Keys to be put into an HSM, as other programs and people keep them: the key files of crypto/private_key.h, and AES keys as
// bare bytes or hexadecimal digits.
#pragma once

#include <optional>

#include "crypto/private_key.h"
#include "hwbak/bytes.h"
#include "hwbak/error.h"

namespace hwbak::foreign {

enum class KeyFormat {
  key_file,    // PEM, DER, PKCS#8, PKCS#12
  aes_bytes,   // 16, 24, 32 or 64 bytes
  aes_digits,  // the same as hexadecimal digits; blanks, line ends and colons between them do not count
};
struct KeySource {
  KeyFormat format = KeyFormat::key_file;
  crypto::KeyFileNeeds needs = crypto::KeyFileNeeds::nothing;
};
// By content; nullopt: no key. Digits win over bytes: no random key consists of them.
[[nodiscard]] std::optional<KeySource> recognise_key(ByteView file);
// `password` may be empty where none is needed. Throws what crypto::read_key_file throws.
[[nodiscard]] crypto::ReadKey read_key(ByteView file, ByteView password);

}  // namespace hwbak::foreign
