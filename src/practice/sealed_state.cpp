// See sealed_state.h.
#include "practice/sealed_state.h"

#include <algorithm>

#include "base/as_bytes.h"
#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/unicode.h"
#include "crypto/aead.h"
#include "crypto/digest.h"

namespace hwbak::practice {
namespace {

constexpr std::string_view magic = "hwbakpst";
constexpr std::uint8_t version = 1;
constexpr std::size_t salt_size = 16, nonce_size = 12, tag_size = 16;
constexpr std::size_t header_size = magic.size() + 2 + salt_size + nonce_size;
constexpr std::uint64_t max_file_size = 1024 * 1024;

Error damaged(const std::string& name, const std::string& why) {
  return Error(Outcome::damaged, name + " is not the state of a practice device: " + why, std::nullopt,
               "choose another folder with --state, or remove this file to start with an empty device");
}

SecretBytes derive_key(const SecretString& pin, ByteView salt, unsigned rounds_pow) {
  SecretBytes key(32);
  crypto::pbkdf2_hmac_sha512(pin.expose_bytes(), salt, 1u << rounds_pow, key.expose());
  return key;
}

FixedView<32> as_key(const SecretBytes& key) { return FixedView<32>(key.expose().data(), 32); }

}  // namespace

bool SealedState::exists() { return files_.info(file_).has_value(); }

std::optional<SecretBytes> SealedState::load(const SecretString& pin) {
  const std::string name = printable(file_.string());
  if (const auto info = files_.info(file_); info && info->size > max_file_size) throw damaged(name, "it is larger than 1 MiB");
  return unseal(pin, files_.read(file_, max_file_size), name);
}

void SealedState::save(const SecretString& pin, ByteView state, RandomSource& random) {
  files_.write(file_, seal(pin, state, rounds_pow_, random), {.overwrite = true});
}

std::optional<SecretBytes> SealedState::unseal(const SecretString& pin, ByteView file, const std::string& name) {
  if (file.size() < header_size + tag_size) throw damaged(name, "it is too short");
  ByteReader reader(file, "the state of the practice device");
  if (!std::ranges::equal(reader.take(magic.size()), as_bytes(magic))) throw damaged(name, "it begins with other bytes");
  if (const unsigned found = reader.u8(); found > version)
    throw Error(Outcome::unsupported, name + " was written by a newer version of hwbak", std::nullopt, "use that version");
  else if (found != version)
    throw damaged(name, "it has version 0");
  const unsigned rounds_pow = reader.u8();
  if (rounds_pow > max_rounds_pow) throw damaged(name, "it asks for 2^" + std::to_string(rounds_pow) + " rounds");
  const auto salt = reader.take<salt_size>();
  const auto nonce = reader.take<nonce_size>();
  const ByteView sealed = reader.take(reader.left() - tag_size);
  SecretBytes state(sealed.size());
  const SecretBytes key = derive_key(pin, salt, rounds_pow);
  if (!crypto::aes256_gcm_open(as_key(key), nonce, file.first(header_size), sealed, reader.take<tag_size>(),
                               state.expose()))
    return std::nullopt;
  return state;
}

Bytes SealedState::seal(const SecretString& pin, ByteView state, unsigned rounds_pow, RandomSource& random) {
  if (state.size() > max_file_size - header_size - tag_size)
    throw Error(Outcome::refused, "the practice device is full: its settings take more than 1 MiB");
  std::array<std::uint8_t, salt_size> salt;
  std::array<std::uint8_t, nonce_size> nonce;
  random.fill(salt);
  random.fill(nonce);
  ByteWriter header;
  header.bytes(as_bytes(magic)).u8(version).u8(static_cast<std::uint8_t>(rounds_pow)).bytes(salt).bytes(nonce);
  Bytes file = header.take();
  file.resize(header_size + state.size() + tag_size);
  const ByteSpan bytes(file);
  const SecretBytes key = derive_key(pin, salt, rounds_pow);
  crypto::aes256_gcm_seal(as_key(key), nonce, bytes.first(header_size), state, bytes.subspan(header_size, state.size()),
                          FixedSpan<tag_size>(bytes.last(tag_size)));
  return file;
}

}  // namespace hwbak::practice
