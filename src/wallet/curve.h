// secp256k1 for this room: one randomised context and points as compressed bytes. Internal to wallet/.
#pragma once

#include <secp256k1.h>

#include <array>
#include <optional>

#include "hwbak/bytes.h"

namespace hwbak::wallet {

using Point = std::array<std::uint8_t, 33>;  // compressed

// Made and blinded at first use; safe to share between threads.
[[nodiscard]] const secp256k1_context* curve();
[[nodiscard]] bool is_private_key(FixedView<32> key);  // in 1..n-1
// The public key of a private key; nullopt when the key is not in 1..n-1.
[[nodiscard]] std::optional<Point> point_of(FixedView<32> private_key);
[[nodiscard]] bool is_point(FixedView<33> point);
// Between the compressed form and the one of 65 bytes; nullopt for what is no point.
[[nodiscard]] std::optional<Point> compressed(FixedView<65> point);
[[nodiscard]] std::optional<std::array<std::uint8_t, 65>> uncompressed(FixedView<33> point);
// point + tweak * G; nullopt when the point is invalid, or in the negligible case of no result.
[[nodiscard]] std::optional<Point> add_tweak(FixedView<33> point, FixedView<32> tweak);

}  // namespace hwbak::wallet
