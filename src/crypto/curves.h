// Named curves (SEC 2, RFC 5639) and the two Montgomery curves (RFC 7748): their parameters, and a public point from a
// private number. Numbers are unsigned and big-endian; points are 04 || x || y; Montgomery values are little-endian.
#pragma once

#include <optional>
#include <string_view>

#include "hwbak/bytes.h"

namespace hwbak::crypto {

enum class Curve {
  secp192r1, secp224r1, secp256r1, secp384r1, secp521r1, secp192k1, secp224k1, secp256k1,
  brainpoolP160r1, brainpoolP192r1, brainpoolP224r1, brainpoolP256r1, brainpoolP320r1, brainpoolP384r1, brainpoolP512r1,
  brainpoolP160t1, brainpoolP192t1, brainpoolP224t1, brainpoolP256t1, brainpoolP320t1, brainpoolP384t1, brainpoolP512t1,
};
struct CurveParameters {
  Curve curve;
  std::string_view name;       // "secp256r1", "brainpoolP256r1"
  unsigned bits;               // of the field: 521 for secp521r1
  std::size_t field_size;      // bytes of P, A, B, x and y
  Bytes p, a, b, g, n;         // each of full length: field_size; g: 1 + 2 * field_size; n: bytes of the order
};
[[nodiscard]] const CurveParameters& parameters(Curve curve);
[[nodiscard]] std::optional<Curve> curve_named(std::string_view name);            // also "P-256", "prime256v1", "NIST P-256"
// By the values of P and B (leading zeros do not count): r1 and t1 curves of one field share P.
[[nodiscard]] std::optional<Curve> curve_with(ByteView p, ByteView b);

// d * G; nullopt when d is not in 1..n-1.
[[nodiscard]] std::optional<Bytes> ec_public_point(Curve curve, ByteView d);
[[nodiscard]] bool ec_point_is_valid(Curve curve, ByteView point);                 // on the curve, not infinity

enum class Montgomery { x25519, x448 };
[[nodiscard]] constexpr std::size_t size_of(Montgomery kind) noexcept { return kind == Montgomery::x25519 ? 32 : 56; }
[[nodiscard]] Bytes montgomery_public(Montgomery kind, ByteView private_key);      // size_of(kind) bytes each

}  // namespace hwbak::crypto
