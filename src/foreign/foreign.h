// Accounts, logins and vCards as other programs keep them: CSV, Aegis, Bitwarden, otpauth URIs, vCard files. Bytes in,
// records out, and back; no files, no limits of a device (docs/exports.md).
#pragma once

#include <optional>
#include <string>
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
  std::vector<Remark> refused;          // records that could not be read; the good ones are kept
  std::vector<Remark> remarks;          // read, but something was left out or assumed
};

// Readers. Throw Error(unsupported) for another format, Error(refused) above a limit, Error(damaged) for a file that is
// broken as a whole; one wrong record is in `refused` instead.
[[nodiscard]] Imported read_csv(ByteView file);       // KeePassXC, Bitwarden, 1Password, browsers: by the header line
[[nodiscard]] Imported read_otpauth(ByteView file);   // one URI a line; blank lines and # comments skipped
[[nodiscard]] Imported read_vcards(ByteView file);    // one file, cards split at END:VCARD

// Writers. Exact bytes of a file.
[[nodiscard]] SecretBytes write_otpauth(const Contents& contents);
[[nodiscard]] SecretBytes write_keepassxc_csv(const Contents& contents);
[[nodiscard]] SecretBytes write_bitwarden_csv(const Contents& contents);
[[nodiscard]] SecretBytes write_bitwarden_json(const Contents& contents);
[[nodiscard]] SecretBytes write_1password_csv(const Contents& contents);
[[nodiscard]] SecretBytes write_browser_csv(const Contents& contents);
[[nodiscard]] SecretBytes write_aegis(const Contents& contents);          // plain (unencrypted) vault, accounts only
[[nodiscard]] SecretBytes write_vcards(const Contents& contents);         // joined; CRLF, folded only over 75 bytes
// One .vcf a card: a file name from FN that is safe anywhere and not yet in use by an earlier card, and its bytes.
struct NamedFile {
  std::string name;
  SecretBytes bytes;
};
[[nodiscard]] std::vector<NamedFile> vcard_files(const Contents& contents);
// The URI of an account as a QR code, byte mode, level M.
[[nodiscard]] SecretBytes qr_svg(const otp::Account& account);
[[nodiscard]] SecretString qr_terminal(const otp::Account& account);      // half blocks, UTF-8, with quiet zone

}  // namespace hwbak::foreign
