// Writes the text of a backup as devices write it (docs/formats/coldcard.md, "The text").
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "device/coldcard/secret.h"
#include "hwbak/secret.h"

namespace hwbak::coldcard {

struct TextParts {
  const WalletSecret* secret = nullptr;                 // must have its node
  wallet::Chain chain = wallet::Chain::mainnet;
  std::string chain_label;                              // empty: as firmware of today says it; once "Bitcoin"
  std::optional<SecretString> long_secret;              // 832 hex digits
  // Blocks of comment lines (an empty one: a blank line) followed by keys; the values are JSON as written. For duress
  // wallets.
  struct Block {
    std::vector<std::string> comments;
    std::vector<std::pair<std::string, SecretString>> keys;
  };
  std::vector<Block> duress;
  bool duress_before_long_secret = false;               // as on Mk1 to Mk3
  // Absent: no fw_*, serial or hardware is invented.
  struct Device {
    std::string fw_date, fw_version, fw_timestamp, serial, hardware;  // hardware may be empty: its line is left out
  };
  std::optional<Device> device;
  std::vector<std::pair<std::string, SecretString>> settings;  // name without "setting.", JSON value
  std::optional<SecretString> hsm_policy;               // JSON value
  std::vector<std::string> remarks;                     // comment lines after the first: "Made by hwbak"
  std::string filler;                                   // one before the end mark, to give the text another length
};
[[nodiscard]] SecretBytes write_backup_text(const TextParts& parts);

// The search of a device may stumble over a text's own length or checksum. `write` gives the text with so many more
// characters in a comment: the first that a device finds its way in is taken.
[[nodiscard]] SecretBytes readable_text(const std::function<SecretBytes(unsigned more)>& write,
                                        const std::function<bool(ByteView text)>& unreadable);
// The same with the search itself.
[[nodiscard]] SecretBytes readable_text(const std::function<SecretBytes(unsigned more)>& write);

}  // namespace hwbak::coldcard
