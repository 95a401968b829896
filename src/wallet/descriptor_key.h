// One key expression of a descriptor (BIP-380). Only for wallet/descriptor*.
#pragma once

#include "wallet/descriptor.h"

namespace hwbak::wallet {

enum class KeyRule { any, compressed, x_only };  // uncompressed ones are allowed outside of segwit alone; x_only: of tr()

// nullopt when `text` is none; then `fault` says why, in a clause.
[[nodiscard]] std::optional<DescriptorKey> parse_descriptor_key(std::string_view text, KeyRule rule, std::string& fault);

}  // namespace hwbak::wallet
