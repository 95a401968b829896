// Named curves over OpenSSL's groups, each made at its first use; see curves.h.
#include "crypto/curves.h"

#include <array>
#include <mutex>

#include "base/ascii.h"
#include "crypto/openssl_keys.h"

namespace hwbak::crypto {
namespace {

struct Named {
  Curve curve;
  int nid;
  unsigned bits;
  std::string_view name;
  std::array<std::string_view, 3> other_names;
};
constexpr std::array all_curves = {
    Named{Curve::secp192r1, NID_X9_62_prime192v1, 192, "secp192r1", {"prime192v1", "P-192", "NIST P-192"}},
    Named{Curve::secp224r1, NID_secp224r1, 224, "secp224r1", {"P-224", "NIST P-224"}},
    Named{Curve::secp256r1, NID_X9_62_prime256v1, 256, "secp256r1", {"prime256v1", "P-256", "NIST P-256"}},
    Named{Curve::secp384r1, NID_secp384r1, 384, "secp384r1", {"P-384", "NIST P-384"}},
    Named{Curve::secp521r1, NID_secp521r1, 521, "secp521r1", {"P-521", "NIST P-521"}},
    Named{Curve::secp192k1, NID_secp192k1, 192, "secp192k1", {}},
    Named{Curve::secp224k1, NID_secp224k1, 224, "secp224k1", {}},
    Named{Curve::secp256k1, NID_secp256k1, 256, "secp256k1", {}},
    Named{Curve::brainpoolP160r1, NID_brainpoolP160r1, 160, "brainpoolP160r1", {}},
    Named{Curve::brainpoolP192r1, NID_brainpoolP192r1, 192, "brainpoolP192r1", {}},
    Named{Curve::brainpoolP224r1, NID_brainpoolP224r1, 224, "brainpoolP224r1", {}},
    Named{Curve::brainpoolP256r1, NID_brainpoolP256r1, 256, "brainpoolP256r1", {}},
    Named{Curve::brainpoolP320r1, NID_brainpoolP320r1, 320, "brainpoolP320r1", {}},
    Named{Curve::brainpoolP384r1, NID_brainpoolP384r1, 384, "brainpoolP384r1", {}},
    Named{Curve::brainpoolP512r1, NID_brainpoolP512r1, 512, "brainpoolP512r1", {}},
    Named{Curve::brainpoolP160t1, NID_brainpoolP160t1, 160, "brainpoolP160t1", {}},
    Named{Curve::brainpoolP192t1, NID_brainpoolP192t1, 192, "brainpoolP192t1", {}},
    Named{Curve::brainpoolP224t1, NID_brainpoolP224t1, 224, "brainpoolP224t1", {}},
    Named{Curve::brainpoolP256t1, NID_brainpoolP256t1, 256, "brainpoolP256t1", {}},
    Named{Curve::brainpoolP320t1, NID_brainpoolP320t1, 320, "brainpoolP320t1", {}},
    Named{Curve::brainpoolP384t1, NID_brainpoolP384t1, 384, "brainpoolP384t1", {}},
    Named{Curve::brainpoolP512t1, NID_brainpoolP512t1, 512, "brainpoolP512t1", {}},
};

constexpr const Named& row(Curve curve) { return all_curves[static_cast<std::size_t>(curve)]; }
constexpr bool rows_stand_in_order() {
  for (std::size_t i = 0; i < all_curves.size(); ++i)
    if (all_curves[i].curve != static_cast<Curve>(i)) return false;
  return true;
}
static_assert(rows_stand_in_order());

struct Made {
  Owned<EC_GROUP> group;
  CurveParameters parameters;
};

Bytes padded(const BIGNUM* value, std::size_t size) {
  Bytes out(size);
  check(BN_bn2binpad(value, out.data(), static_cast<int>(size)) >= 0, "a curve's parameter");
  return out;
}

Bytes uncompressed(const EC_GROUP* group, const EC_POINT* point, std::size_t field_size, BN_CTX* space) {
  Bytes out(1 + 2 * field_size);
  check(EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out.data(), out.size(), space) == out.size(),
        "a point of a curve");
  return out;
}

Made make(const Named& named) {
  Made out{owned(EC_GROUP_new_by_curve_name_ex(context(), nullptr, named.nid)), {}};
  const auto space = scratch();
  const auto p = new_number(), a = new_number(), b = new_number();
  check(EC_GROUP_get_curve(out.group.get(), p.get(), a.get(), b.get(), space.get()) == 1, "a curve's parameters");
  const BIGNUM* const order = EC_GROUP_get0_order(out.group.get());
  const std::size_t size = (named.bits + 7) / 8;
  out.parameters = {named.curve, named.name, named.bits, size,
                    padded(p.get(), size), padded(a.get(), size), padded(b.get(), size),
                    uncompressed(out.group.get(), EC_GROUP_get0_generator(out.group.get()), size, space.get()),
                    bytes_of(order)};
  return out;
}

const Made& made(Curve curve) {
  static std::array<std::once_flag, all_curves.size()> once;
  static std::array<Made, all_curves.size()> kept;
  const auto index = static_cast<std::size_t>(curve);
  std::call_once(once[index], [&] { kept[index] = make(all_curves[index]); });
  return kept[index];
}

bool same_number(ByteView a, ByteView b) {
  a = without_leading_zeros(a);
  b = without_leading_zeros(b);
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace

const EC_GROUP* group_of(Curve curve) { return made(curve).group.get(); }
int nid_of(Curve curve) { return row(curve).nid; }

std::optional<Curve> curve_of_nid(int nid) {
  for (const Named& named : all_curves)
    if (named.nid == nid) return named.curve;
  return std::nullopt;
}

const CurveParameters& parameters(Curve curve) { return made(curve).parameters; }

std::optional<Curve> curve_named(std::string_view name) {
  if (name.empty()) return std::nullopt;
  for (const Named& named : all_curves) {
    if (same_word(name, named.name)) return named.curve;
    for (const std::string_view other : named.other_names)
      if (same_word(name, other)) return named.curve;
  }
  return std::nullopt;
}

std::optional<Curve> curve_with(ByteView p, ByteView b) {
  const std::size_t size = without_leading_zeros(p).size();
  for (const Named& named : all_curves) {
    if ((named.bits + 7) / 8 != size) continue;
    const CurveParameters& candidate = parameters(named.curve);
    if (same_number(p, candidate.p) && same_number(b, candidate.b)) return named.curve;
  }
  return std::nullopt;
}

std::optional<Bytes> ec_public_point(Curve curve, ByteView d) {
  const Made& c = made(curve);
  d = without_leading_zeros(d);
  if (d.empty() || d.size() > c.parameters.n.size()) return std::nullopt;
  const auto scalar = number(d);
  if (BN_cmp(scalar.get(), EC_GROUP_get0_order(c.group.get())) >= 0) return std::nullopt;
  BN_set_flags(scalar.get(), BN_FLG_CONSTTIME);
  const auto space = scratch();
  const auto point = owned(EC_POINT_new(c.group.get()));
  check(EC_POINT_mul(c.group.get(), point.get(), scalar.get(), nullptr, nullptr, space.get()) == 1, "a public point");
  return uncompressed(c.group.get(), point.get(), c.parameters.field_size, space.get());
}

bool ec_point_is_valid(Curve curve, ByteView point) {
  const Made& c = made(curve);
  if (point.size() != 1 + 2 * c.parameters.field_size || point[0] != 4) return false;
  const QuietErrors quiet;
  const auto space = scratch();
  const auto read = owned(EC_POINT_new(c.group.get()));
  return EC_POINT_oct2point(c.group.get(), read.get(), point.data(), point.size(), space.get()) == 1;
}

}  // namespace hwbak::crypto
