// Accounts, logins and vCards as other programs keep them: CSV, Aegis, Bitwarden, otpauth URIs, vCard files, QR codes. Bytes
// in, records out, and back; no files, no limits of a device (docs/exports.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hwbak/error.h"
#include "hwbak/secret.h"
#include "otp/uri.h"

namespace hwbak::foreign {

// A login; texts are UTF-8 and never altered.
struct Login {
  SecretString group, title, username, password, url, notes;
  std::optional<otp::Account> totp;
};
struct Contents {
  std::vector<otp::Account> accounts;
  std::vector<Login> logins;
  std::vector<SecretString> cards;      // each text as one vCard file
};
// What one record or file lost or could not give; `where` is a record or line of the source ("line 12"), never a value.
struct Remark {
  std::string where, sentence;
};
struct Imported {
  Contents contents;
  std::vector<std::string> account_lines;   // of read_otpauth(): where each of contents.accounts stands, "line 3"
  std::vector<Remark> refused;          // records, or parts of them, that could not be read; the good ones are kept
  std::vector<Remark> remarks;          // read, but something was left out or assumed
};

// Readers. Throw Error(unsupported) for another format, Error(refused) above a limit, Error(damaged) for a file that is
// broken as a whole; one wrong record is in `refused` instead.
inline constexpr std::size_t max_file = std::size_t{16} << 20;
inline constexpr std::size_t max_records = 10'000;    // rows, URIs or cards, good and bad
[[nodiscard]] Imported read_csv(ByteView file);       // KeePassXC, Bitwarden, 1Password, browsers: by the header line
[[nodiscard]] Imported read_otpauth(ByteView file);   // one URI a line; blank lines and # comments skipped
[[nodiscard]] Imported read_vcards(ByteView file);    // one file, cards split at END:VCARD

enum class Format { otpauth, otpauth_qr, keepassxc_csv, bitwarden_json, bitwarden_csv, onepassword_csv, browser_csv, aegis, vcf };
// As --as takes it: "otpauth", "otpauth-qr", "keepassxc-csv", "bitwarden-json", "bitwarden-csv", "1password-csv",
// "browser-csv", "aegis", "vcf".
[[nodiscard]] std::string_view name(Format format) noexcept;
[[nodiscard]] std::optional<Format> format_named(std::string_view name) noexcept;
// What a file of that format does not hold, or what programs are known to get wrong about it; `where` is "account 3",
// "login 2" or "vCard 1", counted from 1.
[[nodiscard]] std::vector<Remark> losses(const Contents& contents, Format format);

// Writers. Exact bytes of a file. Accounts have no password, so in lists of logins they are rows with a title, a user name
// and their URI; read_csv() knows such rows again.
[[nodiscard]] SecretBytes write_otpauth(const Contents& contents);        // one URI a line, those of logins after the accounts
[[nodiscard]] SecretBytes write_keepassxc_csv(const Contents& contents);
[[nodiscard]] SecretBytes write_bitwarden_csv(const Contents& contents);
[[nodiscard]] SecretBytes write_bitwarden_json(const Contents& contents);
[[nodiscard]] SecretBytes write_1password_csv(const Contents& contents);
[[nodiscard]] SecretBytes write_browser_csv(const Contents& contents);    // logins only, without TOTP
[[nodiscard]] SecretBytes write_aegis(const Contents& contents);          // plain (unencrypted) vault, one-time codes only
[[nodiscard]] SecretBytes write_vcards(const Contents& contents);         // joined; CRLF, folded only over 75 bytes

// One file a record, under a name made of its text that is safe on any file system and of no other file of the list.
struct NamedFile {
  std::string name;
  SecretBytes bytes;
};
[[nodiscard]] std::vector<NamedFile> vcard_files(const Contents& contents);  // .vcf, named after FN
[[nodiscard]] std::vector<NamedFile> qr_files(const Contents& contents);     // .svg, named after issuer and account

// The URI of an account as a QR code, byte mode, level M. Throw Error(refused) when no QR code is large enough for it.
[[nodiscard]] SecretBytes qr_svg(const otp::Account& account);
// In half blocks, UTF-8, with its quiet zone, to be shown in light letters on a dark terminal.
[[nodiscard]] SecretString qr_terminal(const otp::Account& account);

}  // namespace hwbak::foreign
