// AES-256-CBC without padding; see aes_cbc.h.
#include "crypto/aes_cbc.h"

#include <memory>

#include "crypto/openssl.h"

namespace hwbak::crypto {
namespace {

void run(bool encrypt, FixedView<32> key, FixedView<16> iv, ByteView in, ByteSpan out) {
  check(in.size() == out.size() && in.size() % 16 == 0 && in.size() < 1u << 30, "AES-256-CBC: length");
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
    void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  };
  const std::unique_ptr<EVP_CIPHER, Free> cipher(EVP_CIPHER_fetch(library(), "AES-256-CBC", nullptr));
  const std::unique_ptr<EVP_CIPHER_CTX, Free> context(EVP_CIPHER_CTX_new());
  int written = 0;
  check(cipher != nullptr && context != nullptr &&
            EVP_CipherInit_ex2(context.get(), cipher.get(), key.data(), iv.data(), encrypt ? 1 : 0, nullptr) == 1 &&
            EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
            EVP_CipherUpdate(context.get(), out.data(), &written, in.data(), static_cast<int>(in.size())) == 1 &&
            static_cast<std::size_t>(written) == in.size(),
        "AES-256-CBC");
}

}  // namespace

void aes256_cbc_encrypt(FixedView<32> key, FixedView<16> iv, ByteView in, ByteSpan out) { run(true, key, iv, in, out); }
void aes256_cbc_decrypt(FixedView<32> key, FixedView<16> iv, ByteView in, ByteSpan out) { run(false, key, iv, in, out); }

}  // namespace hwbak::crypto
