// Lists of logins as other programs import them (docs/exports.md, "CSV").
#include <array>

#include "foreign/csv.h"
#include "foreign/rows.h"

namespace hwbak::foreign {
namespace {

template <std::size_t N>
using Fields = std::array<std::string_view, N>;

template <std::size_t N>
SecretBytes table(const Contents& contents, const Fields<N>& header, Fields<N> (*fields_of)(const Row&)) {
  SecretBytes out;
  put_row(out, header);
  for_each_row(contents, [&](const Row& row) { put_row(out, fields_of(row)); });
  return out;
}

}  // namespace

SecretBytes write_keepassxc_csv(const Contents& contents) {
  return table<7>(contents, {"Group", "Title", "Username", "Password", "URL", "Notes", "TOTP"}, [](const Row& row) -> Fields<7> {
    return {row.group, row.title, row.username, row.password, row.url, row.notes, row.totp};
  });
}

SecretBytes write_bitwarden_csv(const Contents& contents) {
  return table<11>(contents,
                   {"folder", "favorite", "type", "name", "notes", "fields", "reprompt", "login_uri", "login_username", "login_password",
                    "login_totp"},
                   [](const Row& row) -> Fields<11> {
                     return {row.group, "", "login", row.title, row.notes, "", "", row.url, row.username, row.password, row.totp};
                   });
}

SecretBytes write_1password_csv(const Contents& contents) {
  return table<6>(contents, {"Title", "Url", "Username", "Password", "OTPAuth", "Notes"}, [](const Row& row) -> Fields<6> {
    return {row.title, row.url, row.username, row.password, row.totp, row.notes};
  });
}

SecretBytes write_browser_csv(const Contents& contents) {
  SecretBytes out;
  put_row(out, Fields<5>{"name", "url", "username", "password", "note"});
  for (const Login& login : contents.logins)
    put_row(out, Fields<5>{login.title.expose(), login.url.expose(), login.username.expose(), login.password.expose(),
                           login.notes.expose()});
  return out;
}

}  // namespace hwbak::foreign
