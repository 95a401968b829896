// What a Coldcard backup text means, and whether its parts agree (docs/formats/coldcard.md,
// "Consistency"). Works on damaged text as well: what survives is proven by its own checksums.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json_spans.h"
#include "device/coldcard/secret.h"
#include "device/coldcard/text.h"
#include "hwbak/report.h"

namespace hwbak::coldcard {

// One check of the consistency list: not made (nullopt), held, or failed.
using Check = std::optional<bool>;

struct Consistent {
  Check xprv, xpub, mnemonic, duress, seed_vault;  // set only when the key is in the file
};

struct DuressWallet {
  std::string key;                     // "duress_xprv", "duress_1001_words"
  bool consistent = false;             // recomputed from the main secret
  std::optional<wallet::Fingerprint> fingerprint;
};

struct Cosigner {
  wallet::Fingerprint fingerprint{};
  std::string path;                    // "m/48h/0h/0h/2h", may be empty
  std::string xpub;                    // as stored
  bool decodes = false;
};

struct MultisigWallet {
  std::string name;                    // untrusted text
  unsigned m = 0, n = 0;
  std::string script;                  // "p2sh", "p2wsh", "p2sh-p2wsh"
  std::string chain;                   // "BTC", ...
  bool sorted = true;                  // BIP-67
  std::vector<Cosigner> cosigners;
  bool own_key_present = false;        // this wallet's fingerprint is among them
  bool own_key_matches = false;        // and its xpub is the one this seed gives at that path
  std::string first_address;           // empty when it cannot be made
  std::vector<std::string> complaints; // sentences
};

struct VaultEntry {
  std::string label;                   // untrusted text
  std::string origin;                  // untrusted text
  std::string listed_fingerprint;      // as stored
  Mode mode = Mode::words;
  unsigned word_count = 0;
  bool decodes = false;
  bool consistent = false;             // its secret gives the listed fingerprint
  SecretString mnemonic;               // words only
  SecretString xprv;
};

struct Note {
  std::string title;                   // untrusted text; the rest is secret
  bool is_password = false;
  SecretString user, password, site, misc;
  std::string group;
};

struct TrickPin {
  SecretString pin;
  std::string what;                    // "wipe", "brick after 5 minutes", ... in words
  bool is_wrong_pin_rule = false;      // `!p`
};

// A secret or record that is proven whole in a damaged text.
struct Survivor {
  std::string what;                    // "mnemonic", "xprv", "raw_secret", "xpub", "seed vault 2"
  std::string proof;                   // "BIP-39 checksum", "Base58Check", "gives the same key as xprv"
};

// Everything this program understands. Views point into the text.
struct Backup {
  Text text;
  std::optional<WalletSecret> secret;      // from raw_secret; in a damaged text also from mnemonic or xprv
  std::string secret_source;               // "raw_secret", "mnemonic", "xprv"
  std::optional<std::string> secret_fault; // why raw_secret does not decode, or that it is missing
  std::optional<wallet::Fingerprint> fingerprint;
  wallet::Chain chain = wallet::Chain::mainnet;
  std::string chain_code = "BTC";          // as stored; unknown codes stay here
  bool chain_known = true, chain_given = false;
  std::string fw_date, fw_version, fw_timestamp, hardware, serial;  // empty when not in the file
  std::vector<std::string> keys;           // sorted, unique, untrusted text
  Consistent consistent;
  std::vector<DuressWallet> duress;
  std::vector<MultisigWallet> multisig;
  std::vector<VaultEntry> vault;
  std::vector<Note> notes;
  std::vector<TrickPin> trick_pins;
  std::optional<std::string> hsm_policy_summary;  // rules and users counted, no secrets
  std::vector<std::string> settings;       // names of the other settings
  std::vector<Finding> findings;           // odd but not wrong: old xfp, injected bkpw, ...
  std::vector<std::string> contradictions; // sentences; not empty: `inconsistent`
  std::vector<std::string> unreadable_records;  // sentences; not empty: `partial`
  std::vector<unsigned> bad_lines;         // unparsable or repeated, not lost; not empty: `partial`
  std::vector<Survivor> survivors;         // filled for damaged text only
  bool damaged = false;                    // bytes of the text are lost or in doubt
  bool meaning_complete = false;           // nothing was lost and every check of the list was made
};

// `text` must outlive the result. Never throws for what the text says. A run over many backups gives a `memo`.
[[nodiscard]] Backup understand(std::string_view text, const TextDamage& damage = {}, SecretMemo* memo = nullptr);

// A standalone notes export: nullopt when it is not the JSON it should be.
struct NotesExport {
  std::vector<Note> notes;
  std::size_t unreadable = 0;   // entries that are no note
};
[[nodiscard]] std::optional<NotesExport> understand_notes(std::string_view text);

}  // namespace hwbak::coldcard
