// The numbers of an opened wrapped key, and whether they belong together (docs/formats/pico-hsm.md, "The plaintext" and
// "Checks").
#include "device/pico_hsm/key.h"

#include "base/ascii.h"
#include "device/pico_hsm/montgomery.h"
#include "device/pico_hsm/numbers.h"

namespace hwbak::pico_hsm {
namespace {

using wrapped_key::Body;
using wrapped_key::KeyType;

constexpr std::size_t largest_modulus =
    4096;  // bits; devices take no more, and larger ones would cost too much time to check
constexpr std::size_t largest_exponent = 64;   // bits
constexpr std::array<std::uint8_t, 3> usual_e{1, 0, 1};

std::string text(std::size_t number) { return std::to_string(number); }
Bytes copy(ByteView bytes) { return Bytes(bytes.begin(), bytes.end()); }

std::string longer_than(std::string_view number, std::size_t size, std::size_t full) {
  return std::string(number) + " stands there with " + text(size) + " bytes, and " + text(full) +
         " are its full length";
}

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
  if (bit_count(e) > largest_exponent)
    throw Error(Outcome::unsupported, "The public exponent e has " + text(bit_count(e)) + " bits, and more than " +
                                          text(largest_exponent) +
                                          " are not handled here. Whether the numbers belong together was not checked");
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

// Compressed (02, 03 || x) or hybrid (06, 07 || x || y): SEC 1, section 2.3.3.
bool has_odd_form(ByteView q, std::size_t size) {
  if (q.empty()) return false;
  return ((q[0] == 2 || q[0] == 3) && q.size() == 1 + size) || ((q[0] == 6 || q[0] == 7) && q.size() == 1 + 2 * size);
}
// `point` is 04 || x || y.
bool same_point(ByteView q, const Bytes& point, std::size_t size) {
  if (!has_odd_form(q, size)) return std::ranges::equal(q, point);
  return (q[0] & 1) == (point.back() & 1) &&
         std::ranges::equal(q.subspan(1), ByteView(point).subspan(1, q.size() - 1));
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

std::vector<std::string> untried_of_curve(const Body& body, const crypto::CurveParameters& curve) {
  std::vector<std::string> out;
  static constexpr std::array<const char*, 6> names{"Parameter A", "Parameter B", "The number P", "The order N",
                                                      "The base point G", "The private number d"};
  const std::array<std::size_t, 6> full{curve.a.size(), curve.b.size(), curve.p.size(),
                                        curve.n.size(), curve.g.size(), curve.n.size()};
  for (std::size_t i = 0; i < full.size(); ++i)
    if (body.parts[i].size() > full[i]) out.push_back(longer_than(names[i], body.parts[i].size(), full[i]));
  if (!std::ranges::equal(body.parts[4], curve.g))
    out.emplace_back(body.parts[4].empty() ? "The base point G is left out"
                                           : "The base point G in the blob is not the one of the curve");
  if (has_odd_form(body.parts[6], curve.field_size))
    out.emplace_back("The public point Q does not stand there in its usual form, 04 || x || y");
  if (body.size != curve.field_size * 8)
    out.push_back("The size of the key says " + text(body.size) + " bits, where devices write " +
                  text(curve.field_size * 8));
  return out;
}

Key read_ec(const Body& body, crypto::Curve which) {
  const crypto::CurveParameters& curve = crypto::parameters(which);
  check_parameters(body, curve);
  const ByteView d = body.parts[5], q = body.parts[6];
  const std::string of_curve = " of " + std::string(curve.name);
  if (without_zeros(d).empty()) throw Error(Outcome::damaged, "The private number d is 0");
  if (!below(d, curve.n)) throw Error(Outcome::damaged, "The private number d is not below the order N" + of_curve);
  if (!q.empty() && !has_odd_form(q, curve.field_size) && !crypto::ec_point_is_valid(which, q))
    throw Error(Outcome::damaged, "The public point Q is not a point" + of_curve);
  auto point = crypto::ec_public_point(which, d);
  if (!point) throw Error(Outcome::damaged, "The private number d is none" + of_curve);
  if (!q.empty() && !same_point(q, *point, curve.field_size))
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
  out.untried = untried_of_curve(body, curve);
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
  if (type == KeyType::rsa || type == KeyType::rsa_crt)
    for (const ByteView part : body.parts)
      if (part.size() > (out.bits + 7) / 8)
        out.untried.push_back(longer_than("A number of the RSA key", part.size(), (out.bits + 7) / 8));
  if (out.byte_order && (out.q_computed || !out.full_length))
    out.untried.emplace_back(out.q_computed ? "The public value Q is left out" : "The private number d is shortened");
  if (!body.padding_is_usual)
    out.untried.emplace_back("The bytes behind the key are not the padding that devices write (80 00...)");
  return out;
}

Key read_key(const wrapped_key::Opening& opening, RandomSource& random) {
  return read_key(wrapped_key::body_of(opening.plaintext.expose(), opening.type), opening.type, random);
}

std::string_view type_word(KeyType type) {
  switch (type) {
    case KeyType::rsa: return "rsa";
    case KeyType::rsa_crt: return "rsa-crt";
    case KeyType::ec: return "ec";
    case KeyType::aes: return "aes";
  }
  return {};
}

Shape shape_of(const Key& key) {
  return {key.byte_order ? to_lower(key.curve) : std::string(type_word(key.type)), key.curve, key.bits};
}

std::string in_words(const Shape& shape) {
  if (shape.type.starts_with('x')) return shape.curve;
  const std::string name = shape.type.starts_with("rsa") ? "RSA" : shape.type == "ec" ? "EC" : shape.type == "aes" ? "AES" : "";
  if (name.empty()) return "a key of unknown kind";
  if (!shape.curve.empty()) return name + " " + shape.curve;
  return shape.bits ? name + " " + text(*shape.bits) + " bits" : name;
}

}  // namespace hwbak::pico_hsm
