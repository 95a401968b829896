// The numbers of an opened wrapped key, and whether they belong together (docs/formats/pico-hsm.md, "The plaintext" and
// "Checks").
#include "device/pico_hsm/key.h"

#include "device/pico_hsm/montgomery.h"
#include "device/pico_hsm/numbers.h"

namespace hwbak::pico_hsm {
namespace {

using wrapped_key::Body;
using wrapped_key::KeyType;

constexpr std::size_t largest_modulus =
    4096;  // bits; devices take no more, and larger ones would cost too much time to check
constexpr std::array<std::uint8_t, 3> usual_e{1, 0, 1};

std::string text(std::size_t number) { return std::to_string(number); }
Bytes copy(ByteView bytes) { return Bytes(bytes.begin(), bytes.end()); }

void check_modulus(const Body& body, ByteView n, ByteView e) {
  const std::size_t bits = bit_count(n);
  if (bits > largest_modulus)
    throw Error(Outcome::unsupported,
                "The RSA modulus has " + text(bits) + " bits; devices take at most " + text(largest_modulus));
  if (!is_odd(n)) throw Error(Outcome::damaged, "The RSA modulus n is even or empty, which no modulus is");
  if (!is_odd(e) || bit_count(e) < 2)
    throw Error(Outcome::damaged, "The public exponent e is even or less than 3, which no exponent is");
  if (bits != body.size)
    throw Error(Outcome::inconsistent,
                "The size of the key says " + text(body.size) + " bits, and its RSA modulus n has " + text(bits));
}

Key rsa_key(KeyType type, crypto::RsaKey numbers) {
  Key out;
  out.type = type;
  out.bits = static_cast<unsigned>(bit_count(numbers.n));
  out.usual_exponent = same_number(numbers.e, usual_e);
  out.key = std::move(numbers);
  return out;
}

Key read_rsa(const Body& body, RandomSource& random) {
  const ByteView d = body.parts[0], n = body.parts[1], e = body.parts[2];
  check_modulus(body, n, e);
  if (without_zeros(d).empty()) throw Error(Outcome::damaged, "The private exponent d is 0");
  if (!below(d, n)) throw Error(Outcome::damaged, "The private exponent d is not below the modulus n");
  auto numbers = crypto::rsa_from_exponents(n, e, d, random);
  if (!numbers)
    throw Error(Outcome::inconsistent,
                "The private exponent d does not belong to the modulus n and the public exponent e");
  return rsa_key(KeyType::rsa, std::move(*numbers));
}

Key read_rsa_crt(const Body& body) {
  const auto& parts = body.parts;
  const ByteView n = parts[5], e = parts[6];
  check_modulus(body, n, e);
  std::string what;
  auto numbers = crypto::rsa_from_crt({parts[2], parts[4], parts[0], parts[1], parts[3]}, n, e, what);
  if (!numbers) throw Error(Outcome::inconsistent, "The numbers of the RSA key do not belong together: " + what);
  return rsa_key(KeyType::rsa_crt, std::move(*numbers));
}

void check_parameters(const Body& body, const crypto::CurveParameters& curve) {
  const std::string name(curve.name);
  if (!same_number(body.parts[3], curve.n) || (!body.parts[0].empty() && !same_number(body.parts[0], curve.a)))
    throw Error(Outcome::unsupported, "The key has explicit parameters of no known curve: P and B are those of " +
                                          name + ", but " + (same_number(body.parts[3], curve.n) ? "A" : "N") +
                                          " is another number");
  if (body.size != curve.bits && body.size != curve.field_size * 8)
    throw Error(Outcome::inconsistent, "The size of the key says " + text(body.size) + " bits, and its curve " + name +
                                           " has " + text(curve.bits));
}

Key read_ec(const Body& body, crypto::Curve which) {
  const crypto::CurveParameters& curve = crypto::parameters(which);
  check_parameters(body, curve);
  const ByteView d = body.parts[5], q = body.parts[6];
  const std::string of_curve = " of " + std::string(curve.name);
  if (without_zeros(d).empty()) throw Error(Outcome::damaged, "The private number d is 0");
  if (!below(d, curve.n)) throw Error(Outcome::damaged, "The private number d is not below the order N" + of_curve);
  if (!q.empty() && !crypto::ec_point_is_valid(which, q))
    throw Error(Outcome::damaged, "The public point Q is not a point" + of_curve);
  auto point = crypto::ec_public_point(which, d);
  if (!point) throw Error(Outcome::damaged, "The private number d is none" + of_curve);
  if (!q.empty() && !std::ranges::equal(q, *point))
    throw Error(Outcome::inconsistent, "The public point Q does not belong to the private number d");

  Key out;
  out.type = KeyType::ec;
  out.bits = curve.bits;
  out.curve = curve.name;
  out.a_empty = body.parts[0].empty();
  const std::array<std::size_t, 4> full{curve.a.size(), curve.b.size(), curve.p.size(), curve.n.size()};
  for (std::size_t i = 0; i < full.size(); ++i) out.full_length = out.full_length && body.parts[i].size() >= full[i];
  out.full_length = out.full_length && d.size() >= curve.n.size();
  out.q_computed = q.empty();
  crypto::EcKey key{which, SecretBytes(curve.n.size()), std::move(*point)};
  const ByteView stripped = without_zeros(d);
  std::ranges::copy(stripped, key.d.expose().last(stripped.size()).begin());
  out.key = std::move(key);
  return out;
}

Key read_curve(const Body& body) {
  const ByteView b = body.parts[1], p = body.parts[2];
  if (const auto curve = crypto::curve_with(p, b)) return read_ec(body, *curve);
  if (const auto kind = montgomery_with(p)) return read_montgomery(body, *kind);
  throw Error(Outcome::unsupported, "The key is on a curve that is not known here: its field has " +
                                        text(bit_count(p)) + " bits, and no known curve has its P and B");
}

Key read_aes(const Body& body) {
  const std::size_t size = body.parts[0].size();
  if (size != 16 && size != 24 && size != 32 && size != 64)
    throw Error(Outcome::unsupported, "The AES key has " + text(size) + " bytes; known sizes are 16, 24, 32 and 64");
  Key out;
  out.type = KeyType::aes;
  out.bits = static_cast<unsigned>(size * 8);
  out.key = crypto::SecretKey{SecretBytes::copy_of(body.parts[0])};
  return out;
}

}  // namespace

Key read_key(const Body& body, KeyType type, RandomSource& random) {
  const auto read = [&]() -> Key {
    switch (type) {
      case KeyType::rsa: return read_rsa(body, random);
      case KeyType::rsa_crt: return read_rsa_crt(body);
      case KeyType::ec: return read_curve(body);
      case KeyType::aes: return read_aes(body);
    }
    throw Error(Outcome::unsupported, "The type of the key is not known");
  };
  Key out = read();
  out.padding = copy(body.padding);
  return out;
}

std::string describe(const Key& key) {
  switch (key.type) {
    case KeyType::rsa:
    case KeyType::rsa_crt: return "RSA " + text(key.bits) + " bits";
    case KeyType::ec: return key.byte_order ? key.curve : "EC " + key.curve;
    case KeyType::aes: return "AES " + text(key.bits) + " bits";
  }
  return "";
}

std::string_view type_word(const Key& key) {
  switch (key.type) {
    case KeyType::rsa: return "rsa";
    case KeyType::rsa_crt: return "rsa-crt";
    case KeyType::ec: return !key.byte_order ? "ec" : key.curve == "X448" ? "x448" : "x25519";
    case KeyType::aes: return "aes";
  }
  return "";
}

}  // namespace hwbak::pico_hsm
