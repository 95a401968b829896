// Reading private keys out of their ASN.1 structures, checked; see key_info.h.
#include "crypto/key_info.h"

#include <algorithm>

#include "crypto/public_key.h"

namespace hwbak::crypto {
namespace {

[[noreturn]] void damaged(const char* sentence) { throw Error(Outcome::damaged, sentence); }
[[noreturn]] void inconsistent(std::string sentence) {
  throw Error(Outcome::inconsistent, std::move(sentence), std::nullopt, "Do not use this file; get another copy of the key.");
}

SecretBytes secret_of(const BIGNUM* value) { return value == nullptr ? SecretBytes() : secret_bytes_of(value); }

RsaKey checked(const RSA* rsa) {
  const BIGNUM *n = nullptr, *e = nullptr, *d = nullptr;
  RSA_get0_key(rsa, &n, &e, &d);
  if (n == nullptr || e == nullptr || d == nullptr) damaged("the RSA key has no whole set of numbers");
  if (RSA_get_multi_prime_extra_count(rsa) > 0)
    throw Error(Outcome::unsupported, "the RSA key has more than two primes; no device takes such a key");
  if (BN_num_bits(n) > 16384) throw Error(Outcome::unsupported, "the RSA key has more than 16384 bits");
  const SecretBytes p = secret_of(RSA_get0_p(rsa)), q = secret_of(RSA_get0_q(rsa));
  if (p.empty() && q.empty()) {  // a key without its factors: zeros stand there
    auto found = rsa_from_exponents(bytes_of(n), bytes_of(e), secret_bytes_of(d).expose(), system_random());
    if (!found) inconsistent("the numbers of the RSA key do not belong together: d does not belong to n and e");
    return std::move(*found);
  }
  const SecretBytes dp = secret_of(RSA_get0_dmp1(rsa)), dq = secret_of(RSA_get0_dmq1(rsa)), qinv = secret_of(RSA_get0_iqmp(rsa));
  std::string what;
  auto key = rsa_from_crt({p.expose(), q.expose(), dp.expose(), dq.expose(), qinv.expose()}, bytes_of(n), bytes_of(e), what);
  if (!key) inconsistent("the numbers of the RSA key do not belong together: " + what);
  // The file's own d is kept: it may be the one modulo (p-1)(q-1).
  if (BN_num_bits(d) <= BN_num_bits(n)) key->d = secret_bytes_of(d);
  if (BN_num_bits(d) > BN_num_bits(n) || !rsa_exponents_fit(*key))
    inconsistent("the numbers of the RSA key do not belong together: d does not belong to n and e");
  return std::move(*key);
}

EcKey checked(Curve curve, EC_KEY* ec) {
  const BIGNUM* const d = EC_KEY_get0_private_key(ec);
  if (d == nullptr) damaged("the EC key has no private number");
  const std::size_t size = parameters(curve).n.size();
  const auto q = static_cast<std::size_t>(BN_num_bytes(d)) > size ? std::nullopt : ec_public_point(curve, secret_bytes_of(d).expose());
  if (!q) damaged("the private number d of the EC key is 0 or not below the order of its curve");
  const EC_POINT* const stated = EC_KEY_get0_public_key(ec);
  const auto space = scratch();
  Bytes point(1 + 2 * parameters(curve).field_size);
  if (stated != nullptr && (EC_POINT_point2oct(group_of(curve), stated, POINT_CONVERSION_UNCOMPRESSED, point.data(), point.size(),
                                               space.get()) != point.size() || point != *q))
    inconsistent("the public point of the EC key does not belong to its private number");
  return {curve, secret_bytes_of(d, size), *q};
}

[[noreturn]] void unknown_curve() {
  throw Error(Outcome::unsupported, "the EC key is on a curve that is not known here, or has parameters of its own", std::nullopt,
              "Use a key on a named curve of SEC 2 or Brainpool.");
}

EcKey ec_key(ByteView der, std::optional<Curve> curve_beside) {
  const auto ec = owned(EC_KEY_new_ex(context(), nullptr));
  if (curve_beside) check(EC_KEY_set_group(ec.get(), group_of(*curve_beside)) == 1, "an EC key's curve");
  EC_KEY* into = ec.get();
  const unsigned char* at = der.data();
  if (d2i_ECPrivateKey(&into, &at, static_cast<long>(der.size())) == nullptr)
    damaged("the EC key cannot be read: its parts are no ECPrivateKey, or its public point is not on the curve");
  const EC_GROUP* const group = EC_KEY_get0_group(ec.get());
  const auto curve = group == nullptr ? std::nullopt : curve_of_nid(EC_GROUP_get_curve_name(group));
  if (!curve) unknown_curve();
  return checked(*curve, ec.get());
}

MontgomeryKey montgomery_key(Montgomery kind, ByteView encoded) {
  if (encoded.size() != 2 + size_of(kind) || encoded[0] != V_ASN1_OCTET_STRING || encoded[1] != size_of(kind))
    damaged("the X25519 or X448 key has not the length of such a key");
  const ByteView d = encoded.subspan(2);
  return {kind, SecretBytes::copy_of(d), montgomery_public(kind, d)};
}

}  // namespace

PrivateKey key_of_rsa_der(ByteView der) {
  const QuietErrors quiet;
  const unsigned char* at = der.data();
  const Owned<RSA> rsa(d2i_RSAPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  if (!rsa) damaged("the RSA key cannot be read: its parts are no RSAPrivateKey");
  return checked(rsa.get());
}

PrivateKey key_of_ec_der(ByteView der) {
  const QuietErrors quiet;
  return ec_key(der, std::nullopt);
}

PrivateKey key_of(const PKCS8_PRIV_KEY_INFO* info) {
  const QuietErrors quiet;
  const ASN1_OBJECT* algorithm = nullptr;
  const unsigned char* data = nullptr;
  int size = 0;
  const X509_ALGOR* whole = nullptr;
  if (PKCS8_pkey_get0(&algorithm, &data, &size, &whole, info) != 1) damaged("the private key cannot be read");
  const ByteView key(data, static_cast<std::size_t>(size));
  switch (OBJ_obj2nid(algorithm)) {
    case NID_rsaEncryption: return key_of_rsa_der(key);
    case NID_X9_62_id_ecPublicKey: {
      const auto curve = curve_of(whole);
      if (!curve) unknown_curve();
      return ec_key(key, curve);
    }
    case NID_X25519: return montgomery_key(Montgomery::x25519, key);
    case NID_X448: return montgomery_key(Montgomery::x448, key);
    default: break;
  }
  char name[80];
  OBJ_obj2txt(name, sizeof name, algorithm, 0);
  throw Error(Outcome::unsupported, "the file holds a private key of the kind " + std::string(name) + ", which these devices do not have",
              std::nullopt, "Use an RSA, EC, X25519 or X448 key.");
}

PrivateKey key_of_info_der(ByteView der) {
  const QuietErrors quiet;
  const unsigned char* at = der.data();
  const Owned<PKCS8_PRIV_KEY_INFO> info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  if (!info) damaged("the private key cannot be read: its parts are no PrivateKeyInfo");
  return key_of(info.get());
}

}  // namespace hwbak::crypto
