// Contents as the rows of a list of logins, and as the codes in them: what the writers have in common.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "foreign/foreign.h"

namespace hwbak::foreign {

struct Row {
  std::string_view group, title, username, password, url, notes, totp;   // totp: an otpauth URI, or empty
};
// Logins, then the accounts as rows of their own. The views hold during the call.
void for_each_row(const Contents& contents, const std::function<void(const Row&)>& take);
// A row as for_each_row() makes one of an account: nothing but the account is in it.
[[nodiscard]] bool is_account_alone(const Login& login) noexcept;

// All accounts, those of logins last.
[[nodiscard]] std::vector<const otp::Account*> all_codes(const Contents& contents);

}  // namespace hwbak::foreign
