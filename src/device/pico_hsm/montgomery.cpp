// Keys for X25519 and X448; see montgomery.h and docs/formats/pico-hsm.md, "The plaintext".
#include "device/pico_hsm/montgomery.h"

#include "base/hex.h"
#include "device/pico_hsm/numbers.h"

namespace hwbak::pico_hsm {
namespace {

Bytes hex(std::string_view digits) { return from_hex(digits).value(); }

Bytes base_point(std::size_t size, std::uint8_t u) {
  Bytes out(size);
  out[0] = u;
  return out;
}

SecretBytes reversed(const SecretBytes& bytes) {
  SecretBytes out = bytes.clone();
  std::ranges::reverse(out.expose());
  return out;
}

// As RFC 7748, section 5, has every private number before its use.
bool is_clamped(crypto::Montgomery kind, const SecretBytes& d) {
  const ByteView bytes = d.expose();
  return kind == crypto::Montgomery::x25519 ? (bytes[0] & 7) == 0 && (bytes[31] & 0xC0) == 0x40
                                            : (bytes[0] & 3) == 0 && (bytes[55] & 0x80) != 0;
}

// d of full length, little-endian, as it would be if it stood there in `order`.
SecretBytes private_number(ByteView d, std::size_t size, ByteOrder order) {
  SecretBytes out(size);
  switch (order) {
    case ByteOrder::little: std::ranges::copy(d, out.expose().begin()); return out;
    case ByteOrder::big:
      std::ranges::copy(d, out.expose().end() - static_cast<std::ptrdiff_t>(d.size()));
      return reversed(out);
  }
  return out;
}

}  // namespace

const MontgomeryParameters& parameters(crypto::Montgomery kind) {
  static const MontgomeryParameters x25519{
      crypto::Montgomery::x25519, "X25519", "Ed25519",
      hex("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"), hex("01db42"),
      hex("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed"), base_point(32, 9)};
  static const MontgomeryParameters x448{crypto::Montgomery::x448,
                                         "X448",
                                         "Ed448",
                                         hex("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffffffffffffff"
                                             "fffffffffffffffffffffffffffffffffffffff"),
                                         hex("98aa"),
                                         hex("3fffffffffffffffffffffffffffffffffffffffffffffffffffffff7cca23e9c44edb49a"
                                             "ed63690216cc2728dc58f552378c292ab5844f3"),
                                         base_point(56, 5)};
  return kind == crypto::Montgomery::x25519 ? x25519 : x448;
}

std::optional<crypto::Montgomery> montgomery_with(ByteView p) {
  for (const auto kind : {crypto::Montgomery::x25519, crypto::Montgomery::x448})
    if (same_number(p, parameters(kind).p)) return kind;
  return std::nullopt;
}

Key read_montgomery(const wrapped_key::Body& body, crypto::Montgomery kind) {
  const MontgomeryParameters& curve = parameters(kind);
  const std::size_t size = size_of(kind);
  const std::string name(curve.name);
  const ByteView g = body.parts[4], d = body.parts[5], q = body.parts[6];
  if (!std::ranges::equal(g, curve.g))
    throw Error(Outcome::unsupported, "The key is for " + std::string(curve.edwards_name) +
                                          ", or for another use of the field of " + name +
                                          ": its G is not the one of " + name + ". Such keys are not handled here");
  if (body.size + 7u < size * 8 || body.size > size * 8)
    throw Error(Outcome::inconsistent, "The size of the key says " + std::to_string(body.size) + " bits, and " + name +
                                           " has " + std::to_string(size * 8));
  if (d.size() > size || without_zeros(d).empty())
    throw Error(Outcome::damaged, without_zeros(d).empty()
                                      ? "The private number d is 0"
                                      : "The private number d has " + std::to_string(d.size()) + " bytes, and " + name +
                                            " has " + std::to_string(size));
  Key out;
  out.type = wrapped_key::KeyType::ec;
  out.bits = static_cast<unsigned>(size * 8);
  out.curve = name;
  out.q_computed = q.empty();
  out.full_length = d.size() == size;
  for (const ByteOrder order : {ByteOrder::little, ByteOrder::big}) {
    crypto::MontgomeryKey key{kind, private_number(d, size, order), {}};
    key.q = montgomery_public(kind, key.d.expose());
    const bool fits = q.empty() ? is_clamped(kind, key.d) && !is_clamped(kind, reversed(key.d))
                                : std::ranges::equal(key.q, q);
    if (!fits) continue;
    out.byte_order = order;
    out.key = std::move(key);
    return out;
  }
  if (q.empty())
    throw Error(Outcome::inconsistent,
                "The blob has no Q, and in which byte order its d is meant cannot be told from d alone");
  throw Error(Outcome::inconsistent,
              "The public value Q does not belong to the private number d, in either byte order");
}

}  // namespace hwbak::pico_hsm
