// What the readers of single parts of a backup share (main secret, duress wallets, multisig,
// records, settings). Only for this folder; callers use backup.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/json_spans.h"
#include "device/coldcard/backup.h"

namespace hwbak::coldcard {

// One backup being understood. Order of the parts: main secret, duress wallets, the rest.
struct Job {
  Backup& out;
  SecretMemo* memo = nullptr;
  bool damaged = false;       // bytes are lost or in doubt: missing lines prove nothing
  bool capped = false;        // more records than this program looks at
  std::unordered_map<std::string_view, const Line*> last;  // last whole line of each key

  // The line a device would use; nullptr when there is none or bytes of it are gone.
  [[nodiscard]] const Line* whole(std::string_view key) const;
  // The same, when none of its bytes are in doubt either.
  [[nodiscard]] const Line* sound(std::string_view key) const;
  // A sound line's string. Another JSON type is a finding and nullopt.
  [[nodiscard]] std::optional<SecretString> text(std::string_view key);

  void contradict(std::string sentence);
  void find(Severity level, std::string_view code, std::string message, const Line* line = nullptr);
  // A record that a reader cannot use: a finding, and the backup is good in part only.
  void unreadable(std::string_view code, std::string message, const Line& line);
  void wrong_type(const Line& line, std::string_view wanted);
};

// A string value, decoded; nullopt for another JSON type.
[[nodiscard]] std::optional<SecretString> string_value(std::string_view json);
// Untrusted text that is not secret, as it stands; empty when `value` is no string.
[[nodiscard]] std::string public_text(const std::optional<JsonSpans::Ref>& value);
[[nodiscard]] std::string text_of(const SecretString& text);

void read_main_secret(Job& job);      // secret.cpp's answer checked against mnemonic, xprv, xpub
void check_other_forms(Job& job);     // bip32_master_key, setting.xfp, setting.xpub
void read_duress_wallets(Job& job);
void read_multisig(Job& job);         // needs the fingerprint
void read_seed_vault(Job& job);
void read_notes(Job& job);
void read_trick_pins(Job& job);
void read_hsm_policy(Job& job);
void judge_settings(Job& job);        // names, and what a device never writes

}  // namespace hwbak::coldcard
