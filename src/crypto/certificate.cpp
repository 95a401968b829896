// X.509 certificates (RFC 5280), as far as they name a key, and signatures by public keys; see private_key.h.
#include <cstdio>
#include <ctime>

#include "base/unicode.h"
#include "crypto/public_key.h"

namespace hwbak::crypto {
namespace {

std::string text_of(const X509_NAME* name) {
  const auto out = owned(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  return size > 0 ? printable({text, static_cast<std::size_t>(size)}) : std::string();
}

std::string text_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                parts.tm_hour, parts.tm_min, parts.tm_sec);
  return text;
}

// Null when OpenSSL does not take the key.
Owned<EVP_PKEY> key_for_checks(const PublicKey& key) {
  struct ReleaseParameters {
    void operator()(OSSL_PARAM_BLD* p) const noexcept { OSSL_PARAM_BLD_free(p); }
    void operator()(OSSL_PARAM* p) const noexcept { OSSL_PARAM_free(p); }
  };
  const std::unique_ptr<OSSL_PARAM_BLD, ReleaseParameters> list(OSSL_PARAM_BLD_new());
  if (!list) throw std::bad_alloc();
  Owned<BIGNUM> n, e;
  const char* kind = "EC";
  if (const auto* const rsa = std::get_if<RsaPublic>(&key)) {
    kind = "RSA";
    n = number(rsa->n);
    e = number(rsa->e);
    check(OSSL_PARAM_BLD_push_BN(list.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
              OSSL_PARAM_BLD_push_BN(list.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1,
          "an RSA public key");
  } else if (const auto* const ec = std::get_if<EcPublic>(&key)) {
    check(OSSL_PARAM_BLD_push_utf8_string(list.get(), OSSL_PKEY_PARAM_GROUP_NAME, OBJ_nid2sn(nid_of(ec->curve)), 0) == 1 &&
              OSSL_PARAM_BLD_push_octet_string(list.get(), OSSL_PKEY_PARAM_PUB_KEY, ec->q.data(), ec->q.size()) == 1,
          "an EC public key");
  } else {
    return nullptr;
  }
  const std::unique_ptr<OSSL_PARAM, ReleaseParameters> given(OSSL_PARAM_BLD_to_param(list.get()));
  const auto maker = owned(EVP_PKEY_CTX_new_from_name(context(), kind, nullptr));
  EVP_PKEY* made = nullptr;
  if (EVP_PKEY_fromdata_init(maker.get()) != 1 ||
      EVP_PKEY_fromdata(maker.get(), &made, EVP_PKEY_PUBLIC_KEY, given.get()) != 1)
    return nullptr;
  return Owned<EVP_PKEY>(made);
}

// r || s as ECDSA-Sig-Value; empty when it is no such pair.
Bytes ecdsa_der(ByteView signature) {
  if (signature.empty() || signature.size() % 2 != 0) return {};
  const auto pair = owned(ECDSA_SIG_new());
  auto r = number(signature.first(signature.size() / 2)), s = number(signature.last(signature.size() / 2));
  check(ECDSA_SIG_set0(pair.get(), r.release(), s.release()) == 1, "an ECDSA signature");
  return der_of<Bytes>(i2d_ECDSA_SIG, pair.get());
}

}  // namespace

const char* digest_name(unsigned bits) {
  switch (bits) {
    case 1: return "SHA1";
    case 224: return "SHA2-224";
    case 256: return "SHA2-256";
    case 384: return "SHA2-384";
    case 512: return "SHA2-512";
    default: return nullptr;
  }
}

std::optional<CertificateFacts> read_certificate(ByteView der) {
  if (der.size() > largest_key_file) return std::nullopt;
  const QuietErrors quiet;
  const unsigned char* at = der.data();
  // Made first, so that its key is read in our own context.
  X509* certificate = X509_new_ex(context(), nullptr);
  if (certificate == nullptr) throw std::bad_alloc();
  const X509* const read = d2i_X509(&certificate, &at, static_cast<long>(der.size()));
  const Owned<X509> held(certificate);  // null when it could not be read
  if (read == nullptr || at != der.data() + der.size()) return std::nullopt;
  return CertificateFacts{public_key_of(X509_get_X509_PUBKEY(held.get())), text_of(X509_get_subject_name(held.get())),
                          text_of(X509_get_issuer_name(held.get())), text_of(X509_get0_notAfter(held.get()))};
}

bool verify_signature(const PublicKey& key, unsigned hash_bits, ByteView data, ByteView signature) {
  constexpr std::size_t largest_signature = 2048;  // of RSA with 16384 bits
  const char* const digest = digest_name(hash_bits);
  if (digest == nullptr || signature.size() > largest_signature) return false;
  const QuietErrors quiet;
  const auto checked = key_for_checks(key);
  if (!checked) return false;
  const bool is_ec = std::holds_alternative<EcPublic>(key);
  const Bytes given = is_ec ? ecdsa_der(signature) : Bytes(signature.begin(), signature.end());
  const auto work = owned(EVP_MD_CTX_new());
  // PKCS#1 v1.5 is what OpenSSL does with RSA unless told otherwise.
  return EVP_DigestVerifyInit_ex(work.get(), nullptr, digest, context(), nullptr, checked.get(), nullptr) == 1 &&
         EVP_DigestVerify(work.get(), given.data(), given.size(), data.data(), data.size()) == 1;
}

}  // namespace hwbak::crypto
