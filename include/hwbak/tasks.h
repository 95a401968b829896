// One function per verb. A task takes the disk, the secrets and a place for progress, and returns
// a Report per subject; it never prints, prompts or exits. It throws nothing for a bad file: the
// Report holds the outcome (docs/outcomes.md). std::bad_alloc and bugs may pass.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hwbak/files.h"
#include "hwbak/random.h"
#include "hwbak/report.h"
#include "hwbak/secret.h"

namespace hwbak {

// Where secrets come from. The program reads `--password-from` and asks on the terminal; a
// caller of the library may keep its own.
class Secrets {
 public:
  // mnemonic: seed words or an xprv; pin, so_pin: of a device; dkek: 64 hexadecimal digits, or 32 bytes
  enum class Kind { password, new_password, receiver_key, mnemonic, pin, so_pin, dkek };
  struct Question {
    Kind kind = Kind::password;
    std::string subject;    // file name for the prompt, already printable
    bool words_likely = true;  // twelve BIP-39 words are usual: they are spelt as the device does, and a prompt helps with them
    std::string hint;       // why it is asked ("clone file: receiver's private key, or its 64-digit password")
    bool only_given = false;   // the answer cannot help any more: nobody is bothered, but an empty one that was given is refused
    bool fresh = false;        // of a PIN: it is a new one, which is asked for twice
  };
  virtual ~Secrets() = default;
  // Candidates in the order to try them, empty when there is none (then only structure is proven).
  // They stay valid as long as this object; subjects that share a list get the same span, so that
  // it is prepared once. Throws Error(refused) for an empty password, Error(io) when a source
  // cannot be read.
  [[nodiscard]] virtual std::span<const SecretString> ask(const Question& question) = 0;
  // After a wrong password: on a terminal, ask once more (the same shape); otherwise empty.
  [[nodiscard]] virtual std::span<const SecretString> ask_again(const Question&) { return {}; }

  // What opens a DKEK share file: its password, or the lines of its custodians (docs/formats/pico-hsm.md, "A quorum for the password").
  struct ShareSecret {
    SecretString text;
    bool quorum = false;
  };
  struct ShareQuestion {
    // Of Context, of the files that a verb writes, or the share files that the command is about.
    enum class List { shares, new_shares, written, subjects };
    List list = List::shares;
    std::size_t index = 0;          // in that list
    std::string subject;            // file name for the prompt, already printable
    unsigned attempt = 0;           // above 0: what was given before did not open it; only a terminal has another answer
  };
  // nullptr when there is none. Stays valid as long as this object.
  [[nodiscard]] virtual const ShareSecret* share(const ShareQuestion&) { return nullptr; }
  // Passwords are bytes that were given as such (--password-encoding hex, raw): a new one is used without any change.
  [[nodiscard]] virtual bool exact_bytes() const { return false; }
};

// Called with the part done of a long piece of work, 0 to 1; may do nothing. Returns false to stop.
using Progress = std::function<bool(double part)>;

struct Context {
  Files& files = real_files();
  Secrets* secrets = nullptr;      // nullptr: no secrets, structure only
  RandomSource& random = system_random();
  Progress progress;               // may be empty
  unsigned max_kdf_rounds = 24;    // 7z: power of two
  std::uint64_t max_kdf_iterations = 10'000'000;  // badge
  std::uint64_t max_size = 16 * 1024 * 1024;  // bytes of a file and of what comes out of it
  bool reveal = false;             // put secrets into the Report
  std::vector<std::filesystem::path> shares = {};      // DKEK share files that open wrapped keys; their secrets: Secrets::share
  std::vector<std::filesystem::path> new_shares = {};  // rekey of wrapped keys: those of the DKEK they go to
  std::optional<std::array<std::uint8_t, 8>> expect_kcv = {};  // of the DKEK of these shares (of new_shares, where there are some), as the user knows it
  std::vector<std::filesystem::path> secret_files = {};  // what secrets are read from: nothing is ever written over them
};

using Subject = std::filesystem::path;   // a file; "-" is standard input
using EachReport = std::function<void(Report)>;

// Files and folders as the user named them, folders replaced by the files in them (one level).
// A name that does not exist stays, so that its report says so.
[[nodiscard]] std::vector<Subject> expand(Files& files, const std::vector<Subject>& named);

// hwbak FILE: recognised, opened, judged: one page and what to do next.
[[nodiscard]] Report glance(const Context& context, const Subject& subject);

// What can be known without a secret.
[[nodiscard]] Report inspect(const Context& context, const Subject& subject);

enum class Require { none, structure, content, meaning };
struct VerifyOptions {
  std::optional<std::string> expect_fingerprint;  // 8 hex digits; another wallet is `inconsistent`
  Require require = Require::none;                // less proven: outcome `findings`
  bool page = true;                               // false: Report::page stays empty
};
// Reports come in the order of the subjects; memory stays flat. Key derivations of several files run side by side.
void verify(const Context& context, const std::vector<Subject>& subjects, const VerifyOptions& options, const EachReport& each);

struct OpenOptions {
  bool raw = false;      // `data` is the exact plaintext
  bool salvage = false;  // `data` is what is left of a damaged one, with the holes marked
};
struct OpenResult {
  Report report;
  SecretBytes data;      // of raw or salvage; empty otherwise or when nothing could be had
};
[[nodiscard]] OpenResult open(const Context& context, const Subject& subject, const OpenOptions& options);

struct RekeyOptions {
  Subject output;
  bool overwrite = false;
};
struct WrittenResult {
  Report report;
  SecretString new_words;  // set when fresh words were drawn
};
// Same plaintext to the byte under a new password, in the device's layout, written to `output`, read back and
// opened again. Secrets::Kind::new_password with no candidates: twelve fresh words are drawn.
// `confirm` is called with the fresh words before anything is written; false gives up.
using ConfirmWords = std::function<bool(const SecretString& words)>;
[[nodiscard]] WrittenResult rekey(const Context& context, const Subject& subject, const RekeyOptions& options,
                                const ConfirmWords& confirm);

// --- create: a backup of a wallet, in a device's layout, on one or several cards ---

struct CreateColdcardOptions {
  std::optional<Subject> text;     // a decrypted backup text, taken over to the byte; else the wallet of Secrets::Kind::mnemonic
  std::string chain;               // "BTC", "XTN", "XRT"; empty: as the xprv says, or BTC. Not with `text`
  std::vector<std::filesystem::path> cards;
  unsigned copies = 3;             // on each card; at most 25 in all
};
// The password is that of Secrets::Kind::new_password, or twelve fresh words that `confirm` accepts. Every copy is read
// back and opened again. A card that fails is reported, and what was on it stays; the other cards are still written.
// Outcomes: ok; refused (limits, a wallet or password that no device takes, given up); unsupported (no Coldcard text);
// inconsistent (the text contradicts itself); io (at least one copy is missing); usage.
[[nodiscard]] WrittenResult create_coldcard(const Context& context, const CreateColdcardOptions& options, const ConfirmWords& confirm);

// --- create cdc-badge: a backup that a badge takes ---

struct CreateBadgeOptions {
  std::optional<Subject> payload;        // exact bytes; not together with the lists
  // Records of other programs, in any mix, added in this order: the badge's own JSON, otpauth URIs (one a line), CSV of
  // KeePassXC, Bitwarden, 1Password or a browser (recognised by its header), vCards.
  std::vector<Subject> json, otpauth, csv, vcf;
  std::string host_api_level;            // "0.7"; empty: the one of `json`, else the lowest useful. Not with `payload`
  bool skip_misfits = false;             // write the good records without those that do not fit: outcome `partial`
  Subject output;
  bool overwrite = false;
};
// Secrets::Kind::new_password is the passphrase. Limits are counted in bytes before anything is written. What a badge would
// cut or refuse is listed (facts.refused[]). Of `payload`, whose bytes are taken as they are, that is only said (`partial` when
// it holds records that are not good); else nothing is written (`refused`) unless skip_misfits is set.
[[nodiscard]] WrittenResult create_badge(const Context& context, const CreateBadgeOptions& options);

// --- export: the contents in another program's format ---

// Of a wrapped key: what stands beside it and stays behind. A part of another key stops export and rekey otherwise; one
// that is damaged is left out in any case.
struct PartsChoice {
  bool without_certificate = false, without_description = false;
};

struct ExportOptions {
  std::string format;                    // "otpauth", "keepassxc-csv", ... (docs/exports.md)
  std::optional<Subject> output;         // a file, or a folder for formats of one file a record; none: ExportResult::data
  bool overwrite = false;
  bool challenge_response = false;       // the HMAC keys too, as hex, in the Report; wants context.reveal
  bool no_encryption = false;            // of a wrapped key: pkcs8 and pem in the clear
  PartsChoice parts = {};                // of a wrapped key
  bool link_totp = false;                // the owner confirms that totp_slot numbers lead to the accounts of the same index
};
struct ExportResult {
  Report report;
  SecretBytes data;                      // when no output was named
};
[[nodiscard]] ExportResult export_as(const Context& context, const Subject& subject, const ExportOptions& options);

// --- diff and merge: by identity of the records ---

// facts.came[], facts.went[], facts.changed[]: where, identity and which fields; values only with context.reveal.
[[nodiscard]] Report diff(const Context& context, const Subject& before, const Subject& after);

struct MergeOptions {
  Subject output;
  bool overwrite = false;
};
// The last named file wins where two differ; every conflict is listed (facts.conflicts[]).
[[nodiscard]] WrittenResult merge(const Context& context, const std::vector<Subject>& subjects, const MergeOptions& options);

// --- drill: what would the device do with this file? ---

enum class DrillState { empty, seeded, temporary };
struct DrillOptions {
  std::vector<std::string> targets;   // "coldcard@5.6.1", "cdc-badge@0.7", "all"; empty: the current ones of the file's family
  std::optional<DrillState> state = std::nullopt;  // of a Coldcard; nullopt: empty
  std::optional<Subject> onto = std::nullopt;      // of a badge: another backup as its present state; nullopt: an empty badge
  bool require_accept = false;        // a target that does not accept: outcome `findings`
};
// `ok` when the rehearsal ran, whatever its verdicts (facts.drill). Throws nothing; usage for a target that is none.
[[nodiscard]] Report drill(const Context& context, const Subject& subject, const DrillOptions& options);

// --- device: a badge on a serial line ---

struct DeviceOptions {
  std::filesystem::path port;          // a serial port or the pseudo terminal of a practice badge
  bool log_in = false;                 // with the PIN of Secrets::Kind::pin, which is sent once and never again
};
// What is about to be done, and what is there now, before anything is changed; false gives up.
using ConfirmPlan = std::function<bool(const std::string& question, const std::vector<Section>& plan)>;

// Ports that may be badges, and what those that are say of themselves. With a port: that one alone. Outcomes: ok, device
// (none), io.
[[nodiscard]] Report device_list(const Context& context, const std::optional<std::filesystem::path>& port);

struct DeviceBackupOptions {
  Subject output;
  bool overwrite = false;
};
// The badge writes its backup under the passphrase of Secrets::Kind::new_password; the file is fetched, opened with it, and
// only then written to `output`. Outcomes: ok; refused (a passphrase that the console would change, a backup of more
// characters than the line gives: facts.serial_limit, and the steps by USB disk); device; damaged (what came does not
// open); io.
[[nodiscard]] Report device_backup(const Context& context, const DeviceOptions& device, const DeviceBackupOptions& options);
// The file is opened with Secrets::Kind::password and its restore rehearsed first; then it is sent and imported, and the
// badge's counts are compared with those of the rehearsal. Outcomes: ok; those of opening a file; refused (given up, or a
// passphrase that cannot be said over the line); device (also when the rehearsal shows that the badge would refuse); io.
[[nodiscard]] Report device_restore(const Context& context, const Subject& subject, const DeviceOptions& device, const ConfirmPlan& confirm);
// Removes the backup file from the badge; its records stay.
[[nodiscard]] Report device_delete(const Context& context, const DeviceOptions& device, const ConfirmPlan& confirm);

// The backups on these cards and folders, one Report for all: newest, identical, lonely, damaged.
[[nodiscard]] Report copies(const Context& context, const std::vector<Subject>& folders);

}  // namespace hwbak
