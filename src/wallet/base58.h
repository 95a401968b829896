// Base58Check (Bitcoin) and Bech32/Bech32m (BIP-173, BIP-350).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hwbak/secret.h"

namespace hwbak::wallet {

[[nodiscard]] SecretString base58check(ByteView payload);
// nullopt for a bad character, a wrong checksum or more than 120 characters.
[[nodiscard]] std::optional<SecretBytes> from_base58check(std::string_view text);
inline constexpr std::string_view base58_alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
inline constexpr std::string_view bech32_alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
// A segwit address: version 0 with Bech32, 1 to 16 with Bech32m.
[[nodiscard]] std::string segwit_address(std::string_view hrp, unsigned version, ByteView program);
struct SegwitAddress {
  std::string hrp;        // lower case
  unsigned version = 0;
  Bytes program;
};
// nullopt for what BIP-173 and BIP-350 do not allow: a wrong checksum, mixed case, another length.
[[nodiscard]] std::optional<SegwitAddress> from_segwit_address(std::string_view text);

}  // namespace hwbak::wallet
