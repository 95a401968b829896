// Public keys: those of private keys, and SubjectPublicKeyInfo (RFC 5280, 3279, 5480, 8410) both ways; see private_key.h.
#include "crypto/public_key.h"

#include <algorithm>

#include "crypto/private_key.h"

namespace hwbak::crypto {
namespace {

bool same_number(ByteView a, ByteView b) { return std::ranges::equal(without_leading_zeros(a), without_leading_zeros(b)); }

Bytes rsa_public_der(const RsaPublic& key) {
  const auto rsa = owned(RSA_new());
  auto n = number(key.n), e = number(key.e);
  check(RSA_set0_key(rsa.get(), n.release(), e.release(), nullptr) == 1, "an RSA public key");
  return der_of<Bytes>(i2d_RSAPublicKey, rsa.get());
}

// Takes over the encoded key, as OpenSSL's function does.
Owned<X509_PUBKEY> info(int algorithm, int parameter_type, void* parameter, ByteView encoded) {
  auto out = owned(X509_PUBKEY_new());
  auto* const copy = static_cast<unsigned char*>(OPENSSL_memdup(encoded.data(), encoded.size()));
  if (copy == nullptr) throw std::bad_alloc();
  check(X509_PUBKEY_set0_param(out.get(), OBJ_nid2obj(algorithm), parameter_type, parameter, copy,
                               static_cast<int>(encoded.size())) == 1,
        "a public key's information");
  return out;
}

struct ToPublicInfo {
  Owned<X509_PUBKEY> operator()(const RsaPublic& key) const {
    return info(NID_rsaEncryption, V_ASN1_NULL, nullptr, rsa_public_der(key));
  }
  Owned<X509_PUBKEY> operator()(const EcPublic& key) const {
    return info(NID_X9_62_id_ecPublicKey, V_ASN1_OBJECT, OBJ_nid2obj(nid_of(key.curve)), key.q);
  }
  Owned<X509_PUBKEY> operator()(const MontgomeryPublic& key) const {
    return info(key.kind == Montgomery::x25519 ? NID_X25519 : NID_X448, V_ASN1_UNDEF, nullptr, key.q);
  }
};

std::optional<PublicKey> read_rsa(ByteView encoded) {
  const unsigned char* at = encoded.data();
  const Owned<RSA> rsa(d2i_RSAPublicKey(nullptr, &at, static_cast<long>(encoded.size())));
  if (!rsa || RSA_get0_n(rsa.get()) == nullptr || RSA_get0_e(rsa.get()) == nullptr) return std::nullopt;
  if (RSA_bits(rsa.get()) > 16384) return std::nullopt;
  return RsaPublic{bytes_of(RSA_get0_n(rsa.get())), bytes_of(RSA_get0_e(rsa.get()))};
}

std::optional<PublicKey> read_ec(const X509_ALGOR* algorithm, ByteView encoded) {
  const std::optional<Curve> curve = curve_of(algorithm);
  if (!curve) return std::nullopt;
  std::optional<Bytes> point = ec_point_of(*curve, encoded);
  if (!point) return std::nullopt;
  return EcPublic{*curve, std::move(*point)};
}

}  // namespace

std::optional<Curve> curve_of(const X509_ALGOR* algorithm) {
  const QuietErrors quiet;
  int type = 0;
  const void* value = nullptr;
  X509_ALGOR_get0(nullptr, &type, &value, algorithm);
  if (type == V_ASN1_OBJECT) return curve_of_nid(OBJ_obj2nid(static_cast<const ASN1_OBJECT*>(value)));
  if (type != V_ASN1_SEQUENCE) return std::nullopt;
  // Explicit parameters: OpenSSL knows them again when they are those of a named curve.
  const auto* const sequence = static_cast<const ASN1_STRING*>(value);
  const unsigned char* at = ASN1_STRING_get0_data(sequence);
  const Owned<EC_GROUP> group(d2i_ECPKParameters(nullptr, &at, ASN1_STRING_length(sequence)));
  return group ? curve_of_nid(EC_GROUP_get_curve_name(group.get())) : std::nullopt;
}

std::optional<Bytes> ec_point_of(Curve curve, ByteView encoded) {
  const QuietErrors quiet;
  const EC_GROUP* const group = group_of(curve);
  const auto space = scratch();
  const auto point = owned(EC_POINT_new(group));
  if (EC_POINT_oct2point(group, point.get(), encoded.data(), encoded.size(), space.get()) != 1) return std::nullopt;
  Bytes out(1 + 2 * parameters(curve).field_size);
  if (EC_POINT_point2oct(group, point.get(), POINT_CONVERSION_UNCOMPRESSED, out.data(), out.size(), space.get()) != out.size())
    return std::nullopt;
  return out;
}

std::optional<PublicKey> public_key_of(const X509_PUBKEY* info) {
  const QuietErrors quiet;
  ASN1_OBJECT* algorithm = nullptr;
  const unsigned char* data = nullptr;
  int size = 0;
  X509_ALGOR* whole = nullptr;
  if (X509_PUBKEY_get0_param(&algorithm, &data, &size, &whole, info) != 1) return std::nullopt;
  const ByteView encoded(data, static_cast<std::size_t>(size));
  const auto montgomery = [&](Montgomery kind) -> std::optional<PublicKey> {
    if (encoded.size() != size_of(kind)) return std::nullopt;
    return MontgomeryPublic{kind, Bytes(encoded.begin(), encoded.end())};
  };
  switch (OBJ_obj2nid(algorithm)) {
    case NID_rsaEncryption: return read_rsa(encoded);
    case NID_X9_62_id_ecPublicKey: return read_ec(whole, encoded);
    case NID_X25519: return montgomery(Montgomery::x25519);
    case NID_X448: return montgomery(Montgomery::x448);
    default: return std::nullopt;
  }
}

std::optional<PublicKey> public_of(const PrivateKey& key) {
  if (const auto* const rsa = std::get_if<RsaKey>(&key)) return RsaPublic{rsa->n, rsa->e};
  if (const auto* const ec = std::get_if<EcKey>(&key)) return EcPublic{ec->curve, ec->q};
  if (const auto* const other = std::get_if<MontgomeryKey>(&key)) return MontgomeryPublic{other->kind, other->q};
  return std::nullopt;
}

bool same(const PublicKey& a, const PublicKey& b) {
  if (a.index() != b.index()) return false;
  if (const auto* const rsa = std::get_if<RsaPublic>(&a)) {
    const auto& other = std::get<RsaPublic>(b);
    return same_number(rsa->n, other.n) && same_number(rsa->e, other.e);
  }
  if (const auto* const ec = std::get_if<EcPublic>(&a)) {
    const auto& other = std::get<EcPublic>(b);
    return ec->curve == other.curve && ec->q == other.q;
  }
  const auto& mine = std::get<MontgomeryPublic>(a);
  const auto& other = std::get<MontgomeryPublic>(b);
  return mine.kind == other.kind && mine.q == other.q;
}

Bytes spki_der(const PublicKey& key) { return der_of<Bytes>(i2d_X509_PUBKEY, std::visit(ToPublicInfo{}, key).get()); }

std::string spki_pem(const PublicKey& key) {
  const SecretBytes pem = to_pem(spki_der(key), "PUBLIC KEY");
  return {pem.expose().begin(), pem.expose().end()};
}

}  // namespace hwbak::crypto
