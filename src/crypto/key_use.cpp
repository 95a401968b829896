// Private keys at work, by OpenSSL; see key_use.h.
#include "crypto/key_use.h"

#include "crypto/public_key.h"

namespace hwbak::crypto {
namespace {

constexpr std::size_t largest_input = 4096;

using Prepare = int (*)(EVP_PKEY_CTX*);

Owned<EVP_PKEY_CTX> work_with(EVP_PKEY* key, Prepare prepare) {
  if (key == nullptr) return nullptr;
  auto work = owned(EVP_PKEY_CTX_new_from_pkey(context(), key, nullptr));
  if (prepare(work.get()) != 1) return nullptr;
  return work;
}

// None of these takes a key of another kind.
bool set_padding(EVP_PKEY_CTX* work, RsaPadding padding, unsigned hash_bits) {
  const char* const hash = digest_name(padding == RsaPadding::oaep ? 256 : hash_bits);
  switch (padding) {
    case RsaPadding::none: return EVP_PKEY_CTX_set_rsa_padding(work, RSA_NO_PADDING) == 1;
    case RsaPadding::pkcs1: {
      if (EVP_PKEY_CTX_set_rsa_padding(work, RSA_PKCS1_PADDING) != 1) return false;
      if (hash == nullptr) return true;
      const Owned<EVP_MD> md(EVP_MD_fetch(context(), hash, nullptr));
      return EVP_PKEY_CTX_set_signature_md(work, md.get()) == 1;
    }
    case RsaPadding::pss: {
      if (hash == nullptr || EVP_PKEY_CTX_set_rsa_padding(work, RSA_PKCS1_PSS_PADDING) != 1) return false;
      const Owned<EVP_MD> md(EVP_MD_fetch(context(), hash, nullptr));
      return EVP_PKEY_CTX_set_signature_md(work, md.get()) == 1 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(work, RSA_PSS_SALTLEN_DIGEST) == 1;
    }
    case RsaPadding::oaep:
      return EVP_PKEY_CTX_set_rsa_padding(work, RSA_PKCS1_OAEP_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_oaep_md_name(work, hash, nullptr) == 1;
  }
  return false;
}

}  // namespace

struct KeyUse::Inside {
  Owned<EVP_PKEY> key;
  bool rsa = false;
  std::optional<Curve> curve;
  std::optional<Montgomery> montgomery;
  [[nodiscard]] EVP_PKEY* if_rsa() const noexcept { return rsa ? key.get() : nullptr; }
};

KeyUse::KeyUse(const PrivateKey& key) : inside_(std::make_unique<Inside>()) {
  if (std::holds_alternative<SecretKey>(key)) return;
  inside_->rsa = std::holds_alternative<RsaKey>(key);
  if (const auto* const ec = std::get_if<EcKey>(&key)) inside_->curve = ec->curve;
  if (const auto* const montgomery = std::get_if<MontgomeryKey>(&key)) inside_->montgomery = montgomery->kind;
  const SecretBytes der = pkcs8_der(key);
  const QuietErrors quiet;
  const unsigned char* at = der.expose().data();
  inside_->key.reset(d2i_AutoPrivateKey_ex(nullptr, &at, static_cast<long>(der.size()), context(), nullptr));
  check(inside_->key != nullptr, "a private key");
}

KeyUse::KeyUse(KeyUse&&) noexcept = default;
KeyUse& KeyUse::operator=(KeyUse&&) noexcept = default;
KeyUse::~KeyUse() = default;

std::optional<Bytes> digest(unsigned hash_bits, ByteView data) {
  const char* const name = digest_name(hash_bits);
  if (name == nullptr) return std::nullopt;
  Bytes out(EVP_MAX_MD_SIZE);
  std::size_t size = 0;
  check(EVP_Q_digest(context(), name, nullptr, data.data(), data.size(), out.data(), &size) == 1, "a digest");
  out.resize(size);
  return out;
}

std::optional<Bytes> KeyUse::rsa_sign(RsaPadding padding, unsigned hash_bits, ByteView input) const {
  if (padding == RsaPadding::none) {
    // OpenSSL's own signature without padding; it wants a number as long as n.
    hash_bits = 0;
  } else if (padding == RsaPadding::oaep || input.size() > largest_input) {
    return std::nullopt;
  }
  const QuietErrors quiet;
  const auto work = work_with(inside_->if_rsa(), EVP_PKEY_sign_init);
  if (!work || !set_padding(work.get(), padding, hash_bits)) return std::nullopt;
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(inside_->key.get()));
  Bytes out(size);
  if (EVP_PKEY_sign(work.get(), out.data(), &size, input.data(), input.size()) != 1) return std::nullopt;
  out.resize(size);
  return out;
}

std::optional<SecretBytes> KeyUse::rsa_decrypt(RsaPadding padding, ByteView input) const {
  if (padding == RsaPadding::pss || input.size() > largest_input) return std::nullopt;
  const QuietErrors quiet;
  const auto work = work_with(inside_->if_rsa(), EVP_PKEY_decrypt_init);
  if (!work || !set_padding(work.get(), padding, 0)) return std::nullopt;
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(inside_->key.get()));
  SecretBytes out(size);
  if (EVP_PKEY_decrypt(work.get(), out.expose().data(), &size, input.data(), input.size()) != 1) return std::nullopt;
  out.resize(size);
  return out;
}

std::optional<Bytes> KeyUse::ecdsa(ByteView given) const {
  if (!inside_->curve || given.empty() || given.size() > largest_input) return std::nullopt;
  const QuietErrors quiet;
  const auto work = work_with(inside_->key.get(), EVP_PKEY_sign_init);
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(inside_->key.get()));
  Bytes out(size);
  if (!work || EVP_PKEY_sign(work.get(), out.data(), &size, given.data(), given.size()) != 1) return std::nullopt;
  out.resize(size);
  return out;
}

std::optional<Bytes> KeyUse::ecdsa_halves(ByteView given) const {
  const auto der = ecdsa(given);
  if (!der) return std::nullopt;
  const unsigned char* at = der->data();
  const auto pair = owned(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der->size())));
  const std::size_t half = parameters(*inside_->curve).n.size();
  Bytes out(2 * half);
  check(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out.data(), static_cast<int>(half)) >= 0 &&
            BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out.data() + half, static_cast<int>(half)) >= 0,
        "an ECDSA signature");
  return out;
}

std::optional<SecretBytes> KeyUse::agree(ByteView point) const {
  if (!inside_->key || inside_->rsa) return std::nullopt;
  if (inside_->curve ? !ec_point_is_valid(*inside_->curve, point) : point.size() != size_of(*inside_->montgomery))
    return std::nullopt;
  const QuietErrors quiet;
  const Owned<EVP_PKEY> peer(EVP_PKEY_new());
  if (!peer) throw std::bad_alloc();
  const auto work = work_with(inside_->key.get(), EVP_PKEY_derive_init);
  std::size_t size = 0;
  if (!work || EVP_PKEY_copy_parameters(peer.get(), inside_->key.get()) != 1 ||
      EVP_PKEY_set1_encoded_public_key(peer.get(), point.data(), point.size()) != 1 ||
      EVP_PKEY_derive_set_peer(work.get(), peer.get()) != 1 || EVP_PKEY_derive(work.get(), nullptr, &size) != 1)
    return std::nullopt;
  SecretBytes out(size);
  if (EVP_PKEY_derive(work.get(), out.expose().data(), &size) != 1) return std::nullopt;
  out.resize(size);
  return out;
}

}  // namespace hwbak::crypto
