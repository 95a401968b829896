// Between the badge's accounts and otpauth URIs (docs/formats/cdc-badge.md, "otpauth URIs").
#pragma once

#include <optional>

#include "device/cdc_badge/payload.h"
#include "device/cdc_badge/restore.h"
#include "otp/uri.h"

namespace hwbak::cdc_badge {

// nullopt for challenge-response, which has no URI and no code.
[[nodiscard]] std::optional<otp::Account> oath_account(const TwoFactor& account);
[[nodiscard]] std::optional<otp::Account> oath_account(const StoredTwoFactor& account);
// Throws Error(refused) for what a badge does not take whole: a name over 15 bytes, an issuer over 31, a period outside
// 15 to 300 seconds, a secret over 64 bytes. No sentence holds a value.
[[nodiscard]] TwoFactor account_from(const otp::Account& account);

}  // namespace hwbak::cdc_badge
