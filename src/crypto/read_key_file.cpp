// A private key out of a file of another program: what the file is goes by its content; see private_key.h.
#include <algorithm>
#include <string_view>

#include "crypto/key_info.h"
#include "crypto/openssl_keys.h"
#include "crypto/pbe_cost.h"
#include "crypto/pem.h"
#include "crypto/pkcs12.h"

namespace hwbak::crypto {
namespace {

constexpr std::size_t most_certificates = 100;
enum class Form { pem, pkcs12, pkcs8, encrypted_pkcs8, rsa, ec };

bool has(ByteView file, std::string_view text) {
  return std::search(file.begin(), file.end(), text.begin(), text.end()) != file.end();
}

bool is_key_label(std::string_view label) {
  return label == "PRIVATE KEY" || label == "ENCRYPTED PRIVATE KEY" || label == "RSA PRIVATE KEY" || label == "EC PRIVATE KEY";
}

// The tags of the first elements inside the outer sequence, also of a file cut short; a sequence is followed by the tag of what it begins with.
std::vector<int> first_tags(ByteView file) {
  const QuietErrors quiet;
  std::vector<int> out;
  const unsigned char* at = file.data();
  const unsigned char* const end = at + file.size();
  for (bool outermost = true; out.size() < 4 && at < end; outermost = false) {
    long size = 0;
    int tag = 0, kind = 0;
    const int shape = ASN1_get_object(&at, &size, &tag, &kind, end - at);
    if (tag == 0 || kind != V_ASN1_UNIVERSAL) break;
    if (outermost) {
      if (tag != V_ASN1_SEQUENCE) break;
      continue;
    }
    out.push_back(tag);
    if (tag == V_ASN1_SEQUENCE && at < end) {
      out.push_back(*at & 0x1F);
    }
    if ((shape & 1) != 0 || size > end - at) break;  // of indefinite length, or cut: where it ends is not known
    at += size;
  }
  return out;
}

std::optional<Form> form_of(ByteView file) {
  if (has(file, "-----BEGIN ")) return Form::pem;
  const auto tags = first_tags(file);
  const auto begin = [&](std::initializer_list<int> wanted) {
    return tags.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), tags.begin());
  };
  constexpr int integer = V_ASN1_INTEGER, sequence = V_ASN1_SEQUENCE, object = V_ASN1_OBJECT, octets = V_ASN1_OCTET_STRING;
  if (begin({sequence, object, octets})) return Form::encrypted_pkcs8;
  if (begin({integer, sequence, object, octets})) return Form::pkcs8;
  if (begin({integer, sequence, object})) return Form::pkcs12;
  if (begin({integer, integer, integer})) return Form::rsa;
  if (begin({integer, octets})) return Form::ec;
  return std::nullopt;
}

SecretBytes der_of_info(const PKCS8_PRIV_KEY_INFO* info) { return der_of<SecretBytes>(i2d_PKCS8_PRIV_KEY_INFO, info); }

SecretBytes decrypt_pkcs8(ByteView der, ByteView password) {
  const QuietErrors quiet;
  const unsigned char* at = der.data();
  const Owned<X509_SIG> sealed(d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())));
  if (!sealed) throw Error(Outcome::damaged, "the encrypted private key cannot be read: its parts are cut or altered");
  const X509_ALGOR* how = nullptr;
  X509_SIG_get0(sealed.get(), &how, nullptr);
  PbeCost().add(how, re_encrypt_pem);
  const Owned<PKCS8_PRIV_KEY_INFO> info(
      PKCS8_decrypt_ex(sealed.get(), characters(password), static_cast<int>(password.size()), context(), nullptr));
  if (!info) throw wrong_password("private key");
  return der_of_info(info.get());
}

PrivateKey key_of_block(const PemBlock& block, ByteView password) {
  if (block.label == "PRIVATE KEY") return key_of_info_der(block.data.expose());
  if (block.label == "ENCRYPTED PRIVATE KEY") return key_of_info_der(decrypt_pkcs8(block.data.expose(), password).expose());
  const auto read = block.label == "RSA PRIVATE KEY" ? key_of_rsa_der : key_of_ec_der;
  if (!block.encrypted()) return read(block.data.expose());
  const SecretBytes plain = decrypt_pem(block, password);
  // The padding of one in 256 wrong passwords looks right.
  if (plain.empty() || plain.expose()[0] != (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED)) throw wrong_password("PEM key");
  return read(plain.expose());
}

// The certificate of this key, or none.
Bytes certificate_of(const PrivateKey& key, const std::vector<Bytes>& certificates) {
  const auto mine = public_of(key);
  for (const Bytes& candidate : certificates) {
    const auto facts = read_certificate(candidate);
    if (facts && facts->key && mine && same(*facts->key, *mine)) return candidate;
  }
  return {};
}

[[noreturn]] void no_key() {
  throw Error(Outcome::unsupported, "the file holds no private key", std::nullopt,
              "Give a file with a private key: PEM, PKCS#8 or PKCS#12.");
}
[[noreturn]] void several_keys() {
  throw Error(Outcome::unsupported, "the file holds more than one private key, and nothing says which is meant", std::nullopt,
              "Put the key into a file of its own.");
}

ReadKey read_pem(ByteView file, ByteView password) {
  std::vector<Bytes> certificates;
  const PemBlock* found = nullptr;
  const auto blocks = pem_blocks(file);
  for (const PemBlock& block : blocks) {
    if (is_key_label(block.label)) {
      if (found != nullptr) several_keys();
      found = &block;
    } else if (block.label == "CERTIFICATE" && certificates.size() < most_certificates) {
      const ByteView der = block.data.expose();
      certificates.emplace_back(der.begin(), der.end());
    }
  }
  if (found == nullptr) no_key();
  ReadKey out{key_of_block(*found, password), {}};
  out.certificate = certificate_of(out.key, certificates);
  return out;
}

ReadKey from_pkcs12(ByteView file, ByteView password) {
  Pkcs12Contents contents = read_pkcs12(file, password);
  if (contents.keys.empty()) no_key();
  if (contents.keys.size() > 1) several_keys();
  ReadKey out{std::move(contents.keys.front()), {}};
  out.certificate = certificate_of(out.key, contents.certificates);
  return out;
}

}  // namespace

std::optional<KeyFileNeeds> key_file_kind(ByteView file) {
  if (file.size() > largest_key_file) return std::nullopt;
  const auto form = form_of(file);
  if (!form) return std::nullopt;
  switch (*form) {
    case Form::pem:
      if (!has(file, "PRIVATE KEY-----")) return std::nullopt;
      return has(file, "-----BEGIN ENCRYPTED PRIVATE KEY-----") || has(file, "Proc-Type: 4,ENCRYPTED") ? KeyFileNeeds::password
                                                                                                      : KeyFileNeeds::nothing;
    case Form::pkcs12:
    case Form::encrypted_pkcs8: return KeyFileNeeds::password;
    case Form::pkcs8:
    case Form::rsa:
    case Form::ec: return KeyFileNeeds::nothing;
  }
  return std::nullopt;
}

ReadKey read_key_file(ByteView file, ByteView password) {
  if (file.size() > largest_key_file)
    throw Error(Outcome::refused, "the file has more than 1 MiB, and a key has no more than a few thousand bytes");
  const auto form = form_of(file);
  if (!form) no_key();
  switch (*form) {
    case Form::pem: return read_pem(file, password);
    case Form::pkcs12: return from_pkcs12(file, password);
    case Form::pkcs8: return {key_of_info_der(file), {}};
    case Form::encrypted_pkcs8: return {key_of_info_der(decrypt_pkcs8(file, password).expose()), {}};
    case Form::rsa: return {key_of_rsa_der(file), {}};
    case Form::ec: return {key_of_ec_der(file), {}};
  }
  no_key();
}

}  // namespace hwbak::crypto
