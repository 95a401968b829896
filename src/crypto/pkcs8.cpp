// Writing PKCS#8 (RFC 5208, 5915, 8017, 8410), in the clear and encrypted; see private_key.h.
#include "crypto/key_info.h"
#include "crypto/public_key.h"

namespace hwbak::crypto {
namespace {

SecretBytes encoded(const RsaKey& key) {
  const RsaDerived derived = rsa_derived(key);
  const auto rsa = owned(RSA_new());
  const auto secret = [](const SecretBytes& value) { return number(value.expose()).release(); };
  check(RSA_set0_key(rsa.get(), number(key.n).release(), number(key.e).release(), secret(key.d)) == 1 &&
            RSA_set0_factors(rsa.get(), secret(key.p), secret(key.q)) == 1 &&
            RSA_set0_crt_params(rsa.get(), secret(derived.dp), secret(derived.dq), secret(derived.qinv)) == 1,
        "an RSA key");
  return der_of<SecretBytes>(i2d_RSAPrivateKey, rsa.get());
}

SecretBytes encoded(const EcKey& key) {
  const auto ec = owned(EC_KEY_new_ex(context(), nullptr));
  const EC_GROUP* const group = group_of(key.curve);
  const auto space = scratch();
  const auto point = owned(EC_POINT_new(group));
  check(EC_KEY_set_group(ec.get(), group) == 1 && EC_KEY_set_private_key(ec.get(), number(key.d.expose()).get()) == 1 &&
            EC_POINT_oct2point(group, point.get(), key.q.data(), key.q.size(), space.get()) == 1 &&
            EC_KEY_set_public_key(ec.get(), point.get()) == 1,
        "an EC key");
  EC_KEY_set_enc_flags(ec.get(), EC_PKEY_NO_PARAMETERS);  // they stand beside it
  return der_of<SecretBytes>(i2d_ECPrivateKey, ec.get());
}

SecretBytes encoded(const MontgomeryKey& key) {
  SecretBytes out;  // CurvePrivateKey: an OCTET STRING of 32 or 56 bytes
  out.append(V_ASN1_OCTET_STRING);
  out.append(static_cast<std::uint8_t>(key.d.size()));
  out.append(key.d.expose());
  return out;
}

Owned<PKCS8_PRIV_KEY_INFO> info(int algorithm, int parameter_type, void* parameter, const SecretBytes& key) {
  auto out = owned(PKCS8_PRIV_KEY_INFO_new());
  auto* const copy = static_cast<unsigned char*>(OPENSSL_memdup(key.expose().data(), key.size()));
  if (copy == nullptr) throw std::bad_alloc();
  check(PKCS8_pkey_set0(out.get(), OBJ_nid2obj(algorithm), 0, parameter_type, parameter, copy,
                        static_cast<int>(key.size())) == 1,
        "a private key's information");
  return out;
}

struct ToPrivateInfo {
  Owned<PKCS8_PRIV_KEY_INFO> operator()(const RsaKey& key) const {
    return info(NID_rsaEncryption, V_ASN1_NULL, nullptr, encoded(key));
  }
  Owned<PKCS8_PRIV_KEY_INFO> operator()(const EcKey& key) const {
    return info(NID_X9_62_id_ecPublicKey, V_ASN1_OBJECT, OBJ_nid2obj(nid_of(key.curve)), encoded(key));
  }
  Owned<PKCS8_PRIV_KEY_INFO> operator()(const MontgomeryKey& key) const {
    return info(key.kind == Montgomery::x25519 ? NID_X25519 : NID_X448, V_ASN1_UNDEF, nullptr, encoded(key));
  }
  Owned<PKCS8_PRIV_KEY_INFO> operator()(const SecretKey&) const {
    throw Error(Outcome::unsupported, "an AES key has no place in PKCS#8, PKCS#12 or PEM", std::nullopt,
                "Export it with --as raw.");
  }
};

}  // namespace

Owned<PKCS8_PRIV_KEY_INFO> info_of(const PrivateKey& key) { return std::visit(ToPrivateInfo{}, key); }

Owned<X509_SIG> encrypted_info_of(const PrivateKey& key, ByteView password) {
  const auto info = info_of(key);
  const Owned<EVP_CIPHER> cipher(EVP_CIPHER_fetch(context(), "AES-256-CBC", nullptr));
  check(cipher != nullptr, "AES-256-CBC");
  constexpr int salt_size = 16;
  auto how = owned(PKCS5_pbe2_set_iv_ex(cipher.get(), written_iterations, nullptr, salt_size, nullptr, NID_hmacWithSHA256,
                                        context()));
  Owned<X509_SIG> out(PKCS8_set0_pbe_ex(characters(password), static_cast<int>(password.size()), info.get(), how.get(),
                                        context(), nullptr));
  check(out != nullptr, "encrypting a private key");
  (void)how.release();
  return out;
}

SecretBytes pkcs8_der(const PrivateKey& key) {
  return der_of<SecretBytes>(i2d_PKCS8_PRIV_KEY_INFO, info_of(key).get());
}

Bytes pkcs8_encrypted_der(const PrivateKey& key, ByteView password) {
  return der_of<Bytes>(i2d_X509_SIG, encrypted_info_of(key, password).get());
}

}  // namespace hwbak::crypto
