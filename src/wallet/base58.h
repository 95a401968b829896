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
// A segwit address: version 0 with Bech32, 1 to 16 with Bech32m.
[[nodiscard]] std::string segwit_address(std::string_view hrp, unsigned version, ByteView program);

}  // namespace hwbak::wallet
