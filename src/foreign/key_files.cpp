// See key_files.h.
#include "foreign/key_files.h"

#include "base/base64.h"
#include "base/hex.h"

namespace hwbak::foreign {
namespace {

constexpr bool is_aes_size(std::size_t size) { return size == 16 || size == 24 || size == 32 || size == 64; }
constexpr std::size_t longest_digits = 1024;  // with blanks and colons

// Empty when the text is no AES key in digits.
SecretBytes from_digits(ByteView file) {
  if (file.size() > longest_digits) return {};
  SecretString digits;
  for (const std::uint8_t c : file)
    if (!is_blank(c) && c != ':') digits.append(static_cast<char>(c));
  auto key = from_hex_secret(digits.expose());
  return key && is_aes_size(key->size()) ? std::move(*key) : SecretBytes();
}

}  // namespace

std::optional<KeySource> recognise_key(ByteView file) {
  if (!from_digits(file).empty()) return KeySource{KeyFormat::aes_digits, crypto::KeyFileNeeds::nothing};
  if (const auto needs = crypto::key_file_kind(file)) return KeySource{KeyFormat::key_file, *needs};
  if (is_aes_size(file.size())) return KeySource{KeyFormat::aes_bytes, crypto::KeyFileNeeds::nothing};
  return std::nullopt;
}

crypto::ReadKey read_key(ByteView file, ByteView password) {
  const auto source = recognise_key(file);
  if (!source)
    throw Error(Outcome::unsupported, "the file is no key that can be wrapped", std::nullopt,
                "Give a private key as PEM, PKCS#8 or PKCS#12, or an AES key of 16, 24, 32 or 64 bytes, bare or as hexadecimal digits.");
  switch (source->format) {
    case KeyFormat::key_file: break;
    case KeyFormat::aes_bytes: return {crypto::SecretKey{SecretBytes::copy_of(file)}, {}};
    case KeyFormat::aes_digits: return {crypto::SecretKey{from_digits(file)}, {}};
  }
  return crypto::read_key_file(file, password);
}

}  // namespace hwbak::foreign
