// Which wallets of a Coldcard backup an export is about (docs/exports.md, "Bitcoin wallets").
#pragma once

#include "device/coldcard/wallets.h"

namespace hwbak::tasks {

// The wallets besides the device's own, for an answer.
[[nodiscard]] std::string wallet_choices(const std::vector<coldcard::SeedWallet>& wallets);
// By name or fingerprint; nullopt: the device's own. Throws Error(usage): none, or several.
[[nodiscard]] const coldcard::SeedWallet& choose_wallet(const std::vector<coldcard::SeedWallet>& wallets, const std::optional<std::string>& wanted);
// By name; nullopt: all of a device's own wallet, of another one those that it signs for. Throws Error(usage): none of that name.
[[nodiscard]] std::vector<coldcard::SharedWallet> choose_shared(const coldcard::Backup& backup, const coldcard::SeedWallet& chosen,
                                                                const std::optional<std::string>& wanted);

}  // namespace hwbak::tasks
