// See pem.h. The old encryption of PEM is AES or 3DES in CBC mode with one round of MD5 over password and salt.
#include "crypto/pem.h"

#include "base/as_bytes.h"
#include "base/base64.h"
#include "base/hex.h"
#include "base/unicode.h"
#include "crypto/openssl_keys.h"
#include "crypto/pbe_cost.h"
#include "crypto/private_key.h"

namespace hwbak::crypto {
namespace {

struct DekInfo {
  Owned<EVP_CIPHER> cipher;
  Bytes iv;
};

DekInfo dek_info(const std::string& headers) {
  constexpr std::string_view name = "DEK-Info: ";
  const std::size_t start = headers.find(name), comma = headers.find(',', start);
  if (start == std::string::npos || comma == std::string::npos)
    throw Error(Outcome::damaged, "the encrypted PEM key has no DEK-Info line that says how it is encrypted");
  const std::string cipher = headers.substr(start + name.size(), comma - start - name.size());
  const std::size_t end = headers.find_first_of("\r\n", comma);
  auto iv = from_hex(std::string_view(headers).substr(comma + 1, (end == std::string::npos ? headers.size() : end) - comma - 1));
  const QuietErrors quiet;
  Owned<EVP_CIPHER> fetched(EVP_CIPHER_fetch(context(), cipher.c_str(), nullptr));
  if (!fetched || EVP_CIPHER_get_mode(fetched.get()) != EVP_CIPH_CBC_MODE)
    throw Error(Outcome::unsupported, "the PEM key is encrypted with " + printable(cipher) + ", which is not handled",
                std::nullopt, std::string(re_encrypt_pem));
  if (!iv || iv->size() != static_cast<std::size_t>(EVP_CIPHER_get_iv_length(fetched.get())) || iv->size() < 8)
    throw Error(Outcome::damaged, "the DEK-Info line of the encrypted PEM key has no whole initialization vector");
  return {std::move(fetched), std::move(*iv)};
}

}  // namespace

std::vector<PemBlock> pem_blocks(ByteView file) {
  const QuietErrors quiet;
  const auto in = owned(BIO_new_mem_buf(file.data(), static_cast<int>(file.size())));
  std::vector<PemBlock> out;
  while (true) {
    char *name = nullptr, *header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
    if (PEM_read_bio_ex(in.get(), &name, &header, &data, &size, PEM_FLAG_SECURE) != 1) break;
    PemBlock block{name, header, SecretBytes::copy_of({data, static_cast<std::size_t>(size)})};
    OPENSSL_secure_free(name);
    OPENSSL_secure_free(header);
    OPENSSL_secure_clear_free(data, static_cast<std::size_t>(size));
    out.push_back(std::move(block));
  }
  if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
    throw Error(Outcome::damaged, "PEM block " + std::to_string(out.size() + 1) +
                                      " of the file is not whole: its lines between BEGIN and END are cut or altered");
  return out;
}

SecretBytes decrypt_pem(const PemBlock& block, ByteView password) {
  const DekInfo how = dek_info(block.headers);
  const QuietErrors quiet;
  const Owned<EVP_MD> md5(EVP_MD_fetch(context(), "MD5", nullptr));
  check(md5 != nullptr, "MD5");
  SecretBytes key(EVP_MAX_KEY_LENGTH);
  check(EVP_BytesToKey(how.cipher.get(), md5.get(), how.iv.data(), password.data(), static_cast<int>(password.size()), 1,
                       key.expose().data(), nullptr) > 0,
        "the key of an old PEM file");
  const auto work = owned(EVP_CIPHER_CTX_new());
  SecretBytes out(block.data.size() + EVP_MAX_BLOCK_LENGTH);
  int size = 0, rest = 0;
  const bool good =
      EVP_DecryptInit_ex2(work.get(), how.cipher.get(), key.expose().data(), how.iv.data(), nullptr) == 1 &&
      EVP_DecryptUpdate(work.get(), out.expose().data(), &size, block.data.expose().data(),
                        static_cast<int>(block.data.size())) == 1 &&
      EVP_DecryptFinal_ex(work.get(), out.expose().data() + size, &rest) == 1;
  if (!good) throw wrong_password("PEM key");
  out.resize(static_cast<std::size_t>(size + rest));
  return out;
}

SecretBytes to_pem(ByteView der, std::string_view label) {
  const SecretString text = to_base64_secret(der);
  SecretBytes out;
  out.reserve(text.size() + text.size() / 64 + 2 * label.size() + 64);
  const auto add = [&](std::string_view part) { out.append(as_bytes(part)); };
  add("-----BEGIN ");
  add(label);
  add("-----\n");
  for (std::size_t at = 0; at < text.size(); at += 64) {
    add(text.expose().substr(at, 64));
    add("\n");
  }
  add("-----END ");
  add(label);
  add("-----\n");
  return out;
}

}  // namespace hwbak::crypto
