// Records for the tests of this room: some that hurt, and arbitrary ones.
#pragma once

#include <rapidcheck/gtest.h>

#include "base/as_bytes.h"
#include "base/unicode.h"
#include "foreign/foreign.h"

namespace hwbak::foreign::test {

inline std::string text(ByteView bytes) { return {bytes.begin(), bytes.end()}; }
inline std::string text(const SecretBytes& bytes) { return text(bytes.expose()); }
inline SecretString secret(std::string_view value) { return SecretString::copy_of(value); }

inline otp::Account account_of(std::string_view issuer, std::string_view name, std::string_view key = "12345678901234567890") {
  otp::Account account;
  account.issuer = secret(issuer);
  account.name = secret(name);
  account.secret = SecretBytes::copy_of(as_bytes(key));
  return account;
}
inline Login login_of(std::string_view group, std::string_view title, std::string_view username, std::string_view password, std::string_view url,
                      std::string_view notes) {
  Login login;
  login.group = secret(group);
  login.title = secret(title);
  login.username = secret(username);
  login.password = secret(password);
  login.url = secret(url);
  login.notes = secret(notes);
  return login;
}

// What a format may stumble over.
inline Contents difficult() {
  Contents out;
  out.accounts.push_back(account_of("A:b & c", "me@x.org"));
  out.accounts.push_back(account_of("", "counting"));
  out.accounts.back().kind = otp::Kind::hotp;
  out.accounts.back().counter = 9007199254740993;
  out.accounts.back().hash = otp::Hash::sha512;
  out.accounts.back().digits = 8;
  out.logins.push_back(login_of("Work/Mail", "Mail, \"new\"", "me", "=1+1,\"x\"", "https://mail.example/?a=b&c", "two\r\nlines\nand \\n"));
  out.logins.push_back(login_of("#group", "@SUM(A1)", "-2", "+3\t", " https://x ", "\xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x94\x91"));
  out.logins.back().totp = account_of("X", "y");
  out.logins.back().totp->period = 60;
  out.logins.push_back(login_of("Work/Mail", "Mail, \"new\"", "me", "the same title and user again", "", ""));
  out.cards.push_back(secret("BEGIN:VCARD\nVERSION:4.0\nFN:J\xC3\xB6rg\nEND:VCARD\n"));
  return out;
}

inline std::string arbitrary_text() {
  std::string out;
  for (const auto& piece : *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
           "a", "Z", "9", " ", "\t", ",", ";", "\"", "\"\"", "\\", "\n", "\r", "\r\n", "=", "@", "#", "'", "\x01", "\x7f", "\xC3\xA4", "\xE2\x80\xAE",
           "\xE6\x97\xA5", "\xEF\xBB\xBF", "\xF0\x9F\x94\x91")))
    out += piece;
  return out;
}
inline otp::Account arbitrary_account() {
  otp::Account account = account_of(arbitrary_text(), "n" + arbitrary_text(), "k" + arbitrary_text());
  account.kind = *rc::gen::element(otp::Kind::totp, otp::Kind::hotp);
  account.hash = *rc::gen::element(otp::Hash::sha1, otp::Hash::sha256, otp::Hash::sha512);
  account.digits = *rc::gen::inRange(6u, 9u);
  if (account.kind == otp::Kind::totp) account.period = *rc::gen::inRange(15u, 301u);
  else account.counter = *rc::gen::arbitrary<std::uint64_t>();
  return account;
}
inline Contents arbitrary_logins(bool with_codes) {
  Contents out;
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    out.logins.push_back(login_of(arbitrary_text(), arbitrary_text(), arbitrary_text(), "p" + arbitrary_text(), arbitrary_text(), arbitrary_text()));
    if (with_codes && *rc::gen::arbitrary<bool>()) out.logins.back().totp = arbitrary_account();
  }
  if (with_codes)
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) out.accounts.push_back(arbitrary_account());
  return out;
}

// All texts of a login, its code as URI.
inline std::vector<std::string> fields_of(const Login& login) {
  std::vector<std::string> out;
  for (const SecretString* field : {&login.group, &login.title, &login.username, &login.password, &login.url, &login.notes})
    out.emplace_back(field->expose());
  out.emplace_back(login.totp ? otp::to_uri(*login.totp).expose() : std::string_view());
  return out;
}
inline std::vector<std::vector<std::string>> fields_of(const Contents& contents) {
  std::vector<std::vector<std::string>> out;
  for (const Login& login : contents.logins) out.push_back(fields_of(login));
  for (const otp::Account& account : contents.accounts) out.push_back({std::string(otp::to_uri(account).expose())});
  return out;
}

inline std::vector<std::string> places(const std::vector<Remark>& remarks) {
  std::vector<std::string> out;
  for (const Remark& remark : remarks) out.push_back(remark.where);
  return out;
}

template <class Read>
Outcome outcome_of(Read read, const std::string& file) {
  try {
    (void)read(as_bytes(file));
    return Outcome::ok;
  } catch (const Error& error) {
    return error.outcome();
  }
}

}  // namespace hwbak::foreign::test
