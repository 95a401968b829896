// The verbs that know only HSM backups: DKEK shares, and keys wrapped under a DKEK (docs/pico-hsm.md). As in tasks.h, a task prints
// nothing and throws nothing for a bad file.
#pragma once

#include "hwbak/tasks.h"

namespace hwbak {

// hwbak dkek check: opens Context::shares side by side, and says of each wrapped file whether this DKEK fits, or which of the shares do. The
// first Report is that of the set (format dkek-set; facts kcv, shares [{file, id}]), then one a file (facts fits, shares: those that fit, kcv).
// Outcomes: ok; wrong_secret (a share that does not open, a file of another DKEK); damaged (also the set, when a file's KCV shows a share damaged); refused (a quorum that cannot be); io.
void dkek_check(const Context& context, const std::vector<Subject>& wrapped, const EachReport& each);

struct DkekCombineOptions {
  std::vector<Subject> wrapped;      // keys of this DKEK: their KCV proves the shares whole, or shows which byte is damaged
  std::optional<Subject> output;     // 64 hexadecimal digits and a newline; none: only the KCV is told, and with Context::reveal the DKEK
  bool overwrite = false;
};
[[nodiscard]] Report dkek_combine(const Context& context, const DkekCombineOptions& options);

// A share file to write.
struct NewShareFile {
  Subject file;
  unsigned threshold = 0, total = 0;  // 0: under a password (ShareQuestion::List::written, or Secrets::Kind::new_password for a single one)
};
// One custodian's part of a quorum, for the screen and the sheet.
struct CustodianPart {
  std::string share_file;             // name, printable
  unsigned share = 1, shares = 1;     // which share of how many make the DKEK
  unsigned id = 1, threshold = 0, total = 0;
  SecretString prime, value;          // as sc-hsm-tool prints them
  std::string kcv;
};
// Shows a part to its custodian and removes it from the screen; false gives up, and then nothing is written.
using ShowPart = std::function<bool(const CustodianPart& part)>;

struct WriteSharesOptions {
  std::vector<NewShareFile> files;    // at least one
  std::vector<Subject> wrapped = {};  // of reshare: as in DkekCombineOptions
  std::optional<Subject> sheets = {};  // a folder for one printable page (SVG with a QR code) and one text file for each custodian or share
  std::optional<Subject> quorums;     // a folder for the parts as files `FILE.ID.txt` of lines prime=, share= (0600), for use without a terminal
  bool overwrite = false;
};
// hwbak create dkek-share: a fresh DKEK, or that of Context::shares or Secrets::Kind::dkek, into shares. Every file is read back and opened
// again; facts kcv, shares. Outcomes: ok; refused; those of opening the given shares; io; usage.
[[nodiscard]] Report create_dkek_share(const Context& context, const WriteSharesOptions& options, const ShowPart& show);
// hwbak dkek reshare: the DKEK of Context::shares, same KCV, in new shares; a share that Context::expect_kcv or WriteSharesOptions::wrapped shows damaged is
// put right first. Says that the old files with their passwords still work, and whether anything has shown the DKEK to be the right one.
[[nodiscard]] Report dkek_reshare(const Context& context, const WriteSharesOptions& options, const ShowPart& show);

// hwbak dkek rehearse: every subset of as many custodians as the quorum needs opens each share (facts.rehearsal), nothing stored; shares under a
// password are opened once. `threshold`: how many custodians must do; 0: found out as the smallest number that does.
[[nodiscard]] Report dkek_rehearse(const Context& context, unsigned threshold);

// hwbak create wrapped-key: a key as a device accepts it, under the DKEK of Context::shares.
struct CreateWrappedKeyOptions {
  std::optional<Subject> key;         // PEM, PKCS#8, PKCS#12, or the 16, 24, 32 or 64 bytes of an AES key; its password is Secrets::Kind::password
  std::string fresh;                  // else: "rsa:2048", "ec:secp256r1", "x25519", "aes:256"
  std::string label;                  // UTF-8; empty: none
  Bytes id;                           // CKA_ID; empty: 01
  std::optional<Bytes> algorithms;    // allowed list; nullopt: empty, all allowed. 92 (wrap) is put in unless `no_export`
  bool no_export = false;
  std::optional<Subject> certificate; // X.509, PEM or DER; must be of this key
  Subject output;
  bool overwrite = false;
};
[[nodiscard]] Report create_wrapped_key(const Context& context, const CreateWrappedKeyOptions& options);

// hwbak rekey of wrapped keys: the plaintext of each, to the byte but for its random bytes, from the DKEK of Context::shares to that of
// Context::new_shares, to `output` or into `folder`. Facts kcv, kcv_before, output. Numbers that a device would refuse (byte order of d) are put right; what is
// damaged around the blob is left out. One Report a file.
struct RewrapOptions {
  std::optional<Subject> output;      // of a single file; else
  Subject folder;                     // each under its own name
  bool overwrite = false;
  PartsChoice parts = {};
};
void rewrap(const Context& context, const std::vector<Subject>& wrapped, const RewrapOptions& options, const EachReport& each);

}  // namespace hwbak
