// See rows.h.
#include "foreign/rows.h"

namespace hwbak::foreign {
namespace {

const SecretString& title_of(const otp::Account& account) noexcept {
  return account.issuer.empty() ? account.name : account.issuer;
}

}  // namespace

void for_each_row(const Contents& contents, const std::function<void(const Row&)>& take) {
  for (const Login& login : contents.logins) {
    const SecretString uri = login.totp ? otp::to_uri(*login.totp) : SecretString();
    take({login.group.expose(), login.title.expose(), login.username.expose(), login.password.expose(), login.url.expose(),
          login.notes.expose(), uri.expose()});
  }
  for (const otp::Account& account : contents.accounts) {
    const SecretString uri = otp::to_uri(account);
    take({{}, title_of(account).expose(), account.name.expose(), {}, {}, {}, uri.expose()});
  }
}

bool is_account_alone(const Login& login) noexcept {
  return login.totp && login.group.empty() && login.password.empty() && login.url.empty() && login.notes.empty() &&
         login.title.equals(title_of(*login.totp).expose()) && login.username.equals(login.totp->name.expose());
}

std::vector<const otp::Account*> all_codes(const Contents& contents) {
  std::vector<const otp::Account*> out;
  for (const otp::Account& account : contents.accounts) out.push_back(&account);
  for (const Login& login : contents.logins)
    if (login.totp) out.push_back(&*login.totp);
  return out;
}

}  // namespace hwbak::foreign
