// Curve25519 and Curve448 as key blobs have them (docs/formats/pico-hsm.md, "The plaintext"). Internal to this folder.
#pragma once

#include <optional>

#include "device/pico_hsm/key.h"

namespace hwbak::pico_hsm {

struct MontgomeryParameters {
  crypto::Montgomery kind;
  std::string_view name, edwards_name;   // "X25519", "Ed25519"
  Bytes p, a, n, g;                      // a: (A + 2) / 4 of the curve's equation; g: its u-coordinate, little-endian
};
[[nodiscard]] const MontgomeryParameters& parameters(crypto::Montgomery kind);
// By the value of P; which of the two uses of that field it is, G tells.
[[nodiscard]] std::optional<crypto::Montgomery> montgomery_with(ByteView p);

// Parts: A, B, P, N, G, d, Q.
[[nodiscard]] Key read_montgomery(const wrapped_key::Body& body, crypto::Montgomery kind);

}  // namespace hwbak::pico_hsm
