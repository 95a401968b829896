// Names of the formats, and what each of them does not hold (docs/exports.md, "What is kept").
#include "foreign/rows.h"

namespace hwbak::foreign {
namespace {

constexpr Format all_formats[] = {Format::otpauth, Format::otpauth_qr, Format::keepassxc_csv,
                                  Format::bitwarden_json, Format::bitwarden_csv, Format::onepassword_csv,
                                  Format::browser_csv, Format::aegis, Format::vcf};

struct Holds {
  bool accounts, logins, totp_of_logins, cards, groups;
  bool hotp;          // programs of this format count, not only tell the time
  bool lean_readers;  // some of them take SHA1, 6 digits and 30 seconds, whatever the URI says
};
Holds holds(Format format) noexcept {
  switch (format) {
    case Format::otpauth:
    case Format::otpauth_qr: return {true, false, true, false, false, true, true};
    case Format::keepassxc_csv:
    case Format::bitwarden_json:
    case Format::bitwarden_csv: return {true, true, true, false, true, false, false};
    case Format::onepassword_csv: return {true, true, true, false, false, false, false};
    case Format::browser_csv: return {false, true, false, false, false, false, false};
    case Format::aegis: return {true, false, true, false, false, true, false};
    case Format::vcf: return {false, false, false, true, false, false, false};
  }
  return {};
}

class Losses final {
 public:
  explicit Losses(Format format) : format_(name(format)), holds_(holds(format)) {}

  void code(const std::string& where, const otp::Account& account, bool of_login) {
    if (of_login ? !holds_.totp_of_logins : !holds_.accounts) return add(where, "The one-time code is not in " + format_ + ".");
    const bool counts = account.kind == otp::Kind::hotp;
    if (counts && !holds_.hotp)
      add(where, "Programs of " + format_ +
                     " know no counting codes (HOTP): the secret is kept, but they would show wrong codes.");
    const bool usual = account.hash == otp::Hash::sha1 && account.digits == 6 && (counts || account.period == 30);
    if (!usual && holds_.lean_readers)
      add(where, "Not every program follows another hash, length or period than SHA1, 6 digits, 30 seconds: compare a "
                 "code with the badge's.");
  }
  void login(const std::string& where, const Login& login) {
    if (!holds_.logins) add(where, "The login is not in " + format_ + ".");
    else if (!login.group.empty() && !holds_.groups) add(where, "The group is not in " + format_ + ".");
    if (login.totp) code(where, *login.totp, true);
  }
  void card(const std::string& where) {
    if (!holds_.cards) add(where, "The vCard is not in " + format_ + ".");
  }
  [[nodiscard]] std::vector<Remark> take() { return std::move(out_); }

 private:
  void add(const std::string& where, std::string sentence) { out_.push_back({where, std::move(sentence)}); }
  std::string format_;
  Holds holds_;
  std::vector<Remark> out_;
};

}  // namespace

std::string_view name(Format format) noexcept {
  switch (format) {
    case Format::otpauth: return "otpauth";
    case Format::otpauth_qr: return "otpauth-qr";
    case Format::keepassxc_csv: return "keepassxc-csv";
    case Format::bitwarden_json: return "bitwarden-json";
    case Format::bitwarden_csv: return "bitwarden-csv";
    case Format::onepassword_csv: return "1password-csv";
    case Format::browser_csv: return "browser-csv";
    case Format::aegis: return "aegis";
    case Format::vcf: return "vcf";
  }
  return "";
}

std::optional<Format> format_named(std::string_view wanted) noexcept {
  for (const Format format : all_formats)
    if (name(format) == wanted) return format;
  return std::nullopt;
}

std::vector<Remark> losses(const Contents& contents, Format format) {
  Losses out(format);
  for (std::size_t i = 0; i < contents.accounts.size(); ++i)
    out.code("account " + std::to_string(i + 1), contents.accounts[i], false);
  for (std::size_t i = 0; i < contents.logins.size(); ++i) out.login("login " + std::to_string(i + 1), contents.logins[i]);
  for (std::size_t i = 0; i < contents.cards.size(); ++i) out.card("vCard " + std::to_string(i + 1));
  return out.take();
}

}  // namespace hwbak::foreign
