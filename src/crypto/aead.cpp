// AES-256-GCM over OpenSSL's mode of operation; see aead.h.
#include "crypto/aead.h"

#include <memory>

#include "crypto/aes_ni.h"
#include "hwbak/secret.h"

namespace hwbak::crypto {
namespace {

void encrypt_block(const unsigned char in[16], unsigned char out[16], const void* schedule) {
  AES_encrypt(in, out, static_cast<const AES_KEY*>(schedule));
}

// One message: the key's schedule, and OpenSSL's state over it, which is cleared when it is released.
class Gcm final {
 public:
  Gcm(FixedView<32> key, FixedView<12> nonce, ByteView associated) {
    check(AES_set_encrypt_key(key.data(), 256, &schedule_) == 0, "AES-256: key");
    state_.reset(CRYPTO_gcm128_new(&schedule_, encrypt_block));
    if (!state_) throw std::bad_alloc();
    CRYPTO_gcm128_setiv(state_.get(), nonce.data(), nonce.size());
    check(CRYPTO_gcm128_aad(state_.get(), associated.data(), associated.size()) == 0, "AES-256-GCM: associated data");
  }
  Gcm(const Gcm&) = delete;
  Gcm& operator=(const Gcm&) = delete;
  ~Gcm() {
    state_.reset();
    wipe(&schedule_, sizeof schedule_);
    secret::scrub_stack(4096);
  }

  void encrypt(ByteView in, ByteSpan out) {
    const auto kernel = aes256_ctr_kernel();
    check(in.size() == out.size() &&
              (kernel != nullptr ? CRYPTO_gcm128_encrypt_ctr32(state_.get(), in.data(), out.data(), in.size(), kernel)
                                 : CRYPTO_gcm128_encrypt(state_.get(), in.data(), out.data(), in.size())) == 0,
          "AES-256-GCM: length");
  }
  void decrypt(ByteView in, ByteSpan out) {
    const auto kernel = aes256_ctr_kernel();
    check(in.size() == out.size() &&
              (kernel != nullptr ? CRYPTO_gcm128_decrypt_ctr32(state_.get(), in.data(), out.data(), in.size(), kernel)
                                 : CRYPTO_gcm128_decrypt(state_.get(), in.data(), out.data(), in.size())) == 0,
          "AES-256-GCM: length");
  }
  void tag(FixedSpan<16> out) { CRYPTO_gcm128_tag(state_.get(), out.data(), out.size()); }
  [[nodiscard]] bool tag_is(FixedView<16> expected) {
    return CRYPTO_gcm128_finish(state_.get(), expected.data(), expected.size()) == 0;
  }

 private:
  struct Release {
    void operator()(GCM128_CONTEXT* state) const noexcept { CRYPTO_gcm128_release(state); }
  };
  AES_KEY schedule_;
  std::unique_ptr<GCM128_CONTEXT, Release> state_;
};

}  // namespace

void aes256_gcm_seal(FixedView<32> key, FixedView<12> nonce, ByteView associated, ByteView plain, ByteSpan out,
                     FixedSpan<16> tag) {
  Gcm gcm(key, nonce, associated);
  gcm.encrypt(plain, out);
  gcm.tag(tag);
}

bool aes256_gcm_open(FixedView<32> key, FixedView<12> nonce, ByteView associated, ByteView sealed, FixedView<16> tag,
                     ByteSpan out) {
  Gcm gcm(key, nonce, associated);
  gcm.decrypt(sealed, out);
  const bool good = gcm.tag_is(tag);
  if (!good) wipe(out.data(), out.size());
  return good;
}

}  // namespace hwbak::crypto
